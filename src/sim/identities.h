#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/keys.h"
#include "report/journey.h"

namespace aqua::sim {

// The seed of a simulated peer's key is the sha2-256 hash of this text.
std::string key_text(std::string_view peer_name, std::uint64_t seed);

struct NamedPeer {
  std::string name;
  std::string id;
};

// The peers of a network by name and by peer id.
class Identities {
 public:
  Identities(std::span<const std::string> names, std::uint64_t seed);

  // Peers of a real network: whose keys are theirs.
  explicit Identities(std::span<const NamedPeer> peers);

  // Only of simulated peers.
  const crypto::KeyPair& key(report::PeerIndex peer) const { return keys_[peer.value]; }
  std::string_view peer_id(report::PeerIndex peer) const { return ids_[peer.value]; }
  // None: nobody has this peer id.
  report::PeerIndex find(std::string_view peer_id) const;
  report::PeerIndex find_name(std::string_view name) const;
  const std::string& name(report::PeerIndex peer) const { return names_[peer.value]; }
  std::size_t size() const { return names_.size(); }

  // A literal of a script: "@bob" becomes bob's peer id, anything else stays.
  std::string_view resolved(std::string_view literal) const;
  // Canonical JSON with every string "@bob" replaced in the same way.
  std::string resolved_json(std::string_view json) const;
  // Any text with every known peer id as "@bob": what a user sees.
  std::string shown(std::string_view text) const;

 private:
  std::vector<std::string> names_;
  std::vector<std::string> ids_;
  std::vector<crypto::KeyPair> keys_;  // empty on a real network
  std::map<std::string, report::PeerIndex, std::less<>> by_name_;
  std::map<std::string, report::PeerIndex, std::less<>> by_id_;
};

}  // namespace aqua::sim
