#include "vm/verify.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <expected>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>

#include "base/base58.h"
#include "base/overloaded.h"
#include "crypto/cid.h"

namespace aqua::vm {

namespace {

using base::Overloaded;
using Check = ParticleStores::Check;

std::unexpected<Failure> bad_store(std::string message) {
  return std::unexpected(Failure{Code::kCidStores, std::move(message)});
}
std::unexpected<Failure> bad_signature(std::string message) {
  return std::unexpected(Failure{Code::kSignatures, std::move(message)});
}

constexpr std::string_view name_of(Store store) {
  switch (store) {
    case Store::kValues: return "value";
    case Store::kTetraplets: return "tetraplet";
    case Store::kCanonElements: return "canon element";
    case Store::kCanonResults: return "canon result";
    case Store::kServiceResults: return "service result";
  }
  return {};
}

class Checker {
 public:
  Checker(ParticleStores& stores, const Archive& archive) : stores_(stores), archive_(archive) {}

  base::Result<void, Failure> run() {
    stores_.start_receiving();
    const auto receive = [&](CidId cid, const auto& content) {
      return stores_.receive(cid, content, Check::kHash);
    };
    contents(Store::kValues, archive_.values, [&](CidId cid, std::string_view raw) {
      return stores_.receive_value(cid, raw, Check::kHash);
    });
    contents(Store::kTetraplets, archive_.tetraplets, receive);
    contents(Store::kCanonElements, archive_.canon_elements, receive);
    contents(Store::kCanonResults, archive_.canon_results, receive);
    contents(Store::kServiceResults, archive_.service_results, receive);
    references();
    if (error_) return bad_store(std::move(*error_));
    return {};
  }

 private:
  template <class Entries, class Receive>
  void contents(Store store, const Entries& entries, Receive&& receive_entry) {
    for (const auto& entry : entries) {
      if (error_) return;
      if (!receive_entry(entry.cid, entry.content)) {
        error_ =
            crypto::parse_cid(stores_.cids[entry.cid])
                ? fmt::format("Value mismatch in the \"{}\" store for CID \"{}\"", name_of(store),
                              stores_.cids[entry.cid])
                : fmt::format(
                      "\"{}\" in the \"{}\" store is not a content id of JSON (blake3 or sha2-256)",
                      stores_.cids[entry.cid], name_of(store));
        return;
      }
      stores_.admit(store, entry.cid);
    }
  }

  void need(std::string_view from, Store to, CidId cid) {
    if (!error_ && !stores_.is_received(to, cid))
      error_ = fmt::format("Reference CID \"{}\" from type \"{}\" to \"{}\" was not found",
                           stores_.cids[cid], from, name_of(to));
  }

  void references() {
    for (const auto& [cid, result] : archive_.service_results) {
      need("service result", Store::kTetraplets, result.tetraplet);
      need("service result", Store::kValues, result.value);
    }
    for (const auto& [cid, element] : archive_.canon_elements) {
      need("canon element", Store::kTetraplets, element.tetraplet);
      need("canon element", Store::kValues, element.value);
      switch (element.provenance.kind) {
        case ProvenanceKind::kLiteral: break;
        case ProvenanceKind::kServiceResult:
          need("canon element", Store::kServiceResults, element.provenance.cid);
          break;
        case ProvenanceKind::kCanon:
          need("canon element", Store::kCanonResults, element.provenance.cid);
          break;
      }
    }
    for (const auto& [cid, result] : archive_.canon_results) {
      need("canon result", Store::kTetraplets, result.tetraplet);
      for (const CidId element : result.elements)
        need("canon result", Store::kCanonElements, element);
    }
  }

  ParticleStores& stores_;
  const Archive& archive_;
  std::optional<std::string> error_;
};

// --- signatures -------------------------------------------------------------------

constexpr base::Byte kEd25519 = 0x00;
constexpr base::Byte kSecp256k1 = 0x02;

// CIDs by the peer that made them.
class CidsOfPeers {
 public:
  enum class Problem : std::uint8_t { kNone, kLeadsNowhere, kNoKey };

  // Where the entries of the trace must be: among the admitted, or in the archive that came with it.
  enum class Among : std::uint8_t { kAdmitted, kReceived };

