#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "air/printer.h"
#include "cli/aqua_sources.h"
#include "cli/command.h"
#include "cli/input_file.h"
#include "cli/terminal.h"
#include "compiler/compilation.h"
#include "json/writer.h"

namespace aqua::cli {

namespace fs = std::filesystem;

namespace {

enum class Format { kAir, kJson };

struct CompileOptions {
  SourceOptions sources;
  std::string format = "air";
  bool air = false;  // the flag of the original command line
  fs::path output;
  std::string dump;
};

const std::map<std::string, compiler::Stage> kStages{
    {"tokens", compiler::Stage::kTokens},     {"syntax", compiler::Stage::kSyntax},
    {"semantic", compiler::Stage::kSemantic}, {"model", compiler::Stage::kModel},
    {"topology", compiler::Stage::kTopology}, {"air", compiler::Stage::kAir},
};

void report(const compiler::Compilation& result, Format format) {
  if (result.diagnostics.empty()) return;
  switch (format) {
    case Format::kAir:
      print_error(diagnostics::render_all(result.sources, result.diagnostics, colour_for(stderr)));
      break;
    case Format::kJson:
      print_error(diagnostics::to_json(result.sources, result.diagnostics) + '\n');
      break;
  }
}

bool has_errors(const compiler::Compilation& result) {
  return std::ranges::any_of(result.diagnostics, diagnostics::is_error);
}

std::string to_json(const compiler::Compilation& result,
                    const std::vector<const compiler::CompiledFile*>& files) {
  json::Writer writer;
  writer.begin_object().key("functions").begin_object();
  for (const compiler::CompiledFile* file : files) {
    for (const compiler::CompiledFunction& function : file->functions) {
      writer.key(function.name).begin_object();
      writer.key("script").string(compiler::readable(function.script.tree));
      writer.key("definition").text(function.definition);
      writer.key("source_map").text(air::to_json(function.script.source_map));
      writer.end_object();
    }
  }
  writer.end_object().key("services").begin_object();
  for (const compiler::CompiledFile* file : files) {
    for (const compiler::CompiledService& service : file->services)
      writer.key(service.name).text(service.definition);
  }
  writer.end_object();
  writer.key("warnings").text(diagnostics::to_json(result.sources, result.diagnostics));
  writer.end_object();
  return writer.take() + '\n';
}

std::optional<std::string> name_exported_twice(
    const std::vector<const compiler::CompiledFile*>& files) {
  std::set<std::string> functions;
  std::set<std::string> services;
  for (const compiler::CompiledFile* file : files) {
    for (const compiler::CompiledFunction& function : file->functions) {
      if (!functions.insert(function.name).second) return function.name;
    }
    for (const compiler::CompiledService& service : file->services) {
      if (!services.insert(service.name).second) return service.name;
    }
  }
  return std::nullopt;
}

// The folders of an input folder are kept.
std::vector<OutputFile> output_files(const compiler::Compilation& result,
                                     const CompileOptions& options, Format format) {
  std::vector<OutputFile> files;
  for (const compiler::CompiledFile& file : result.files) {
    const std::string source(result.sources[file.source.value].name());
    const fs::path folder = options.output / folder_below_input(options.sources.paths, source);
    const std::string stem = fs::path(source).stem().string();
    if (format == Format::kJson) {
      files.push_back({folder / (stem + ".json"), to_json(result, {&file})});
      continue;
    }
    for (const compiler::CompiledFunction& function : file.functions) {
      const std::string name = fmt::format("{}.{}.air", stem, function.name);
      files.push_back({folder / name, compiler::readable(function.script.tree)});
      files.push_back({folder / (name + ".map"), air::to_json(function.script.source_map) + '\n'});
    }
  }
  return files;
}

int write_files(const compiler::Compilation& result, const CompileOptions& options, Format format) {
  const std::vector<OutputFile> files = output_files(result, options, format);
  std::set<fs::path> seen;
  for (const OutputFile& file : files) {
    if (!seen.insert(file.path).second) {
      complain(fmt::format(
          "two inputs would both be written to {}; compile them one by one to different folders",
          file.path.string()));
      return kExitFailed;
    }
  }
  std::set<fs::path> folders{options.output};
  for (const OutputFile& file : files) folders.insert(file.path.parent_path());
  for (const fs::path& folder : folders) {
    std::error_code error;
    fs::create_directories(folder, error);
    if (!error) continue;
    complain(fmt::format("can not make the folder {}: {}", folder.string(), error.message()));
    return kExitFailed;
  }
  if (const auto written = write_outputs(files); !written) {
    complain(written.error());
    return kExitFailed;
  }
  return kExitOk;
}

void print_scripts(const compiler::Compilation& result) {
  for (const compiler::CompiledFile& file : result.files) {
    for (const compiler::CompiledFunction& function : file.functions) {
      print_out(fmt::format(";; function: {}\n{}", function.name,
                            compiler::readable(function.script.tree)));
    }
  }
}

int compile(const CompileOptions& options) {
  const auto inputs = find_inputs(options.sources.paths);
  if (!inputs) {
    complain(inputs.error());
    return kExitUsage;
  }
  const Format format = options.format == "json" && !options.air ? Format::kJson : Format::kAir;
  if (!options.dump.empty()) {
    const compiler::Compilation result = compiler::dump(*inputs, compiler_options(options.sources),
                                                        disk(), kStages.at(options.dump));
    print_out(result.dump);
    report(result, format);
    return has_errors(result) ? kExitFailed : kExitOk;
  }
  const compiler::Compilation result =
      compiler::compile(*inputs, compiler_options(options.sources), disk());
  if (has_errors(result)) {
    report(result, format);
    return kExitFailed;
  }
  if (format == Format::kAir) {
    report(result, format);
    const bool is_empty = std::ranges::all_of(
        result.files, [](const compiler::CompiledFile& file) { return file.functions.empty(); });
    if (is_empty)
      complain(
          "no function is exported: there is nothing to compile; name some in a line \"export "
          "NAME\"");
  }
  if (!options.output.empty()) return write_files(result, options, format);
  if (format == Format::kAir) {
    print_scripts(result);
    return kExitOk;
  }
  std::vector<const compiler::CompiledFile*> files;
  for (const compiler::CompiledFile& file : result.files) files.push_back(&file);
  if (const std::optional<std::string> name = name_exported_twice(files)) {
    complain(fmt::format(
        "two inputs export '{}', and one object can not hold both; write files with --output",
        *name));
    return kExitFailed;
  }
  print_out(to_json(result, files));
  return kExitOk;
}

}  // namespace

void add_compile(CommandLine parent) {
  auto options = std::make_shared<CompileOptions>();
  CommandLine command = parent.subcommand("compile", "turn Aqua files into AIR scripts");
  add_source_options(command, options->sources);
  const Option output = command.option("-o,--output", options->output,
                                       "a folder for the scripts; without it they are printed");
  command
      .option("--format", options->format,
              "air: scripts; json: scripts, definitions and source maps")
      .one_of({"air", "json"});
  command.flag("-a,--air", options->air, "the same as --format air");
  std::vector<std::string> stages;
  for (const auto& [name, stage] : kStages) stages.push_back(name);
  command
      .option("--dump", options->dump,
              "print a stage instead: tokens, syntax, semantic, model, topology or air")
      .one_of(stages)
      .excludes(output);
  command.runs([options] { return compile(*options); });
}

}  // namespace aqua::cli
