// A whole run: a script from a list, previous data, current data and call results. The mutator changes
// bytes, or the data behind the bytes: then it writes it anew and signs it with the keys of the
// peers, so that what is wrong with it reaches the replay.
// Run: vm_run_fuzz tests/fuzz/corpus/vm_run

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "allocations.h"
#include "base/bytes.h"
#include "base/check.h"
#include "base/msgpack.h"
#include "base/overloaded.h"
#include "vm/archive.h"
#include "vm/envelope.h"
#include "vm/error_codes.h"
#include "vm/host.h"
#include "vm/particle_state.h"
#include "vm/run.h"
#include "vm/test_peer.h"
#include "vm/verify.h"
#include "vm_run_input.h"
#include "vm_scripts.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t size_max);

namespace {

using namespace aqua;
using vm::Code;

constexpr std::size_t kAllocationMax = std::size_t{16} << 20;

constexpr std::array<base::Byte, 3> kNoResults = {0x81, 0x04, 0x80};

vm::InvokeParameters parameters_of(char peer) {
  const crypto::Seed seed = vm::test_seed(std::string(1, peer));
  return {.init_peer_id = vm::test_keys('A').peer_id(),
          .current_peer_id = vm::test_keys(peer).peer_id(),
          .timestamp_ms = vm::kTestTimestamp,
          .ttl_ms = vm::kTestTtl,
          .secret_key = {seed.begin(), seed.end()},
          .particle_id = std::string(vm::kTestParticle)};
}

char peer_of(std::uint8_t number) { return fuzz::kPeers[number % fuzz::kPeers.size()]; }

bool same(const vm::InvokeOutcome& a, const vm::InvokeOutcome& b) {
  return a.ret_code == b.ret_code && a.error_message == b.error_message && a.data == b.data &&
         a.next_peer_pks == b.next_peer_pks && a.call_requests == b.call_requests;
}

bool gives_previous_data_back(std::int64_t code) {
  const auto is = [&](Code other) { return code == static_cast<std::int64_t>(other); };
  return !is(Code::kSuccess) && !vm::is_catchable(static_cast<Code>(code)) &&
         !is(Code::kUnprocessedResults) && !is(Code::kGenerationCompaction);
}

// Another peer may refuse what an accepted run made only for signatures that are not ours: a script that
// does not visit all states, or data that contradicts the script, leaves other peers' signatures over
// CIDs that are gone.
void check_accepted_elsewhere(base::ByteView data, char maker) {
  vm::ParticleState other(7);
  const auto received = vm::receive(other, data, vm::kTestParticle);
  if (received) return;
  AQUA_CHECK(received.error().code == Code::kSignatures, "our data is refused: {}",
             received.error().message);
  AQUA_CHECK(!received.error().message.contains(vm::test_keys(maker).peer_id()), "{}",
             received.error().message);
}

bool is_verifiable(base::ByteView data) {
  vm::ParticleState other(7);
  return data.empty() || vm::receive(other, data, vm::kTestParticle).has_value();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto scripts = [] {
    std::array<std::string, fuzz::kScripts.size()> named;
    std::ranges::transform(fuzz::kScripts, named.begin(), vm::with_peer_ids);
    return named;
  }();
  const fuzz::RunInput input = fuzz::read_run_input({data, size});
  const std::string& script = scripts[input.script % scripts.size()];
  const char name = peer_of(input.peer);
  const vm::InvokeParameters parameters = parameters_of(name);
  const fuzz::AllocationLimit limit(kAllocationMax);

  vm::Host host;
  const vm::InvokeOutcome outcome =
      host.invoke(script, input.previous, input.current, parameters, input.call_results);
  if (gives_previous_data_back(outcome.ret_code)) {
    AQUA_CHECK(outcome.data == input.previous, "code {} changes the data", outcome.ret_code);
    AQUA_CHECK(outcome.next_peer_pks.empty(), "code {} sends", outcome.ret_code);
    AQUA_CHECK(std::ranges::equal(outcome.call_requests, kNoResults), "code {} calls",
               outcome.ret_code);
  } else if (!outcome.data.empty() && is_verifiable(input.previous)) {
    check_accepted_elsewhere(outcome.data, name);
  }

  // What the host remembers of the first run changes nothing about the second.
  const base::Bytes previous = outcome.data;
  const vm::InvokeOutcome second = host.invoke(script, previous, {}, parameters, kNoResults);
  const vm::InvokeOutcome fresh = vm::Host().invoke(script, previous, {}, parameters, kNoResults);
  AQUA_CHECK(same(second, fresh),
             "after {} '{}' a host that has run says {} '{}', a fresh one {} '{}'",
             outcome.ret_code, outcome.error_message, second.ret_code, second.error_message,
             fresh.ret_code, fresh.error_message);
  return 0;
}

namespace {

// --- changing data behind its bytes ------------------------------------------------------

class DataMutator {
 public:
  DataMutator(vm::ParticleState& state, std::minstd_rand& random)
      : state_(state), random_(random) {}

