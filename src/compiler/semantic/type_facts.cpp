#include "compiler/semantic/type_facts.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "base/overloaded.h"

namespace aqua::semantic {

using base::Overloaded;

TypeFacts::TypeFacts(types::Store& store) : store_(store), error_(store.structure("?", {})) {}

bool TypeFacts::is_suspect(TypeId type) {
  for (std::size_t i = suspect_.size(); i <= type.value; ++i) {
    suspect_.push_back(holds_suspect(TypeId(i)));
  }
  return suspect_[type.value];
}

std::string TypeFacts::spoken(TypeId type) const {
  return as<types::Arrow>(type) != nullptr ? "a function" : types::describe(store_, type);
}

bool TypeFacts::holds_suspect(TypeId type) const {
  if (type == error_) return true;
  const auto suspect = [this](TypeId part) { return static_cast<bool>(suspect_[part.value]); };
  const auto any_field = [&](const std::vector<types::Field>& fields) {
    return std::ranges::any_of(fields, suspect, &types::Field::type);
  };
  return std::visit(Overloaded{
                        [](types::Top) { return false; },
                        [](types::Bottom) { return false; },
                        [](types::Scalar) { return false; },
                        [](types::Literal) { return false; },
                        [&](types::Array node) { return suspect(node.element); },
                        [&](types::Option node) { return suspect(node.element); },
                        [&](types::Stream node) { return suspect(node.element); },
                        [&](types::StreamMap node) { return suspect(node.element); },
                        [&](const types::Struct& node) { return any_field(node.fields); },
                        [&](const types::Ability& node) { return any_field(node.fields); },
                        [&](const types::Service& node) { return any_field(node.methods); },
                        [&](const types::Arrow& node) {
                          return any_field(node.parameters) ||
                                 std::ranges::any_of(node.results, suspect);
                        },
                    },
                    store_[type]);
}

bool TypeFacts::accepts(TypeId expected, TypeId given) {
  return expected == given || types::accepts(store_, expected, given) || is_suspect(expected) ||
         is_suspect(given);
}

TypeId TypeFacts::qualified(TypeId type, std::string_view scope) {
  auto& of_scope = qualified_[scope];
  if (const auto found = of_scope.find(type); found != of_scope.end()) return found->second;
  const TypeId result = qualify(type, scope);
  qualified_[scope].emplace(type, result);
  return result;
}

TypeId TypeFacts::qualify(TypeId type, std::string_view scope) {
  if (type == error_) return type;
  const auto all = [&](std::vector<types::Field> fields) {
    for (types::Field& field : fields) field.type = qualified(field.type, scope);
    return fields;
  };
  // A copy: the store moves its types when it grows.
  const types::Type old = store_[type];
  const auto name = [&](std::string_view own) { return fmt::format("{}.{}", scope, own); };
  return std::visit(
      Overloaded{
          [&](types::Top) { return type; },
          [&](types::Bottom) { return type; },
          [&](types::Scalar) { return type; },
          [&](types::Literal) { return type; },
          [&](types::Array node) { return store_.array(qualified(node.element, scope)); },
          [&](types::Option node) { return store_.option(qualified(node.element, scope)); },
          [&](types::Stream node) { return store_.stream(qualified(node.element, scope)); },
          [&](types::StreamMap node) { return store_.stream_map(qualified(node.element, scope)); },
          [&](const types::Struct& node) {
            return store_.structure(name(node.name), all(node.fields));
          },
          [&](const types::Ability& node) {
            return store_.ability(name(node.name), all(node.fields));
          },
          [&](const types::Service& node) {
            return store_.service(name(node.name), all(node.methods));
          },
          [&](const types::Arrow& node) {
            std::vector<TypeId> results = node.results;
            for (TypeId& result : results) result = qualified(result, scope);
            return store_.arrow(node.labels, all(node.parameters), std::move(results));
          },
      },
      old);
}

TypeId TypeFacts::error_struct() {
  const TypeId text = store_.string();
  return store_.structure("Error", {{"message", text},
                                    {"error_code", store_.scalar(types::Scalar::kI64)},
                                    {"instruction", text},
                                    {"peer_id", text}});
}

TypeId TypeFacts::map_pair(TypeId value) {
  return store_.structure("KeyValue", {{"key", store_.string()}, {"value", value}});
}

}  // namespace aqua::semantic
