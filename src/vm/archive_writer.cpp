#include <algorithm>

#include "base/overloaded.h"
#include "crypto/cid.h"
#include "vm/archive.h"
#include "vm/envelope.h"

namespace aqua::vm {

namespace {

using base::Byte;
using base::Bytes;
using base::Overloaded;

// A fixed-size struct of the archive that was just appended, to be filled before anything else is.
class Cell {
 public:
  Cell(std::uint32_t place, Byte* bytes) : place_(place), bytes_(bytes) {}

  void tag(std::size_t at, std::uint32_t value) { bytes_[at] = static_cast<Byte>(value); }
  void u32(std::size_t at, std::uint32_t value) {
    if constexpr (std::endian::native == std::endian::little) value = __builtin_bswap32(value);
    std::memcpy(bytes_ + at, &value, sizeof value);
  }
  void u32_little_endian(std::size_t at, std::uint32_t value) {
    if constexpr (std::endian::native == std::endian::big) value = __builtin_bswap32(value);
    std::memcpy(bytes_ + at, &value, sizeof value);
  }
  void pointer(std::size_t at, std::uint32_t target) {
    u32(at, target - (place_ + static_cast<std::uint32_t>(at)));
  }
  void slice(std::size_t at, std::uint32_t target, std::size_t count) {
    pointer(at, target);
    u32(at + 4, static_cast<std::uint32_t>(count));
  }
  // A text of the two-form kind; `target` is where a long one was written.
  void text(std::size_t at, std::string_view value, std::uint32_t target) {
    constexpr std::size_t kInlineMax = 7;
    if (value.size() <= kInlineMax) {
      if (!value.empty()) std::memcpy(bytes_ + at, value.data(), value.size());
      bytes_[at + kInlineMax] = static_cast<Byte>(value.size());
      return;
    }
    u32(at, static_cast<std::uint32_t>(value.size()));
    u32_little_endian(at + 4, target - (place_ + static_cast<std::uint32_t>(at)));
  }

 private:
  std::uint32_t place_;
  Byte* bytes_;
};

// Collects small pieces and appends them in large ones: an archive is made of many thousands.
class Sink {
 public:
  explicit Sink(Bytes& out) : out_(out), start_(out.size()) {}

  std::size_t size() const { return out_.size() - start_ + staged_; }

  void append(const void* bytes, std::size_t size) {
    if (size == 0) return;  // `bytes` may be null then
    if (size > kPieceBytes) {
      flush();
      const auto* const from = static_cast<const Byte*>(bytes);
      out_.insert(out_.end(), from, from + size);
      return;
    }
    std::memcpy(room_for(size), bytes, size);
    staged_ += size;
  }

  // A size known to the compiler makes the copy a few instructions.
  template <std::size_t kSize>
  void append_fixed(const void* bytes) {
    std::memcpy(room_for(kSize), bytes, kSize);
    staged_ += kSize;
  }

  // Zeros; good until the next call.
  template <std::size_t kSize>
  Byte* append_zeros() {
    Byte* const zeros = room_for(kSize);
    std::memset(zeros, 0, kSize);
    staged_ += kSize;
    return zeros;
  }

  // Zeros up to the next multiple of 4.
  void align() {
    std::memset(room_for(4), 0, 4);
    staged_ += -size() & 3;
  }

  void flush() {
    out_.insert(out_.end(), stage_.begin(), stage_.begin() + static_cast<std::ptrdiff_t>(staged_));
    staged_ = 0;
  }

 private:
  static constexpr std::size_t kPieceBytes = 8192;

  Byte* room_for(std::size_t size) {
    if (size > kPieceBytes - staged_) flush();
    return stage_.data() + staged_;
  }

  Bytes& out_;
  std::size_t start_;
  std::size_t staged_ = 0;
  std::array<Byte, kPieceBytes> stage_;
};

constexpr bool is_short(std::string_view text) { return text.size() <= 7; }

class Writer {
 public:
  Writer(Bytes& out, const Data& data, const ParticleStores& stores)
      : out_(out),
        data_(data),
        stores_(stores),
        cid_places_(stores.cids.size(), kNowhere),
        peer_places_() {}

