#include "embed/compiled_script.h"

#include <algorithm>

#include "base/check.h"

namespace aqua::embed {

compiler::Compilation CompiledScript::compiled(bool has_relay) const {
  const std::string path = "/" + options_.name;
  compiler::Options options;
  options.relay = has_relay;
  options.empty_response = true;  // else nobody knows when a function without results is done
  options.constants = options_.constants;
  options.node_modules = false;
  options.shown_from = "/";
  const compiler::FileAccess access{[&](const std::string& wanted) {
    using Answer = compiler::FileAccess::Answer;
    if (wanted == path) return Answer{.text = aqua_};
    return Answer{.text = options_.read_import ? options_.read_import(wanted) : std::nullopt};
  }};
  return compiler::compile({path}, options, access);
}

Result<std::shared_ptr<const CompiledScript>> CompiledScript::compile(
    std::string_view aqua, const CompileOptions& options) {
  std::shared_ptr<CompiledScript> script(new CompiledScript(std::string(aqua), options));
  script->direct_ = script->compiled(false);
  const compiler::Compilation& result = script->direct_;
  if (std::ranges::any_of(result.diagnostics, diagnostics::is_error)) {
    return std::unexpected(Error{
        ErrorKind::kCompile,
        diagnostics::render_all(result.sources, result.diagnostics, diagnostics::Colour::kOff)});
  }
  AQUA_CHECK(result.files.size() == 1, "one input became {} files", result.files.size());
  return script;
}

const compiler::CompiledFunction* CompiledScript::find(std::string_view name,
                                                       bool has_relay) const {
  if (has_relay) std::call_once(relayed_once_, [this] { relayed_ = compiled(true); });
  const compiler::Compilation& chosen = has_relay ? relayed_ : direct_;
  if (chosen.files.empty()) return nullptr;
  const auto& all = chosen.files[0].functions;
  const auto found = std::ranges::find(all, name, &compiler::CompiledFunction::name);
  return found == all.end() ? nullptr : &*found;
}

}  // namespace aqua::embed

namespace aqua {

Result<Script> Script::compile(std::string_view aqua, const CompileOptions& options) {
  auto compiled = embed::CompiledScript::compile(aqua, options);
  if (!compiled) return std::unexpected(std::move(compiled.error()));
  return Script(std::move(*compiled));
}

std::vector<std::string> Script::functions() const {
  std::vector<std::string> names;
  for (const compiler::CompiledFunction& function : compiled_->functions())
    names.push_back(function.name);
  return names;
}

std::string Script::air(std::string_view function) const {
  const compiler::CompiledFunction* const found = compiled_->find(function, false);
  return found == nullptr ? std::string() : compiler::readable(found->script.tree);
}

}  // namespace aqua
