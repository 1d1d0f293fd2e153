#include "sim/trace_text.h"

#include <fmt/format.h>

#include <variant>

#include "base/overloaded.h"

namespace aqua::sim {

namespace {

class StateWriter {
 public:
  explicit StateWriter(const vm::ParticleState& state)
      : stores_(state.stores), trace_(state.data.trace) {}

  std::string operator()(const vm::ParState& s) const {
    return fmt::format("par {} {}", s.left, s.right);
  }
  std::string operator()(const vm::CallSentBy& s) const {
    if (s.has_call_id) return fmt::format("call {} waits at {}", s.call_id, stores_.texts[s.peer]);
    return fmt::format("call sent by {}", stores_.texts[s.peer]);
  }
  std::string operator()(const vm::CallScalar& s) const {
    return fmt::format("call -> {}", result(s.service_result));
  }
  std::string operator()(const vm::CallStream& s) const {
    return fmt::format("call -> {} in generation {}", result(s.service_result), s.generation);
  }
  std::string operator()(const vm::CallUnused&) const { return "call done, its result not kept"; }
  std::string operator()(const vm::CallFailed& s) const {
    return fmt::format("call failed: {}", result(s.service_result));
  }
  std::string operator()(const vm::FoldState& s) const {
    std::string text = "fold";
    for (std::uint32_t i = 0; i < s.count; ++i) {
      const vm::Lore& lore = trace_.lores[s.first + i];
      text += fmt::format(" [value {}:", lore.value_pos);
      for (std::uint32_t p = 0; p < lore.part_count; ++p) {
        const vm::SubTrace& part = trace_.parts[lore.first_part + p];
        text += fmt::format(" {}+{}", part.begin, part.len);
      }
      text += ']';
    }
    return text;
  }
  std::string operator()(const vm::ApState& s) const {
    return fmt::format("ap in generation {}", s.generation);
  }
  std::string operator()(const vm::ApMalformed&) const { return "ap, malformed"; }
  std::string operator()(const vm::CanonSentBy& s) const {
    return fmt::format("canon sent by {}", stores_.texts[s.peer]);
  }
  std::string operator()(const vm::CanonExecuted& s) const {
    const vm::CanonResult* const canon = stores_.canon_result(s.canon_result);
    std::string text = "canon ->";
    if (canon == nullptr) return text;
    for (const vm::CidId element : canon->elements) {
      const vm::CanonElement* const entry = stores_.canon_element(element);
      if (entry != nullptr) text += fmt::format(" {}", stores_.raw_value(entry->value));
    }
    return text;
  }

 private:
  std::string_view result(vm::CidId service_result) const {
    const vm::ServiceResult* const entry = stores_.service_result(service_result);
    return entry == nullptr ? std::string_view("?") : stores_.raw_value(entry->value);
  }

  const vm::ParticleStores& stores_;
  const vm::Trace& trace_;
};

}  // namespace

std::vector<std::string> trace_text(const vm::ParticleState& state) {
  std::vector<std::string> lines;
  lines.reserve(state.data.trace.states.size());
  for (const vm::State& one : state.data.trace.states)
    lines.push_back(std::visit(StateWriter(state), one));
  return lines;
}

}  // namespace aqua::sim
