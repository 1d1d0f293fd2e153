#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "vm/ids.h"
#include "vm/text_table.h"

namespace aqua::vm {

// Where a value came from, as services see it: the call that made it, and the path into its result.
struct Tetraplet {
  TextId peer;
  TextId service;
  TextId function;
  TextId lens;
  friend bool operator==(const Tetraplet&, const Tetraplet&) = default;
};

enum class ProvenanceKind : std::uint8_t { kLiteral, kServiceResult, kCanon };
struct Provenance {
  ProvenanceKind kind = ProvenanceKind::kLiteral;
  CidId cid;  // none for a literal
  friend bool operator==(const Provenance&, const Provenance&) = default;
};

struct ServiceResult {
  CidId value;
  CidId argument_hash;
  CidId tetraplet;
  friend bool operator==(const ServiceResult&, const ServiceResult&) = default;
};
struct CanonElement {
  CidId value;
  CidId tetraplet;
  Provenance provenance;
  friend bool operator==(const CanonElement&, const CanonElement&) = default;
};
struct CanonResult {
  CidId tetraplet;
  std::vector<CidId> elements;
  friend bool operator==(const CanonResult&, const CanonResult&) = default;
};

// The five CID stores of particle data, in the order of the archive.
enum class Store : std::uint8_t {
  kValues,
  kTetraplets,
  kCanonElements,
  kCanonResults,
  kServiceResults
};
inline constexpr std::size_t kStoreCount = 5;

// Everything that one particle knows on one peer, each thing once: texts, JSON values, tetraplets and
// the contents of the CID stores. Shared by the previous data, the incoming data and the run, so
// what was hashed, parsed or compared once is never hashed, parsed or compared again.
//
// Contents only grow; which of them belong to the particle's data is a separate mark (`admit`), which
// `rollback` takes back when a run fails.
class ParticleStores {
 public:
  // `hash_seed`: unknown to other peers, so that they cannot make tables slow.
  explicit ParticleStores(std::uint64_t hash_seed);
  ParticleStores(ParticleStores&&) = default;
  ParticleStores& operator=(ParticleStores&&) = default;

  // --- texts ------------------------------------------------------------------
  TextTable<TextId> texts;
  TextTable<CidId> cids;

  // --- values -----------------------------------------------------------------
  // Canonical text of a value; valid as long as the stores live.
  std::string_view text(ValueId value) const { return values_[value.value].text; }
  // The value with this canonical text; equal texts get the same id.
  ValueId intern_value(std::string_view canonical);
  // As above, without looking for an equal one: for results, whose text is large and new.
  ValueId add_value(std::string_view canonical);
  // The id of a part of `parent`'s text; the same part always has the same id.
  ValueId part_of(ValueId parent, std::string_view part);
  // The items of an array: ids first, first + 1, ... first + count - 1.
  struct Items {
    ValueId first;
    std::uint32_t count;
  };
  Items items(ValueId array);
  // {"key":key,"value":value}
  ValueId pair(ValueId key, ValueId value);
  CidId cid_of(ValueId value);
  // The text of a JSON string, escapes resolved; none for other kinds.
  TextId string_of(ValueId value);
  // CID of the JSON array of these values.
  CidId argument_hash(std::span<const ValueId> arguments) {
    if (arguments.size() != 1) return argument_list_hash(arguments);
    CidId& known = values_[arguments[0].value].hash_as_only_argument;
    if (known.is_none()) known = hash_arguments(arguments);
    return known;
  }

  // --- tetraplets -------------------------------------------------------------
  TetrapletId intern(const Tetraplet& tetraplet);
  const Tetraplet& operator[](TetrapletId id) const { return tetraplets_[id.value].fields; }
  CidId cid_of(TetrapletId id);
  // The tetraplet of item `index` of an array with tetraplet `base`.
  TetrapletId item_tetraplet(TetrapletId base, std::uint32_t index);
  TetrapletId with_lens_suffix(TetrapletId base, std::string_view suffix);

  // --- contents of the CID stores ---------------------------------------------
  // None: no such entry among the admitted.
  std::optional<ValueId> value(CidId cid, bool& malformed);
  std::optional<TetrapletId> tetraplet(CidId cid) const;
  const CanonElement* canon_element(CidId cid) const;
  const CanonResult* canon_result(CidId cid) const;
  const ServiceResult* service_result(CidId cid) const;
  std::string_view raw_value(CidId cid) const;  // text as stored; the entry must exist

  // Make an entry of our own, admit it, and return its CID.
  CidId admit_value(ValueId value);
  CidId admit_tetraplet(TetrapletId tetraplet);
  CidId admit(const ServiceResult& entry);
  CidId admit(const CanonElement& entry);
  CidId admit(const CanonResult& entry);