  // In the order of the trace; stops at a CID that leads nowhere, or whose peer `has_key` denies.
  template <class HasKey>
  Problem collect(const ParticleStores& stores, const Trace& trace, Among among, HasKey&& has_key) {
    const auto is_there = [&](Store store, CidId cid) {
      return among == Among::kAdmitted || stores.is_received(store, cid);
    };
    index_.assign(stores.texts.size(), kNone);
    for (const State& state : trace.states) {
      const auto of_service_result = [&](CidId cid) {
        const ServiceResult* result = stores.service_result(cid);
        if (result == nullptr || !is_there(Store::kServiceResults, cid))
          return Problem::kLeadsNowhere;
        return add(stores, result->tetraplet, cid, has_key);
      };
      const Problem problem =
          std::visit(Overloaded{
                         [&](const CallScalar& s) { return of_service_result(s.service_result); },
                         [&](const CallStream& s) { return of_service_result(s.service_result); },
                         [&](const CallFailed& s) { return of_service_result(s.service_result); },
                         [&](const CanonExecuted& s) {
                           const CanonResult* result = stores.canon_result(s.canon_result);
                           if (result == nullptr || !is_there(Store::kCanonResults, s.canon_result))
                             return Problem::kLeadsNowhere;
                           return add(stores, result->tetraplet, s.canon_result, has_key);
                         },
                         [](const CallUnused&) { return Problem::kNone; },
                         [](const ParState&) { return Problem::kNone; },
                         [](const CallSentBy&) { return Problem::kNone; },
                         [](const FoldState&) { return Problem::kNone; },
                         [](const ApState&) { return Problem::kNone; },
                         [](const ApMalformed&) { return Problem::kNone; },
                         [](const CanonSentBy&) { return Problem::kNone; },
                     },
                     state);
      if (problem != Problem::kNone) return problem;
    }
    for (Entry& entry : entries_) std::sort(entry.cids.begin(), entry.cids.end());
    return Problem::kNone;
  }

  struct Entry {
    TextId peer;
    std::vector<CidId> cids;  // ascending ids
  };
  std::span<const CidId> of(TextId peer) const {
    if (peer.value >= index_.size() || index_[peer.value] == kNone) return {};
    return entries_[index_[peer.value]].cids;
  }

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  template <class HasKey>
  Problem add(const ParticleStores& stores, CidId tetraplet_cid, CidId cid, HasKey&& has_key) {
    const auto tetraplet = stores.tetraplet(tetraplet_cid);
    if (!tetraplet) return Problem::kLeadsNowhere;
    const TextId peer = stores[*tetraplet].peer;
    std::uint32_t& at = index_[peer.value];
    if (at == kNone) {
      if (!has_key(peer)) return Problem::kNoKey;
      at = static_cast<std::uint32_t>(entries_.size());
      entries_.push_back({peer, {}});
    }
    entries_[at].cids.push_back(cid);
    return Problem::kNone;
  }

  std::vector<std::uint32_t> index_;  // by TextId
  std::vector<Entry> entries_;
};

std::optional<crypto::PublicKey> public_key_of(std::string_view stored) {
  crypto::PublicKey key;
  if (stored.size() != key.size() + 1 || static_cast<base::Byte>(stored[0]) != kEd25519)
    return std::nullopt;
  std::memcpy(key.data(), stored.data() + 1, key.size());
  return key;
}

// What counts is the type of the key; that of the signature only has to be one that others know.
std::optional<crypto::Signature> signature_of(std::string_view stored) {
  crypto::Signature signature;
  if (stored.size() != signature.size() + 1) return std::nullopt;
  if (const auto type = static_cast<base::Byte>(stored[0]); type != kEd25519 && type != kSecp256k1)
    return std::nullopt;
  std::memcpy(signature.data(), stored.data() + 1, signature.size());
  return signature;
}

struct Signed {
  TextId key;
  TextId signature;
};

class Merger {
 public:
  Merger(ParticleState& state, const Data& current, std::string_view particle_id)
      : state_(state), current_(current), particle_id_(particle_id) {}

  base::Result<std::vector<SignatureEntry>, Failure> run() {
    std::unordered_map<TextId, Signed> previous;
    std::unordered_map<TextId, Signed> current;
    std::vector<TextId>
        peers;  // in order of appearance, so that the output does not depend on hashing
    if (!read_keys(state_.data.signatures, previous, peers) ||
        !read_keys(current_.signatures, current, peers))
      return bad_signature(std::move(error_));
    CidsOfPeers previous_cids;
    CidsOfPeers current_cids;
    for (const auto& failure :
         {collect(state_.data.trace, CidsOfPeers::Among::kAdmitted, previous, previous_cids),
          collect(current_.trace, CidsOfPeers::Among::kReceived, current, current_cids)})
      if (failure) return std::unexpected(*failure);
    for (const TextId peer : peers)
      if (const auto entry = current.find(peer);
          entry != current.end() && !verify(peer, entry->second, current_cids.of(peer)))
        return bad_signature(std::move(error_));

    std::vector<SignatureEntry> merged;
    for (const TextId peer : peers) {
      const auto p = previous.find(peer);
      const auto c = current.find(peer);
      if (p == previous.end() || c == current.end()) {
        const Signed& only = p != previous.end() ? p->second : c->second;
        merged.push_back({only.key, only.signature});
        continue;
      }
      const auto longer = previous_cids.of(peer);
      const auto shorter = current_cids.of(peer);
      const bool current_is_longer = shorter.size() > longer.size();
      if (!(current_is_longer ? std::ranges::includes(shorter, longer)
                              : std::ranges::includes(longer, shorter)))
        return bad_signature(fmt::format("inconsistent CID multisets on merge for peer \"{}\"",
                                         state_.stores.texts[peer]));
      const Signed& kept = current_is_longer ? c->second : p->second;
      merged.push_back({kept.key, kept.signature});
    }
    return merged;
  }

