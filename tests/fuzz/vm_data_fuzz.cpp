// Any bytes as particle data. As data from another peer: refused with one of the codes for that and no
// trace left, or accepted, and then written and read again it is the same. As data of this peer's own,
// which is taken on trust: scripts run over it, and what a refused run leaves is what it found.
// Run: vm_data_fuzz tests/fuzz/corpus/vm_data

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "allocations.h"
#include "base/bytes.h"
#include "base/check.h"
#include "vm/archive.h"
#include "vm/error_codes.h"
#include "vm/particle_state.h"
#include "vm/run.h"
#include "vm/test_peer.h"
#include "vm_scripts.h"

namespace {

using namespace aqua;
using vm::Code;

// Of one allocation while reading, in relation to the data: tables of 24-byte slots that double when they
// are three quarters full, for each 4-byte element of an archive at most.
constexpr std::size_t kAllocationFactor = 64;
constexpr std::size_t kAllocationBase = 1 << 20;

base::Bytes written(const vm::ParticleState& state) {
  base::Bytes out;
  vm::write_data(out, state.data, state.stores);
  return out;
}

bool is_empty(const vm::ParticleStores& stores) {
  return std::ranges::all_of(stores.snapshot().admitted,
                             [](std::size_t size) { return size == 0; });
}

void check_as_foreign(base::ByteView bytes) {
  vm::ParticleState state(1);
  const auto incoming = vm::receive(state, bytes, vm::kTestParticle);
  if (!incoming) {
    constexpr std::array kCodes = {Code::kDataDecode, Code::kEnvelope,  Code::kEnvelopeVersioned,
                                   Code::kVersion,    Code::kCidStores, Code::kSignatures};
    AQUA_CHECK(std::ranges::count(kCodes, incoming.error().code) == 1, "code {}",
               static_cast<int>(incoming.error().code));
    AQUA_CHECK(!incoming.error().message.empty(), "refused without a reason");
    AQUA_CHECK(is_empty(state.stores), "refused data left entries");
    return;
  }
  state.data = incoming->data;
  state.data.signatures = incoming->merged_signatures;
  const base::Bytes once = written(state);

  vm::ParticleState trusting(2);
  const auto loaded = vm::load_previous(trusting, once);
  AQUA_CHECK(loaded.has_value(), "our own data is not read back: {}", loaded.error().message);
  AQUA_CHECK(written(trusting) == once, "our own data changes when read back");

  vm::ParticleState checking(3);
  const auto again = vm::receive(checking, once, vm::kTestParticle);
  AQUA_CHECK(again.has_value(), "accepted data is refused when forwarded: {}",
             again.error().message);
  checking.data = again->data;
  checking.data.signatures = again->merged_signatures;
  AQUA_CHECK(written(checking) == once, "accepted data changes when forwarded");
}

void check_as_own(base::ByteView bytes) {
  static const auto scripts = [] {
    std::array<std::shared_ptr<const vm::Script>, fuzz::kScripts.size()> prepared;
    std::ranges::transform(fuzz::kScripts, prepared.begin(), vm::prepared);
    return prepared;
  }();
  for (const auto& script : scripts) {
    vm::TestPeer peer('A');
    if (!vm::load_previous(peer.state(), bytes)) return;
    const base::Bytes before = written(peer.state());
    const std::array<vm::CallResult, 2> results = {vm::CallResult{"1", 0, "[1,2]"},
                                                   vm::CallResult{"2", 1, "no"}};
    const vm::RunOutcome outcome = peer.run(script, {}, results);
    if (outcome.changed_state) {
      peer.data();
    } else {
      AQUA_CHECK(written(peer.state()) == before, "a run with code {} changed the state",
                 static_cast<int>(outcome.code));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const base::ByteView bytes(data, size);
  const fuzz::AllocationLimit limit(kAllocationBase + kAllocationFactor * size);
  check_as_foreign(bytes);
  check_as_own(bytes);
  return 0;
}
