#include "node/address_book.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace aqua::node {

void AddressBook::add(std::string_view peer_id, std::string_view address, AddressSource source) {
  Entry* entry = find_entry(peer_id);
  if (entry == nullptr) {
    if (entries_.size() >= limits_.peers_max) make_room();
    if (entries_.size() >= limits_.peers_max) return;
    entries_.push_front({std::string(peer_id), {}});
    by_peer_.emplace(entries_.front().peer_id, entries_.begin());
    entry = &entries_.front();
  }
  std::vector<Address>& addresses = entry->addresses;
  if (Address* const known = find_address(peer_id, address)) {
    known->source = std::min(known->source, source);
    return;
  }
  if (addresses.size() >= limits_.addresses_per_peer_max) {
    // The least trusted, and of those the one that failed most, gives way to what is trusted as much.
    const auto worst = std::ranges::max_element(
        addresses, {}, [](const Address& a) { return std::pair(a.source, a.failures); });
    if (worst->source < source) return;
    addresses.erase(worst);
  }
  addresses.push_back({std::string(address), source, 0});
}

void AddressBook::failed(std::string_view peer_id, std::string_view address) {
  if (Address* const known = find_address(peer_id, address)) ++known->failures;
}

void AddressBook::worked(std::string_view peer_id, std::string_view address) {
  if (Address* const known = find_address(peer_id, address)) known->failures = 0;
}

std::vector<std::string> AddressBook::find(std::string_view peer_id) const {
  const auto found = by_peer_.find(peer_id);
  if (found == by_peer_.end()) return {};
  std::vector<Address> addresses = found->second->addresses;
  std::ranges::stable_sort(addresses, {},
                           [](const Address& a) { return std::pair(a.failures, a.source); });
  std::vector<std::string> texts;
  for (Address& address : addresses) texts.push_back(std::move(address.text));
  return texts;
}

std::vector<std::string> AddressBook::recent_peers(std::size_t count_max) const {
  std::vector<std::string> peers;
  for (const Entry& entry : entries_) {
    if (peers.size() >= count_max) break;
    peers.push_back(entry.peer_id);
  }
  return peers;
}

AddressBook::Entry* AddressBook::find_entry(std::string_view peer_id) {
  const auto found = by_peer_.find(peer_id);
  return found == by_peer_.end() ? nullptr : &*found->second;
}

AddressBook::Address* AddressBook::find_address(std::string_view peer_id,
                                                std::string_view address) {
  Entry* const entry = find_entry(peer_id);
  if (entry == nullptr) return nullptr;
  const auto found = std::ranges::find(entry->addresses, address, &Address::text);
  return found == entry->addresses.end() ? nullptr : &*found;
}

void AddressBook::make_room() {
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    const bool is_configured = std::ranges::any_of(entry->addresses, [](const Address& a) {
      return a.source == AddressSource::kConfiguration;
    });
    if (is_configured) continue;
    by_peer_.erase(entry->peer_id);
    entries_.erase(std::next(entry).base());
    return;
  }
}

}  // namespace aqua::node
