#include "compiler/loader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "compiler/builtin/builtin.h"
#include "compiler/diagnostic_kinds.h"
#include "compiler/syntax/diagnostic_kinds.h"

namespace aqua::compiler {

namespace {

using diagnostics::Diagnostic;
using diagnostics::SourceId;

constexpr std::string_view kExtension = ".aqua";

std::string folder_of(std::string_view path) {
  const std::size_t slash = path.rfind('/');
  return std::string(path.substr(0, slash == std::string_view::npos ? 0 : slash));
}

// Without "." and ".." parts and doubled slashes.
std::string normalised(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    if (part.empty() || part == ".") continue;
    if (part == ".." && !parts.empty()) {
      parts.pop_back();
    } else if (part != "..") {
      parts.push_back(part);
    }
  }
  return fmt::format("/{}", fmt::join(parts, "/"));
}

std::string join(std::string_view folder, std::string_view path) {
  if (path.starts_with('/')) return normalised(path);
  return normalised(fmt::format("{}/{}", folder, path));
}

// `path` is the folder or lies below it.
bool is_below(std::string_view path, std::string_view folder) {
  if (folder == "/" || folder.empty()) return true;
  while (folder.ends_with('/')) folder.remove_suffix(1);
  return path.starts_with(folder) && (path.size() == folder.size() || path[folder.size()] == '/');
}

std::string describe(FileAccess::Failure failure) {
  switch (failure) {
    case FileAccess::Failure::kMissing: return "there is no such file";
    case FileAccess::Failure::kFolder: return "this is a folder";
    case FileAccess::Failure::kEmptyFolder: return "there are no .aqua files in this folder";
    case FileAccess::Failure::kNoFile: return "this is no file, but a named pipe or a device";
    case FileAccess::Failure::kUnreadable: return "the file can not be read";
    case FileAccess::Failure::kTooLarge:
      return fmt::format("the file is larger than {} MiB", syntax::kSourceBytesMax >> 20);
  }
  return {};
}

DiagnosticKind kind_of(FileAccess::Failure failure) {
  switch (failure) {
    case FileAccess::Failure::kMissing: return DiagnosticKind::kFileMissing;
    case FileAccess::Failure::kFolder:
    case FileAccess::Failure::kEmptyFolder: return DiagnosticKind::kFileIsFolder;
    case FileAccess::Failure::kNoFile:
    case FileAccess::Failure::kUnreadable: return DiagnosticKind::kFileUnreadable;
    case FileAccess::Failure::kTooLarge: return DiagnosticKind::kFileTooLarge;
  }
  return DiagnosticKind::kFileMissing;
}

class Loader {
 public:
  Loader(const Options& options, const FileAccess& access) : options_(options), access_(access) {}

  Loaded run(const std::vector<std::string>& inputs);

 private:
  void add_input(const std::string& path);
  bool has_room();
  SourceId add_source(std::string path, std::string text, bool is_input = false);
  void resolve_imports(SourceId id);
  SourceId resolve(SourceId from, const syntax::Import& import);
  std::vector<std::string> candidates(const std::string& from, const std::string& import) const;
  std::vector<std::string> in_packages(const std::string& from, const std::string& import) const;
  std::string shown(const std::string& path) const;
  void order();
  void report_cycle(const std::vector<SourceId>& open, SourceId again);
  void visit(SourceId root);
  Diagnostic& report(DiagnosticKind kind, std::string message, std::string hint);

  const Options& options_;
  const FileAccess& access_;
  Loaded loaded_;
  std::unordered_map<std::string, SourceId> by_path_;
  bool has_too_many_ = false;       // and that was said
  std::vector<std::string> paths_;  // by source
  std::vector<std::vector<diagnostics::Span>>
      unreadable_;                              // by source: what the parser did not understand
  std::vector<std::vector<SourceId>> imports_;  // by source, by import of its tree

