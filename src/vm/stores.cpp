#include "vm/stores.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>

#include "base/check.h"
#include "crypto/cid.h"
#include "json/canonical.h"
#include "json/text.h"

namespace aqua::vm {

ParticleStores::ParticleStores(std::uint64_t hash_seed)
    : texts(hash_seed), cids(hash_seed), hash_seed_(hash_seed) {}

// --- values -------------------------------------------------------------------

ValueId ParticleStores::new_value(std::string_view text) {
  const ValueId id(values_.size());
  values_.push_back({.text = text, .cid = {}, .hash_as_only_argument = {}, .string = {}});
  return id;
}

ValueId ParticleStores::intern_value(std::string_view canonical) {
  const std::uint64_t hash = base::hash_text(canonical, hash_seed_);
  const std::uint32_t found =
      value_index_.find(hash, [&](std::uint32_t i) { return values_[i].text == canonical; });
  if (found != base::HashIndex::kNotFound) return ValueId(found);
  const ValueId id = new_value(value_texts_.store(canonical));
  value_index_.insert(hash, id.value);
  return id;
}

ValueId ParticleStores::add_value(std::string_view canonical) {
  return new_value(value_texts_.store(canonical));
}

ValueId ParticleStores::part_of(ValueId parent, std::string_view part) {
  if (part.data() == text(parent).data()) return parent;
  const auto address = reinterpret_cast<std::uintptr_t>(part.data());
  const std::uint64_t hash = base::mix64(address, hash_seed_ | 1);
  const std::uint32_t found = part_index_.find(
      hash, [&](std::uint32_t i) { return values_[i].text.data() == part.data(); });
  if (found != base::HashIndex::kNotFound) return ValueId(found);
  const ValueId id = new_value(part);
  part_index_.insert(hash, id.value);
  return id;
}

ParticleStores::Items ParticleStores::items(ValueId array) {
  if (values_[array.value].first_item == kNone) {
    const std::vector<std::string_view> parts = json::array_items(text(array));
    const auto first = static_cast<std::uint32_t>(values_.size());
    for (const std::string_view part : parts) new_value(part);
    values_[array.value].first_item = first;
    values_[array.value].item_count = static_cast<std::uint32_t>(parts.size());
  }
  return {ValueId(values_[array.value].first_item), values_[array.value].item_count};
}

ValueId ParticleStores::pair(ValueId key, ValueId value) {
  const std::uint64_t hash = base::mix64(hash_seed_ ^ key.value, ~std::uint64_t{value.value});
  const std::uint32_t found = pair_index_.find(
      hash, [&](std::uint32_t i) { return pairs_[i].key == key && pairs_[i].value == value; });
  if (found != base::HashIndex::kNotFound) return pairs_[found].pair;
  const ValueId id =
      intern_value(fmt::format(R"({{"key":{},"value":{}}})", text(key), text(value)));
  pair_index_.insert(hash, static_cast<std::uint32_t>(pairs_.size()));
  pairs_.push_back({key, value, id});
  return id;
}

CidId ParticleStores::cid_of(ValueId value) {
  Value& v = values_[value.value];
  if (v.cid.is_none()) v.cid = cids.intern(crypto::view(crypto::cid_of(base::as_bytes(v.text))));
  return v.cid;
}

TextId ParticleStores::string_of(ValueId value) {
  Value& v = values_[value.value];
  if (v.string.is_none() && v.text[0] == '"') v.string = texts.intern(json::unquote(v.text));
  return v.string;
}

CidId ParticleStores::hash_arguments(std::span<const ValueId> arguments) {
  crypto::Blake3 hasher;
  hasher.update(base::as_bytes("["));
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (i != 0) hasher.update(base::as_bytes(","));
    hasher.update(base::as_bytes(text(arguments[i])));
  }
  hasher.update(base::as_bytes("]"));
  return cids.intern(crypto::view(crypto::cid_text(hasher.finish())));
}

CidId ParticleStores::argument_list_hash(std::span<const ValueId> arguments) {
  static_assert(sizeof(ValueId) == sizeof(std::uint32_t));
  const std::uint64_t hash = base::hash_text(
      {reinterpret_cast<const char*>(arguments.data()), arguments.size_bytes()}, hash_seed_);
  const std::uint32_t found = argument_index_.find(hash, [&](std::uint32_t i) {
    const ArgumentList& list = argument_lists_[i];
    return std::ranges::equal(arguments, std::span(argument_ids_).subspan(list.first, list.count));
  });
  if (found != base::HashIndex::kNotFound) return argument_lists_[found].hash;

  const CidId cid = hash_arguments(arguments);
  argument_index_.insert(hash, static_cast<std::uint32_t>(argument_lists_.size()));
  argument_lists_.push_back({static_cast<std::uint32_t>(argument_ids_.size()),
                             static_cast<std::uint32_t>(arguments.size()), cid});
  argument_ids_.insert(argument_ids_.end(), arguments.begin(), arguments.end());
  return cid;
}

