#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <expected>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/hash.h"
#include "base/hash_index.h"
#include "base/utf8.h"
#include "vm/archive.h"
#include "vm/envelope.h"

namespace aqua::vm {

namespace {

using base::ByteView;

constexpr std::uint32_t kAlignment = 4;
constexpr std::uint32_t kRootBytes = 60;
constexpr std::uint32_t kStateBytes = 24;
constexpr std::uint32_t kLoreBytes = 12;
constexpr std::uint32_t kSubTraceBytes = 8;
constexpr std::uint32_t kTextPointerBytes = 8;
constexpr std::uint32_t kStoreEntryBytes = 12;
constexpr std::uint32_t kSignatureEntryBytes = 16;
constexpr std::uint32_t kTetrapletBytes = 32;
constexpr std::uint32_t kCanonElementBytes = 28;
constexpr std::uint32_t kCanonResultBytes = 16;
constexpr std::uint32_t kServiceResultBytes = 24;

// Longer than any CID; a text of this size in place of a CID is refused.
constexpr std::uint32_t kCidCharsMax = 256;

// Several pointers may lead to one of these if they agree on what it is. It is read once, and everything else has one owner,
// so nothing is read twice, however the pointers are bent.
enum class SharedKind : std::uint8_t {
  kCid,
  kPeer,
  kValue,
  kTetraplet,
  kCanonElement,
  kCanonResult,
  kServiceResult
};

class Reader {
 public:
  Reader(ByteView bytes, ParticleStores& stores) : bytes_(bytes), stores_(stores) {}

  base::Result<Archive, Failure> run() {
    if (bytes_.size() > std::numeric_limits<std::int32_t>::max())
      fail("more than 2 GiB");
    else if (bytes_.size() < kRootBytes)
      fail("shorter than its root");
    else
      root();
    if (error_) return std::unexpected(Failure{Code::kDataDecode, describe()});
    if (late_error_) return std::unexpected(Failure{Code::kCidStores, late_error_});
    return std::move(out_);
  }

 private:
  struct Range {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  struct Slice {
    std::uint32_t at = 0;
    std::uint32_t count = 0;
  };
  struct Shared {
    std::uint32_t at;
    SharedKind kind;
    std::uint32_t id;  // index of what was read there
  };

  void fail(const char* what, std::uint32_t at = 0) {
    if (error_) return;
    error_ = what;
    error_at_ = at;
  }

  // About the stores: told if the form is right to the end.
  void fail_late(const char* what) {
    if (!late_error_) late_error_ = what;
  }

  std::string describe() const {
    return fmt::format(
        "an error occurred while data deserialization: {} (at byte {} of the inner data).\n"
        "AquaVM version is {} and it expects {} version.",
        error_, error_at_, kInterpreterVersion, kDataVersion);
  }

  // --- primitive reads, always inside of a checked object -----------------------

  std::uint32_t u32(std::uint32_t at) const {
    std::uint32_t value;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    return std::endian::native == std::endian::little ? __builtin_bswap32(value) : value;
  }
  std::uint32_t tag(std::uint32_t at) const { return bytes_[at]; }

  // --- pointers ------------------------------------------------------------------
  //
  // `free_` is where the things pointed to by the object being read may stand. Reading a thing at
  // [at, at + size) narrows it to what stands before the thing (for the thing's own parts), and
  // afterwards to what stands behind it (for the next part of the object).

  bool claim(std::uint32_t at, std::uint64_t size, std::uint32_t alignment, Range& outer) {
    if (at % alignment != 0) return fail("misaligned", at), false;
    if (at < free_.begin || at > free_.end || size > free_.end - at)
      return fail("a pointer leads out of its bounds", at), false;
    outer = {static_cast<std::uint32_t>(at + size), free_.end};
    free_.end = at;
    return true;
  }
  void release(const Range& outer) { free_ = outer; }

  bool pointer(std::uint32_t at, std::int64_t offset, std::uint32_t& target) {
    const std::int64_t to = std::int64_t{at} + offset;
    if (to < 0 || to > static_cast<std::int64_t>(bytes_.size()))
      return fail("a pointer leads out of the data", at), false;
    target = static_cast<std::uint32_t>(to);
    return true;
  }
  bool pointer(std::uint32_t at, std::uint32_t& target) {
    return pointer(at, static_cast<std::int32_t>(u32(at)), target);
  }
  bool slice(std::uint32_t at, Slice& out) {
    out.count = u32(at + 4);
    return pointer(at, out.at);
  }

