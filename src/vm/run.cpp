#include "vm/run.h"

#include <fmt/format.h>

#include <algorithm>
#include <expected>
#include <utility>

#include "crypto/cid.h"
#include "vm/envelope.h"
#include "vm/executor.h"
#include "vm/verify.h"

namespace aqua::vm {

namespace {

base::Result<Archive, Failure> read_data(ParticleState& state, base::ByteView bytes,
                                         bool check_the_version) {
  const auto envelope = read_envelope(bytes);
  if (!envelope) return std::unexpected(envelope.error());
  if (check_the_version)
    if (auto supported = check_version(envelope->interpreter_version); !supported)
      return std::unexpected(std::move(supported.error()));
  return read_archive(envelope->inner_data, state.stores);
}

void prepare_cache(ScriptCache& cache, const std::shared_ptr<const Script>& script,
                   TextId init_peer) {
  if (cache.script == script && cache.init_peer == init_peer) return;
  cache.script = script;
  cache.init_peer = init_peer;
  cache.operand_values.assign(script->tree().operands.size(), ValueId::none());
  cache.operand_lenses.assign(script->tree().operands.size(), TextId::none());
  cache.call_tetraplets.assign(script->tree().instructions.size(), TetrapletId::none());
}

std::string describe_unprocessed(const std::vector<const CallResult*>& results) {
  std::string list;
  for (const CallResult* result : results) {
    if (!list.empty()) list += ", ";
    list += fmt::format("\"{}\": CallServiceResult {{ ret_code: {}, result: \"{}\" }}",
                        result->call_id, result->ret_code, result->result);
  }
  return fmt::format(
      "after finishing execution of supplied AIR, there are some unprocessed call results: "
      "`{{{}}}`, "
      "probably a wrong call_id used",
      list);
}

RunOutcome aborted(Code code, std::string message) {
  RunOutcome outcome;
  outcome.code = code;
  outcome.message = std::move(message);
  return outcome;
}

}  // namespace

base::Result<void, Failure> load_previous(ParticleState& state, base::ByteView bytes) {
  if (bytes.empty()) return {};
  auto archive = read_data(state, bytes, false);
  if (!archive) return std::unexpected(std::move(archive.error()));
  admit_trusted(state.stores, *archive);
  state.data = std::move(archive->data);
  state.checkpoint.reset();
  return {};
}

base::Result<Incoming, Failure> receive(ParticleState& state, base::ByteView bytes,
                                        std::string_view particle_id) {
  Incoming incoming;
  incoming.before = state.stores.snapshot();
  if (!bytes.empty()) {
    auto archive = read_data(state, bytes, true);
    if (!archive) return std::unexpected(std::move(archive.error()));
    if (auto admitted = admit_checked(state.stores, *archive); !admitted) {
      discard(state, incoming);
      return std::unexpected(std::move(admitted.error()));
    }
    incoming.data = std::move(archive->data);
  }
  if (bytes.empty() && state.is_own) {
    incoming.merged_signatures = state.data.signatures;
    return incoming;
  }
  auto merged = merge_signatures(state, incoming.data, particle_id);
  if (!merged) {
    discard(state, incoming);
    return std::unexpected(std::move(merged.error()));
  }
  incoming.merged_signatures = std::move(*merged);
  return incoming;
}

void discard(ParticleState& state, const Incoming& incoming) {
  state.stores.rollback(incoming.before);
  // These may have been made of entries that are gone now.
  state.checkpoint.reset();
  state.canon_streams.clear();
  state.canon_maps.clear();
}

RunOutcome execute(const std::shared_ptr<const Script>& script, ParticleState& state,
                   const Incoming& incoming, std::span<const CallResult> results,
                   const RunParameters& parameters) {
  prepare_cache(state.script_cache, script, state.stores.texts.intern(parameters.init_peer_id));
  std::unique_ptr<Checkpoint> checkpoint = std::move(state.checkpoint);
  if (!incoming.data.trace.states.empty()) checkpoint.reset();
  if (state.stores.reread_unstable_values()) {
    checkpoint.reset();
    state.canon_streams.clear();
    state.canon_maps.clear();
  }
  Executor executor(*script, state, incoming.data, results, parameters);
  const Code code = executor.run(std::move(checkpoint));
  if (code != Code::kSuccess && !is_catchable(code)) {
    discard(state, incoming);
    RunOutcome outcome = aborted(code, executor.error_message());
    outcome.failed_at = executor.failed_at();
    return outcome;
  }
  RunOutcome outcome;
  if (!executor.compact_streams()) {
    // The previous data is lost to the host here, as with the published VM; the state keeps it.
    discard(state, incoming);
    outcome = aborted(Code::kGenerationCompaction,
                      "a stream value has no state in the trace to keep its generation");
    outcome.data_is_lost = true;
    return outcome;
  }
  outcome.code = code;
  if (code != Code::kSuccess) outcome.message = executor.error_message();
  if (const auto left = executor.unprocessed_results(); code == Code::kSuccess && !left.empty()) {
    outcome.code = Code::kUnprocessedResults;
    outcome.message = describe_unprocessed(left);
  }
  outcome.changed_state = true;
  outcome.complete = code == Code::kSuccess && executor.is_complete();
  if (code != Code::kSuccess) outcome.failed_at = executor.failed_at();
  outcome.waiting = std::move(executor.waiting());
  outcome.next_peers = std::move(executor.next_peers());
  outcome.requests = std::move(executor.requests());
  state.data.last_call_request_id = executor.last_call_request_id();
  state.data.trace = std::move(executor.trace());
  state.data.signatures = incoming.merged_signatures;
  state.checkpoint = executor.checkpoint();
  state.own_cids = std::move(executor.own_cids());
  state.own_peer = state.stores.texts.intern(parameters.current_peer_id);
  state.is_own = executor.made_own_only();
  state.own_signature_missing = true;
  return outcome;
}

RunOutcome run(const std::shared_ptr<const Script>& script, ParticleState& state,
               base::ByteView bytes, std::span<const CallResult> results,
               const RunParameters& parameters) {
  const auto incoming = receive(state, bytes, parameters.particle_id);
  if (!incoming) return aborted(incoming.error().code, incoming.error().message);
  return execute(script, state, *incoming, results, parameters);
}

namespace {

void sign(ParticleState& state, const crypto::KeyPair& key, std::string_view particle_id) {
  constexpr char kEd25519 = 0x00;
  std::string stored_key(1, kEd25519);
  stored_key.append(base::as_text(key.public_key()));
  const TextId key_id = state.stores.texts.intern(stored_key);

  std::vector<CidId> cids = state.own_cids;
  if (!std::is_sorted(cids.begin(), cids.end())) std::sort(cids.begin(), cids.end());
  // One that was received over the same CIDs is no substitute: it may be written in another way, which depends on
  // who sent it first.
  if (state.made.key != key_id || state.made.cids != cids) {
    if (state.made.key == key_id) state.verified.try_emplace(key_id, std::move(state.made));
    state.own_order.update(state.stores, cids);
    std::string signature(1, kEd25519);
    signature.append(base::as_text(key.sign(state.own_order.message(particle_id))));
    state.made = {key_id, state.stores.texts.intern(signature), std::move(cids)};
  }
  auto& entries = state.data.signatures;
  const auto own = std::find_if(entries.begin(), entries.end(),
                                [&](const SignatureEntry& e) { return e.public_key == key_id; });
  if (own != entries.end())
    own->signature = state.made.signature;
  else
    entries.push_back({key_id, state.made.signature});
  if (state.stores.texts[state.own_peer] != key.peer_id()) state.is_own = false;
}

}  // namespace

void sign_pending(ParticleState& state, const crypto::KeyPair& key, std::string_view particle_id) {
  if (state.own_signature_missing) sign(state, key, particle_id);
  state.own_signature_missing = false;
}

void encode(ParticleState& state, const crypto::KeyPair& key, std::string_view particle_id,
            base::Bytes& out) {
  sign_pending(state, key, particle_id);
  write_data(out, state.data, state.stores);
}

}  // namespace aqua::vm
