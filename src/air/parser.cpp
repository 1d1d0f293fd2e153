#include "air/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "air/lens_parser.h"
#include "air/lexer.h"
#include "air/operand_role.h"
#include "air/validator.h"
#include "base/check.h"
#include "base/overloaded.h"
#include "base/utf8.h"

namespace aqua::air {

using diagnostics::Diagnostic;
using diagnostics::Label;
using diagnostics::Span;

namespace {

// A script of generated calls holds about this many bytes per instruction and per operand.
constexpr std::size_t kBytesPerInstruction = 64;
constexpr std::size_t kBytesPerOperand = 20;

// One open instruction.
struct Frame {
  InstructionId id;  // none: this is no instruction, only brackets being skipped
  Keyword keyword = Keyword::kNull;
  std::uint8_t child_count = 0;  // instructions read so far, at most 3
  bool is_skipping = false;      // after a mistake: looks only for nested instructions and the end
  std::uint32_t open_brackets = 1;
};

struct Arity {
  std::uint8_t least;
  std::uint8_t most;
};

Arity arity_of(Keyword keyword) {
  switch (keyword) {
    case Keyword::kSeq:
    case Keyword::kPar:
    case Keyword::kXor: return {2, 2};
    case Keyword::kMatch:
    case Keyword::kMismatch:
    case Keyword::kNew: return {1, 1};
    case Keyword::kFold: return {1, 2};
    case Keyword::kCall:
    case Keyword::kCanon:
    case Keyword::kAp:
    case Keyword::kNext:
    case Keyword::kFail:
    case Keyword::kNever:
    case Keyword::kNull: return {0, 0};
  }
  return {0, 0};
}

std::string_view arity_text(Keyword keyword) {
  const Arity arity = arity_of(keyword);
  if (arity.most > arity.least) return "one instruction and, if wanted, a last one";
  return arity.most == 2   ? "two instructions"
         : arity.most == 1 ? "one instruction"
                           : "no instruction";
}

std::string_view example_of(Keyword keyword) {
  switch (keyword) {
    case Keyword::kCall: return "(call PEER (SERVICE FUNCTION) [ARGUMENTS] OUTPUT)";
    case Keyword::kCanon: return "(canon PEER $stream #canon)";
    case Keyword::kAp: return "(ap VALUE TARGET) or (ap (KEY VALUE) %map)";
    case Keyword::kSeq: return "(seq INSTRUCTION INSTRUCTION)";
    case Keyword::kPar: return "(par INSTRUCTION INSTRUCTION)";
    case Keyword::kXor: return "(xor INSTRUCTION INSTRUCTION)";
    case Keyword::kMatch: return "(match VALUE VALUE INSTRUCTION)";
    case Keyword::kMismatch: return "(mismatch VALUE VALUE INSTRUCTION)";
    case Keyword::kFold: return "(fold ITERABLE ITERATOR INSTRUCTION)";
    case Keyword::kNext: return "(next ITERATOR)";
    case Keyword::kNew: return "(new NAME INSTRUCTION)";
    case Keyword::kFail: return "(fail CODE \"message\") or (fail VALUE)";
    case Keyword::kNever: return "(never)";
    case Keyword::kNull: return "(null)";
  }
  return {};
}

// With its article, for messages.
std::string_view describe(TokenKind kind) {
  switch (kind) {
    case TokenKind::kEnd: return "the end of the script";
    case TokenKind::kOpenRound: return "'('";
    case TokenKind::kCloseRound: return "')'";
    case TokenKind::kOpenSquare: return "'['";
    case TokenKind::kCloseSquare: return "']'";
    case TokenKind::kKeyword: return "a reserved word";
    case TokenKind::kLiteral: return "a string";
    case TokenKind::kInteger: return "an integer";
    case TokenKind::kFloat: return "a float";
    case TokenKind::kBoolean: return "a boolean";
    case TokenKind::kInitPeerId: return "%init_peer_id%";
    case TokenKind::kTimestamp: return "%timestamp%";
    case TokenKind::kTtl: return "%ttl%";
    case TokenKind::kLastError: return "%last_error%";
    case TokenKind::kLastErrorWithLens: return "%last_error% with a lens";
    case TokenKind::kErrorSlot: return ":error:";
    case TokenKind::kErrorSlotWithLens: return ":error: with a lens";
    case TokenKind::kScalar: return "a scalar";
    case TokenKind::kScalarWithLens: return "a scalar with a lens";
    case TokenKind::kStream: return "a stream";
    case TokenKind::kStreamWithLens: return "a stream with a lens";
    case TokenKind::kStreamMap: return "a stream map";
    case TokenKind::kStreamMapWithLens: return "a stream map with a lens";
    case TokenKind::kCanon: return "a canon without a lens";
    case TokenKind::kCanonWithLens: return "a canon with a lens";
    case TokenKind::kCanonMap: return "a canon map without a lens";
    case TokenKind::kCanonMapWithLens: return "a canon map with a lens";
    case TokenKind::kInvalid: return "a malformed word";
    case TokenKind::kEmptyArray: return "an empty array";
  }
  return {};
}

std::string_view hint_for(TokenKind kind) {
  if (roles::kAnyStream.contains(kind)) {
    return "a stream is read by 'fold', or after (canon PEER $stream #canon)";
  }
  if (roles::kAnyStreamMap.contains(kind)) {
    return "a stream map is read by 'fold', or after (canon PEER %map #%canon)";
  }
  return {};
}

NameKind name_kind_of(TokenKind kind) {
  if (roles::kAnyStream.contains(kind)) return NameKind::kStream;
  if (roles::kAnyStreamMap.contains(kind)) return NameKind::kStreamMap;
  if (roles::kAnyCanon.contains(kind)) return NameKind::kCanon;
  if (roles::kAnyCanonMap.contains(kind)) return NameKind::kCanonMap;
  return NameKind::kScalar;
}

bool ends_operands(TokenKind kind) {
  return kind == TokenKind::kEnd || kind == TokenKind::kCloseRound ||
         kind == TokenKind::kCloseSquare || kind == TokenKind::kOpenRound;
}

class Parser {
 public:
  Parser(Tree& tree, std::string_view text, ErrorList& errors)
      : tree_(tree),
        text_(text),
        errors_(errors),
        lexer_(text, errors),
        names_(tree.names, hash_text(text, 0)) {}