  // Calls each(position) for every element of the vector whose head stands at `at`.
  template <class Each>
  bool vector(std::uint32_t at, std::uint32_t element_bytes, Slice& read, Each&& each) {
    Range outer;
    if (!slice(at, read) ||
        !claim(read.at, std::uint64_t{read.count} * element_bytes, kAlignment, outer))
      return false;
    for (std::uint32_t i = 0; i < read.count; ++i)
      if (!each(read.at + i * element_bytes)) return false;
    release(outer);
    return true;
  }

  // Unaligned bytes owned by one pointer.
  bool blob(std::uint32_t at, std::string_view& out) {
    Slice read;
    Range outer;
    if (!slice(at, read) || !claim(read.at, read.count, 1, outer)) return false;
    release(outer);
    out = base::as_text(bytes_.subspan(read.at, read.count));
    return true;
  }

  bool utf8(std::string_view text, std::uint32_t at) {
    if (!base::is_utf8(text)) return fail("text is not UTF-8", at), false;
    return true;
  }

  // A pointer whose target may be shared: read() is called at the first visit and gives the id. The place has its kind from
  // then on, also for pointers inside of what is read there.
  template <class Read>
  bool shared(std::uint32_t target, std::uint64_t size, std::uint32_t alignment, SharedKind kind,
              std::uint32_t& id, Read&& read) {
    const std::uint64_t hash = base::mix64(target + 1, 0x9E3779B97F4A7C15ull);
    const std::uint32_t seen =
        shared_index_.find(hash, [&](std::uint32_t i) { return shared_[i].at == target; });
    if (seen != base::HashIndex::kNotFound) {
      if (shared_[seen].kind != kind)
        return fail("two kinds of things share a place", target), false;
      id = shared_[seen].id;
      return true;
    }
    const std::size_t place = shared_.size();
    shared_index_.insert(hash, static_cast<std::uint32_t>(place));
    shared_.push_back({target, kind, 0});
    Range outer;
    if (!claim(target, size, alignment, outer) || !read(target, id)) return false;
    release(outer);
    shared_[place].id = id;
    return true;
  }

  bool cid(std::uint32_t at, CidId& out) {
    Slice read;
    if (!slice(at, read)) return false;
    if (read.count > bytes_.size() - read.at)
      return fail("a content id leads out of the data", at), false;
    const std::string_view written = base::as_text(bytes_.subspan(read.at, read.count));
    std::uint32_t first;
    if (!shared(read.at, read.count, 1, SharedKind::kCid, first,
                [&](std::uint32_t target, std::uint32_t& id) {
                  if (read.count > kCidCharsMax) fail_late("a content id is too long");
                  id = stores_.cids.intern(written.substr(0, kCidCharsMax)).value;
                  return utf8(written, target);
                }))
      return false;
    // A later pointer can disagree on the length; then it names another text. Not on a longer one, which may have any bytes
    // behind it: the published VM reads on in its own memory.
    out = CidId(first);
    if (stores_.cids[out].size() == written.size() || late_error_) return true;
    if (stores_.cids[out].size() < written.size())
      return fail("a content id is longer than where it was first read", at), false;
    if (!utf8(written, read.at)) return false;
    out = stores_.cids.intern(written);
    return true;
  }

  // 8 bytes: up to 7 bytes of text in place, the last byte telling how many; or length and offset.
  bool text(std::uint32_t at, TextId& out) {
    constexpr std::uint32_t kInlineMax = 7;
    const base::Byte last = bytes_[at + kInlineMax];
    std::string_view read;
    if ((last & 0x80) == 0) {
      if (last > kInlineMax) return fail("a short text is too long", at), false;
      read = base::as_text(bytes_.subspan(at, last));
    } else {
      std::uint32_t raw;
      std::memcpy(&raw, bytes_.data() + at + 4, sizeof raw);
      if (std::endian::native == std::endian::big) raw = __builtin_bswap32(raw);
      std::uint32_t target;
      Range outer;
      const std::uint32_t size = u32(at);
      if (!pointer(at, static_cast<std::int32_t>(raw), target) || !claim(target, size, 1, outer))
        return false;
      release(outer);
      read = base::as_text(bytes_.subspan(target, size));
    }
    if (!utf8(read, at)) return false;
    out = stores_.texts.intern(read);
    return true;
  }