 private:
  bool read_keys(const std::vector<SignatureEntry>& entries,
                 std::unordered_map<TextId, Signed>& out, std::vector<TextId>& peers) {
    for (const SignatureEntry& entry : entries) {
      auto known = state_.peers_of_keys.find(entry.public_key);
      if (known == state_.peers_of_keys.end()) {
        const std::string_view stored = state_.stores.texts[entry.public_key];
        const auto key = public_key_of(stored);
        if (!key) {
          error_ = fmt::format(
              "malformed key: \"{}\": only Ed25519 keys of 32 bytes are known",
              stored.size() > 64 ? "(too long)" : base::base58_encode(base::as_bytes(stored)));
          return false;
        }
        const TextId peer = state_.stores.texts.intern(crypto::peer_id_of(*key));
        known = state_.peers_of_keys.emplace(entry.public_key, peer).first;
      }
      out[known->second] = {entry.public_key, entry.signature};
      if (seen_.insert(known->second).second) peers.push_back(known->second);
    }
    return true;
  }

  std::optional<Failure> collect(const Trace& trace, CidsOfPeers::Among among,
                                 const std::unordered_map<TextId, Signed>& keys,
                                 CidsOfPeers& cids) const {
    TextId keyless;
    switch (cids.collect(state_.stores, trace, among, [&](TextId peer) {
      if (!keys.contains(peer)) keyless = peer;
      return keyless.is_none();
    })) {
      case CidsOfPeers::Problem::kNone: return std::nullopt;
      case CidsOfPeers::Problem::kLeadsNowhere:
        return Failure{Code::kCidStores, "a content id of the trace is in none of the stores"};
      case CidsOfPeers::Problem::kNoKey:
        return Failure{Code::kSignatures,
                       fmt::format("peer_id doens't match any available public key: \"{}\"",
                                   state_.stores.texts[keyless])};
    }
    return std::nullopt;
  }

  bool verify(TextId peer, const Signed& entry, std::span<const CidId> cids) {
    const auto is_known = [&](const VerifiedSignature& known) {
      return known.key == entry.key && known.signature == entry.signature &&
             std::ranges::equal(known.cids, cids);
    };
    const auto checked = state_.verified.find(entry.key);
    if (is_known(state_.made) || (checked != state_.verified.end() && is_known(checked->second)))
      return true;
    const auto signature = signature_of(state_.stores.texts[entry.signature]);
    const auto key = public_key_of(state_.stores.texts[entry.key]);
    if (!signature ||
        !crypto::verify(*key, signature_message(state_.stores, cids, particle_id_), *signature)) {
      error_ = fmt::format("signature mismatch for \"{}\" over {} CIDs", state_.stores.texts[peer],
                           cids.size());
      return false;
    }
    state_.verified[entry.key] = {entry.key, entry.signature, {cids.begin(), cids.end()}};
    return true;
  }

  ParticleState& state_;
  const Data& current_;
  std::string_view particle_id_;
  std::unordered_set<TextId> seen_;
  std::string error_;
};

}  // namespace

void admit_trusted(ParticleStores& stores, const Archive& archive) {
  for (const auto& [cid, raw] : archive.values) {
    stores.receive_value(cid, raw, Check::kTrust);
    stores.admit(Store::kValues, cid);
  }
  const auto admit_all = [&](Store store, const auto& entries) {
    for (const auto& [cid, content] : entries) {
      stores.receive(cid, content, Check::kTrust);
      stores.admit(store, cid);
    }
  };
  admit_all(Store::kTetraplets, archive.tetraplets);
  admit_all(Store::kCanonElements, archive.canon_elements);
  admit_all(Store::kCanonResults, archive.canon_results);
  admit_all(Store::kServiceResults, archive.service_results);
}

base::Result<void, Failure> admit_checked(ParticleStores& stores, const Archive& archive) {
  return Checker(stores, archive).run();
}

base::Result<std::vector<SignatureEntry>, Failure> merge_signatures(ParticleState& state,
                                                                    const Data& current,
                                                                    std::string_view particle_id) {
  return Merger(state, current, particle_id).run();
}

base::Bytes signature_message(const ParticleStores& stores, std::span<const CidId> cids,
                              std::string_view particle_id) {
  SignedOrder order;
  order.update(stores, cids);
  return order.message(particle_id);
}

}  // namespace aqua::vm