  void run();

 private:
  // --- the walk over the brackets
  void open_instruction();
  void finish_instruction(InstructionId id);
  void step();
  void step_skipping();
  void attach(Frame& frame, InstructionId child);
  void report_deep_nesting();

  // --- instructions: each reads its operands; false where it gave up on the instruction
  bool read_head(Keyword keyword, InstructionId id);
  bool read_call(Call& call);
  bool read_canon(Canon& canon);
  bool read_ap(InstructionId id);
  bool read_match(OperandId& left, OperandId& right, const OperandRole& role);
  bool read_fold(InstructionId id);
  bool read_fail(InstructionId id);

  // --- operands
  bool operand(const OperandRole& role, OperandId& out);
  bool name(const OperandRole& role, NameId& out);
  // The current token fits the role; otherwise reported. A malformed word fits everywhere.
  bool accept(const OperandRole& role);
  OperandId push_operand(const Token& token, const OperandRole& role);
  bool push_empty_array(OperandId& out);
  Lens lens_of(const Token& token);
  NameId name_of(const Token& token);
  bool read_arguments(OperandRange& arguments);

  // --- brackets
  bool open(TokenKind bracket, std::string_view what);
  bool close(TokenKind bracket, std::string_view what);

  void advance() {
    previous_end_ = token_.span.end;
    token_ = lexer_.next();
  }
  // Where to point at when the script ends too early: behind its last token.
  Span place_of_end() const { return {previous_end_, previous_end_}; }
  bool is(TokenKind kind) const { return token_.kind == kind; }
  std::string_view token_text() const { return lexer_.text(token_.span); }
  // Mistakes about the end of the script follow from those before it.
  void report_first(DiagnosticKind kind, Span place, std::string message, std::string label = {},
                    std::string hint = {});
  void begin_skipping(InstructionId id, Keyword keyword);