// --- tetraplets -----------------------------------------------------------------

TetrapletId ParticleStores::intern(const Tetraplet& t) {
  const std::uint32_t words[] = {t.peer.value, t.service.value, t.function.value, t.lens.value};
  const std::uint64_t hash = base::hash_words(words, std::size(words), hash_seed_);
  const std::uint32_t found =
      tetraplet_index_.find(hash, [&](std::uint32_t i) { return tetraplets_[i].fields == t; });
  if (found != base::HashIndex::kNotFound) return TetrapletId(found);
  const TetrapletId id(tetraplets_.size());
  tetraplets_.push_back({t, {}});
  tetraplet_index_.insert(hash, id.value);
  return id;
}

CidId ParticleStores::cid_of(TetrapletId id) {
  TetrapletEntry& entry = tetraplets_[id.value];
  if (entry.cid.is_none())
    entry.cid = cids.intern(crypto::view(crypto::cid_of(base::as_bytes(json_of(entry.fields)))));
  return entry.cid;
}

TetrapletId ParticleStores::item_tetraplet(TetrapletId base, std::uint32_t index) {
  return with_lens_suffix(base, fmt::format(".$.[{}]", index));
}

TetrapletId ParticleStores::with_lens_suffix(TetrapletId base, std::string_view suffix) {
  Tetraplet t = (*this)[base];
  t.lens = texts.intern(std::string(texts[t.lens]).append(suffix));
  return intern(t);
}

// --- JSON of the aggregates, as content ids hash it ------------------------------

namespace {

constexpr std::size_t kJsonBytesOfServiceResult =
    3 * crypto::kCidChars + 60;  // with CIDs of our form

}  // namespace

std::string ParticleStores::json_of(const Tetraplet& t) const {
  std::string out = R"({"peer_pk":)";
  json::append_quoted(out, texts[t.peer]);
  out += R"(,"service_id":)";
  json::append_quoted(out, texts[t.service]);
  out += R"(,"function_name":)";
  json::append_quoted(out, texts[t.function]);
  out += R"(,"lens":)";
  json::append_quoted(out, texts[t.lens]);
  out += '}';
  return out;
}

std::string ParticleStores::json_of(const ServiceResult& entry) const {
  std::string out;
  out.reserve(kJsonBytesOfServiceResult);
  out += R"({"value_cid":)";
  json::append_quoted(out, cids[entry.value]);
  out += R"(,"argument_hash":)";
  json::append_quoted(out, cids[entry.argument_hash]);
  out += R"(,"tetraplet_cid":)";
  json::append_quoted(out, cids[entry.tetraplet]);
  out += '}';
  return out;
}

std::string ParticleStores::json_of(const CanonElement& entry) const {
  std::string out = R"({"value":)";
  json::append_quoted(out, cids[entry.value]);
  out += R"(,"tetraplet":)";
  json::append_quoted(out, cids[entry.tetraplet]);
  out += R"(,"provenance":{"type":)";
  switch (entry.provenance.kind) {
    case ProvenanceKind::kLiteral: out += R"("literal")"; break;
    case ProvenanceKind::kServiceResult: out += R"("service_result")"; break;
    case ProvenanceKind::kCanon: out += R"("canon")"; break;
  }
  if (entry.provenance.kind != ProvenanceKind::kLiteral) {
    out += R"(,"cid":)";
    json::append_quoted(out, cids[entry.provenance.cid]);
  }
  out += "}}";
  return out;
}

std::string ParticleStores::json_of(const CanonResult& entry) const {
  std::string out = R"({"tetraplet":)";
  json::append_quoted(out, cids[entry.tetraplet]);
  out += R"(,"values":[)";
  for (std::size_t i = 0; i < entry.elements.size(); ++i) {
    if (i != 0) out += ',';
    json::append_quoted(out, cids[entry.elements[i]]);
  }
  out += "]}";
  return out;
}

// --- contents of the CID stores --------------------------------------------------

ParticleStores::CidRecord& ParticleStores::record(CidId cid) {
  if (cid.value >= records_.size())
    records_.resize(std::max<std::size_t>(cids.size(), cid.value + 1));
  return records_[cid.value];
}

const ParticleStores::CidRecord* ParticleStores::find_record(CidId cid) const {
  return cid.value < records_.size() ? &records_[cid.value] : nullptr;
}

bool ParticleStores::is_admitted(Store store, CidId cid) const {
  const CidRecord* r = find_record(cid);
  return r != nullptr && (r->admitted >> static_cast<unsigned>(store) & 1) != 0;
}

