#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "types/order.h"
#include "types/store.h"

namespace aqua::semantic {

using types::TypeId;

// What the checkers ask about types. Where an expression or a declaration has a mistake its type is
// the error type, which fits everywhere and is never spoken of.
class TypeFacts {
 public:
  explicit TypeFacts(types::Store& store);

  types::Store& store() { return store_; }
  TypeId error() const { return error_; }
  // Holds the error type somewhere inside.
  bool is_suspect(TypeId type);
  bool accepts(TypeId expected, TypeId given);

  // Null where the type is of another kind.
  template <class Kind>
  const Kind* as(TypeId type) const {
    return std::get_if<Kind>(&store_[type]);
  }

  // Streams, maps, abilities, services and arrows are not data.
  bool is_data(TypeId type) { return is_suspect(type) || types::is_data(store_, type); }
  bool is_data_or_stream(TypeId type) {
    return is_data(type) || as<types::Stream>(type) != nullptr;
  }

  // The type in a sentence: functions have no name.
  std::string spoken(TypeId type) const;

  // The type as those see it who reach its declaration through `scope`: "Point" is "Lib.Point"
  // there, and so are the types of its fields.
  TypeId qualified(TypeId type, std::string_view scope);

  // {message, error_code, instruction, peer_id}
  TypeId error_struct();
  // What "for pair <- map" iterates over: {key, value}.
  TypeId map_pair(TypeId value);

 private:
  bool holds_suspect(TypeId type) const;
  TypeId qualify(TypeId type, std::string_view scope);

  types::Store& store_;
  TypeId error_;
  // By type; a type's parts have smaller ids, so it is filled in the order of ids.
  std::vector<bool> suspect_;
  std::unordered_map<std::string_view, std::unordered_map<TypeId, TypeId>> qualified_;
};

}  // namespace aqua::semantic
