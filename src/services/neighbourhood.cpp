#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/base58.h"
#include "crypto/cid.h"
#include "json/text.h"
#include "services/builtin_table.h"

// kad: who is near to a key, by the distance of Kademlia, the XOR of sha2-256 hashes.

namespace aqua::services {

namespace {

constexpr std::uint32_t kCountDefault = 20;

base::Result<crypto::Digest, std::string> position_of(std::string_view base58) {
  const auto bytes = base::base58_decode(base58);
  if (!bytes) return refuse(fmt::format("{} is not base58", base58));
  return crypto::sha256(*bytes);
}

// The key is a hash already: 32 bytes, or a sha2-256 multihash.
base::Result<crypto::Digest, std::string> hashed_position_of(std::string_view base58) {
  const auto bytes = base::base58_decode(base58);
  if (!bytes) return refuse(fmt::format("{} is not base58", base58));
  base::ByteView hash = *bytes;
  if (hash.size() == 34 && hash[0] == 0x12 && hash[1] == 0x20) hash = hash.subspan(2);
  crypto::Digest digest;
  if (hash.size() != digest.size()) return refuse(fmt::format("{} is no sha2-256 hash", base58));
  std::ranges::copy(hash, digest.begin());
  return digest;
}

struct Neighbour {
  crypto::Digest distance;
  std::string peer_id;
  friend auto operator<=>(const Neighbour&, const Neighbour&) = default;
};

base::Result<std::vector<Neighbour>, std::string> sorted(const crypto::Digest& target,
                                                         const std::vector<std::string>& peer_ids) {
  std::vector<Neighbour> neighbours;
  for (const std::string& peer_id : peer_ids) {
    auto position = position_of(peer_id);
    if (!position) return std::unexpected(position.error());
    for (std::size_t i = 0; i < target.size(); ++i) (*position)[i] ^= target[i];
    neighbours.push_back({*position, peer_id});
  }
  std::ranges::sort(neighbours);
  const auto same = std::ranges::unique(neighbours);
  neighbours.erase(same.begin(), same.end());
  return neighbours;
}

base::Result<std::uint32_t, std::string> count_argument(Arguments arguments, std::size_t index) {
  const auto value = optional_argument(arguments, index);
  if (!value) return std::unexpected(value.error());
  if (!*value) return kCountDefault;
  const auto count = json::as_uint32(**value);
  if (!count) return refuse(fmt::format("argument {}: a u32 is expected", index + 1));
  return *count;
}

base::Result<std::vector<Neighbour>, std::string> neighbours(Arguments arguments,
                                                             const Host& host) {
  const auto key = string_argument(arguments, 0);
  if (!key) return std::unexpected(key.error());
  const auto is_hashed = optional_flag(arguments, 1);
  if (!is_hashed) return std::unexpected(is_hashed.error());
  const auto count = count_argument(arguments, 2);
  if (!count) return std::unexpected(count.error());
  const auto target = *is_hashed ? hashed_position_of(*key) : position_of(*key);
  if (!target) return std::unexpected(target.error());
  auto all = sorted(*target, {host.known_peers.begin(), host.known_peers.end()});
  if (all && all->size() > *count) all->resize(*count);
  return all;
}

base::Result<std::vector<std::string>, std::string> peer_ids_argument(Arguments arguments,
                                                                      std::size_t index) {
  const auto items = array_argument(arguments, index);
  if (!items) return std::unexpected(items.error());
  std::vector<std::string> out;
  for (const std::string_view item : *items) {
    if (json::kind_of(item) != json::Kind::kString)
      return refuse(fmt::format("argument {}: strings are expected", index + 1));
    out.push_back(json::unquote(item));
  }
  return out;
}

}  // namespace

Computed kad_merge(Arguments arguments) {
  const auto key = string_argument(arguments, 0);
  if (!key) return std::unexpected(key.error());
  auto all = peer_ids_argument(arguments, 1);
  if (!all) return std::unexpected(all.error());
  const auto right = peer_ids_argument(arguments, 2);
  if (!right) return std::unexpected(right.error());
  const auto count = count_argument(arguments, 3);
  if (!count) return std::unexpected(count.error());
  all->insert(all->end(), right->begin(), right->end());
  const auto target = position_of(*key);
  if (!target) return std::unexpected(target.error());
  const auto merged = sorted(*target, *all);
  if (!merged) return std::unexpected(merged.error());
  std::vector<std::string> out;
  for (const Neighbour& neighbour : *merged) {
    if (out.size() == *count) break;
    out.push_back(json::quoted(neighbour.peer_id));
  }
  return array_of(out);
}

Hosted kad_neighborhood(Arguments arguments, const Host& host) {
  const auto found = neighbours(arguments, host);
  if (!found) return std::unexpected(found.error());
  std::vector<std::string> out;
  for (const Neighbour& neighbour : *found) out.push_back(json::quoted(neighbour.peer_id));
  return Answer{0, array_of(out)};
}

Hosted kad_neigh_with_addrs(Arguments arguments, const Host& host) {
  const auto found = neighbours(arguments, host);
  if (!found) return std::unexpected(found.error());
  std::vector<std::string> out;
  for (const Neighbour& neighbour : *found)
    out.push_back(
        fmt::format(R"({{"addresses":[],"peer_id":{}}})", json::quoted(neighbour.peer_id)));
  return Answer{0, array_of(out)};
}

}  // namespace aqua::services