std::uint32_t ParticleStores::content(Store store, CidId cid) const {
  return is_admitted(store, cid) ? records_[cid.value].content[static_cast<std::size_t>(store)]
                                 : kNone;
}

void ParticleStores::set_content(Store store, CidId cid, std::size_t content) {
  std::uint32_t& at = record(cid).content[static_cast<std::size_t>(store)];
  if (at != kNone) replaced_.push_back({cid, store, at});
  at = static_cast<std::uint32_t>(content);
}

void ParticleStores::admit(Store store, CidId cid) {
  CidRecord& r = record(cid);
  const auto bit = static_cast<std::uint8_t>(1u << static_cast<unsigned>(store));
  if ((r.admitted & bit) != 0) return;
  r.admitted |= bit;
  admitted_[static_cast<std::size_t>(store)].push_back(cid);
}

ParticleStores::Snapshot ParticleStores::snapshot() const {
  Snapshot snapshot;
  for (std::size_t i = 0; i < kStoreCount; ++i) snapshot.admitted[i] = admitted_[i].size();
  snapshot.replaced = replaced_.size();
  return snapshot;
}

void ParticleStores::rollback(const Snapshot& snapshot) {
  for (std::size_t i = 0; i < kStoreCount; ++i) {
    const auto keep_mask = static_cast<std::uint8_t>(~(1u << i));
    for (std::size_t at = snapshot.admitted[i]; at < admitted_[i].size(); ++at)
      records_[admitted_[i][at].value].admitted &= keep_mask;
    admitted_[i].resize(snapshot.admitted[i]);
  }
  for (; replaced_.size() > snapshot.replaced; replaced_.pop_back()) {
    const Replaced& old = replaced_.back();
    records_[old.cid.value].content[static_cast<std::size_t>(old.store)] = old.content;
  }
}

std::optional<ValueId> ParticleStores::value(CidId cid, bool& malformed) {
  malformed = false;
  const std::uint32_t at = content(Store::kValues, cid);
  if (at == kNone) return std::nullopt;
  StoredValue& stored = stored_values_[at];
  if (stored.value.is_none() && !stored.malformed) {
    const auto canonical = json::check(stored.raw);
    if (!canonical) {
      stored.malformed = true;
    } else if (*canonical) {
      stored.value = new_value(stored.raw);
      // A CID of another hash names the value, but new entries are made with ours.
      const auto parsed = crypto::parse_cid(cids[cid]);
      if (parsed && parsed->hash == crypto::HashKind::kBlake3)
        values_[stored.value.value].cid = cid;
    } else {
      stored.value = intern_value(json::canonicalize(stored.raw));
      stored.raw_is_value = false;
    }
  }
  malformed = stored.malformed;
  return stored.value;
}

std::string_view ParticleStores::raw_value(CidId cid) const {
  return stored_values_[records_[cid.value].content[static_cast<std::size_t>(Store::kValues)]].raw;
}

std::optional<TetrapletId> ParticleStores::tetraplet(CidId cid) const {
  const std::uint32_t at = content(Store::kTetraplets, cid);
  if (at == kNone) return std::nullopt;
  return TetrapletId(at);
}

template <class Entry>
const Entry* ParticleStores::find_aggregate(Store store, const std::vector<Entry>& entries,
                                            CidId cid) const {
  const std::uint32_t at = content(store, cid);
  return at == kNone ? nullptr : &entries[at];
}

const CanonElement* ParticleStores::canon_element(CidId cid) const {
  return find_aggregate(Store::kCanonElements, canon_elements_, cid);
}
const CanonResult* ParticleStores::canon_result(CidId cid) const {
  return find_aggregate(Store::kCanonResults, canon_results_, cid);
}
const ServiceResult* ParticleStores::service_result(CidId cid) const {
  return find_aggregate(Store::kServiceResults, service_results_, cid);
}

CidId ParticleStores::admit_value(ValueId value) {
  const CidId cid = cid_of(value);
  std::uint32_t& at = record(cid).content[static_cast<std::size_t>(Store::kValues)];
  if (at == kNone) {
    at = static_cast<std::uint32_t>(stored_values_.size());
    stored_values_.push_back({.raw = text(value), .value = value});
    // Only numbers, and nesting, can read differently a second time.
    if (text(value)[0] != '"') {
      const auto canonical = json::check(text(value));
      if (!canonical || !*canonical) unstable_.push_back(cid);
    }
  }
  admit(Store::kValues, cid);
  return cid;
}

CidId ParticleStores::admit_tetraplet(TetrapletId tetraplet) {
  const CidId cid = cid_of(tetraplet);
  if (record(cid).content[static_cast<std::size_t>(Store::kTetraplets)] != tetraplet.value)
    set_content(Store::kTetraplets, cid, tetraplet.value);
  admit(Store::kTetraplets, cid);
  return cid;
}