  void mutate() {
    vm::Trace& trace = state_.data.trace;
    switch (below(9)) {
      case 0: state_.data.last_call_request_id = number(); return;
      case 1: insert_state(); return;
      case 2:
        if (!trace.states.empty()) trace.states.erase(trace.states.begin() + at(trace.states));
        return;
      case 3:
        if (trace.states.size() > 1)
          std::swap(trace.states[static_cast<std::size_t>(at(trace.states))],
                    trace.states[static_cast<std::size_t>(at(trace.states))]);
        return;
      case 4: mutate_lore(); return;
      case 5: trace.generations.push_back(number()); return;
      default:
        if (!trace.states.empty())
          mutate_state(trace.states[static_cast<std::size_t>(at(trace.states))]);
        return;
    }
  }

 private:
  std::uint32_t below(std::size_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
  std::ptrdiff_t at(const auto& list) { return static_cast<std::ptrdiff_t>(below(list.size())); }
  template <class T>
  T pick(std::initializer_list<T> choice) {
    return *(choice.begin() + below(choice.size()));
  }

  // Mostly small, sometimes an edge.
  std::uint32_t number() {
    constexpr std::uint32_t kMax = std::numeric_limits<std::uint32_t>::max();
    switch (below(4)) {
      case 0:
        return pick<std::uint32_t>({kMax, kMax - 1, kMax / 2, kMax / 2 + 1, 1024, 0xCAFEBABE});
      case 1: return below(64);
      default: return below(8);
    }
  }

  vm::TextId peer() {
    return state_.stores.texts.intern(
        below(8) == 0 ? std::string_view()
                      : vm::test_keys(fuzz::kPeers[below(fuzz::kPeers.size())]).peer_id());
  }

  // An entry that is there; if there is none, some text.
  vm::CidId known(vm::Store store) {
    const auto admitted = state_.stores.admitted(store);
    if (admitted.empty() || below(16) == 0)
      return state_.stores.cids.intern(pick<std::string_view>({"", "b", "bagaaihra"}));
    return admitted[below(admitted.size())];
  }

  vm::CidId value() {
    constexpr std::array<std::string_view, 11> kTexts = {"1",
                                                         "null",
                                                         "[]",
                                                         "[1,2]",
                                                         R"({"error_code":1,"message":"m"})",
                                                         R"({"key":"k","value":1})",
                                                         R"({"message":"m","ret_code":3})",
                                                         R"("text")",
                                                         R"([1,"m"])",
                                                         "1.26932e148",
                                                         "not JSON"};
    if (below(3) == 0) return known(vm::Store::kValues);
    return state_.stores.admit_value(state_.stores.add_value(kTexts[below(kTexts.size())]));
  }

  vm::CidId tetraplet() {
    if (below(2) == 0) return known(vm::Store::kTetraplets);
    const auto text = [&](std::string_view t) { return state_.stores.texts.intern(t); };
    return state_.stores.admit_tetraplet(
        state_.stores.intern({peer(), text(pick<std::string_view>({"", "s"})),
                              text(pick<std::string_view>({"", "v", "echo", "list"})), text("")}));
  }

  vm::CidId service_result() {
    if (below(2) == 0) return known(vm::Store::kServiceResults);
    vm::ServiceResult made{value(), {}, tetraplet()};
    const auto results = state_.stores.admitted(vm::Store::kServiceResults);
    if (!results.empty()) {
      // Argument hashes cannot be guessed: keep one.
      const vm::ServiceResult* other = state_.stores.service_result(results[below(results.size())]);
      made.argument_hash = other->argument_hash;
      if (below(2) == 0) made.tetraplet = other->tetraplet;
    } else {
      made.argument_hash = state_.stores.argument_hash({});
    }
    return admit_if_sound(made.value, made.tetraplet) ? state_.stores.admit(made)
                                                      : known(vm::Store::kServiceResults);
  }

  vm::CidId canon_result() {
    if (below(2) == 0) return known(vm::Store::kCanonResults);
    vm::CanonResult made{known(vm::Store::kTetraplets), {}};
    for (std::uint32_t i = below(3); i > 0; --i) {
      vm::CanonElement element{value(), tetraplet(), {}};
      if (below(3) == 0)
        element.provenance = {vm::ProvenanceKind::kServiceResult,
                              known(vm::Store::kServiceResults)};
      made.elements.push_back(below(2) == 0 ? known(vm::Store::kCanonElements)
                                            : state_.stores.admit(element));
    }
    return state_.stores.admit(made);
  }

  bool admit_if_sound(vm::CidId value, vm::CidId tetraplet) {
    return state_.stores.is_admitted(vm::Store::kValues, value) &&
           state_.stores.is_admitted(vm::Store::kTetraplets, tetraplet);
  }

  vm::State state() {
    vm::Trace& trace = state_.data.trace;
    switch (below(11)) {
      case 0: return vm::ParState{number(), number()};
      case 1: return vm::CallSentBy{peer(), false, 0};
      case 2: return vm::CallSentBy{peer(), true, number()};
      case 3: return vm::CallScalar{service_result()};
      case 4: return vm::CallStream{service_result(), number()};
      case 5: return vm::CallUnused{value()};
      case 6: return vm::CallFailed{service_result()};
      case 7: {
        vm::FoldState fold{static_cast<std::uint32_t>(trace.lores.size()), below(4)};
        for (std::uint32_t i = 0; i < fold.count; ++i) trace.lores.push_back(lore());
        return fold;
      }
      case 8: return vm::ApState{number()};
      case 9: return vm::CanonSentBy{peer()};
      default: return vm::CanonExecuted{canon_result()};
    }
  }

  vm::Lore lore() {
    vm::Trace& trace = state_.data.trace;
    const std::uint32_t parts = below(16) == 0 ? below(4) : 2;
    vm::Lore made{number(), static_cast<std::uint32_t>(trace.parts.size()), parts};
    for (std::uint32_t i = 0; i < parts; ++i) trace.parts.push_back({number(), number()});
    return made;
  }

  void mutate_lore() {
    vm::Trace& trace = state_.data.trace;
    if (trace.lores.empty() || trace.parts.empty()) return insert_state();
    switch (below(3)) {
      case 0: trace.lores[below(trace.lores.size())].value_pos = number(); return;
      case 1: trace.parts[below(trace.parts.size())].begin = number(); return;
      default: trace.parts[below(trace.parts.size())].len = number(); return;
    }
  }

  void insert_state() {
    std::vector<vm::State>& states = state_.data.trace.states;
    const vm::State made = state();
    states.insert(states.begin() + below(states.size() + 1), made);
  }

  void mutate_state(vm::State& old) {
    if (below(3) == 0) {
      old = state();
      return;
    }
    old = std::visit(
        base::Overloaded{
            [&](vm::ParState s) -> vm::State {
              return below(2) == 0 ? vm::ParState{number(), s.right}
                                   : vm::ParState{s.left, number()};
            },
            [&](vm::CallSentBy s) -> vm::State {
              return vm::CallSentBy{peer(), s.has_call_id, s.has_call_id ? number() : 0};
            },
            [&](vm::CallScalar) -> vm::State { return vm::CallScalar{service_result()}; },
            [&](vm::CallStream s) -> vm::State {
              return below(2) == 0 ? vm::CallStream{s.service_result, number()}
                                   : vm::CallStream{service_result(), s.generation};
            },
            [&](vm::CallUnused) -> vm::State { return vm::CallUnused{value()}; },
            [&](vm::CallFailed) -> vm::State { return vm::CallFailed{service_result()}; },
            [&](vm::FoldState s) -> vm::State {
              return s.count == 0 ? s : vm::FoldState{s.first, s.count - 1};
            },
            [&](vm::ApState s) -> vm::State {
              if (below(4) != 0) return vm::ApState{number()};
              std::vector<std::uint32_t>& generations = state_.data.trace.generations;
              vm::ApMalformed made{static_cast<std::uint32_t>(generations.size()), 2};
              generations.insert(generations.end(), {s.generation, number()});
              return made;
            },
            [&](vm::ApMalformed) -> vm::State { return vm::ApState{number()}; },
            [&](vm::CanonSentBy) -> vm::State { return vm::CanonSentBy{peer()}; },
            [&](vm::CanonExecuted) -> vm::State { return vm::CanonExecuted{canon_result()}; },
        },
        old);
  }

  vm::ParticleState& state_;
  std::minstd_rand& random_;
};

void mutate_data(base::Bytes& data, std::minstd_rand& random) {
  vm::ParticleState state(5);
  if (!vm::load_previous(state, data)) return;
  DataMutator mutator(state, random);
  for (auto i = random() % 4; i < 4; ++i) mutator.mutate();
  // Sometimes the signatures stay as they were.
  if (random() % 16 != 0) vm::seal(state, fuzz::kPeers);
  data.clear();
  vm::write_data(data, state.data, state.stores);
}

void mutate_bytes(base::Bytes& bytes, std::size_t grow_max) {
  const std::size_t size = bytes.size();
  bytes.resize(size + grow_max);
  bytes.resize(LLVMFuzzerMutate(bytes.data(), size, bytes.size()));
}

// Results for the first calls, which is what a host would bring.
base::Bytes call_results(std::minstd_rand& random) {
  constexpr std::array<std::string_view, 9> kResults = {
      "1",   "[1,2]", R"("text")",   R"({"a":{"b":[0.5]}})",
      "bad", "",      "1.26932e148", R"({"error_code":5,"message":"m"})",
      "null"};
  base::Bytes out = {0x81, 0x04};
  base::MsgpackWriter writer(out);
  const auto count = static_cast<std::uint32_t>(random() % 4);
  writer.map_head(count);
  for (std::uint32_t i = 0; i < count; ++i) {
    writer.text(fmt::format("{}", random() % 4));
    writer.map_head(2);
    writer.text("ret_code");
    writer.integer(random() % 3 == 0 ? 1 : 0);
    writer.text("result");
    writer.text(kResults[random() % kResults.size()]);
  }
  return out;
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* bytes, std::size_t size,
                                               std::size_t size_max, unsigned int seed) {
  constexpr std::size_t kGrowMax = 64;
  std::minstd_rand random(seed);
  fuzz::RunInput input = fuzz::read_run_input({bytes, size});
  switch (random() % 12) {
    case 0: input.script = static_cast<std::uint8_t>(random()); break;
    case 1: input.peer = static_cast<std::uint8_t>(random() % fuzz::kPeers.size()); break;
    case 2: std::swap(input.previous, input.current); break;
    case 3: input.previous = input.current; break;
    case 4: (random() % 2 == 0 ? input.previous : input.current).clear(); break;
    case 5: input.call_results = call_results(random); break;
    case 6: mutate_bytes(input.call_results, kGrowMax); break;
    case 7: mutate_bytes(random() % 2 == 0 ? input.previous : input.current, kGrowMax); break;
    case 8:
    case 9: mutate_data(input.previous, random); break;
    default: mutate_data(input.current, random); break;
  }
  const base::Bytes out = fuzz::write_run_input(input);
  if (out.size() > size_max) return LLVMFuzzerMutate(bytes, size, size_max);
  std::ranges::copy(out, bytes);
  return out.size();
}
