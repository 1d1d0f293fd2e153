#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/semantic/name_map.h"
#include "compiler/semantic/program.h"

namespace aqua::semantic {

// The variables and the service ids that hold at one place of a function, closures inside included.
class LocalNames {
 public:
  void clear();

  VariableId find(std::string_view name) const;
  void define(std::string_view name, VariableId variable);
  // A variable of that name whose block has ended, or none: for hints.
  VariableId find_ended(std::string_view name) const;

  // None: the default id holds.
  VariableId binding_of(ServiceId service) const;
  void bind(ServiceId service, VariableId variable);

  // What is defined or bound after a mark is forgotten by going back to it.
  struct Mark {
    std::size_t definition_count = 0;
    std::size_t binding_count = 0;
  };
  Mark mark() const { return {definitions_.size(), bindings_.size()}; }
  void forget_definitions(Mark mark);
  void forget_bindings(Mark mark);

  // The names that are visible now.
  template <class Each>
  void for_each_visible(Each&& each) const {
    for (const Definition& definition : definitions_) each(names_.entries()[definition.name].name);
  }

 private:
  struct Slot {
    VariableId variable;  // none: not visible
    VariableId ended;
  };
  struct Definition {
    std::uint32_t name;  // its position in names_
    VariableId hidden;   // what the name meant before
  };
  struct Binding {
    ServiceId service;
    VariableId hidden;
  };

  NameMap<Slot> names_;
  std::vector<Definition> definitions_;
  std::vector<std::uint32_t> ended_;  // names that have an ended variable
  std::vector<VariableId> by_service_;
  std::vector<Binding> bindings_;
};

}  // namespace aqua::semantic