template <class Entry>
CidId ParticleStores::admit_aggregate(Store store, std::vector<Entry>& entries,
                                      const Entry& entry) {
  const CidId cid = cids.intern(crypto::view(crypto::cid_of(base::as_bytes(json_of(entry)))));
  std::uint32_t& at = record(cid).content[static_cast<std::size_t>(store)];
  if (at == kNone) {
    at = static_cast<std::uint32_t>(entries.size());
    entries.push_back(entry);
  }
  admit(store, cid);
  return cid;
}

CidId ParticleStores::admit(const ServiceResult& entry) {
  return admit_aggregate(Store::kServiceResults, service_results_, entry);
}
CidId ParticleStores::admit(const CanonElement& entry) {
  return admit_aggregate(Store::kCanonElements, canon_elements_, entry);
}
CidId ParticleStores::admit(const CanonResult& entry) {
  return admit_aggregate(Store::kCanonResults, canon_results_, entry);
}

// --- received entries --------------------------------------------------------------

bool ParticleStores::hash_matches(CidId cid, std::string_view text) const {
  const auto parsed = crypto::parse_cid(cids[cid]);
  return parsed && crypto::cid_matches(*parsed, base::as_bytes(text));
}

void ParticleStores::mark_received(Store store, CidId cid) {
  CidRecord& r = record(cid);
  if (r.received_in != receiving_) r.received = 0;
  r.received_in = receiving_;
  r.received |= static_cast<std::uint8_t>(1u << static_cast<unsigned>(store));
}

bool ParticleStores::is_received(Store store, CidId cid) const {
  const CidRecord* r = find_record(cid);
  return r != nullptr && r->received_in == receiving_ &&
         (r->received >> static_cast<unsigned>(store) & 1) != 0;
}

bool ParticleStores::receive_value(CidId cid, std::string_view raw, Check check) {
  mark_received(Store::kValues, cid);
  const std::uint32_t known = record(cid).content[static_cast<std::size_t>(Store::kValues)];
  if (known == kNone || stored_values_[known].raw != raw) {
    if (check == Check::kHash && !hash_matches(cid, raw)) return false;
    set_content(Store::kValues, cid, stored_values_.size());
    stored_values_.push_back({.raw = value_texts_.store(raw), .value = {}});
  }
  return true;
}

bool ParticleStores::receive(CidId cid, TetrapletId entry, Check check) {
  mark_received(Store::kTetraplets, cid);
  if (record(cid).content[static_cast<std::size_t>(Store::kTetraplets)] != entry.value) {
    if (check == Check::kHash && !hash_matches(cid, json_of((*this)[entry]))) return false;
    set_content(Store::kTetraplets, cid, entry.value);
  }
  return true;
}

template <class Entry>
bool ParticleStores::receive_aggregate(Store store, std::vector<Entry>& entries, CidId cid,
                                       const Entry& entry, Check check) {
  mark_received(store, cid);
  const std::uint32_t known = record(cid).content[static_cast<std::size_t>(store)];
  if (known == kNone || entries[known] != entry) {
    if (check == Check::kHash && !hash_matches(cid, json_of(entry))) return false;
    set_content(store, cid, entries.size());
    entries.push_back(entry);
  }
  return true;
}

bool ParticleStores::receive(CidId cid, const CanonElement& entry, Check check) {
  return receive_aggregate(Store::kCanonElements, canon_elements_, cid, entry, check);
}
bool ParticleStores::receive(CidId cid, const CanonResult& entry, Check check) {
  return receive_aggregate(Store::kCanonResults, canon_results_, cid, entry, check);
}
bool ParticleStores::receive(CidId cid, const ServiceResult& entry, Check check) {
  return receive_aggregate(Store::kServiceResults, service_results_, cid, entry, check);
}

// --- between runs --------------------------------------------------------------------

bool ParticleStores::reread_unstable_values() {
  const bool any = !unstable_.empty();
  for (const CidId cid : unstable_) {
    const std::uint32_t at = records_[cid.value].content[static_cast<std::size_t>(Store::kValues)];
    stored_values_[at].value = ValueId::none();
  }
  unstable_.clear();
  return any;
}

std::size_t ParticleStores::size_bytes() const {
  return texts.size_bytes() + cids.size_bytes() + value_texts_.size_bytes() +
         values_.size() * sizeof(Value) + pairs_.size() * sizeof(Pair) +
         argument_ids_.size() * sizeof(ValueId) + argument_lists_.size() * sizeof(ArgumentList) +
         tetraplets_.size() * sizeof(TetrapletEntry) + records_.size() * sizeof(CidRecord) +
         stored_values_.size() * sizeof(StoredValue) +
         canon_elements_.size() * sizeof(CanonElement) +
         canon_results_.size() * sizeof(CanonResult) +
         service_results_.size() * sizeof(ServiceResult);
}

}  // namespace aqua::vm
