#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "crypto/keys.h"
#include "peer/event.h"
#include "peer/limits.h"
#include "peer/script_cache.h"
#include "vm/particle_state.h"

namespace aqua::peer {

// The life of particles on one peer. Keeps no clock: `now_ms` is what the driver's clock shows, and
// never goes back.
class Peer {
 public:
  struct Options {
    Limits limits;
    std::uint64_t hash_seed = 0;   // unknown to other peers
    bool explain_waiting = false;  // fill Ran::outcome.waiting
    bool keeps_particles = false;  // ask for Keep; each costs an encoding
  };

  // Key and cache outlive the peer.
  Peer(const crypto::KeyPair& key, ScriptCache& scripts, const Options& options)
      : key_(key), scripts_(scripts), options_(options) {}

  // Appends to `effects`.
  void handle(Event event, std::uint64_t now_ms, std::vector<Effect>& effects);

  std::string_view peer_id() const { return key_.peer_id(); }
  std::size_t particle_count() const { return entries_.size(); }
  std::size_t call_count() const { return calls_by_end_.size(); }

  // Null: no such particle, or no longer. What only reads does no harm; the peer may sign in between.
  vm::ParticleState* state(ParticleKey key);
  const vm::Script* script(ParticleKey key) const;

 private:
  struct Copy {
    std::string from;
    std::shared_ptr<const base::Bytes> data;
  };
  struct Result {
    std::uint32_t call_id;
    Answer answer;
  };
  struct Entry {
    ParticleKey key;
    std::shared_ptr<const ParticleHeader> header;
    std::shared_ptr<const vm::Script> script;
    std::unique_ptr<vm::ParticleState> state;
    std::uint64_t deadline_ms = 0;
    std::deque<Copy> copies;                           // not yet run
    std::vector<Result> results;                       // not yet run
    std::map<std::uint32_t, std::uint64_t> in_flight;  // call id to the moment when it is ended
    std::deque<Call> held_back;                        // until there is room in flight
    bool run_is_scheduled = false;
    std::string came_from;         // peer id: who brought the first copy; empty: it began here
    std::size_t report_count = 0;  // made or passed on
  };
  using Time = std::uint64_t;

  void on(Arrived&& arrived, Time now_ms, std::vector<Effect>& effects);
  void on(Answered&& answered, Time now_ms, std::vector<Effect>& effects);
  void on(RunNow&& run, Time now_ms, std::vector<Effect>& effects);
  void on(SendFailed&& failed, Time now_ms, std::vector<Effect>& effects);
  void on(ReportArrived&& arrived, Time now_ms, std::vector<Effect>& effects);
  void on(Woke&& woke, Time now_ms, std::vector<Effect>& effects);

  Entry* find(ParticleKey key);
  // None: nothing is wrong with the first copy of a particle.
  std::optional<Refusal> why_refused(const Arrived& arrived, Time now_ms) const;
  Entry& admit(const Particle& particle, std::shared_ptr<const vm::Script> script);
  void refuse(Arrived&& arrived, Refusal why, Time now_ms, std::vector<Effect>& effects);
  bool has_room_for_report(Time now_ms);
  void pass_on(Entry& entry, DeliveryReport report, std::vector<Effect>& effects);
  void schedule_run(Entry& entry, std::vector<Effect>& effects);
  void run_once(Entry& entry, Time now_ms, std::vector<Effect>& effects);
  void keep(Entry& entry, std::vector<Effect>& effects);
  void send(Entry& entry, const std::vector<vm::TextId>& next_peers, std::vector<Effect>& effects);
  Call make_call(const Entry& entry, const vm::CallRequest& request) const;
  void start_calls(Entry& entry, Time now_ms, std::vector<Effect>& effects);
  void end_late_calls(Time now_ms, std::vector<Effect>& effects);
  void forget_expired(Time now_ms, std::vector<Effect>& effects);
  void forget(Entry& entry, std::vector<Effect>& effects);
  // Room for one more particle of that initiator, at the cost of an older one of its own.
  void make_room(std::string_view initiator, std::vector<Effect>& effects);
  bool is_at_its_limit(std::string_view initiator) const;
  bool can_make_room(std::string_view initiator) const;
  void note_rest(Entry& entry);
  void note_no_rest(const Entry& entry);
  void ask_to_be_woken(std::vector<Effect>& effects);

  const crypto::KeyPair& key_;
  ScriptCache& scripts_;
  Options options_;

  // Signatures are chosen by others: the seed is unknown to them.
  struct SignatureHash {
    std::uint64_t seed;
    std::size_t operator()(const crypto::Signature& signature) const {
      return base::hash_text(base::as_text(signature), seed);
    }
  };
  std::unordered_map<crypto::Signature, std::unique_ptr<Entry>, SignatureHash> entries_{
      0, SignatureHash{options_.hash_seed}};
  std::unordered_map<std::uint64_t, Entry*> by_key_;
  // Those of others that wait for nothing here, by initiator, the oldest first.
  std::map<std::string, std::set<std::uint64_t>, std::less<>> resting_;
  // Forgotten before their time, and when that is over.
  std::map<crypto::Signature, Time> forgotten_;
  std::set<std::pair<Time, crypto::Signature>> forgotten_by_deadline_;
  std::map<std::string, std::size_t, std::less<>> count_by_initiator_;
  std::set<std::pair<Time, std::uint64_t>> by_deadline_;  // with keys
  struct CallEnd {
    Time at_ms;
    std::uint64_t particle;
    std::uint32_t call_id;
    friend auto operator<=>(const CallEnd&, const CallEnd&) = default;
  };
  std::set<CallEnd> calls_by_end_;
  std::uint64_t last_key_ = 0;
  Time woken_at_ms_ = 0;  // as asked for; 0: not
  Time reports_second_ = 0;
  std::size_t reports_in_second_ = 0;
};

}  // namespace aqua::peer
