#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "crypto/keys.h"
#include "vm/data.h"
#include "vm/progress.h"
#include "vm/script.h"
#include "vm/signed_order.h"
#include "vm/stores.h"
#include "vm/value_ref.h"

namespace aqua::vm {

// A canonicalised stream or stream map: fixed for ever, the same on every peer.
struct CanonBinding {
  CidId canon_result;
  TetrapletId tetraplet;  // {canon peer, "", "", ""}
  std::vector<ValueRef> elements;

  // Of maps: values by key, in the order of first appearance. A key is the canonical text of a JSON
  // string or integer, so 42 and "42" are two keys.
  struct Entry {
    std::string_view key;
    std::vector<ValueRef> values;
  };
  std::vector<Entry> entries;
  const Entry* find(std::string_view key) const;

  ValueId whole;  // the value as a whole, once asked for
};

// What a script and a state have to do with each other, found once.
struct ScriptCache {
  std::shared_ptr<const Script> script;
  TextId init_peer;                          // of the particle: constant, like a literal
  std::vector<ValueId> operand_values;       // by operand: values of literals
  std::vector<TextId> operand_lenses;        // by operand: printed lens
  std::vector<TetrapletId> call_tetraplets;  // by instruction: triplets made of literals
};

// A signature that was checked, or made, over a list of CIDs: not checked again over the same list.
struct VerifiedSignature {
  TextId key;
  TextId signature;
  std::vector<CidId> cids;  // ascending ids
};

// What one peer knows of one particle, decoded: the caller keeps it between runs. It is for one
// current peer and one particle id; scripts may differ from run to run.
struct ParticleState {
  explicit ParticleState(std::uint64_t hash_seed) : stores(hash_seed) {}

  ParticleStores stores;
  Data data;  // of the last good run, or as received

  // CIDs that the last run registered for the current peer, in the order of registration. The signature
  // over them is made when bytes are asked for.
  std::vector<CidId> own_cids;
  TextId own_peer;      // the current peer of the last good run
  bool is_own = false;  // `data` was made by a run of this state, and every peer in it has a key
  bool own_signature_missing = false;
  SignedOrder own_order;

  // Of the last run, for the next one on `data` as that run left it.
  std::unique_ptr<Checkpoint> checkpoint;

  ScriptCache script_cache;
  std::unordered_map<CidId, std::unique_ptr<CanonBinding>> canon_streams;
  std::unordered_map<CidId, std::unique_ptr<CanonBinding>> canon_maps;
  std::unordered_map<TextId, VerifiedSignature> verified;  // by public key
  // The last one that was made. Beside those above, because one made before is what comes back with each copy of a
  // particle that went to many peers.
  VerifiedSignature made;
  std::unordered_map<TextId, TextId> peers_of_keys;

  std::size_t size_bytes() const {
    return stores.size_bytes() + (checkpoint == nullptr ? 0 : checkpoint->size_bytes());
  }
};

}  // namespace aqua::vm
