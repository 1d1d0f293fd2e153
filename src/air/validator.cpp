#include "air/validator.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <utility>
#include <variant>

#include "air/error_list.h"
#include "air/lexer.h"
#include "base/overloaded.h"
#include "base/utf8.h"

namespace aqua::air {

using base::Overloaded;
using diagnostics::Diagnostic;
using diagnostics::Label;
using diagnostics::Span;

namespace {

// An undefined variable is one mistake; so many further uses of it are shown.
constexpr std::size_t kFurtherUsesShownMax = 4;

// Places are exact only in heads up to this size: the search for them must not cost more than
// parsing.
constexpr std::size_t kSearchedHeadBytesMax = 4096;

constexpr std::uint32_t kNoIndex = 0xFFFFFFFF;

// A fold whose body or last instruction is being walked.
struct OpenFold {
  InstructionId id;
  NameId iterator;
  InstructionId first_next;        // none: no next of its iterator so far
  std::uint32_t outer = kNoIndex;  // the fold around it with the same iterator, in open_folds_
};

struct NameState {
  InstructionId definition;                 // the first in the text that defines the name
  InstructionId left_definition;            // the first of those whose children are done
  std::uint32_t innermost_fold = kNoIndex;  // with this iterator, in open_folds_
  InstructionId followed_next;      // a seq or par where something follows the next of the name
  std::uint32_t report = kNoIndex;  // the diagnostic about the undefined name
  // The published VM checks only one next and one open use of every name, the first that it meets,
  // an instruction coming after those nested in it. What it lets pass is a warning. A use is open
  // when no definition was met before it: at most a fold or new around it defines the name.
  bool has_next = false;
  bool has_open_use = false;
};

// An instruction whose children are being walked. The walk returns for every instruction the
// iterator whose next ends it, if any: whatever follows it in a seq or par follows that next.
struct Visit {
  InstructionId id;
  std::uint8_t children_done = 0;
  NameId first_ends_with;
  NameId second_ends_with;
};

class Validator {
 public:
  Validator(const Tree& tree, std::string_view text)
      : tree_(tree), text_(text), names_(tree.names.size()) {}

  std::vector<Diagnostic> run();

 private:
  // Before and after the children of an instruction.
  void enter(InstructionId id);
  NameId leave(const Visit& visit);

  NameId leave_sequence(const Visit& visit);
  NameId leave_xor(const Visit& visit);
  NameId leave_stream_fold(const Visit& visit, NameId iterator);

  void use(InstructionId reader, NameId name);
  void use(InstructionId reader, OperandId operand) { use(reader, tree_[operand]); }
  void use(InstructionId reader, const Operand& operand);
  void use(InstructionId reader, const Lens& lens);
  void define(InstructionId id, NameId name);
  void leave_definition(InstructionId id, NameId name);
  void enter_fold(InstructionId id, NameId iterator);
  void close_fold();
  void check_next(InstructionId id, NameId iterator);
  void check_new(InstructionId id, NameId name);
  void check_fail(InstructionId id, const FailLiteral& fail);

  // The instruction without those nested in it.
  Span head_of(InstructionId id) const;
  // Where the head mentions the name: what an instruction reads comes first, what it defines last.
  enum class Mention : std::uint8_t { kFirst, kLast };
  Span place_of(InstructionId id, NameId name, Mention mention) const;
  std::string quoted_name(NameId name) const { return quoted(tree_[name].text); }

