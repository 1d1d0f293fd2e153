#pragma once

#include <aqua/function.h>
#include <aqua/value.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/compilation.h"
#include "peer/event.h"
#include "services/service.h"

namespace aqua::embed {

// One call of a function of a script, from its start until its particle is forgotten: what the script asks its
// caller, and what it tells it. docs/formats/definitions.md.
class Calling {
 public:
  using Done = std::function<void(Result<Value>)>;

  // Arguments by position, values and functions; kUsage where they do not fit the definition. `done` is called once.
  static Result<Calling> prepare(const compiler::CompiledFunction& function,
                                 std::vector<std::variant<Value, Function>> arguments, Done done);

  // None: it is no call to the caller.
  std::optional<services::Answer> answer(const peer::Call& call);
  void set_relay(std::string peer_id) { relay_ = std::move(peer_id); }

  // The first one counts; false: there was one before.
  bool end(Result<Value> result);
  bool has_ended() const { return done_ == nullptr; }

 private:
  std::map<std::string, Value, std::less<>> values_;
  std::map<std::string, Function, std::less<>> callbacks_;
  std::string relay_;
  Done done_;
};

// What a peer runs for functions of this program.
services::NativeFunction native(Function function);

}  // namespace aqua::embed
