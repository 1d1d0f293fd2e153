#include "compiler/semantic/local_names.h"

namespace aqua::semantic {

void LocalNames::clear() {
  forget_definitions({});
  forget_bindings({});
  for (const std::uint32_t name : ended_) names_.at(name).ended = VariableId::none();
  ended_.clear();
}

VariableId LocalNames::find(std::string_view name) const {
  const Slot* const slot = names_.find(name);
  return slot == nullptr ? VariableId::none() : slot->variable;
}

VariableId LocalNames::find_ended(std::string_view name) const {
  const Slot* const slot = names_.find(name);
  return slot == nullptr ? VariableId::none() : slot->ended;
}

void LocalNames::define(std::string_view name, VariableId variable) {
  const std::uint32_t position = names_.position(name);
  Slot& slot = names_.at(position);
  definitions_.push_back({position, slot.variable});
  slot.variable = variable;
}

void LocalNames::forget_definitions(Mark mark) {
  while (definitions_.size() > mark.definition_count) {
    const Definition& definition = definitions_.back();
    Slot& slot = names_.at(definition.name);
    if (slot.ended.is_none()) ended_.push_back(definition.name);
    slot.ended = slot.variable;
    slot.variable = definition.hidden;
    definitions_.pop_back();
  }
}

VariableId LocalNames::binding_of(ServiceId service) const {
  return service.value < by_service_.size() ? by_service_[service.value] : VariableId::none();
}

void LocalNames::bind(ServiceId service, VariableId variable) {
  if (service.value >= by_service_.size()) by_service_.resize(service.value + 1);
  bindings_.push_back({service, by_service_[service.value]});
  by_service_[service.value] = variable;
}

void LocalNames::forget_bindings(Mark mark) {
  while (bindings_.size() > mark.binding_count) {
    by_service_[bindings_.back().service.value] = bindings_.back().hidden;
    bindings_.pop_back();
  }
}

}  // namespace aqua::semantic
