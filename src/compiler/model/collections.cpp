#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>

#include "compiler/model/inlining.h"

namespace aqua::model {

Value Inlining::evaluate_node(const semantic::Expr&, const semantic::Collection& node, Wish) {
  switch (node.kind) {
    case syntax::CollectionKind::kArray: return build_array(node);
    case syntax::CollectionKind::kOption: return build_option(node);
    case syntax::CollectionKind::kStream: return build_stream(node);
  }
  return {};
}

Value Inlining::build_array(const semantic::Collection& node) {
  if (node.elements.empty()) return Data{Operand{EmptyArray{}, {}, false}};
  std::vector<Operand> elements;
  for (const semantic::ExprId element : node.elements) elements.push_back(data(element));
  const NameId stream = build_.fresh("array", NameKind::kStream);
  const NameId array = build_.fresh("array", NameKind::kCanon);
  const OpId body = block_of([&] {
    for (Operand& element : elements) emit(Ap{std::move(element), stream});
    emit(Canon{stream, array});
  });
  emit(Restrict{stream, body});
  return Data{variable(array)};
}

// Holds the first element that can be computed.
Value Inlining::build_option(const semantic::Collection& node) {
  if (node.elements.empty()) return Data{Operand{EmptyArray{}, {}, false}};
  const NameId stream = build_.fresh("option", NameKind::kStream);
  const NameId option = build_.fresh("option", NameKind::kCanon);
  std::vector<OpId> attempts;
  for (const semantic::ExprId element : node.elements) {
    attempts.push_back(block_of([&] {
      Operand value = data(element);
      emit(Ap{std::move(value), stream});
    }));
  }
  attempts.push_back(make(Null{}));
  const OpId attempt = make(Xor{std::move(attempts)});
  emit(Restrict{stream, make(Seq{{attempt, make(Canon{stream, option})}})});
  return Data{variable(option)};
}

Value Inlining::build_stream(const semantic::Collection& node) {
  std::vector<Operand> elements;
  for (const semantic::ExprId element : node.elements) elements.push_back(data(element));
  const NameId stream = declare("stream", NameKind::kStream);
  for (Operand& element : elements) emit(Ap{std::move(element), stream});
  return LiveStream{stream};
}

Operand Inlining::build_struct(std::string_view name,
                               std::span<const std::pair<std::string_view, Operand>> fields) {
  std::string base;
  for (const char c : name) base += c == '.' ? '_' : c;
  const std::string_view object_name = build_.ops().texts.store(base + "_obj");
  const NameId map =
      build_.fresh(build_.ops().texts.store(base + "_obj_map"), NameKind::kStreamMap);
  const NameId object = scalar(object_name);
  const OpId body = block_of([&] {
    for (const auto& [field, value] : fields) emit(ApMap{string(field), value, map});
    emit(Canon{map, object});
  });
  emit(Restrict{map, body});
  return variable(object);
}

Value Inlining::evaluate_node(const semantic::Expr& expr, const semantic::Construct& node, Wish) {
  const types::Type& type = program_.types[expr.type];
  if (const auto* ability = std::get_if<types::Ability>(&type))
    return build_ability(*ability, node);
  std::vector<std::pair<std::string_view, Operand>> fields;
  for (const semantic::NamedValue& field : node.fields) {
    Operand value = data(field.value);
    fields.emplace_back(field.name, std::move(value));
  }
  return Data{build_struct(std::get<types::Struct>(type).name, fields)};
}

Value Inlining::build_ability(const types::Ability& type, const semantic::Construct& node) {
  auto bundle = std::make_shared<Bundle>();
  for (const semantic::NamedValue& field : node.fields) {
    const types::Field* const declared = types::find_field(type.fields, field.name);
    Value value = evaluate(field.value);
    if (declared != nullptr) value = adapt(value, declared->type);
    bundle->fields.emplace_back(field.name, std::move(value));
  }
  return BundleRef(std::move(bundle));
}

Value Inlining::evaluate_node(const semantic::Expr& expr, const semantic::CopyOf& node, Wish) {
  const auto& type = std::get<types::Struct>(program_.types[expr.type]);
  Operand object = data(node.object);
  std::vector<std::pair<std::string_view, Operand>> fields;
  for (const types::Field& field : type.fields)
    fields.emplace_back(field.name, with(object, ByField{field.name}));
  for (const semantic::NamedValue& replaced : node.fields) {
    Operand value = data(replaced.value);
    for (auto& [name, kept] : fields) {
      if (name == replaced.name) kept = std::move(value);
    }
  }
  return Data{build_struct(type.name, fields)};
}

}  // namespace aqua::model
