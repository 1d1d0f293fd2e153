#include "sim/identities.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "crypto/cid.h"
#include "json/canonical.h"
#include "json/text.h"

namespace aqua::sim {

using report::PeerIndex;

namespace {

// All peer ids of Ed25519 keys begin like this and have this size.
constexpr std::string_view kPeerIdStart = "12D3KooW";
constexpr std::size_t kPeerIdBytes = 52;

}  // namespace

std::string key_text(std::string_view peer_name, std::uint64_t seed) {
  return fmt::format("aqua simulation, seed {}, peer {}", seed, peer_name);
}

Identities::Identities(std::span<const std::string> names, std::uint64_t seed)
    : names_(names.begin(), names.end()) {
  keys_.reserve(names_.size());
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const crypto::Digest digest = crypto::sha256(base::as_bytes(key_text(names_[i], seed)));
    crypto::Seed key_seed;
    std::ranges::copy(digest, key_seed.begin());
    keys_.push_back(crypto::KeyPair::from_seed(key_seed));
    by_name_.emplace(names_[i], PeerIndex(i));
    ids_.emplace_back(keys_[i].peer_id());
    by_id_.emplace(ids_[i], PeerIndex(i));
  }
}

Identities::Identities(std::span<const NamedPeer> peers) {
  for (const NamedPeer& peer : peers) {
    by_name_.emplace(peer.name, PeerIndex(names_.size()));
    by_id_.emplace(peer.id, PeerIndex(names_.size()));
    names_.push_back(peer.name);
    ids_.push_back(peer.id);
  }
}

PeerIndex Identities::find(std::string_view peer_id) const {
  const auto found = by_id_.find(peer_id);
  return found == by_id_.end() ? PeerIndex() : found->second;
}

PeerIndex Identities::find_name(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? PeerIndex() : found->second;
}

std::string_view Identities::resolved(std::string_view literal) const {
  if (!literal.starts_with('@')) return literal;
  const PeerIndex peer = find_name(literal.substr(1));
  return peer.is_none() ? literal : peer_id(peer);
}

std::string Identities::resolved_json(std::string_view json) const {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = json.find('"'); at != std::string_view::npos;) {
    std::size_t end = at + 1;
    while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
    if (end < json.size() && json[at + 1] == '@') {
      const std::string text = json::unquote(json.substr(at, end + 1 - at));
      const std::string_view found = resolved(text);
      if (found != text) {
        out += json.substr(copied, at + 1 - copied);
        out += found;
        copied = end;
      }
    }
    at = end + 1 < json.size() ? json.find('"', end + 1) : std::string_view::npos;
  }
  out += json.substr(copied);
  return json::canonicalize(out);  // keys may have changed their order
}

std::string Identities::shown(std::string_view text) const {
  std::string out;
  std::size_t copied = 0;
  for (std::size_t at = text.find(kPeerIdStart); at != std::string_view::npos;
       at = text.find(kPeerIdStart, at + 1)) {
    const PeerIndex peer = find(text.substr(at, kPeerIdBytes));
    if (peer.is_none()) continue;
    out += text.substr(copied, at - copied);
    out += '@';
    out += names_[peer.value];
    copied = at + kPeerIdBytes;
  }
  out += text.substr(copied);
  return out;
}

}  // namespace aqua::sim