  bool peer(std::uint32_t at, TextId& out) {
    std::uint32_t target;
    if (!pointer(at, target)) return false;
    return shared(target, kTextPointerBytes, kAlignment, SharedKind::kPeer, out.value,
                  [&](std::uint32_t from, std::uint32_t& id) {
                    TextId read;
                    if (!text(from, read)) return false;
                    id = read.value;
                    return true;
                  });
  }

  // --- the trace -------------------------------------------------------------------

  bool state(std::uint32_t at) {
    State read;
    bool good = false;
    switch (tag(at)) {
      case 0:
        read = ParState{u32(at + 4), u32(at + 8)};
        good = true;
        break;
      case 1: good = call_state(at + 4, read); break;
      case 2: good = fold_state(at + 4, read); break;
      case 3: good = ap_state(at + 4, read); break;
      case 4: good = canon_state(at + 4, read); break;
      default: fail("no such kind of state", at);
    }
    out_.data.trace.states.push_back(read);
    return good;
  }

  bool call_state(std::uint32_t at, State& out) {
    switch (tag(at)) {
      case 0: {
        CallSentBy sent;
        if (tag(at + 4) > 1) return fail("no such kind of sender", at + 4), false;
        sent.has_call_id = tag(at + 4) == 1;
        if (sent.has_call_id) sent.call_id = u32(at + 12);
        if (!peer(at + 8, sent.peer)) return false;
        out = sent;
        return true;
      }
      case 1: {
        CidId id;
        const std::uint32_t kind = tag(at + 4);
        if (kind > 2) return fail("no such kind of result", at + 4), false;
        if (!cid(at + 8, id)) return false;
        if (kind == 0)
          out = CallScalar{id};
        else if (kind == 1)
          out = CallStream{id, u32(at + 16)};
        else
          out = CallUnused{id};
        return true;
      }
      case 2: {
        CidId id;
        if (!cid(at + 4, id)) return false;
        out = CallFailed{id};
        return true;
      }
      default: return fail("no such kind of call state", at), false;
    }
  }

  bool fold_state(std::uint32_t at, State& out) {
    Trace& trace = out_.data.trace;
    FoldState fold{static_cast<std::uint32_t>(trace.lores.size()), 0};
    Slice read;
    const bool good = vector(at, kLoreBytes, read, [&](std::uint32_t lore_at) {
      Lore lore{u32(lore_at), static_cast<std::uint32_t>(trace.parts.size()), 0};
      Slice parts;
      if (!vector(lore_at + 4, kSubTraceBytes, parts, [&](std::uint32_t part_at) {
            trace.parts.push_back({u32(part_at), u32(part_at + 4)});
            return true;
          }))
        return false;
      lore.part_count = parts.count;
      trace.lores.push_back(lore);
      return true;
    });
    fold.count = read.count;
    out = fold;
    return good;
  }

  bool ap_state(std::uint32_t at, State& out) {
    Trace& trace = out_.data.trace;
    const auto first = static_cast<std::uint32_t>(trace.generations.size());
    Slice read;
    if (!vector(at, 4, read, [&](std::uint32_t generation_at) {
          trace.generations.push_back(u32(generation_at));
          return true;
        }))
      return false;
    if (read.count == 1) {
      out = ApState{trace.generations.back()};
      trace.generations.pop_back();
    } else {
      out = ApMalformed{first, read.count};
    }
    return true;
  }

  bool canon_state(std::uint32_t at, State& out) {
    if (tag(at) == 0) {
      CanonSentBy sent;
      if (!peer(at + 4, sent.peer)) return false;
      out = sent;
      return true;
    }
    if (tag(at) != 1) return fail("no such kind of canon state", at), false;
    CanonExecuted executed;
    if (!cid(at + 4, executed.canon_result)) return false;
    out = executed;
    return true;
  }

  // --- the stores ------------------------------------------------------------------

