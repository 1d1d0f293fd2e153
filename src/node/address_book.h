#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace aqua::node {

// Where an address was learned, the most trusted first.
enum class AddressSource : std::uint8_t { kConfiguration, kIdentify, kExchange };

// Addresses of peers by peer id. What others say has limits: the oldest that nobody configured gives way.
class AddressBook {
 public:
  struct Limits {
    std::size_t peers_max = 10'000;
    std::size_t addresses_per_peer_max = 8;
  };
  explicit AddressBook(const Limits& limits) : limits_(limits) {}

  // `address` is a multiaddr without the peer id at its end.
  void add(std::string_view peer_id, std::string_view address, AddressSource source);
  // Dialling it failed, or worked: the next time it is tried last, or first.
  void failed(std::string_view peer_id, std::string_view address);
  void worked(std::string_view peer_id, std::string_view address);

  // In the order in which to try them.
  std::vector<std::string> find(std::string_view peer_id) const;
  // Some peers, for whoever asks for any; the latest first.
  std::vector<std::string> recent_peers(std::size_t count_max) const;
  std::size_t peer_count() const { return entries_.size(); }

 private:
  struct Address {
    std::string text;
    AddressSource source = AddressSource::kExchange;
    std::uint32_t failures = 0;
  };
  struct Entry {
    std::string peer_id;
    std::vector<Address> addresses;
  };
  using Entries = std::list<Entry>;  // the latest first

  Entry* find_entry(std::string_view peer_id);
  Address* find_address(std::string_view peer_id, std::string_view address);
  void make_room();

  Limits limits_;
  Entries entries_;
  std::unordered_map<std::string_view, Entries::iterator> by_peer_;
};

}  // namespace aqua::node
