#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"

namespace aqua::cli {

// "ask(\"bob\", [1, 2], @carol, nil, x)" as given to `aqua run -f`.
struct NamedArgument {
  std::string name;  // a variable of --data, or a name for a callback
};
struct ValueArgument {
  std::string json;  // canonical; a string "@bob" means the peer
};
using Argument = std::variant<ValueArgument, NamedArgument>;

// A peer that is named as @name or @"my name", not within a string.
struct PeerMention {
  std::string name;
  std::size_t at = 0;  // bytes
};

struct CallExpression {
  std::string function;
  bool has_arguments = false;  // parentheses were written
  std::vector<Argument> arguments;
  std::vector<PeerMention> peers;
};

struct CallExpressionError {
  std::size_t at = 0;  // bytes
  std::string message;
};

// Arguments are JSON, or what Aqua writes in its place: nil, [..], ?[..] and *[..] for options and streams,
// @name for a peer.
base::Result<CallExpression, CallExpressionError> parse_call(std::string_view text);

}  // namespace aqua::cli