  void run() {
    const Slice trace = write_trace();
    const Slice values = store(Store::kValues, [&](CidId cid) { return value(cid); });
    const Slice tetraplets = store(Store::kTetraplets, [&](CidId cid) { return tetraplet(cid); });
    const Slice elements =
        store(Store::kCanonElements, [&](CidId cid) { return canon_element(cid); });
    const Slice results = store(Store::kCanonResults, [&](CidId cid) { return canon_result(cid); });
    const Slice services =
        store(Store::kServiceResults, [&](CidId cid) { return service_result(cid); });
    const Slice signatures = write_signatures();

    align();
    Cell root = append_cell<60>();
    root.slice(0, trace.at, trace.count);
    root.u32(8, data_.last_call_request_id);
    root.slice(12, values.at, values.count);
    root.slice(20, tetraplets.at, tetraplets.count);
    root.slice(28, elements.at, elements.count);
    root.slice(36, results.at, results.count);
    root.slice(44, services.at, services.count);
    root.slice(52, signatures.at, signatures.count);
    out_.flush();
  }

 private:
  static constexpr std::uint32_t kNowhere = 0xFFFFFFFF;
  struct Slice {
    std::uint32_t at;
    std::size_t count;
  };

  std::uint32_t place() const { return static_cast<std::uint32_t>(out_.size()); }
  void align() { out_.align(); }
  template <std::size_t kSize>
  Cell append_cell() {
    const std::uint32_t at = place();
    return {at, out_.append_zeros<kSize>()};
  }
  std::uint32_t blob(std::string_view bytes) {
    const std::uint32_t at = place();
    out_.append(bytes.data(), bytes.size());
    return at;
  }

  // Every CID text stands once, where it is first needed.
  std::uint32_t cid_text(CidId cid) {
    std::uint32_t& at = cid_places_[cid.value];
    if (at != kNowhere) return at;
    at = place();
    const std::string_view text = stores_.cids[cid];
    if (text.size() == crypto::kCidChars)
      out_.append_fixed<crypto::kCidChars>(text.data());
    else if (text.empty())
      out_.append("", 1);  // nothing else may stand at its place
    else
      out_.append(text.data(), text.size());
    return at;
  }
  void cid_slice(auto& cell, std::size_t at, CidId cid) {
    cell.slice(at, cid_places_[cid.value], stores_.cids[cid].size());
  }

  std::uint32_t long_text(TextId text) {
    const std::string_view value = stores_.texts[text];
    return is_short(value) ? 0 : blob(value);
  }

  // A peer id stands once as well; several states point to it.
  std::uint32_t peer(TextId text) {
    if (peer_places_.empty()) peer_places_.assign(stores_.texts.size(), kNowhere);
    std::uint32_t& at = peer_places_[text.value];
    if (at != kNowhere) return at;
    const std::uint32_t long_at = long_text(text);
    align();
    at = place();
    Cell cell = append_cell<8>();
    cell.text(0, stores_.texts[text], long_at);
    return at;
  }

  // --- trace ---------------------------------------------------------------------

  // What the state points to has to stand before the array of states, so there are two passes:
  // the first writes it and keeps the place, the second fills the states.
  Slice write_trace() {
    const std::vector<State>& states = data_.trace.states;
    places_.clear();
    places_.reserve(states.size());
    for (const State& s : states) places_.push_back(write_pointee(s));
    align();
    const std::uint32_t at = place();
    for (std::size_t i = 0; i < states.size(); ++i) write_state(states[i], places_[i]);
    return {at, states.size()};
  }

  std::uint32_t write_pointee(const State& state) {
    return std::visit(
        Overloaded{
            [](const ParState&) { return std::uint32_t{0}; },
            [&](const CallSentBy& s) { return peer(s.peer); },
            [&](const CallScalar& s) { return cid_text(s.service_result); },
            [&](const CallStream& s) { return cid_text(s.service_result); },
            [&](const CallUnused& s) { return cid_text(s.value); },
            [&](const CallFailed& s) { return cid_text(s.service_result); },
            [&](const FoldState& s) { return write_lores(s); },
            [&](const ApState& s) { return words(std::span(&s.generation, 1)); },
            [&](const ApMalformed& s) {
              return words(std::span(data_.trace.generations).subspan(s.first, s.count));
            },
            [&](const CanonSentBy& s) { return peer(s.peer); },
            [&](const CanonExecuted& s) { return cid_text(s.canon_result); },
        },
        state);
  }

