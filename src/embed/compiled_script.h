#pragma once

#include <aqua/script.h>

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/compilation.h"

namespace aqua::embed {

// The functions of one text, with and without a relay for the peer that calls.
class CompiledScript {
 public:
  static Result<std::shared_ptr<const CompiledScript>> compile(std::string_view aqua,
                                                               const CompileOptions& options);

  const std::vector<compiler::CompiledFunction>& functions() const {
    return direct_.files[0].functions;
  }
  // Null: there is no such function. Any thread.
  const compiler::CompiledFunction* find(std::string_view name, bool has_relay) const;
  // Of what find() found.
  const std::vector<diagnostics::Source>& sources(bool has_relay) const {
    return has_relay ? relayed_.sources : direct_.sources;
  }

 private:
  CompiledScript(std::string aqua, CompileOptions options)
      : aqua_(std::move(aqua)), options_(std::move(options)) {}
  compiler::Compilation compiled(bool has_relay) const;

  std::string aqua_;
  CompileOptions options_;
  compiler::Compilation direct_;
  // Made when somebody behind a relay calls for the first time.
  mutable std::once_flag relayed_once_;
  mutable compiler::Compilation relayed_;
};

}  // namespace aqua::embed