  enum class Mark : std::uint8_t { kNew, kOpen, kDone };
  std::vector<Mark> marks_;
  std::vector<std::uint32_t> module_of_;  // by source
};

Diagnostic& Loader::report(DiagnosticKind kind, std::string message, std::string hint) {
  Diagnostic& diagnostic = loaded_.diagnostics.emplace_back();
  diagnostic.code = code_of(kind);
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  return diagnostic;
}

Loaded Loader::run(const std::vector<std::string>& inputs) {
  for (const std::string& input : inputs) add_input(normalised(input));
  loaded_.input_count = loaded_.sources.size();
  for (std::size_t i = 0; i < loaded_.sources.size(); ++i) resolve_imports(SourceId(i));
  order();
  return std::move(loaded_);
}

void Loader::add_input(const std::string& path) {
  if (by_path_.contains(path)) return;
  FileAccess::Answer answer = access_.read(path);
  if (answer.text) {
    if (has_room()) add_source(path, std::move(*answer.text), true);
    return;
  }
  report(kind_of(answer.failure), fmt::format("{}: {}", shown(path), describe(answer.failure)), "");
}

bool Loader::has_room() {
  if (loaded_.sources.size() < kFilesMax) return true;
  if (!has_too_many_)
    report(DiagnosticKind::kTooManyFiles,
           fmt::format("there are more than {} files to read", kFilesMax), "");
  has_too_many_ = true;
  return false;
}

SourceId Loader::add_source(std::string path, std::string text, bool is_input) {
  const SourceId id(loaded_.sources.size());
  loaded_.sources.emplace_back(shown(path), std::move(text));
  paths_.push_back(path);
  by_path_.emplace(std::move(path), id);
  loaded_.files.push_back(syntax::parse(loaded_.sources.back(), id));
  std::vector<diagnostics::Span>& unreadable = unreadable_.emplace_back();
  for (Diagnostic& diagnostic : loaded_.files.back().diagnostics) {
    // A word that is no type is read as one: no declaration can have got lost.
    const bool is_read = diagnostic.code == code_of(syntax::DiagnosticKind::kForeignType);
    if (is_error(diagnostic) && !is_read && !diagnostic.labels.empty())
      unreadable.push_back(diagnostic.labels.front().span);
    // Warnings are for those who write the file, not for those who import it.
    if (is_error(diagnostic) || is_input) loaded_.diagnostics.push_back(std::move(diagnostic));
  }
  imports_.emplace_back();
  return id;
}

std::string Loader::shown(const std::string& path) const {
  const std::string& folder = options_.shown_from;
  if (folder.empty() || !is_below(path, folder) || path.size() <= folder.size() + 1) return path;
  return path.substr(folder == "/" ? 1 : folder.size() + 1);
}

void Loader::resolve_imports(SourceId id) {
  const syntax::Tree& tree = loaded_.files[id.value].tree;
  std::vector<SourceId> targets;
  for (const syntax::Import& import : tree.imports) targets.push_back(resolve(id, import));
  imports_[id.value] = std::move(targets);
}

std::vector<std::string> Loader::candidates(const std::string& from,
                                            const std::string& import) const {
  std::vector<std::string> paths{join(folder_of(from), import)};
  const ImportRule* best = nullptr;
  for (const ImportRule& rule : options_.imports) {
    if (!is_below(from, rule.path_prefix) ||
        !std::string_view(import).starts_with(rule.import_prefix))
      continue;
    const auto rank = [](const ImportRule& r) {
      return std::pair(r.path_prefix.size(), r.import_prefix.size());
    };
    if (best == nullptr || rank(rule) > rank(*best)) best = &rule;
  }
  if (best != nullptr) {
    for (const std::string& location : best->locations) {
      paths.push_back(join(location, "./" + import.substr(best->import_prefix.size())));
    }
  }
  return paths;
}

std::vector<std::string> Loader::in_packages(const std::string& from,
                                             const std::string& import) const {
  std::vector<std::string> paths;
  if (!options_.node_modules) return paths;
  for (std::string folder = folder_of(from);; folder = folder_of(folder)) {
    paths.push_back(join(folder + "/node_modules", "./" + import));
    if (folder.empty()) return paths;
  }
}

SourceId Loader::resolve(SourceId from, const syntax::Import& import) {
  std::string name(import.path);
  if (!name.ends_with(kExtension)) name += kExtension;
  std::vector<std::string> paths = candidates(paths_[from.value], name);
  std::optional<FileAccess::Failure> failure;
  std::string failed_path;
  const auto fail = [&](FileAccess::Failure reason, const std::string& path) {
    if (reason == FileAccess::Failure::kMissing || failure) return;
    failure = reason;
    failed_path = path;
  };
  const std::vector<std::string> packages = in_packages(paths_[from.value], name);
  for (const std::vector<std::string>* list : {&std::as_const(paths), &packages}) {
    for (const std::string& path : *list) {
      if (const auto known = by_path_.find(path); known != by_path_.end()) return known->second;
      FileAccess::Answer answer = access_.read(path);
      if (!answer.text) {
        fail(answer.failure, path);
      } else if (has_room()) {
        return add_source(path, std::move(*answer.text));
      } else {
        return SourceId::none();
      }
    }
  }
  if (const std::string_view text = builtin_file(name); !text.empty()) {
    const std::string path = fmt::format("<built-in>/{}", name);
    if (const auto known = by_path_.find(path); known != by_path_.end()) return known->second;
    return add_source(path, std::string(text));
  }
  if (name != import.path) {
    const std::string path = join(folder_of(paths_[from.value]), import.path);
    if (const FileAccess::Answer answer = access_.read(path);
        !answer.text && answer.failure != FileAccess::Failure::kUnreadable)
      fail(answer.failure, path);
  }
  if (failure) {
    const bool is_folder = kind_of(*failure) == DiagnosticKind::kFileIsFolder;
    // That there are no files in it matters only where it is an input.
    const auto reason = is_folder ? FileAccess::Failure::kFolder : *failure;
    Diagnostic& diagnostic =
        report(kind_of(reason), fmt::format("{}: {}", shown(failed_path), describe(reason)),
               is_folder ? "an import names one file" : "");
    add_label(diagnostic, diagnostics::Place{from, import.path_span}, "imported here");
    return SourceId::none();
  }
  for (std::string& path : paths) path = shown(path);
  std::string hint = fmt::format("looked for {}", fmt::join(paths, ", "));
  if (options_.node_modules) hint += ", and in the node_modules folders beside the file and above";
  Diagnostic& diagnostic =
      report(DiagnosticKind::kImportNotFound,
             fmt::format("there is no file \"{}\" to import", name), std::move(hint));
  add_label(diagnostic, diagnostics::Place{from, import.path_span}, "");
  return SourceId::none();
}

// Depth first, so that a module comes after its imports; what closes a cycle is left out.
void Loader::order() {
  marks_.resize(loaded_.sources.size(), Mark::kNew);
  module_of_.resize(loaded_.sources.size(), semantic::kNoModule);
  for (std::size_t i = 0; i < loaded_.input_count; ++i) visit(SourceId(i));
}

void Loader::visit(SourceId root) {
  if (marks_[root.value] != Mark::kNew) return;
  std::vector<SourceId> open{root};
  std::vector<std::size_t> next{0};
  marks_[root.value] = Mark::kOpen;
  while (!open.empty()) {
    const SourceId id = open.back();
    std::vector<SourceId>& targets = imports_[id.value];
    if (next.back() == targets.size()) {
      semantic::Module module;
      module.source = id;
      module.tree = &loaded_.files[id.value].tree;
      for (const SourceId target : targets) {
        module.imports.push_back(target.is_none() ? semantic::kNoModule : module_of_[target.value]);
      }
      module.unreadable = std::move(unreadable_[id.value]);
      module.is_input = id.value < loaded_.input_count;
      module_of_[id.value] = static_cast<std::uint32_t>(loaded_.modules.size());
      loaded_.modules.push_back(std::move(module));
      marks_[id.value] = Mark::kDone;
      open.pop_back();
      next.pop_back();
      continue;
    }
    SourceId& target = targets[next.back()++];
    if (target.is_none()) continue;
    switch (marks_[target.value]) {
      case Mark::kDone: break;
      case Mark::kNew:
        marks_[target.value] = Mark::kOpen;
        open.push_back(target);
        next.push_back(0);
        break;
      case Mark::kOpen:
        report_cycle(open, target);
        target = SourceId::none();
        break;
    }
  }
}

void Loader::report_cycle(const std::vector<SourceId>& open, SourceId again) {
  const auto begin = std::ranges::find(open, again);
  std::vector<std::string_view> names;
  for (auto id = begin; id != open.end(); ++id) names.push_back(loaded_.sources[id->value].name());
  const SourceId last = open.back();
  const syntax::Tree& tree = loaded_.files[last.value].tree;
  const auto& targets = imports_[last.value];
  const auto closing =
      static_cast<std::size_t>(std::ranges::find(targets, again) - targets.begin());
  const bool is_own = names.size() == 1;
  names.push_back(names.front());
  std::string message = is_own ? "this file imports itself"
                               : fmt::format("files import each other in a circle: {}",
                                             fmt::join(names, " imports "));
  Diagnostic& diagnostic = report(DiagnosticKind::kImportCycle, std::move(message),
                                  is_own ? "what a file defines it knows without an import"
                                         : "move what both need to a file of its own");
  add_label(diagnostic, diagnostics::Place{last, tree.imports[closing].path_span},
            is_own ? "" : "closes the circle");
}

}  // namespace

Loaded load(const std::vector<std::string>& inputs, const Options& options,
            const FileAccess& access) {
  return Loader(options, access).run(inputs);
}

}  // namespace aqua::compiler