  std::uint32_t words(std::span<const std::uint32_t> values) {
    align();
    const std::uint32_t at = place();
    for (const std::uint32_t value : values) {
      Cell cell = append_cell<4>();
      cell.u32(0, value);
    }
    return at;
  }

  std::uint32_t write_lores(const FoldState& fold) {
    const auto lores = std::span(data_.trace.lores).subspan(fold.first, fold.count);
    align();
    std::uint32_t parts_at = place();
    for (const Lore& lore : lores)
      for (const SubTrace& part :
           std::span(data_.trace.parts).subspan(lore.first_part, lore.part_count)) {
        Cell cell = append_cell<8>();
        cell.u32(0, part.begin);
        cell.u32(4, part.len);
      }
    const std::uint32_t at = place();
    for (const Lore& lore : lores) {
      Cell cell = append_cell<12>();
      cell.u32(0, lore.value_pos);
      cell.slice(4, parts_at, lore.part_count);
      parts_at += lore.part_count * 8;
    }
    return at;
  }

  void write_state(const State& state, std::uint32_t pointee) {
    Cell cell = append_cell<24>();
    const auto call = [&](std::uint32_t kind) {
      cell.tag(0, 1);
      cell.tag(4, kind);
    };
    std::visit(Overloaded{
                   [&](const ParState& s) {
                     cell.u32(4, s.left);
                     cell.u32(8, s.right);
                   },
                   [&](const CallSentBy& s) {
                     call(0);
                     cell.tag(8, s.has_call_id ? 1 : 0);
                     cell.pointer(12, pointee);
                     if (s.has_call_id) cell.u32(16, s.call_id);
                   },
                   [&](const CallScalar& s) {
                     call(1);
                     cid_slice(cell, 12, s.service_result);
                   },
                   [&](const CallStream& s) {
                     call(1);
                     cell.tag(8, 1);
                     cid_slice(cell, 12, s.service_result);
                     cell.u32(20, s.generation);
                   },
                   [&](const CallUnused& s) {
                     call(1);
                     cell.tag(8, 2);
                     cid_slice(cell, 12, s.value);
                   },
                   [&](const CallFailed& s) {
                     call(2);
                     cid_slice(cell, 8, s.service_result);
                   },
                   [&](const FoldState& s) {
                     cell.tag(0, 2);
                     cell.slice(4, pointee, s.count);
                   },
                   [&](const ApState&) {
                     cell.tag(0, 3);
                     cell.slice(4, pointee, 1);
                   },
                   [&](const ApMalformed& s) {
                     cell.tag(0, 3);
                     cell.slice(4, pointee, s.count);
                   },
                   [&](const CanonSentBy&) {
                     cell.tag(0, 4);
                     cell.pointer(8, pointee);
                   },
                   [&](const CanonExecuted& s) {
                     cell.tag(0, 4);
                     cell.tag(4, 1);
                     cid_slice(cell, 8, s.canon_result);
                   },
               },
               state);
  }

  // --- stores --------------------------------------------------------------------

  template <class WriteContent>
  Slice store(Store kind, WriteContent&& write_content) {
    const std::span<const CidId> keys = stores_.admitted(kind);
    places_.clear();
    for (const CidId key : keys) {
      cid_text(key);
      places_.push_back(write_content(key));
    }
    align();
    const std::uint32_t at = place();
    for (std::size_t i = 0; i < keys.size(); ++i) {
      Cell cell = append_cell<12>();
      cid_slice(cell, 0, keys[i]);
      cell.pointer(8, places_[i]);
    }
    return {at, keys.size()};
  }

  std::uint32_t value(CidId cid) {
    const std::string_view raw = stores_.raw_value(cid);
    const std::uint32_t text_at = blob(raw);
    align();
    Cell cell = append_cell<8>();
    cell.slice(0, text_at, raw.size());
    return place() - 8;
  }

