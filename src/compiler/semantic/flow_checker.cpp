// The statements that hold blocks: where they run, how often, and what happens after an error.

#include <fmt/format.h>

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/semantic/mismatch.h"
#include "compiler/semantic/reports.h"
#include "compiler/semantic/statement_checker.h"

namespace aqua::semantic {

using diagnostics::Diagnostic;
using syntax::Span;

namespace {

const Literal* boolean_literal(const Program& program, ExprId id) {
  const auto* const literal = std::get_if<Literal>(&program[id].node);
  return literal != nullptr && literal->kind == LiteralKind::kBoolean ? literal : nullptr;
}

template <class Value>
std::optional<bool> compare(syntax::BinaryOperator op, const Value& left, const Value& right) {
  using enum syntax::BinaryOperator;
  switch (op) {
    case kLess: return left < right;
    case kLessOrEqual: return left <= right;
    case kGreater: return left > right;
    case kGreaterOrEqual: return left >= right;
    case kEqual: return left == right;
    case kNotEqual: return left != right;
    case kAdd:
    case kSubtract:
    case kMultiply:
    case kDivide:
    case kRemainder:
    case kPower:
    case kAnd:
    case kOr: break;
  }
  return std::nullopt;
}

// None: it is none, or larger than what scripts compute with.
std::optional<std::int64_t> integer_in(const syntax::Expr& expr) {
  const auto* const literal = std::get_if<syntax::IntegerLiteral>(&expr.node);
  if (literal == nullptr) return std::nullopt;
  std::int64_t value = 0;
  const char* const end = literal->text.data() + literal->text.size();
  const auto parsed = std::from_chars(literal->text.data(), end, value);
  if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
  return value;
}

// Where both sides are written out in the condition itself; constants are there to be changed.
std::optional<bool> known_comparison(const syntax::Tree& tree, syntax::ExprId id) {
  const auto* const binary = std::get_if<syntax::Binary>(&tree[id].node);
  if (binary == nullptr) return std::nullopt;
  const syntax::Expr& left = tree[binary->left];
  const syntax::Expr& right = tree[binary->right];
  const auto left_integer = integer_in(left);
  const auto right_integer = integer_in(right);
  if (left_integer && right_integer) return compare(binary->op, *left_integer, *right_integer);
  const auto* const left_text = std::get_if<syntax::StringLiteral>(&left.node);
  const auto* const right_text = std::get_if<syntax::StringLiteral>(&right.node);
  const bool is_equality = binary->op == syntax::BinaryOperator::kEqual ||
                           binary->op == syntax::BinaryOperator::kNotEqual;
  if (is_equality && left_text != nullptr && right_text != nullptr)
    return compare(binary->op, left_text->text, right_text->text);
  return std::nullopt;
}

}  // namespace

// --- where ------------------------------------------------------------------------------

ExprId StatementChecker::check_peer(syntax::ExprId id) {
  const ExprId peer = expressions_.check_value(id);
  const TypeId string = body_.workspace.types.string();
  if (!body_.workspace.facts.accepts(string, body_.workspace.type_of(peer))) {
    report_mismatch(body_, DiagnosticKind::kPeerNotString, peer, string,
                    "a peer is named by its id, a string");
  }
  return peer;
}

ExprId StatementChecker::check_relay(syntax::ExprId id) {
  Workspace& workspace = body_.workspace;
  const ExprId relay = expressions_.check_value(id);
  const TypeId type = workspace.type_of(relay);
  const TypeId string = workspace.types.string();
  const TypeId single =
      types::is_collection(workspace.types, type) ? types::element_of(workspace.types, type) : type;
  if (!workspace.facts.accepts(string, single)) {
    report_mismatch(body_, DiagnosticKind::kPeerNotString, relay, string,
                    "a relay is named by its id, a string, or by a collection of strings");
  }
  return relay;
}

std::vector<ExprId> StatementChecker::check_relays(std::span<const syntax::ExprId> ids) {
  std::vector<ExprId> relays;
  relays.reserve(ids.size());
  for (const syntax::ExprId id : ids) relays.push_back(check_relay(id));
  return relays;
}

std::optional<StatementChecker::Node> StatementChecker::check_node(const syntax::On& node, Span) {
  On out;
  out.peer = check_peer(node.peer);
  out.relays = check_relays(node.relays);
  out.body = check_open(node.body);
  return out;
}

// --- how often ----------------------------------------------------------------------------

ExprId StatementChecker::check_iterable(const syntax::For& node) {
  Workspace& workspace = body_.workspace;
  const ExprId iterable = expressions_.check_value(node.iterable);
  const TypeId type = workspace.type_of(iterable);
  if (type == workspace.facts.error()) return iterable;
  const bool is_map = workspace.facts.as<types::StreamMap>(type) != nullptr;
  if (!is_map && !types::is_collection(workspace.types, type)) {
    workspace.reports.add(DiagnosticKind::kNotIterable, workspace.program[iterable].place,
                          "there is nothing to iterate over",
                          fmt::format("this is {}", types::describe(workspace.types, type)),
                          "'for' takes an array, an option, a stream or a stream map");
    return body_.error_expr(body_.tree[node.iterable].span);
  }
  if (node.items.size() > 1 && !is_map) {
    Diagnostic& diagnostic =
        workspace.reports.add(DiagnosticKind::kPairOfNoMap, body_.place(node.items[1].span),
                              "only a stream map has keys and values", {},
                              fmt::format("take one name: for {} <- ...", node.items[0].text));
    add_label(diagnostic, workspace.program[iterable].place,
              fmt::format("this is {}", types::describe(workspace.types, type)));
    return body_.error_expr(body_.tree[node.iterable].span);
  }
  if (const auto* literal = std::get_if<Collection>(&workspace.program[iterable].node);
      literal != nullptr && literal->elements.empty()) {
    warn_never_runs(body_.tree[node.iterable].span, "there is nothing in it: the block never runs");
  }
  return iterable;
}

void StatementChecker::define_items(const syntax::For& node, TypeId iterable, For& out) {
  Workspace& workspace = body_.workspace;
  const TypeId error = workspace.facts.error();
  const TypeId element = iterable == error ? error : types::element_of(workspace.types, iterable);
  if (node.items.empty()) return;  // they could not be read
  if (node.items.size() > 1) {
    out.key = define(node.items[0], VariableKind::kValue,
                     iterable == error ? error : workspace.types.string());
    out.item = define(node.items[1], VariableKind::kValue, element);
    return;
  }
  const bool is_map = workspace.facts.as<types::StreamMap>(iterable) != nullptr;
  const TypeId type = is_map && element != error ? workspace.facts.map_pair(element) : element;
  out.item = define(node.items[0], VariableKind::kValue, type);
}

std::optional<StatementChecker::Node> StatementChecker::check_node(const syntax::For& node, Span) {
  For out;
  out.mode = node.mode;
  out.iterable = check_iterable(node);
  const LocalNames::Mark mark = body_.names.mark();
  define_items(node, body_.workspace.type_of(out.iterable), out);
  if (node.on_peer.has_value()) {
    out.on_peer = check_peer(node.on_peer);
    out.on_relays = check_relays(node.on_relays);
  }
  out.body = check_open(node.body);
  body_.names.forget_definitions(mark);
  return out;
}

// --- whether --------------------------------------------------------------------------------

void StatementChecker::warn_never_runs(Span place, std::string message) {
  body_.workspace.reports.add(DiagnosticKind::kNeverRuns, body_.place(place), std::move(message));
}

std::optional<StatementChecker::Node> StatementChecker::check_node(const syntax::If& node, Span) {
  Workspace& workspace = body_.workspace;
  If out;
  out.condition = expressions_.check_value(node.condition);
  if (!workspace.facts.accepts(workspace.types.boolean(), workspace.type_of(out.condition))) {
    report_mismatch(body_, DiagnosticKind::kConditionNotBool, out.condition,
                    workspace.types.boolean(), "a condition is a bool");
  }
  out.then = check_scoped(node.then);
  out.has_otherwise = node.otherwise.has_value();
  if (out.has_otherwise) out.otherwise = check_scoped(*node.otherwise);
  const Literal* const literal = boolean_literal(workspace.program, out.condition);
  const std::optional<bool> known = literal != nullptr
                                        ? std::optional<bool>(literal->text == "true")
                                        : known_comparison(body_.tree, node.condition);
  if (known) {
    if (!*known) {
      warn_never_runs(body_.tree[node.condition].span,
                      "the condition is never true: the block never runs");
    } else if (out.has_otherwise) {
      warn_never_runs(node.else_span, "the condition is always true: this block never runs");
    }
  }
  return out;
}

Try StatementChecker::check_try(const syntax::Try& node, bool body_has_scope) {
  Try out;
  out.body = body_has_scope ? check_scoped(node.body) : check_open(node.body);
  for (const syntax::Catch& each : node.catches) {
    const LocalNames::Mark mark = body_.names.mark();
    const VariableId error =
        define(each.error, VariableKind::kError, body_.workspace.facts.error_struct());
    Block body = check_open(each.body);
    out.catches.push_back({error, std::move(body)});
    body_.names.forget_definitions(mark);
  }
  out.has_otherwise = node.otherwise.has_value();
  if (out.has_otherwise) out.otherwise = check_scoped(*node.otherwise);
  return out;
}

std::optional<StatementChecker::Node> StatementChecker::check_node(const syntax::Try& node, Span) {
  return check_try(node, true);
}

std::optional<StatementChecker::Node> StatementChecker::check_node(const syntax::Otherwise& node,
                                                                   Span) {
  Otherwise out;
  out.first = check_single(node.first);
  out.body = check_scoped(node.body);
  return out;
}

// --- beside each other ------------------------------------------------------------------------

// What the body of "co try" or "par try" defines is visible after it, as with "co on".
Block StatementChecker::check_branch(syntax::StatementId id) {
  const syntax::Statement& statement = body_.tree[id];
  if (const auto* const call = std::get_if<syntax::CallStatement>(&statement.node))
    only_awaited_ = call;
  const auto* const attempt = std::get_if<syntax::Try>(&statement.node);
  if (attempt == nullptr) return check_single(id);
  Try out = check_try(*attempt, false);
  return {body_.workspace.add(Statement{body_.place(statement.head), std::move(out)})};
}

std::optional<StatementChecker::Node> StatementChecker::check_node(const syntax::Par& node, Span) {
  Par out;
  out.branches.reserve(node.branches.size());
  for (const syntax::StatementId branch : node.branches) {
    out.branches.push_back(check_branch(branch));
  }
  return out;
}

std::optional<StatementChecker::Node> StatementChecker::check_node(const syntax::Co& node, Span) {
  return Co{check_branch(node.branch)};
}

}  // namespace aqua::semantic
