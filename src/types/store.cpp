#include "types/store.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <variant>

#include "base/check.h"
#include "base/hash.h"
#include "base/overloaded.h"

namespace aqua::types {

namespace {

constexpr std::size_t kScalarCount = static_cast<std::size_t>(Scalar::kString) + 1;
constexpr std::size_t kLiteralCount = static_cast<std::size_t>(LiteralKind::kNumber) + 1;

class Hasher {
 public:
  void add(std::uint64_t value) { hash_ = base::mix64(hash_ ^ value, 0x9e3779b97f4a7c15ull); }
  void add(TypeId id) { add(std::uint64_t{id.value}); }
  void add(std::string_view text) { hash_ = base::hash_text(text, hash_); }
  void add(const std::vector<Field>& fields) {
    add(std::uint64_t{fields.size()});
    for (const Field& field : fields) {
      add(field.name);
      add(field.type);
    }
  }
  std::size_t result() const { return hash_; }

 private:
  std::uint64_t hash_ = 0x2545f4914f6cdd1dull;
};

std::size_t hash_of(const Type& type) {
  Hasher hash;
  hash.add(std::uint64_t{type.index()});
  std::visit(base::Overloaded{
                 [](Top) {},
                 [](Bottom) {},
                 [&](Scalar scalar) { hash.add(static_cast<std::uint64_t>(scalar)); },
                 [&](Literal literal) { hash.add(static_cast<std::uint64_t>(literal.kind)); },
                 [&](Array array) { hash.add(array.element); },
                 [&](Option option) { hash.add(option.element); },
                 [&](Stream stream) { hash.add(stream.element); },
                 [&](StreamMap map) { hash.add(map.element); },
                 [&](const Struct& one) {
                   hash.add(one.name);
                   hash.add(one.fields);
                 },
                 [&](const Ability& one) {
                   hash.add(one.name);
                   hash.add(one.fields);
                 },
                 [&](const Service& one) {
                   hash.add(one.name);
                   hash.add(one.methods);
                 },
                 [&](const Arrow& arrow) {
                   hash.add(static_cast<std::uint64_t>(arrow.labels));
                   hash.add(arrow.parameters);
                   for (const TypeId result : arrow.results) hash.add(result);
                 },
             },
             type);
  return hash.result();
}

struct SameAs {
  const Type& other;

  bool operator()(Top) const { return true; }
  bool operator()(Bottom) const { return true; }
  bool operator()(Scalar scalar) const { return scalar == std::get<Scalar>(other); }
  bool operator()(Literal literal) const { return literal.kind == std::get<Literal>(other).kind; }
  bool operator()(Array array) const { return array.element == std::get<Array>(other).element; }
  bool operator()(Option option) const { return option.element == std::get<Option>(other).element; }
  bool operator()(Stream stream) const { return stream.element == std::get<Stream>(other).element; }
  bool operator()(StreamMap map) const { return map.element == std::get<StreamMap>(other).element; }
  bool operator()(const Struct& one) const {
    const auto& two = std::get<Struct>(other);
    return one.name == two.name && one.fields == two.fields;
  }
  bool operator()(const Ability& one) const {
    const auto& two = std::get<Ability>(other);
    return one.name == two.name && one.fields == two.fields;
  }
  bool operator()(const Service& one) const {
    const auto& two = std::get<Service>(other);
    return one.name == two.name && one.methods == two.methods;
  }
  bool operator()(const Arrow& one) const {
    const auto& two = std::get<Arrow>(other);
    return one.labels == two.labels && one.parameters == two.parameters &&
           one.results == two.results;
  }
};

bool is_same(const Type& one, const Type& two) {
  return one.index() == two.index() && std::visit(SameAs{two}, one);
}

void sort_by_name(std::vector<Field>& fields) { std::ranges::sort(fields, {}, &Field::name); }

}  // namespace

Store::Store() {
  top_ = intern(Top{});
  bottom_ = intern(Bottom{});
  for (std::size_t i = 0; i < kScalarCount; ++i) {
    scalars_.push_back(intern(static_cast<Scalar>(i)));
  }
  for (std::size_t i = 0; i < kLiteralCount; ++i) {
    literals_.push_back(intern(Literal{static_cast<LiteralKind>(i)}));
  }
}

TypeId Store::array(TypeId element) { return intern(Array{element}); }
TypeId Store::option(TypeId element) { return intern(Option{element}); }
TypeId Store::stream(TypeId element) { return intern(Stream{element}); }
TypeId Store::stream_map(TypeId element) { return intern(StreamMap{element}); }

TypeId Store::structure(std::string_view name, std::vector<Field> fields) {
  sort_by_name(fields);
  return intern(Struct{.name = name, .fields = std::move(fields)});
}

TypeId Store::ability(std::string_view name, std::vector<Field> fields) {
  sort_by_name(fields);
  return intern(Ability{.name = name, .fields = std::move(fields)});
}

TypeId Store::service(std::string_view name, std::vector<Field> methods) {
  sort_by_name(methods);
  return intern(Service{.name = name, .methods = std::move(methods)});
}

TypeId Store::arrow(Labels labels, std::vector<Field> parameters, std::vector<TypeId> results) {
  return intern(
      Arrow{.labels = labels, .parameters = std::move(parameters), .results = std::move(results)});
}

TypeId Store::intern(Type type) {
  const std::size_t hash = hash_of(type);
  const auto [first, last] = by_hash_.equal_range(hash);
  const auto known = std::find_if(
      first, last, [&](const auto& entry) { return is_same(types_[entry.second.value], type); });
  if (known != last) return known->second;

  const bool is_data = std::visit(
      base::Overloaded{
          [](Top) { return true; },
          [](Bottom) { return true; },
          [](Scalar) { return true; },
          [](Literal) { return true; },
          [&](Array array) { return this->is_data(array.element); },
          [&](Option option) { return this->is_data(option.element); },
          [&](const Struct& one) {
            return std::ranges::all_of(
                one.fields, [&](const Field& field) { return this->is_data(field.type); });
          },
          [](const auto&) { return false; },
      },
      type);
  own_names(type);
  const TypeId id(types_.size());
  types_.push_back(std::move(type));
  is_data_.push_back(is_data);
  by_hash_.emplace(hash, id);
  return id;
}

void Store::own_names(Type& type) {
  const auto own = [&](std::vector<Field>& fields) {
    for (Field& field : fields) field.name = texts_.store(field.name);
  };
  std::visit(base::Overloaded{
                 [&](Struct& one) {
                   one.name = texts_.store(one.name);
                   own(one.fields);
                 },
                 [&](Ability& one) {
                   one.name = texts_.store(one.name);
                   own(one.fields);
                 },
                 [&](Service& one) {
                   one.name = texts_.store(one.name);
                   own(one.methods);
                 },
                 [&](Arrow& arrow) { own(arrow.parameters); },
                 [](auto&) {},
             },
             type);
}

const Field* find_field(const std::vector<Field>& fields, std::string_view name) {
  const auto at = std::ranges::lower_bound(fields, name, {}, &Field::name);
  return at != fields.end() && at->name == name ? &*at : nullptr;
}

}  // namespace aqua::types