  std::uint32_t tetraplet(CidId cid) {
    const Tetraplet& t = stores_[*stores_.tetraplet(cid)];
    const std::array<TextId, 4> fields = {t.peer, t.service, t.function, t.lens};
    std::array<std::uint32_t, 4> at;
    for (std::size_t i = 0; i < fields.size(); ++i) at[i] = long_text(fields[i]);
    align();
    Cell cell = append_cell<32>();
    for (std::size_t i = 0; i < fields.size(); ++i)
      cell.text(8 * i, stores_.texts[fields[i]], at[i]);
    return place() - 32;
  }

  std::uint32_t canon_element(CidId cid) {
    const CanonElement& element = *stores_.canon_element(cid);
    const bool is_literal = element.provenance.kind == ProvenanceKind::kLiteral;
    cid_text(element.value);
    cid_text(element.tetraplet);
    if (!is_literal) cid_text(element.provenance.cid);
    align();
    Cell cell = append_cell<28>();
    cid_slice(cell, 0, element.value);
    cid_slice(cell, 8, element.tetraplet);
    cell.tag(16, static_cast<std::uint32_t>(element.provenance.kind));
    if (!is_literal) cid_slice(cell, 20, element.provenance.cid);
    return place() - 28;
  }

  std::uint32_t canon_result(CidId cid) {
    const CanonResult& result = *stores_.canon_result(cid);
    cid_text(result.tetraplet);
    for (const CidId element : result.elements) cid_text(element);
    align();
    const std::uint32_t elements_at = place();
    for (const CidId element : result.elements) {
      Cell cell = append_cell<8>();
      cid_slice(cell, 0, element);
    }
    Cell cell = append_cell<16>();
    cid_slice(cell, 0, result.tetraplet);
    cell.slice(8, elements_at, result.elements.size());
    return place() - 16;
  }

  std::uint32_t service_result(CidId cid) {
    const ServiceResult& result = *stores_.service_result(cid);
    cid_text(result.value);
    cid_text(result.argument_hash);
    cid_text(result.tetraplet);
    align();
    Cell cell = append_cell<24>();
    cid_slice(cell, 0, result.value);
    cid_slice(cell, 8, result.argument_hash);
    cid_slice(cell, 16, result.tetraplet);
    return place() - 24;
  }

  Slice write_signatures() {
    places_.clear();
    for (const SignatureEntry& entry : data_.signatures) {
      places_.push_back(blob(stores_.texts[entry.public_key]));
      places_.push_back(blob(stores_.texts[entry.signature]));
    }
    align();
    const std::uint32_t at = place();
    for (std::size_t i = 0; i < data_.signatures.size(); ++i) {
      Cell cell = append_cell<16>();
      cell.slice(0, places_[2 * i], stores_.texts[data_.signatures[i].public_key].size());
      cell.slice(8, places_[2 * i + 1], stores_.texts[data_.signatures[i].signature].size());
    }
    return {at, data_.signatures.size()};
  }

  Sink out_;
  const Data& data_;
  const ParticleStores& stores_;
  std::vector<std::uint32_t> cid_places_;   // by CidId
  std::vector<std::uint32_t> peer_places_;  // by TextId
  std::vector<std::uint32_t> places_;
};

std::size_t size_estimate(const Data& data, const ParticleStores& stores) {
  constexpr std::size_t kBytesPerState = 110;
  constexpr std::size_t kBytesPerEntry = 260;
  std::size_t size =
      1024 + data.trace.states.size() * kBytesPerState + data.trace.lores.size() * 32;
  for (std::size_t i = 0; i < kStoreCount; ++i)
    size += stores.admitted(static_cast<Store>(i)).size() * kBytesPerEntry;
  for (const CidId cid : stores.admitted(Store::kValues)) size += stores.raw_value(cid).size();
  return size;
}

}  // namespace

void write_data(Bytes& out, const Data& data, const ParticleStores& stores) {
  out.reserve(out.size() + size_estimate(data, stores));
  const std::size_t head_at = out.size();
  out.resize(head_at + envelope_head_size());
  const std::size_t inner_at = out.size();
  Writer(out, data, stores).run();
  Bytes head;
  write_envelope_head(head, static_cast<std::uint32_t>(out.size() - inner_at));
  std::copy(head.begin(), head.end(), out.begin() + static_cast<std::ptrdiff_t>(head_at));
}

}  // namespace aqua::vm
