#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "diagnostics/source.h"

// What a simulated service answers, as the directives of the script say: docs/air-run.md.

namespace aqua::sim {

struct AnswerValue {
  std::string json;  // canonical; a string "@bob" stands for bob's peer id
};
struct AnswerError {
  std::int32_t ret_code = 1;
  std::string json;  // as above
};
// A result that need not be JSON.
struct AnswerRaw {
  std::string text;
};
struct AnswerFirstArgument {};
struct AnswerArguments {};
struct AnswerPeer {};
struct AnswerTetraplets {};
// What the function of that name that every peer has computes: services/builtin.h.
struct AnswerComputed {};
// The service is called, and its answer never comes.
struct AnswerNever {};
using Answer =
    std::variant<AnswerValue, AnswerError, AnswerRaw, AnswerFirstArgument, AnswerArguments,
                 AnswerPeer, AnswerTetraplets, AnswerComputed, AnswerNever>;

struct NumberedAnswer {
  std::uint32_t call = 1;  // of this stub on one peer, counted from 1
  Answer answer;
};

// Calls that fit the pattern get the answer. What is not given fits everything.
struct Stub {
  std::optional<std::string> peer;  // its name
  std::optional<std::string> service;
  std::optional<std::string> function;
  std::optional<std::string> first_argument;  // canonical JSON, names as in AnswerValue
  std::vector<NumberedAnswer> numbered;
  std::optional<Answer> otherwise;  // none: only the numbered calls are answered
  diagnostics::Span span;           // of the directive
  std::string text;                 // the directive
};

}  // namespace aqua::sim
