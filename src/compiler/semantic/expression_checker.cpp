#include "compiler/semantic/expression_checker.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/semantic/literals.h"
#include "compiler/semantic/nearest_names.h"

namespace aqua::semantic {

using diagnostics::Diagnostic;

ExprId ExpressionChecker::check(syntax::ExprId id) {
  // Of a statement that could not be read to its end.
  if (id.is_none()) {
    body_.is_incomplete = true;
    return body_.error_expr({});
  }
  return std::visit([&](const auto& node) { return check_node(node, id); }, body_.tree[id].node);
}

ExprId ExpressionChecker::check_value(syntax::ExprId id) {
  const ExprId value = check(id);
  const auto* const call = std::get_if<Call>(&body_.workspace.program[value].node);
  if (call == nullptr || body_.is_error(call->callee)) return value;
  const TypeId callee = body_.workspace.type_of(call->callee);
  const auto& arrow = std::get<types::Arrow>(body_.workspace.types[callee]);
  if (!arrow.results.empty()) return value;
  body_.workspace.reports.add(DiagnosticKind::kNoResult, body_.place(body_.tree[id].span),
                              "this call gives no result, and a value is needed here",
                              "returns nothing", "call it on a line of its own");
  return body_.error_expr(body_.tree[id].span);
}

ExprId ExpressionChecker::check_literal(syntax::ExprId id) {
  const syntax::Expr& expr = body_.tree[id];
  const auto literal = literal_of(body_.workspace, expr, body_.place(expr.span));
  return body_.workspace.add(Expr{literal->type, body_.place(expr.span), literal->literal});
}

ExprId ExpressionChecker::check_node(syntax::InitPeerIdLiteral, syntax::ExprId id) {
  return body_.workspace.add(
      Expr{body_.workspace.types.string(), body_.place(body_.tree[id].span), Builtin::kInitPeerId});
}

ExprId ExpressionChecker::check_node(syntax::InvalidExpr, syntax::ExprId id) {
  return body_.error_expr(body_.tree[id].span);
}

// --- collections ------------------------------------------------------------------

bool ExpressionChecker::check_element(ExprId element) {
  const TypeId type = body_.workspace.type_of(element);
  if (body_.workspace.facts.is_data_or_stream(type)) return true;
  body_.workspace.reports.add(
      DiagnosticKind::kNotAnElement, body_.workspace.program[element].place,
      fmt::format("{} cannot be put into a collection", body_.workspace.facts.spoken(type)),
      "not data", "elements are data and streams, not maps, functions, abilities or services");
  return false;
}

TypeId ExpressionChecker::element_type(std::span<const ExprId> elements) {
  std::vector<TypeId> types;
  bool is_suspect = false;
  for (const ExprId element : elements) {
    const TypeId type = body_.workspace.type_of(element);
    const bool is_allowed = check_element(element);
    is_suspect = is_suspect || !is_allowed || body_.workspace.facts.is_suspect(type);
    types.push_back(type);
  }
  return is_suspect ? body_.workspace.facts.error()
                    : types::intersect_elements(body_.workspace.types, types);
}

ExprId ExpressionChecker::check_node(const syntax::CollectionLiteral& node, syntax::ExprId id) {
  std::vector<ExprId> elements;
  elements.reserve(node.elements.size());
  for (const syntax::ExprId element : node.elements) elements.push_back(check_value(element));
  const TypeId element = element_type(elements);
  types::Store& types = body_.workspace.types;
  const Place place = body_.place(body_.tree[id].span);
  switch (node.kind) {
    case syntax::CollectionKind::kStream:
      return body_.workspace.add(
          Expr{types.stream(element), place, Collection{node.kind, std::move(elements)}});
    case syntax::CollectionKind::kOption:
      return body_.workspace.add(
          Expr{types.option(element), place, Collection{node.kind, std::move(elements)}});
    case syntax::CollectionKind::kArray: break;
  }
  // Without elements it is nil, which fits an option too.
  const TypeId type = elements.empty() ? types.option(types.bottom()) : types.array(element);
  return body_.workspace.add(Expr{type, place, Collection{node.kind, std::move(elements)}});
}

// --- names and fields ---------------------------------------------------------------

ExprId ExpressionChecker::check_node(const syntax::NameExpr& node, syntax::ExprId id) {
  const syntax::Name name{node.text, body_.tree[id].span};
  return check_path({&name, 1});
}

ExprId ExpressionChecker::check_node(const syntax::Member& node, syntax::ExprId id) {
  std::vector<syntax::Name> parts;
  if (names_.flatten(id, parts)) return check_path(parts);
  const ExprId object = check_value(node.object);
  return check_field(object, node.name);
}

ExprId ExpressionChecker::check_path(std::span<const syntax::Name> parts) {
  const NameChecker::Root root = names_.find_root(parts);
  const syntax::Span span{parts.front().span.begin, parts.back().span.end};
  if (root.kind == NameChecker::Root::Kind::kUnknown) return body_.error_expr(span);
  if (root.kind == NameChecker::Root::Kind::kType) {
    if (root.type != body_.workspace.facts.error()) {
      const std::string_view name = parts[root.part_count - 1].text;
      body_.workspace.reports.add(DiagnosticKind::kTypeAsValue, body_.place(span),
                                  fmt::format("'{}' is a type, not a value", name), {},
                                  fmt::format("make a value of it: {}(field = value)", name));
    }
    return body_.error_expr(span);
  }
  ExprId value = root.value;
  for (const syntax::Name& name : parts.subspan(root.part_count)) value = check_field(value, name);
  return value;
}

ExprId ExpressionChecker::check_field(ExprId object, const syntax::Name& name) {
  const TypeId type = body_.workspace.type_of(object);
  const TypeFacts& facts = body_.workspace.facts;
  const Place begin = body_.workspace.program[object].place;
  const syntax::Span span{begin.span.begin, name.span.end};
  if (type == facts.error()) return body_.error_expr(span);
  const types::Field* field = nullptr;
  if (const auto* node = facts.as<types::Struct>(type)) {
    field = types::find_field(node->fields, name.text);
  } else if (const auto* ability = facts.as<types::Ability>(type)) {
    field = types::find_field(ability->fields, name.text);
  } else if (const auto* service = facts.as<types::Service>(type)) {
    field = types::find_field(service->methods, name.text);
  } else if (name.text == "length" && types::is_collection(body_.workspace.types, type)) {
    return body_.workspace.add(Expr{body_.workspace.types.scalar(types::Scalar::kU32),
                                    body_.place(span), LengthOf{object}});
  }
  if (field == nullptr) return report_no_field(object, name);
  return body_.workspace.add(Expr{field->type, body_.place(span), FieldOf{object, field->name}});
}

ExprId ExpressionChecker::report_no_field(ExprId object, const syntax::Name& name) {
  const TypeId type = body_.workspace.type_of(object);
  const TypeFacts& facts = body_.workspace.facts;
  const std::vector<types::Field>* fields = nullptr;
  if (const auto* node = facts.as<types::Struct>(type)) fields = &node->fields;
  if (const auto* node = facts.as<types::Ability>(type)) fields = &node->fields;
  if (const auto* node = facts.as<types::Service>(type)) fields = &node->methods;
  const bool is_service = facts.as<types::Service>(type) != nullptr;
  Diagnostic& diagnostic = body_.workspace.reports.add(
      is_service ? DiagnosticKind::kUnknownMethod : DiagnosticKind::kUnknownField,
      body_.place(name.span),
      fmt::format("{} has no {} '{}'", types::describe(body_.workspace.types, type),
                  is_service ? "method" : "field", name.text));
  if (fields != nullptr) {
    suggest_field(body_.workspace, diagnostic, *fields, name, body_.place(name.span));
  } else if (facts.as<types::StreamMap>(type) != nullptr) {
    diagnostic.hint =
        "a stream map has get, getStream, keys, keysStream and contains: m.get(\"key\")";
  } else if (types::is_collection(body_.workspace.types, type)) {
    diagnostic.hint = "a collection has a length; its elements are taken with [index] or '!'";
  }
  return body_.error_expr({body_.workspace.program[object].place.span.begin, name.span.end});
}

void suggest_field(Workspace& workspace, Diagnostic& diagnostic,
                   const std::vector<types::Field>& fields, const syntax::Name& name, Place place) {
  NearestNames nearest(workspace, name.text);
  std::vector<std::string_view> all;
  for (const types::Field& field : fields) {
    nearest.consider(field.name);
    all.push_back(field.name);
  }
  suggest(diagnostic, nearest, place);
  if (diagnostic.hint.empty()) diagnostic.hint = fmt::format("it has {}", listed(all, "and"));
}

// --- indexes ------------------------------------------------------------------------

ExprId ExpressionChecker::check_node(const syntax::Index& node, syntax::ExprId id) {
  const ExprId object = check_value(node.object);
  const ExprId index = check_index(node, object);
  const syntax::Span span = body_.tree[id].span;
  const TypeId type = body_.workspace.type_of(object);
  const types::Store& types = body_.workspace.types;
  if (body_.is_error(object) || index.is_none()) return body_.error_expr(span);
  if (!types::is_collection(types, type)) {
    Diagnostic& diagnostic = body_.workspace.reports.add(
        DiagnosticKind::kNotIndexable, body_.workspace.program[object].place,
        fmt::format("{} is no collection: it has no elements", body_.workspace.facts.spoken(type)),
        {});
    if (std::holds_alternative<types::StreamMap>(types[type])) {
      diagnostic.hint =
          "the values of a key of a map are m.get(key), those of a stream of them m.getStream(key)";
    }
    return body_.error_expr(span);
  }
  const bool is_option = std::holds_alternative<types::Option>(types[type]);
  const bool is_nil = types::element_of(types, type) == types.bottom();
  if (is_option && node.index.has_value() && !is_nil) {
    const std::uint32_t end = body_.workspace.program[object].place.span.end;
    Diagnostic& diagnostic = body_.workspace.reports.add(
        DiagnosticKind::kOptionWithIndex, body_.place({end, span.end}),
        "an option has at most one value: it is taken without an index", {}, "write '!' only");
    diagnostic.edits.push_back({body_.place({end, span.end}), "!"});
  }
  return body_.workspace.add(
      Expr{types::element_of(types, type), body_.place(span), IndexOf{object, index}});
}

// None: it is no integer.
ExprId ExpressionChecker::check_index(const syntax::Index& node, ExprId object) {
  Workspace& workspace = body_.workspace;
  if (node.index.is_none()) {
    return workspace.add(Expr{workspace.types.literal(types::LiteralKind::kUnsigned),
                              workspace.program[object].place,
                              Literal{LiteralKind::kInteger, "0"}});
  }
  const ExprId index = check_value(node.index);
  const TypeId type = workspace.type_of(index);
  if (workspace.facts.is_suspect(type) || types::is_integer(workspace.types, type)) return index;
  workspace.reports.add(DiagnosticKind::kIndexNotInteger, workspace.program[index].place,
                        "an index is an integer",
                        fmt::format("this is {}", types::describe(workspace.types, type)));
  return ExprId::none();
}

// --- calls and operators ------------------------------------------------------------

ExprId ExpressionChecker::check_node(const syntax::CallExpr& node, syntax::ExprId id) {
  return calls_.check(node, body_.tree[id].span);
}

ExprId ExpressionChecker::check_node(const syntax::Not& node, syntax::ExprId id) {
  return operators_.check_not(check_value(node.operand), body_.tree[id].span);
}

ExprId ExpressionChecker::check_node(const syntax::Binary& node, syntax::ExprId id) {
  const ExprId left = check_value(node.left);
  const ExprId right = check_value(node.right);
  return operators_.check_binary(node, left, right, body_.tree[id].span);
}

}  // namespace aqua::semantic