  template <class Content, class Read>
  bool store(std::uint32_t at, std::uint32_t content_bytes, SharedKind kind,
             std::vector<ReceivedEntry<Content>>& entries, Read&& read_content) {
    Slice read;
    return vector(at, kStoreEntryBytes, read, [&](std::uint32_t entry_at) {
      CidId key;
      std::uint32_t target;
      if (!cid(entry_at, key) || !pointer(entry_at + 8, target)) return false;
      const auto next = static_cast<std::uint32_t>(entries.size());
      std::uint32_t index;
      if (!shared(target, content_bytes, kAlignment, kind, index,
                  [&](std::uint32_t from, std::uint32_t& id) {
                    id = next;
                    Content& content =
                        entries.emplace_back(ReceivedEntry<Content>{key, {}}).content;
                    return read_content(from, content);
                  }))
        return false;
      // One content cannot have two hashes. Entries with the same content are not kept, as there can be many of them.
      if (index != next && entries[index].cid != key)
        fail_late("two content ids are of the same content");
      return true;
    });
  }

  bool stores(std::uint32_t at) {
    return store(at, kTextPointerBytes, SharedKind::kValue, out_.values,
                 [&](std::uint32_t from, std::string_view& value) {
                   return blob(from, value) && utf8(value, from);
                 }) &&
           store(at + 8, kTetrapletBytes, SharedKind::kTetraplet, out_.tetraplets,
                 [&](std::uint32_t from, TetrapletId& id) {
                   Tetraplet t;
                   if (!text(from, t.peer) || !text(from + 8, t.service) ||
                       !text(from + 16, t.function) || !text(from + 24, t.lens))
                     return false;
                   id = stores_.intern(t);
                   return true;
                 }) &&
           store(at + 16, kCanonElementBytes, SharedKind::kCanonElement, out_.canon_elements,
                 [&](std::uint32_t from, CanonElement& element) {
                   return cid(from, element.value) && cid(from + 8, element.tetraplet) &&
                          provenance(from + 16, element.provenance);
                 }) &&
           store(at + 24, kCanonResultBytes, SharedKind::kCanonResult, out_.canon_results,
                 [&](std::uint32_t from, CanonResult& result) {
                   Slice read;
                   return cid(from, result.tetraplet) &&
                          vector(from + 8, kTextPointerBytes, read, [&](std::uint32_t element_at) {
                            return cid(element_at, result.elements.emplace_back());
                          });
                 }) &&
           store(at + 32, kServiceResultBytes, SharedKind::kServiceResult, out_.service_results,
                 [&](std::uint32_t from, ServiceResult& result) {
                   return cid(from, result.value) && cid(from + 8, result.argument_hash) &&
                          cid(from + 16, result.tetraplet);
                 });
  }

  bool provenance(std::uint32_t at, Provenance& out) {
    switch (tag(at)) {
      case 0: out.kind = ProvenanceKind::kLiteral; return true;
      case 1: out.kind = ProvenanceKind::kServiceResult; return cid(at + 4, out.cid);
      case 2: out.kind = ProvenanceKind::kCanon; return cid(at + 4, out.cid);
      default: return fail("no such kind of provenance", at), false;
    }
  }

  // --- the whole -------------------------------------------------------------------

  void root() {
    const auto at = static_cast<std::uint32_t>(bytes_.size()) - kRootBytes;
    if (at % kAlignment != 0) return fail("misaligned", at);
    free_ = {0, at};
    Slice read;
    if (!vector(at, kStateBytes, read, [&](std::uint32_t state_at) { return state(state_at); }))
      return;
    out_.data.last_call_request_id = u32(at + 8);
    if (!stores(at + 12)) return;
    vector(at + 52, kSignatureEntryBytes, read, [&](std::uint32_t entry_at) {
      std::string_view key;
      std::string_view signature;
      if (!blob(entry_at, key) || !blob(entry_at + 8, signature)) return false;
      out_.data.signatures.push_back({stores_.texts.intern(key), stores_.texts.intern(signature)});
      return true;
    });
  }

  ByteView bytes_;
  ParticleStores& stores_;
  Range free_;
  Archive out_;
  std::vector<Shared> shared_;
  base::HashIndex shared_index_;
  const char* error_ = nullptr;
  std::uint32_t error_at_ = 0;
  const char* late_error_ = nullptr;
};

}  // namespace

base::Result<Archive, Failure> read_archive(ByteView bytes, ParticleStores& stores) {
  return Reader(bytes, stores).run();
}

}  // namespace aqua::vm
