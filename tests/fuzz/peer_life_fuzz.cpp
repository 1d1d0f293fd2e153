// Three peers and a network that loses, doubles, delays and damages what they send, answers calls late, twice
// or never, and lets time pass. The input is a list of such deeds, two bytes each. In the end nothing may
// be left of any particle.
// Run: peer_life_fuzz tests/fuzz/corpus/peer_life

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "base/overloaded.h"
#include "peer/peer.h"
#include "vm/test_peer.h"

namespace {

using namespace aqua;

constexpr std::array<std::string_view, 4> kScripts = {
    R"((seq (call "@B" ("s" "f") [] x) (seq (call "@C" ("s" "g") [x] y) (call "@A" ("s" "h") [y]))))",
    R"((seq (par (call "@B" ("s" "f") [] x) (call "@C" ("s" "g") [] y)) (call "@A" ("s" "h") [x y])))",
    R"((xor (par (call "@B" ("s" "f") [] $s) (fold $s i (par (call "@C" ("s" "g") [i] $t) (next i))))
         (call "@A" ("s" "e") [:error:])))",
    R"((new $s (seq (par (ap 1 $s) (par (call "@B" ("s" "f") [] $s) (call "@C" ("s" "g") [] $s)))
         (seq (canon "@A" $s #c) (call "@A" ("s" "h") [#c])))))",
};
constexpr std::uint32_t kTtlMs = 1000;
constexpr std::size_t kDeedsMax = 400;
constexpr std::size_t kQueueMax = 256;

class World {
 public:
  World() {
    limits_.copies_waiting_max = 4;
    limits_.calls_in_flight_max = 2;
    limits_.call_ms_max = 300;
    limits_.particles_max = 6;
    limits_.particles_per_initiator_max = 4;
    limits_.reports_per_particle_max = 3;
    for (const char name : std::string_view("ABC")) {
      peers_.push_back(std::make_unique<peer::Peer>(
          vm::test_keys(name), scripts_,
          peer::Peer::Options{.limits = limits_, .hash_seed = 3, .keeps_particles = name == 'B'}));
    }
  }

  void perform(std::uint8_t deed, std::uint8_t which) {
    switch (deed % 10) {
      case 0: return start(which);
      case 1: return deliver(which, Fate::kArrives);
      case 2: return deliver(which, Fate::kArrivesTwice);
      case 3: return deliver(which, Fate::kArrivesDamaged);
      case 4: return deliver(which, Fate::kFails);
      case 5: return answer(which, 0);
      case 6: return answer(which, 1);
      case 7: return run(which);
      case 8: return report(which);
      case 9: return pass(which);
    }
  }

  void end() {
    now_ms_ += kTtlMs + limits_.clock_skew_ms_max;
    for (std::size_t i = 0; i < peers_.size(); ++i) handle(i, peer::Woke{});
    for (const auto& peer : peers_) {
      AQUA_CHECK(peer->particle_count() == 0, "{} particles are left", peer->particle_count());
      AQUA_CHECK(peer->call_count() == 0, "{} calls are left", peer->call_count());
    }
  }

 private:
  enum class Fate : std::uint8_t { kArrives, kArrivesTwice, kArrivesDamaged, kFails };
  struct OnPeer {
    std::size_t peer;
  };
  struct Message : OnPeer {
    peer::Send send;
  };
  struct PendingCall : OnPeer {
    peer::Call call;
  };
  struct PendingRun : OnPeer {
    peer::RunNow run;
  };
  struct PendingReport : OnPeer {
    peer::SendReport report;
  };

  template <class Item>
  static std::optional<Item> take(std::vector<Item>& items, std::uint8_t which) {
    if (items.empty()) return std::nullopt;
    const auto at = items.begin() + which % items.size();
    Item item = std::move(*at);
    items.erase(at);
    return item;
  }
  template <class Item>
  static void put(std::vector<Item>& items, Item item) {
    if (items.size() < kQueueMax) items.push_back(std::move(item));
  }

  std::optional<std::size_t> index_of(std::string_view peer_id) const {
    for (std::size_t i = 0; i < peers_.size(); ++i) {
      if (peers_[i]->peer_id() == peer_id) return i;
    }
    return std::nullopt;
  }

  void start(std::uint8_t which) {
    auto header = std::make_shared<peer::ParticleHeader>();
    const char name = "ABC"[which % 3];
    header->id = std::string(1, static_cast<char>('a' + which % 8));
    header->init_peer_id = vm::test_keys(name).peer_id();
    header->timestamp_ms = now_ms_ + (which >> 6) * 40'000u;
    header->ttl_ms = kTtlMs;
    header->script = vm::with_peer_ids(kScripts[(which >> 3) % kScripts.size()]);
    peer::sign(*header, vm::test_keys(name));
    handle(which % 3, peer::Arrived{"", {std::move(header), nullptr}});
  }

  void deliver(std::uint8_t which, Fate fate) {
    auto message = take(messages_, which);
    if (!message) return;
    const auto to = index_of(message->send.to);
    if (!to || fate == Fate::kFails)
      return handle(message->peer, peer::SendFailed{message->send.key, message->send.to, "lost"});
    peer::Particle particle = message->send.particle;
    if (fate == Fate::kArrivesDamaged) {
      auto data = std::make_shared<base::Bytes>(*particle.data);
      if (!data->empty())
        (*data)[which * 7919u % data->size()] ^= static_cast<base::Byte>(which | 1);
      particle.data = std::move(data);
    }
    const std::string from(peers_[message->peer]->peer_id());
    if (fate == Fate::kArrivesTwice) put(messages_, *message);
    handle(*to, peer::Arrived{from, std::move(particle)});
  }

  void answer(std::uint8_t which, std::int32_t ret_code) {
    auto pending = take(calls_, which);
    if (!pending) return;
    const peer::Answered answered{
        pending->call.particle, pending->call.call_id, {ret_code, "\"v\""}};
    if (which >= 128) handle(pending->peer, answered);
    handle(pending->peer, answered);
  }

  void run(std::uint8_t which) {
    if (const auto pending = take(runs_, which)) handle(pending->peer, pending->run);
  }

  void report(std::uint8_t which) {
    auto pending = take(reports_, which);
    if (!pending) return;
    if (which >= 192) pending->report.report.detail += '?';
    const auto to = index_of(pending->report.to);
    if (to)
      handle(*to, peer::ReportArrived{std::string(peers_[pending->peer]->peer_id()),
                                      pending->report.report});
  }

  void pass(std::uint8_t which) {
    now_ms_ += which;
    for (std::size_t i = 0; i < peers_.size(); ++i) handle(i, peer::Woke{});
  }

  void handle(std::size_t on, peer::Event event) {
    std::vector<peer::Effect> effects;
    peers_[on]->handle(std::move(event), now_ms_, effects);
    for (peer::Effect& effect : effects) {
      std::visit(base::Overloaded{
                     [&](peer::ScheduleRun& e) { put(runs_, {{on}, peer::RunNow{e.particle}}); },
                     [&](peer::Send& e) { put(messages_, {{on}, std::move(e)}); },
                     [&](peer::Call& e) { put(calls_, {{on}, std::move(e)}); },
                     [&](peer::SendReport& e) { put(reports_, {{on}, std::move(e)}); },
                     [&](peer::Keep& e) { AQUA_CHECK(e.data != nullptr, "nothing to keep"); },
                     [](peer::CancelCall&) {},
                     [](peer::WakeAt&) {},
                     [](peer::Ran&) {},
                     [](peer::Refused&) {},
                     [](peer::Reported&) {},
                     [](peer::Forgotten&) {},
                 },
                 effect);
    }
    AQUA_CHECK(peers_[on]->particle_count() <= limits_.particles_max, "too many particles");
  }

  peer::ScriptCache scripts_{4};
  peer::Limits limits_;
  std::vector<std::unique_ptr<peer::Peer>> peers_;
  std::uint64_t now_ms_ = vm::kTestTimestamp;
  std::vector<Message> messages_;
  std::vector<PendingCall> calls_;
  std::vector<PendingRun> runs_;
  std::vector<PendingReport> reports_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  World world;
  for (std::size_t i = 0; i + 1 < size && i / 2 < kDeedsMax; i += 2)
    world.perform(data[i], data[i + 1]);
  world.end();
  return 0;
}