  // Entries of received data, after start_receiving(). A known entry must be equal; a new one is taken as it is, and hashed
  // first when `check` says so. False: the content is not what the CID says.
  enum class Check : std::uint8_t { kTrust, kHash };
  bool receive_value(CidId cid, std::string_view raw, Check check);
  bool receive(CidId cid, TetrapletId entry, Check check);
  bool receive(CidId cid, const CanonElement& entry, Check check);
  bool receive(CidId cid, const CanonResult& entry, Check check);
  bool receive(CidId cid, const ServiceResult& entry, Check check);

  // Data refers to its own entries only: what one received archive brought, known before or not.
  void start_receiving() { ++receiving_; }
  bool is_received(Store store, CidId cid) const;

  void admit(Store store, CidId cid);
  bool is_admitted(Store store, CidId cid) const;
  std::span<const CidId> admitted(Store store) const {
    return admitted_[static_cast<std::size_t>(store)];
  }

  struct Snapshot {
    std::array<std::size_t, kStoreCount> admitted{};
    std::size_t replaced = 0;
  };
  Snapshot snapshot() const;
  void rollback(const Snapshot& snapshot);

  // Floats are read inexactly (json/canonical.h): a value that this run received may read as another
  // one in the next run, on every peer. Call between runs. True: some value changed its id.
  bool reread_unstable_values();

  // Memory held, live or not.
  std::size_t size_bytes() const;

 private:
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;

  struct Value {
    std::string_view text;
    std::uint32_t first_item = kNone;
    std::uint32_t item_count = 0;
    CidId cid;
    CidId hash_as_only_argument;
    TextId string;
  };
  struct StoredValue {
    std::string_view raw;
    ValueId value;             // none: not yet parsed
    bool malformed = false;    // raw is not JSON
    bool raw_is_value = true;  // raw is the canonical text
  };
  struct TetrapletEntry {
    Tetraplet fields;
    CidId cid;
  };
  struct CidRecord {
    std::array<std::uint32_t, kStoreCount> content = {kNone, kNone, kNone, kNone, kNone};
    std::uint8_t admitted = 0;  // bit per store
    std::uint8_t received = 0;  // bit per store, of archive number received_in
    std::uint32_t received_in = 0;
  };

  CidId argument_list_hash(std::span<const ValueId> arguments);
  CidId hash_arguments(std::span<const ValueId> arguments);
  CidRecord& record(CidId cid);
  void mark_received(Store store, CidId cid);
  const CidRecord* find_record(CidId cid) const;
  std::uint32_t content(Store store, CidId cid) const;  // kNone unless admitted
  void set_content(Store store, CidId cid, std::size_t content);
  ValueId new_value(std::string_view text);
  std::string json_of(const Tetraplet& t) const;
  std::string json_of(const ServiceResult& entry) const;
  std::string json_of(const CanonElement& entry) const;
  std::string json_of(const CanonResult& entry) const;
  bool hash_matches(CidId cid, std::string_view text) const;
  template <class Entry>
  bool receive_aggregate(Store store, std::vector<Entry>& entries, CidId cid, const Entry& entry,
                         Check check);
  template <class Entry>
  CidId admit_aggregate(Store store, std::vector<Entry>& entries, const Entry& entry);
  template <class Entry>
  const Entry* find_aggregate(Store store, const std::vector<Entry>& entries, CidId cid) const;

  std::uint64_t hash_seed_;
  base::StringArena value_texts_;
  std::vector<Value> values_;
  base::HashIndex value_index_;  // by text
  base::HashIndex part_index_;   // by address of the text
  struct Pair {
    ValueId key;
    ValueId value;
    ValueId pair;
  };
  std::vector<Pair> pairs_;
  base::HashIndex pair_index_;
  struct ArgumentList {
    std::uint32_t first;  // in argument_ids_
    std::uint32_t count;
    CidId hash;
  };
  std::vector<ArgumentList> argument_lists_;
  std::vector<ValueId> argument_ids_;
  base::HashIndex argument_index_;
  std::vector<TetrapletEntry> tetraplets_;
  base::HashIndex tetraplet_index_;

  std::vector<CidRecord> records_;  // by CidId
  std::vector<StoredValue> stored_values_;
  std::vector<CanonElement> canon_elements_;
  std::vector<CanonResult> canon_results_;
  std::vector<ServiceResult> service_results_;
  std::array<std::vector<CidId>, kStoreCount> admitted_;
  // Contents that other contents took the place of: one of the two is not what its CID says, and came in
  // on trust.
  struct Replaced {
    CidId cid;
    Store store;
    std::uint32_t content;
  };
  std::vector<Replaced> replaced_;
  std::vector<CidId> unstable_;
  std::uint32_t receiving_ = 0;
};

}  // namespace aqua::vm
