#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/hash_index.h"

namespace aqua::semantic {

// A hash map from names, which outlive it, to values; remembers the order of insertion.
template <class Value>
class NameMap {
 public:
  struct Entry {
    std::string_view name;
    Value value;
  };

  Value* find(std::string_view name) {
    const std::uint32_t at = index_of(name, hash_of(name));
    return at == base::HashIndex::kNotFound ? nullptr : &entries_[at].value;
  }
  const Value* find(std::string_view name) const { return const_cast<NameMap*>(this)->find(name); }

  // Where the name is among the entries, for good; inserts it with an empty value where it is new.
  std::uint32_t position(std::string_view name) {
    const std::uint64_t hash = hash_of(name);
    const std::uint32_t at = index_of(name, hash);
    if (at != base::HashIndex::kNotFound) return at;
    index_.insert(hash, static_cast<std::uint32_t>(entries_.size()));
    entries_.push_back({name, Value()});
    return static_cast<std::uint32_t>(entries_.size() - 1);
  }
  Value& at(std::uint32_t position) { return entries_[position].value; }

  // The value that the name has from now on, and whether it is the given one: what stands there stays.
  std::pair<Value*, bool> insert(std::string_view name, Value value) {
    const std::uint64_t hash = hash_of(name);
    const std::uint32_t at = index_of(name, hash);
    if (at != base::HashIndex::kNotFound) return {&entries_[at].value, false};
    index_.insert(hash, static_cast<std::uint32_t>(entries_.size()));
    entries_.push_back({name, std::move(value)});
    return {&entries_.back().value, true};
  }

  const std::vector<Entry>& entries() const { return entries_; }
  bool empty() const { return entries_.empty(); }

 private:
  static std::uint64_t hash_of(std::string_view name) { return base::hash_text(name, 0); }
  std::uint32_t index_of(std::string_view name, std::uint64_t hash) const {
    return index_.find(hash, [&](std::uint32_t at) { return entries_[at].name == name; });
  }

  std::vector<Entry> entries_;
  base::HashIndex index_;
};

}  // namespace aqua::semantic