  Tree& tree_;
  std::string_view text_;
  ErrorList& errors_;
  Lexer lexer_;
  NameTable names_;
  Token token_;
  std::uint32_t previous_end_ = 0;
  std::vector<Frame> open_;
  // Brackets opened inside the head that is being read.
  std::uint32_t head_brackets_ = 0;
  bool stopped_ = false;
};

void Parser::run() {
  tree_.instructions.reserve(text_.size() / kBytesPerInstruction + 1);
  tree_.spans.reserve(text_.size() / kBytesPerInstruction + 1);
  tree_.operands.reserve(text_.size() / kBytesPerOperand + 1);

  advance();
  if (is(TokenKind::kEnd)) {
    errors_.add(DiagnosticKind::kEmptyScript, token_.span, "the script is empty", {},
                "a script is one instruction, for example (null)");
    return;
  }
  if (!is(TokenKind::kOpenRound)) {
    report_first(DiagnosticKind::kInstructionExpected, token_.span, "a script starts with '('", {},
                 "a script is one instruction, for example (null)");
    while (!is(TokenKind::kOpenRound) && !is(TokenKind::kEnd)) advance();
    if (is(TokenKind::kEnd)) return;
  }

  open_instruction();
  while (!open_.empty() && !stopped_) step();
  if (errors_.is_full()) return errors_.add_that_it_is_full(token_.span);
  if (!stopped_ && is(TokenKind::kCloseRound)) {
    report_first(DiagnosticKind::kTextAfterScript, token_.span, "this bracket closes nothing",
                 "the script ends before it");
  } else if (!stopped_ && !is(TokenKind::kEnd)) {
    report_first(DiagnosticKind::kTextAfterScript,
                 Span{token_.span.begin, static_cast<std::uint32_t>(text_.size())},
                 "the script ends before this", "a script is exactly one instruction",
                 "combine instructions with 'seq' or 'par'");
  }
}

// One move inside the innermost open instruction.
void Parser::step() {
  if (errors_.is_full()) {
    stopped_ = true;
    return;
  }
  Frame& frame = open_.back();
  if (frame.is_skipping) return step_skipping();

  const Arity arity = arity_of(frame.keyword);
  if (is(TokenKind::kOpenRound) && frame.child_count < arity.most) return open_instruction();
  if (is(TokenKind::kCloseRound) && frame.child_count >= arity.least) {
    tree_.spans[frame.id.value].end = token_.span.end;
    const InstructionId id = frame.id;
    open_.pop_back();
    advance();
    return finish_instruction(id);
  }

  const std::string_view word = text_of(frame.keyword);
  const Span head{tree_.spans[frame.id.value].begin,
                  tree_.spans[frame.id.value].begin + 1 + static_cast<std::uint32_t>(word.size())};
  if (is(TokenKind::kEnd)) {
    if (errors_.empty()) {
      add_label(errors_.add(DiagnosticKind::kBracketMissing, place_of_end(),
                            "the script ends inside an instruction", "')' is missing here"),
                head, fmt::format("this '{}' is not closed", word));
    }
    stopped_ = true;
    return;
  }
  if (is(TokenKind::kCloseRound)) {
    Diagnostic& diagnostic =
        errors_.add(DiagnosticKind::kInstructionMissing, token_.span,
                    fmt::format("'{}' takes {}", word, arity_text(frame.keyword)),
                    frame.child_count == 0 ? "there is none" : "one more is missing here",
                    std::string(example_of(frame.keyword)));
    add_label(diagnostic, head, {});
  } else if (is(TokenKind::kOpenRound)) {
    const bool can_nest = frame.keyword == Keyword::kSeq || frame.keyword == Keyword::kPar;
    Diagnostic& diagnostic =
        errors_.add(DiagnosticKind::kInstructionSurplus, token_.span,
                    fmt::format("'{}' takes {}", word, arity_text(frame.keyword)),
                    "this instruction is one too many",
                    can_nest ? fmt::format("nest them: ({0} A ({0} B C))", word)
                             : std::string(example_of(frame.keyword)));
    add_label(diagnostic, head, {});
  } else if (!is(TokenKind::kInvalid)) {
    errors_.add(frame.child_count < arity.least ? DiagnosticKind::kInstructionExpected
                                                : DiagnosticKind::kOperandSurplus,
                token_.span,
                frame.child_count < arity.least
                    ? fmt::format("'{}' goes on with an instruction, which starts with '('", word)
                    : fmt::format("'{}' should end here with ')'", word),
                {}, std::string(example_of(frame.keyword)));
  }
  frame.is_skipping = true;
}

// After a mistake inside an instruction: nested instructions are still read, the rest is not.
void Parser::step_skipping() {
  Frame& frame = open_.back();
  switch (token_.kind) {
    case TokenKind::kEnd: stopped_ = true; return;
    case TokenKind::kOpenRound: {
      const Token bracket = token_;
      advance();
      if (is(TokenKind::kKeyword)) {
        token_ = bracket;
        lexer_.rewind(bracket.span.end);
        return open_instruction();
      }
      ++frame.open_brackets;
      return;
    }
    case TokenKind::kCloseRound: {
      advance();
      if (--frame.open_brackets > 0) return;
      const InstructionId id = frame.id;
      open_.pop_back();
      return finish_instruction(id);
    }
    default: advance();
  }
}

// At the '(' of an instruction.
void Parser::open_instruction() {
  if (open_.size() >= kNestingDepthMax) return report_deep_nesting();
  const std::uint32_t begin = token_.span.begin;
  advance();
  const InstructionId id(tree_.instructions.size());
  tree_.instructions.emplace_back(Null{});
  tree_.spans.push_back(Span{begin, begin + 1});

  if (!is(TokenKind::kKeyword)) {
    if (ends_operands(token_.kind) || is(TokenKind::kOpenSquare)) {
      report_first(DiagnosticKind::kInstructionExpected, Span{begin, token_.span.begin},
                   "an instruction is missing after '('", {}, "for example (null)");
    } else if (!is(TokenKind::kInvalid)) {
      errors_.add(
          DiagnosticKind::kUnknownInstruction, token_.span,
          fmt::format("there is no instruction {}", quoted(token_text())), {},
          "instructions: call canon ap seq par xor match mismatch fold next new fail never null");
    }
    return begin_skipping(id, Keyword::kNull);
  }

  const Keyword keyword = token_.keyword;
  advance();
  head_brackets_ = 0;
  if (!read_head(keyword, id)) return begin_skipping(id, keyword);
  if (arity_of(keyword).most > 0) {
    open_.push_back(Frame{.id = id, .keyword = keyword});
    return;
  }

  if (is(TokenKind::kCloseRound)) {
    tree_.spans[id.value].end = token_.span.end;
    advance();
    return finish_instruction(id);
  }
  const std::string_view word = text_of(keyword);
  if (is(TokenKind::kOpenRound)) {
    errors_.add(DiagnosticKind::kBracketMissing, token_.span,
                fmt::format("'{}' is not closed before the next instruction", word),
                "')' is missing before this", std::string(example_of(keyword)));
    return finish_instruction(id);
  }
  if (is(TokenKind::kEnd)) {
    report_first(DiagnosticKind::kBracketMissing, place_of_end(),
                 "the script ends inside an instruction", "')' is missing here");
    stopped_ = true;
    return;
  }
  if (!is(TokenKind::kInvalid)) {
    errors_.add(DiagnosticKind::kOperandSurplus, token_.span,
                fmt::format("'{}' should end here with ')'", word), "this is too much",
                std::string(example_of(keyword)));
  }
  begin_skipping(id, keyword);
}

void Parser::begin_skipping(InstructionId id, Keyword keyword) {
  open_.push_back(Frame{
      .id = id, .keyword = keyword, .is_skipping = true, .open_brackets = 1 + head_brackets_});
  head_brackets_ = 0;
}

void Parser::finish_instruction(InstructionId id) {
  if (open_.empty() || open_.back().is_skipping) return;
  attach(open_.back(), id);
}

void Parser::attach(Frame& frame, InstructionId child) {
  const bool is_first = frame.child_count++ == 0;
  const auto set_body = [&](auto& instruction) { instruction.body = child; };
  const auto set_side = [&](auto& instruction) {
    (is_first ? instruction.left : instruction.right) = child;
  };
  const auto set_fold = [&](auto& instruction) {
    (is_first ? instruction.body : instruction.last) = child;
  };
  const auto nothing = [](auto&) {};
  std::visit(
      base::Overloaded{[&](Seq& i) { set_side(i); }, [&](Par& i) { set_side(i); },
                       [&](Xor& i) { set_side(i); }, [&](Match& i) { set_body(i); },
                       [&](Mismatch& i) { set_body(i); }, [&](New& i) { set_body(i); },
                       [&](FoldValue& i) { set_fold(i); }, [&](FoldStream& i) { set_fold(i); },
                       [&](Call& i) { nothing(i); }, [&](Canon& i) { nothing(i); },
                       [&](Ap& i) { nothing(i); }, [&](ApMap& i) { nothing(i); },
                       [&](Next& i) { nothing(i); }, [&](FailLiteral& i) { nothing(i); },
                       [&](FailValue& i) { nothing(i); }, [&](Never& i) { nothing(i); },
                       [&](Null& i) { nothing(i); }},
      tree_.instructions[frame.id.value]);
}

void Parser::report_deep_nesting() {
  errors_.add(DiagnosticKind::kNestedTooDeep, token_.span,
              fmt::format("instructions are nested deeper than {} levels", kNestingDepthMax));
  stopped_ = true;
}

void Parser::report_first(DiagnosticKind kind, Span place, std::string message, std::string label,
                          std::string hint) {
  if (errors_.empty()) {
    errors_.add(kind, place, std::move(message), std::move(label), std::move(hint));
  }
}

// --- instructions -----------------------------------------------------------

bool Parser::read_head(Keyword keyword, InstructionId id) {
  Instruction& instruction = tree_.instructions[id.value];
  switch (keyword) {
    case Keyword::kCall: return read_call(instruction.emplace<Call>());
    case Keyword::kCanon: return read_canon(instruction.emplace<Canon>());
    case Keyword::kAp: return read_ap(id);
    case Keyword::kSeq: instruction.emplace<Seq>(); return true;
    case Keyword::kPar: instruction.emplace<Par>(); return true;
    case Keyword::kXor: instruction.emplace<Xor>(); return true;
    case Keyword::kMatch: {
      Match& match = instruction.emplace<Match>();
      return read_match(match.left, match.right, roles::kMatchSide);
    }
    case Keyword::kMismatch: {
      Mismatch& mismatch = instruction.emplace<Mismatch>();
      return read_match(mismatch.left, mismatch.right, roles::kMismatchSide);
    }
    case Keyword::kFold: return read_fold(id);
    case Keyword::kNext: return name(roles::kNextIterator, instruction.emplace<Next>().iterator);
    case Keyword::kNew: return name(roles::kNewName, instruction.emplace<New>().name);
    case Keyword::kFail: return read_fail(id);
    case Keyword::kNever: instruction.emplace<Never>(); return true;
    case Keyword::kNull: instruction.emplace<Null>(); return true;
  }
  return false;
}

bool Parser::read_call(Call& call) {
  if (!operand(roles::kCallPeer, call.peer) ||
      !open(TokenKind::kOpenRound, "the service and the function of a call") ||
      !operand(roles::kCallService, call.service) ||
      !operand(roles::kCallFunction, call.function) ||
      !close(TokenKind::kCloseRound, "the service and the function of a call") ||
      !open(TokenKind::kOpenSquare, "the arguments of a call") || !read_arguments(call.arguments) ||
      !close(TokenKind::kCloseSquare, "the arguments of a call")) {
    return false;
  }
  if (is(TokenKind::kCloseRound) || ends_operands(token_.kind)) return true;
  return name(roles::kCallOutput, call.output);
}

bool Parser::read_arguments(OperandRange& arguments) {
  arguments.first = OperandId(tree_.operands.size());
  while (!is(TokenKind::kCloseSquare) && !ends_operands(token_.kind) && !errors_.is_full()) {
    OperandId argument;
    if (!operand(roles::kCallArgument, argument)) return false;
    ++arguments.count;
  }
  if (arguments.count == 0) arguments.first = OperandId::none();
  return true;
}

bool Parser::read_canon(Canon& canon) {
  if (!operand(roles::kCanonPeer, canon.peer)) return false;
  const OperandRole& target = is(TokenKind::kStream)      ? roles::kCanonOfStream
                              : is(TokenKind::kStreamMap) ? roles::kCanonOfMap
                                                          : roles::kCanonOfAny;
  return name(roles::kCanonSource, canon.source) && name(target, canon.target);
}

bool Parser::read_ap(InstructionId id) {
  Instruction& instruction = tree_.instructions[id.value];
  if (!is(TokenKind::kOpenRound)) {
    Ap& ap = instruction.emplace<Ap>();
    return operand(roles::kApSource, ap.value) && name(roles::kApTarget, ap.target);
  }
  ApMap& ap = instruction.emplace<ApMap>();
  return open(TokenKind::kOpenRound, "the key and the value of an ap") &&
         operand(roles::kApKey, ap.key) && operand(roles::kApSource, ap.value) &&
         close(TokenKind::kCloseRound, "the key and the value of an ap") &&
         name(roles::kApMapTarget, ap.map);
}

bool Parser::read_match(OperandId& left, OperandId& right, const OperandRole& role) {
  return operand(role, left) && operand(role, right);
}

bool Parser::read_fold(InstructionId id) {
  Instruction& instruction = tree_.instructions[id.value];
  if (is(TokenKind::kStream) || is(TokenKind::kStreamMap)) {
    FoldStream& fold = instruction.emplace<FoldStream>();
    return name(roles::kFoldIterable, fold.stream) && name(roles::kFoldIterator, fold.iterator);
  }
  FoldValue& fold = instruction.emplace<FoldValue>();
  return operand(roles::kFoldIterable, fold.iterable) && name(roles::kFoldIterator, fold.iterator);
}

bool Parser::read_fail(InstructionId id) {
  Instruction& instruction = tree_.instructions[id.value];
  if (!is(TokenKind::kInteger)) {
    return operand(roles::kFailBody, instruction.emplace<FailValue>().value);
  }
  FailLiteral& fail = instruction.emplace<FailLiteral>();
  fail.code = token_.integer;
  advance();
  if (!accept(roles::kFailMessage)) return false;
  if (is(TokenKind::kLiteral)) {
    const std::string_view literal = token_text();
    fail.message = literal.substr(1, literal.size() - 2);
  }
  advance();
  return true;
}

// --- operands ---------------------------------------------------------------

bool Parser::operand(const OperandRole& role, OperandId& out) {
  if (!accept(role)) {
    if (!role.is_bracketed || ends_operands(token_.kind) || is(TokenKind::kOpenSquare))
      return false;
    // The brackets around it tell what comes next, so that it can be read as well.
    advance();
    return true;
  }
  if (is(TokenKind::kOpenSquare)) return push_empty_array(out);
  out = push_operand(token_, role);
  advance();
  return true;
}

bool Parser::name(const OperandRole& role, NameId& out) {
  if (!accept(role)) return false;
  if (!is(TokenKind::kInvalid)) out = name_of(token_);
  advance();
  return true;
}

bool Parser::accept(const OperandRole& role) {
  if (role.allowed.contains(token_.kind) || is(TokenKind::kInvalid)) [[likely]]
    return true;
  if (is(TokenKind::kEnd)) {
    report_first(DiagnosticKind::kOperandMissing, place_of_end(),
                 fmt::format("the script ends before {}", role.name));
  } else if (ends_operands(token_.kind)) {
    errors_.add(DiagnosticKind::kOperandMissing, token_.span,
                fmt::format("{} is missing", role.name), "it should be before this");
  } else if (is(TokenKind::kKeyword)) {
    errors_.add(DiagnosticKind::kReservedWord, token_.span,
                fmt::format("'{}' is the name of an instruction and can not be {}", token_text(),
                            role.name),
                {}, "give the variable another name");
  } else {
    errors_.add(DiagnosticKind::kOperandNotAllowed, token_.span,
                fmt::format("{} can not be {}", describe(token_.kind), role.name), {},
                std::string(hint_for(token_.kind)));
  }
  return false;
}

OperandId Parser::push_operand(const Token& token, const OperandRole& role) {
  const OperandId id(tree_.operands.size());
  std::vector<Operand>& operands = tree_.operands;
  switch (token.kind) {
    case TokenKind::kLiteral: {
      const std::string_view literal = lexer_.text(token.span);
      operands.emplace_back(Literal{literal.substr(1, literal.size() - 2)});
      return id;
    }
    case TokenKind::kInteger: operands.emplace_back(Integer{token.integer}); return id;
    case TokenKind::kFloat: operands.emplace_back(Float{token.real}); return id;
    case TokenKind::kBoolean: operands.emplace_back(Boolean{token.boolean}); return id;
    case TokenKind::kInitPeerId: operands.emplace_back(InitPeerId{}); return id;
    case TokenKind::kTimestamp: operands.emplace_back(Timestamp{}); return id;
    case TokenKind::kTtl: operands.emplace_back(Ttl{}); return id;
    case TokenKind::kLastError: operands.emplace_back(LastError{}); return id;
    case TokenKind::kErrorSlot: operands.emplace_back(ErrorSlot{}); return id;
    case TokenKind::kLastErrorWithLens: operands.emplace_back(LastError{lens_of(token)}); return id;
    case TokenKind::kErrorSlotWithLens: operands.emplace_back(ErrorSlot{lens_of(token)}); return id;
    case TokenKind::kScalar:
    case TokenKind::kCanon:
    case TokenKind::kCanonMap: operands.emplace_back(Variable{name_of(token), {}}); return id;
    case TokenKind::kScalarWithLens:
    case TokenKind::kCanonWithLens:
    case TokenKind::kCanonMapWithLens: {
      const NameId variable = name_of(token);
      operands.emplace_back(Variable{variable, lens_of(token)});
      return id;
    }
    case TokenKind::kInvalid: operands.emplace_back(EmptyArray{}); return id;
    case TokenKind::kEnd:
    case TokenKind::kOpenRound:
    case TokenKind::kCloseRound:
    case TokenKind::kOpenSquare:
    case TokenKind::kCloseSquare:
    case TokenKind::kKeyword:
    case TokenKind::kStream:
    case TokenKind::kStreamWithLens:
    case TokenKind::kStreamMap:
    case TokenKind::kStreamMapWithLens:
    case TokenKind::kEmptyArray: break;
  }
  AQUA_CHECK(false, "{} accepted as {}", describe(token.kind), role.name);
  return id;
}

bool Parser::push_empty_array(OperandId& out) {
  const Span begin = token_.span;
  advance();
  if (!is(TokenKind::kCloseSquare)) {
    errors_.add(DiagnosticKind::kBracketMissing, Span{begin.begin, token_.span.end},
                "the only array that can be written is the empty one, []", {},
                "collect values in a stream and use its canon");
    return false;
  }
  out = OperandId(tree_.operands.size());
  tree_.operands.emplace_back(EmptyArray{});
  advance();
  return true;
}

Lens Parser::lens_of(const Token& token) {
  const Span span{token.lens_begin, token.span.end};
  const auto lens = parse_lens(lexer_.text(span), tree_, names_);
  if (const Lens* const good = std::get_if<Lens>(&lens)) return *good;
  const LensError error = std::get<LensError>(lens);
  const auto begin =
      std::min(static_cast<std::uint32_t>(token.lens_begin + error.offset), token.span.end);
  const Span place = begin == token.span.end ? span : Span{begin, token.span.end};
  errors_.add(
      DiagnosticKind::kMalformedLens, place,
      fmt::format("malformed lens {}", quoted(lexer_.text(span))), std::string(error.what),
      "a lens is .length, or .$ and then .field, .[0] or .[variable], each as often as needed");
  return {};
}

NameId Parser::name_of(const Token& token) {
  const std::uint32_t end = token.lens_begin == 0 ? token.span.end : token.lens_begin;
  return names_.intern(lexer_.text(Span{token.span.begin, end}), name_kind_of(token.kind));
}

// --- brackets ---------------------------------------------------------------

bool Parser::open(TokenKind bracket, std::string_view what) {
  if (is(bracket)) {
    if (bracket == TokenKind::kOpenRound) ++head_brackets_;
    advance();
    return true;
  }
  if (is(TokenKind::kEnd)) {
    report_first(DiagnosticKind::kBracketMissing, place_of_end(),
                 fmt::format("the script ends before {}", what));
  } else if (!is(TokenKind::kInvalid)) {
    errors_.add(DiagnosticKind::kBracketMissing, token_.span,
                fmt::format("{} stand in brackets", what),
                fmt::format("{} is missing before this", describe(bracket)));
  }
  return false;
}

bool Parser::close(TokenKind bracket, std::string_view what) {
  if (is(bracket)) {
    if (bracket == TokenKind::kCloseRound) --head_brackets_;
    advance();
    return true;
  }
  if (is(TokenKind::kEnd)) {
    report_first(DiagnosticKind::kBracketMissing, place_of_end(),
                 fmt::format("the script ends inside {}", what));
    return false;
  }
  if (is(TokenKind::kInvalid)) return false;
  errors_.add(DiagnosticKind::kBracketMissing, token_.span, fmt::format("{} are not closed", what),
              fmt::format("{} is missing before this", describe(bracket)));
  // Going on as if it stood there finds the mistakes behind it.
  if (bracket == TokenKind::kCloseRound) --head_brackets_;
  return true;
}

}  // namespace

base::Result<Tree, std::vector<Diagnostic>> parse_syntax(std::string_view text) {
  ErrorList errors;
  if (text.size() > kScriptBytesMax) {
    errors.add(DiagnosticKind::kScriptTooLong, Span{},
               fmt::format("the script has {} bytes, more than {}", text.size(), kScriptBytesMax));
    return std::unexpected(errors.take());
  }
  if (const std::size_t at = base::find_invalid_utf8(text); at != std::string_view::npos) {
    const auto begin = static_cast<std::uint32_t>(at);
    errors.add(DiagnosticKind::kNotUtf8, Span{begin, begin + 1}, "the script is not UTF-8",
               fmt::format("this byte is 0x{:02X}", static_cast<unsigned char>(text[at])));
    return std::unexpected(errors.take());
  }

  Tree tree;
  // The texts of the tree are pieces of this copy.
  char* const copy = tree.texts.allocate(text.size() + 1);
  std::copy(text.begin(), text.end(), copy);
  copy[text.size()] = '\0';
  Parser(tree, std::string_view(copy, text.size()), errors).run();
  if (!errors.empty()) return std::unexpected(errors.take());
  return tree;
}

base::Result<Tree, std::vector<Diagnostic>> parse(std::string_view text) {
  auto tree = parse_syntax(text);
  if (!tree) return tree;
  auto violations = validate(*tree, text);
  const auto is_error = [](const Diagnostic& violation) {
    return violation.severity == diagnostics::Severity::kError;
  };
  if (std::ranges::any_of(violations, is_error)) return std::unexpected(std::move(violations));
  return tree;
}

}  // namespace aqua::air
