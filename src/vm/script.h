#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "air/tree.h"
#include "base/result.h"
#include "diagnostics/diagnostic.h"

namespace aqua::vm {

// The instance stack of a stream: one per `new` over a stream or stream map, and one per name for the
// stream that lives outside of every `new`.
using StreamSlot = base::Id<struct StreamSlotTag>;

// A script made ready to run, once; immutable, so that any number of particles and threads share it.
class Script {
 public:
  static base::Result<std::shared_ptr<const Script>, std::vector<diagnostics::Diagnostic>> prepare(
      std::string_view air);

  const air::Tree& tree() const { return tree_; }

  // The stream that instruction `id` writes, reads, or, for `new`, opens.
  StreamSlot stream_slot(air::InstructionId id) const {
    return StreamSlot(stream_slots_[id.value]);
  }
  std::uint32_t stream_slot_count() const { return stream_slot_count_; }

 private:
  explicit Script(air::Tree tree);
  void resolve_streams();

  air::Tree tree_;
  std::vector<std::uint32_t> stream_slots_;  // by instruction
  std::uint32_t stream_slot_count_ = 0;
};

}  // namespace aqua::vm
