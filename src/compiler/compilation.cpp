#include "compiler/compilation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "air/formatter.h"
#include "air/printer.h"
#include "compiler/diagnostic_kinds.h"
#include "compiler/emit/definition.h"
#include "compiler/loader.h"
#include "compiler/model/dump.h"
#include "compiler/model/inliner.h"
#include "compiler/semantic/analysis.h"
#include "compiler/semantic/dump.h"
#include "compiler/syntax/dump.h"
#include "compiler/topology/check.h"
#include "compiler/topology/dump.h"
#include "compiler/topology/way.h"

namespace aqua::compiler {

namespace {

using diagnostics::Diagnostic;

semantic::AnalysisOptions analysis_options(const Options& options) {
  semantic::AnalysisOptions result;
  for (const std::string& constant : options.constants) {
    const std::size_t sign = constant.find('=');
    const auto trimmed = [](std::string_view text) {
      while (text.starts_with(' ')) text.remove_prefix(1);
      while (text.ends_with(' ')) text.remove_suffix(1);
      return std::string(text);
    };
    const std::string_view whole = constant;
    const bool has_sign = sign != std::string::npos;
    result.constants.push_back({trimmed(whole.substr(0, sign)),
                                has_sign ? trimmed(whole.substr(sign + 1)) : std::string()});
  }
  return result;
}

model::InlineOptions inline_options(const Options& options) {
  return {.relay = options.relay ? model::Relayed::kYes : model::Relayed::kNo,
          .error_handling = options.error_handling,
          .empty_response = options.empty_response,
          .tracing = options.tracing};
}

bool is_allowed(const Diagnostic& diagnostic, const Options& options) {
  return !diagnostics::is_error(diagnostic) &&
         std::ranges::find(options.allowed, diagnostic.code) != options.allowed.end();
}

// In the order of the sources and of their texts; what has no place comes first.
void sort(std::vector<Diagnostic>& diagnostics) {
  const auto key = [](const Diagnostic& diagnostic) {
    if (diagnostic.labels.empty()) return std::tuple(false, 0u, 0u);
    const diagnostics::Label& label = diagnostic.labels.front();
    return std::tuple(true, label.source.value, label.span.begin);
  };
  std::ranges::stable_sort(diagnostics, {}, key);
}

// Everything up to the typed program.
struct Front {
  Loaded loaded;
  semantic::Analysis analysis;
  model::Slots slots;
};

Front analyse(const std::vector<std::string>& inputs, const Options& options,
              const FileAccess& access, Compilation& compilation) {
  Front front;
  front.loaded = load(inputs, options, access);
  front.analysis = semantic::analyse(front.loaded.modules, analysis_options(options));
  front.slots = model::number_variables(front.analysis.program);
  compilation.diagnostics = std::move(front.loaded.diagnostics);
  std::ranges::move(front.analysis.diagnostics, std::back_inserter(compilation.diagnostics));
  return front;
}

bool has_errors(const Compilation& compilation) {
  return std::ranges::any_of(compilation.diagnostics, diagnostics::is_error);
}

void finish(Compilation& compilation, Front& front, const Options& options) {
  compilation.sources = std::move(front.loaded.sources);
  std::erase_if(compilation.diagnostics,
                [&](const Diagnostic& diagnostic) { return is_allowed(diagnostic, options); });
  sort(compilation.diagnostics);
}

void report_ways(topology::WayCheck& ways, Compilation& compilation) {
  std::ranges::move(ways.take(), std::back_inserter(compilation.diagnostics));
}

// An exported function with its way, ready to be written as AIR.
struct Routed {
  model::Ops ops;
  topology::Way way;
};

std::optional<Routed> find_route(const Front& front, const semantic::ExportedFunction& function,
                                 const Options& options, Compilation& compilation,
                                 topology::WayCheck& ways) {
  const semantic::Program& program = front.analysis.program;
  if (!program[function.function].is_valid) return std::nullopt;
  model::Inlined inlined =
      model::inline_function(program, front.slots, function, inline_options(options));
  std::ranges::move(inlined.diagnostics, std::back_inserter(compilation.diagnostics));
  if (inlined.ops.root.is_none()) return std::nullopt;
  Routed routed{std::move(inlined.ops), {}};
  routed.way = topology::find_way(routed.ops);
  ways.add(routed.ops, routed.way);
  return routed;
}

emit::Script emit_script(const Routed& routed, const Options& options,
                         std::span<const diagnostics::Source> sources) {
  const auto handling =
      options.error_handling ? emit::ErrorHandling::kOn : emit::ErrorHandling::kOff;
  return emit::emit_air(routed.ops, routed.way, handling, sources);
}

void report_large_definition(std::string_view name, diagnostics::Place place,
                             Compilation& compilation) {
  Diagnostic& diagnostic = compilation.diagnostics.emplace_back();
  diagnostic.code = code_of(DiagnosticKind::kDefinitionTooLarge);
  diagnostic.message =
      fmt::format("the types of '{}' written out are larger than {} bytes or deeper than {} levels",
                  name, emit::kDefinitionBytesMax, emit::kDefinitionDepthMax);
  diagnostic.hint = "a client needs every data type in full: use types that hold fewer others";
  add_label(diagnostic, place, "");
}

std::optional<std::string_view> default_id_of(const semantic::Program& program,
                                              const semantic::Service& service) {
  if (service.default_id.is_none()) return std::nullopt;
  const auto* const literal = std::get_if<semantic::Literal>(&program[service.default_id].node);
  if (literal == nullptr) return std::nullopt;
  return literal->text;
}

std::map<std::string, std::string> define_services(const semantic::Program& program) {
  std::map<std::string, std::string> definitions;
  std::set<std::string> rivals;
  for (const semantic::Service& service : program.services) {
    const auto id = default_id_of(program, service);
    if (!id) continue;
    const auto definition = emit::service_definition(program.types, service.type, id);
    if (!definition) continue;
    const auto [known, is_new] = definitions.emplace(*id, *definition);
    if (!is_new && known->second != *definition) rivals.insert(std::string(*id));
  }
  for (const std::string& id : rivals) definitions.erase(id);
  return definitions;
}

CompiledFile compile_file(const Front& front, const semantic::Output& output,
                          const Options& options, Compilation& compilation,
                          topology::WayCheck& ways) {
  const semantic::Program& program = front.analysis.program;
  const std::span<const diagnostics::Source> sources = front.loaded.sources;
  CompiledFile file;
  file.source = output.source;
  for (const semantic::ExportedFunction& function : output.functions) {
    const std::optional<Routed> routed = find_route(front, function, options, compilation, ways);
    if (!routed) continue;
    auto definition =
        emit::function_definition(program.types, function.name, program[function.function].type);
    if (!definition) report_large_definition(function.name, function.place, compilation);
    file.functions.push_back({std::string(function.name), emit_script(*routed, options, sources),
                              std::move(definition).value_or("null")});
  }
  for (const semantic::ExportedService& service : output.services) {
    const semantic::Service& declared = program[service.service];
    auto definition =
        emit::service_definition(program.types, declared.type, default_id_of(program, declared));
    if (!definition) report_large_definition(service.name, declared.place, compilation);
    file.services.push_back({std::string(service.name), std::move(definition).value_or("null")});
  }
  return file;
}

}  // namespace

Compilation compile(const std::vector<std::string>& inputs, const Options& options,
                    const FileAccess& access) {
  Compilation compilation;
  Front front = analyse(inputs, options, access, compilation);
  if (!has_errors(compilation)) {
    topology::WayCheck ways;
    for (const semantic::Output& output : front.analysis.program.outputs) {
      compilation.files.push_back(compile_file(front, output, options, compilation, ways));
    }
    compilation.service_definitions = define_services(front.analysis.program);
    report_ways(ways, compilation);
    if (has_errors(compilation)) compilation.files.clear();
  }
  finish(compilation, front, options);
  return compilation;
}

Compilation check(const std::vector<std::string>& inputs, const Options& options,
                  const FileAccess& access) {
  Compilation compilation;
  Front front = analyse(inputs, options, access, compilation);
  if (!has_errors(compilation)) {
    topology::WayCheck ways;
    for (const semantic::Output& output : front.analysis.program.outputs) {
      for (const semantic::ExportedFunction& function : output.functions) {
        find_route(front, function, options, compilation, ways);
      }
    }
    report_ways(ways, compilation);
  }
  finish(compilation, front, options);
  return compilation;
}

std::string readable(const air::Tree& tree) {
  const std::string text = air::print(tree);
  auto formatted = air::format_script(text);
  return formatted ? std::move(*formatted) : text + '\n';
}

Compilation dump(const std::vector<std::string>& inputs, const Options& options,
                 const FileAccess& access, Stage stage) {
  Compilation compilation;
  Front front = analyse(inputs, options, access, compilation);
  topology::WayCheck ways;
  std::string& out = compilation.dump;
  const std::span<const diagnostics::Source> sources = front.loaded.sources;
  switch (stage) {
    case Stage::kTokens:
      for (std::size_t i = 0; i < front.loaded.input_count; ++i)
        out += syntax::dump_tokens(sources[i]);
      break;
    case Stage::kSyntax:
      for (std::size_t i = 0; i < front.loaded.input_count; ++i)
        out += syntax::dump(front.loaded.files[i].tree);
      break;
    case Stage::kSemantic: out = semantic::dump(front.analysis.program); break;
    case Stage::kModel:
    case Stage::kTopology:
    case Stage::kAir:
      if (has_errors(compilation)) break;
      for (const semantic::Output& output : front.analysis.program.outputs) {
        for (const semantic::ExportedFunction& function : output.functions) {
          const std::optional<Routed> routed =
              find_route(front, function, options, compilation, ways);
          if (!routed) continue;
          out += fmt::format("-- {}\n", function.name);
          if (stage == Stage::kModel) out += model::dump(routed->ops);
          if (stage == Stage::kTopology) out += topology::dump(routed->ops, routed->way, sources);
          if (stage == Stage::kAir) out += readable(emit_script(*routed, options, sources).tree);
        }
      }
      break;
  }
  report_ways(ways, compilation);
  finish(compilation, front, options);
  return compilation;
}

}  // namespace aqua::compiler
