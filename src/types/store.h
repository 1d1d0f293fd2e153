#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/string_arena.h"
#include "types/type.h"

namespace aqua::types {

// Owns the types of one compilation and the names inside them. Types never change and never go.
class Store {
 public:
  Store();

  const Type& operator[](TypeId id) const { return types_[id.value]; }
  std::size_t size() const { return types_.size(); }
  // Immutable: see is_data of order.h.
  bool is_data(TypeId id) const { return is_data_[id.value]; }

  TypeId top() const { return top_; }
  TypeId bottom() const { return bottom_; }
  TypeId scalar(Scalar scalar) const { return scalars_[static_cast<std::size_t>(scalar)]; }
  TypeId literal(LiteralKind kind) const { return literals_[static_cast<std::size_t>(kind)]; }
  TypeId string() const { return scalar(Scalar::kString); }
  TypeId boolean() const { return scalar(Scalar::kBool); }

  TypeId array(TypeId element);
  TypeId option(TypeId element);
  TypeId stream(TypeId element);
  TypeId stream_map(TypeId element);
  // Sort the fields; the names are copied.
  TypeId structure(std::string_view name, std::vector<Field> fields);
  TypeId ability(std::string_view name, std::vector<Field> fields);
  TypeId service(std::string_view name, std::vector<Field> methods);
  TypeId arrow(Labels labels, std::vector<Field> parameters, std::vector<TypeId> results);

 private:
  // The names inside are the caller's.
  TypeId intern(Type type);
  void own_names(Type& type);

  std::deque<Type> types_;  // references into it survive interning
  std::vector<bool> is_data_;
  std::unordered_multimap<std::size_t, TypeId> by_hash_;
  base::StringArena texts_;
  TypeId top_;
  TypeId bottom_;
  std::vector<TypeId> scalars_;
  std::vector<TypeId> literals_;
};

// The field, or null. `name` of a method, for a service.
const Field* find_field(const std::vector<Field>& fields, std::string_view name);

// As a user writes it: "[]u8", "string, u8 -> bool", "Lib.Point", "*string". Types that would fill
// the screen are cut ("...").
std::string describe(const Store& store, TypeId type);

}  // namespace aqua::types