  const Tree& tree_;
  std::string_view text_;
  std::vector<NameState> names_;
  std::vector<Visit> visits_;
  std::vector<OpenFold> open_folds_;
  ErrorList errors_;
  std::vector<Diagnostic> undefined_;
  // A xor with a next at the end of both branches switches the last rule off, as in the published
  // VM.
  bool checks_after_next_ = true;
};

std::vector<Diagnostic> Validator::run() {
  InstructionId next(std::uint32_t{0});
  NameId ends_with;
  while (true) {
    enter(next);
    Visit visit;
    visit.id = next;
    Children children = children_of(tree_[next]);
    if (children.first.has_value()) {
      visits_.push_back(visit);
      next = children.first;
      continue;
    }
    ends_with = leave(visit);
    // Up to the first instruction that has another child.
    while (true) {
      if (visits_.empty() || errors_.is_full()) {
        std::vector<Diagnostic> all = errors_.take();
        std::move(undefined_.begin(), undefined_.end(), std::back_inserter(all));
        std::ranges::stable_sort(
            all, {}, [](const Diagnostic& diagnostic) { return diagnostic.labels[0].span.begin; });
        return all;
      }
      Visit& parent = visits_.back();
      children = children_of(tree_[parent.id]);
      if (parent.children_done++ == 0) {
        parent.first_ends_with = ends_with;
        if (children.second.has_value()) {
          next = children.second;
          break;
        }
      } else {
        parent.second_ends_with = ends_with;
      }
      const Visit finished = parent;
      visits_.pop_back();
      ends_with = leave(finished);
    }
  }
}

void Validator::enter(InstructionId id) {
  std::visit(
      Overloaded{[&](const Call& call) {
                   if (call.output.has_value()) define(id, call.output);
                 },
                 [&](const Canon& canon) { define(id, canon.target); },
                 [&](const Ap& ap) { define(id, ap.target); },
                 [&](const ApMap& ap) { define(id, ap.map); }, [](const Seq&) {}, [](const Par&) {},
                 [](const Xor&) {}, [](const Match&) {}, [](const Mismatch&) {},
                 [&](const FoldValue& fold) { enter_fold(id, fold.iterator); },
                 [&](const FoldStream& fold) { enter_fold(id, fold.iterator); },
                 [&](const Next& next) { check_next(id, next.iterator); },
                 [&](const New& scope) {
                   check_new(id, scope.name);
                   define(id, scope.name);
                 },
                 [&](const FailLiteral& fail) { check_fail(id, fail); }, [](const FailValue&) {},
                 [](const Never&) {}, [](const Null&) {}},
      tree_[id]);
}

NameId Validator::leave(const Visit& visit) {
  const InstructionId id = visit.id;
  return std::visit(Overloaded{[&](const Call& call) {
                                 use(id, call.peer);
                                 use(id, call.service);
                                 use(id, call.function);
                                 for (const Operand& argument : tree_[call.arguments])
                                   use(id, argument);
                                 if (call.output.has_value()) leave_definition(id, call.output);
                                 return NameId::none();
                               },
                               // Unchecked in the published VM: the peer and the source of a canon,
                               // the value of an ap with a key, the operand of a fail.
                               [&](const Canon& canon) {
                                 leave_definition(id, canon.target);
                                 return NameId::none();
                               },
                               [&](const Ap& ap) {
                                 use(id, ap.value);
                                 leave_definition(id, ap.target);
                                 return NameId::none();
                               },
                               [&](const ApMap& ap) {
                                 use(id, ap.key);
                                 leave_definition(id, ap.map);
                                 return NameId::none();
                               },
                               [&](const Seq&) { return leave_sequence(visit); },
                               [&](const Par&) { return leave_sequence(visit); },
                               [&](const Xor&) { return leave_xor(visit); },
                               [&](const Match& match) {
                                 use(id, match.left);
                                 use(id, match.right);
                                 return visit.first_ends_with;
                               },
                               [&](const Mismatch& mismatch) {
                                 use(id, mismatch.left);
                                 use(id, mismatch.right);
                                 return visit.first_ends_with;
                               },
                               [&](const FoldValue& fold) {
                                 use(id, fold.iterable);
                                 close_fold();
                                 // Such a fold comes back to what follows its next.
                                 return NameId::none();
                               },
                               [&](const FoldStream& fold) {
                                 use(id, fold.stream);
                                 return leave_stream_fold(visit, fold.iterator);
                               },
                               [](const Next& next) { return next.iterator; },
                               [&](const New& scope) {
                                 leave_definition(id, scope.name);
                                 return visit.first_ends_with;
                               },
                               [](const FailLiteral&) { return NameId::none(); },
                               [](const FailValue&) { return NameId::none(); },
                               [](const Never&) { return NameId::none(); },
                               [](const Null&) { return NameId::none(); }},
                    tree_[id]);
}

NameId Validator::leave_sequence(const Visit& visit) {
  const NameId iterator = visit.first_ends_with;
  if (iterator.is_none()) return visit.second_ends_with;
  if (visit.second_ends_with != iterator) {
    InstructionId& followed = names_[iterator.value].followed_next;
    if (followed.is_none()) followed = visit.id;
  }
  return NameId::none();
}

NameId Validator::leave_xor(const Visit& visit) {
  const bool both = visit.first_ends_with.has_value() && visit.second_ends_with.has_value();
  if (both) checks_after_next_ = false;
  return visit.first_ends_with.has_value() ? visit.first_ends_with : visit.second_ends_with;
}

void Validator::close_fold() {
  const OpenFold fold = open_folds_.back();
  open_folds_.pop_back();
  names_[fold.iterator.value].innermost_fold = fold.outer;
  leave_definition(fold.id, fold.iterator);
}

NameId Validator::leave_stream_fold(const Visit& visit, NameId iterator) {
  const InstructionId followed = names_[iterator.value].followed_next;
  if (followed.has_value() && checks_after_next_) {
    const InstructionId follower = children_of(tree_[followed]).second;
    Diagnostic& diagnostic =
        errors_.add(DiagnosticKind::kInstructionAfterNext, head_of(follower),
                    "fold can not have instructions after next", "this comes after the next",
                    "put the next last, or this into the last instruction of the fold: "
                    "(fold $stream i BODY LAST)");
    add_label(diagnostic, place_of(visit.id, iterator, Mention::kLast),
              fmt::format("the fold over a stream with iterator {}", quoted_name(iterator)));
  }
  close_fold();
  return visit.first_ends_with == iterator ? NameId::none() : visit.first_ends_with;
}

void Validator::use(InstructionId reader, const Operand& operand) {
  std::visit(Overloaded{[](const InitPeerId&) {}, [](const Timestamp&) {}, [](const Ttl&) {},
                        [](const EmptyArray&) {}, [](const LastError&) {}, [](const ErrorSlot&) {},
                        [](const Literal&) {}, [](const Integer&) {}, [](const Float&) {},
                        [](const Boolean&) {},
                        [&](const Variable& variable) {
                          use(reader, variable.name);
                          use(reader, variable.lens);
                        }},
             operand);
}

void Validator::use(InstructionId reader, const Lens& lens) {
  if (lens.kind != LensKind::kPath) return;
  for (const Accessor& accessor : tree_.path(lens)) {
    if (const ByScalar* const by = std::get_if<ByScalar>(&accessor)) use(reader, by->scalar);
  }
}

void Validator::use(InstructionId reader, NameId name) {
  NameState& state = names_[name.value];
  // Instructions are numbered in the order of the text, and none defines what it reads itself.
  if (state.left_definition.has_value() && state.left_definition < reader) return;
  const bool is_first = !state.has_open_use;
  state.has_open_use = true;
  if (state.definition.has_value() && state.definition < reader) return;
  if (state.report != kNoIndex) {
    Diagnostic& diagnostic = undefined_[state.report];
    if (diagnostic.labels.size() > kFurtherUsesShownMax) return;
    const Span place = place_of(reader, name, Mention::kFirst);
    if (diagnostic.labels.back().span != place) add_label(diagnostic, place, "used here too");
    return;
  }
  if (undefined_.size() >= kErrorsMax) return;
  state.report = static_cast<std::uint32_t>(undefined_.size());
  Diagnostic& diagnostic = undefined_.emplace_back(make_diagnostic(
      DiagnosticKind::kUndefinedVariable, place_of(reader, name, Mention::kFirst),
      fmt::format("variable {} wasn't defined", quoted_name(name)), {},
      "a name is defined by a call, ap, canon, new or fold further up in the text"));
  if (!is_first) diagnostic.severity = diagnostics::Severity::kWarning;
  if (state.definition.has_value()) {
    add_label(diagnostic, place_of(state.definition, name, Mention::kLast),
              "it is defined only here");
  }
}

void Validator::define(InstructionId id, NameId name) {
  NameState& state = names_[name.value];
  if (state.definition.has_value()) return;
  state.definition = id;
  if (state.report != kNoIndex) {
    add_label(undefined_[state.report], place_of(id, name, Mention::kLast),
              "it is defined only here");
  }
}

void Validator::leave_definition(InstructionId id, NameId name) {
  InstructionId& left = names_[name.value].left_definition;
  if (left.is_none() || id < left) left = id;
}

void Validator::enter_fold(InstructionId id, NameId iterator) {
  NameState& state = names_[iterator.value];
  if (state.innermost_fold != kNoIndex) {
    Diagnostic& diagnostic = errors_.add(
        DiagnosticKind::kMultipleIterables, place_of(id, iterator, Mention::kLast),
        fmt::format("multiple iterable values found for iterator name {}", quoted_name(iterator)),
        {}, "give the inner fold another iterator");
    add_label(diagnostic, place_of(open_folds_[state.innermost_fold].id, iterator, Mention::kLast),
              "this fold has it already");
  }
  open_folds_.push_back(OpenFold{.id = id,
                                 .iterator = iterator,
                                 .first_next = InstructionId::none(),
                                 .outer = state.innermost_fold});
  state.innermost_fold = static_cast<std::uint32_t>(open_folds_.size() - 1);
  define(id, iterator);
}

void Validator::check_next(InstructionId id, NameId iterator) {
  const std::uint32_t index = names_[iterator.value].innermost_fold;
  const bool is_first = !names_[iterator.value].has_next;
  names_[iterator.value].has_next = true;
  if (index == kNoIndex) {
    Diagnostic& diagnostic = errors_.add(
        DiagnosticKind::kUndefinedIterable, head_of(id),
        fmt::format("iterable {} wasn't defined", quoted_name(iterator)), {},
        fmt::format("a next stands inside the fold of its iterator: (fold ITERABLE {} ...)",
                    base::abbreviated(tree_[iterator].text)));
    if (!is_first) diagnostic.severity = diagnostics::Severity::kWarning;
    return;
  }
  OpenFold& fold = open_folds_[index];
  if (fold.first_next.is_none()) {
    fold.first_next = id;
    return;
  }
  Diagnostic& diagnostic = errors_.add(
      DiagnosticKind::kMultipleNext, head_of(id),
      fmt::format(
          "multiple next instructions for iterator {} found for one fold, that is prohibited",
          quoted_name(iterator)));
  add_label(diagnostic, head_of(fold.first_next), "the first one is here");
  add_label(diagnostic, place_of(fold.id, iterator, Mention::kLast), "the fold");
}

void Validator::check_new(InstructionId id, NameId name) {
  const std::uint32_t index = names_[name.value].innermost_fold;
  if (index == kNoIndex) return;
  Diagnostic& diagnostic = errors_.add(
      DiagnosticKind::kNewOnIterator, place_of(id, name, Mention::kLast),
      fmt::format("new can't be applied to a {} because it's an iterator", quoted_name(name)));
  add_label(diagnostic, place_of(open_folds_[index].id, name, Mention::kLast),
            "the fold that iterates it");
}

void Validator::check_fail(InstructionId id, const FailLiteral& fail) {
  if (fail.code != 0) return;
  errors_.add(DiagnosticKind::kFailWithZero, head_of(id), "error code 0 with fail is unsupported",
              {}, "0 means success; take another code");
}

Span Validator::head_of(InstructionId id) const {
  if (tree_.spans.empty()) return {};
  const Span whole = tree_.spans[id.value];
  const InstructionId child = children_of(tree_[id]).first;
  return child.is_none() ? whole : Span{whole.begin, tree_.spans[child.value].begin};
}

Span Validator::place_of(InstructionId id, NameId name, Mention mention) const {
  const Span head = head_of(id);
  if (text_.empty() || head.end - head.begin > kSearchedHeadBytesMax) return head;
  const std::string_view wanted = tree_[name].text;
  ErrorList none;
  // The lexer wants a NUL behind the text, so it gets a copy.
  const std::string copy(text_.substr(head.begin, head.end - head.begin));
  Lexer lexer(copy, none);
  Span place = head;
  for (Token token = lexer.next(); token.kind != TokenKind::kEnd; token = lexer.next()) {
    const std::string_view word = lexer.text(token.span);
    const std::size_t variable_size =
        token.lens_begin == 0 ? word.size() : token.lens_begin - token.span.begin;
    const bool is_variable = word.substr(0, variable_size) == wanted;
    const bool is_index =
        word.find(fmt::format("[{}]", wanted), variable_size) != std::string_view::npos;
    if (!is_variable && !is_index) continue;
    place = Span{head.begin + token.span.begin, head.begin + token.span.end};
    if (mention == Mention::kFirst) break;
  }
  return place;
}

}  // namespace

std::vector<Diagnostic> validate(const Tree& tree, std::string_view text) {
  if (tree.instructions.empty()) return {};
  return Validator(tree, text).run();
}

}  // namespace aqua::air
