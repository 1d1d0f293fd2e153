#include "vm/data_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

#include "base/base58.h"
#include "base/overloaded.h"
#include "json/text.h"

namespace aqua::vm {

namespace {

// JSON with an item per line and two spaces per level. Depth is that of the view, never of a value.
class PrettyJson {
 public:
  void begin_object() { begin('{'); }
  void end_object() { end('}'); }
  void begin_array() { begin('['); }
  void end_array() { end(']'); }

  void key(std::string_view name) {
    separate();
    json::append_quoted(out_, name);
    out_ += ": ";
    after_key_ = true;
  }
  void text(std::string_view value) {
    separate();
    json::append_quoted(out_, value);
  }
  void number(std::uint32_t value) {
    separate();
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }

  void member(std::string_view name, std::string_view value) {
    key(name);
    text(value);
  }
  void member(std::string_view name, std::uint32_t value) {
    key(name);
    number(value);
  }

  std::string take() { return std::move(out_); }

 private:
  void begin(char bracket) {
    separate();
    out_ += bracket;
    ++depth_;
    is_first_ = true;
  }
  void end(char bracket) {
    --depth_;
    if (!is_first_) new_line();
    out_ += bracket;
    is_first_ = false;
  }
  // Before an item: nothing after its key, else a new line, with a comma if it is not the first.
  void separate() {
    if (after_key_) {
      after_key_ = false;
      return;
    }
    if (depth_ == 0) return;
    if (!is_first_) out_ += ',';
    is_first_ = false;
    new_line();
  }
  void new_line() {
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  std::string out_;
  std::size_t depth_ = 0;
  bool is_first_ = true;
  bool after_key_ = false;
};

class View {
 public:
  explicit View(const ParticleState& state) : stores_(state.stores), data_(state.data) {}

  std::string render(const DataVersions& versions) {
    json_.begin_object();
    json_.key("data");
    json_.begin_object();
    cid_info();
    json_.member("lcid", data_.last_call_request_id);
    signatures();
    json_.key("trace");
    json_.begin_array();
    for (const State& state : data_.trace.states) trace_state(state);
    json_.end_array();
    json_.end_object();
    json_.key("versions");
    json_.begin_object();
    json_.member("interpreter_version", versions.interpreter);
    json_.member("version", versions.data);
    json_.end_object();
    json_.end_object();
    return json_.take();
  }

 private:
  std::string_view text(CidId cid) const { return stores_.cids[cid]; }
  std::string_view text(TextId id) const { return stores_.texts[id]; }

  // --- CID stores -------------------------------------------------------------

  void cid_info() {
    json_.key("cid_info");
    json_.begin_object();
    store("canon_element_store", Store::kCanonElements,
          [&](CidId cid) { canon_element(*stores_.canon_element(cid)); });
    store("canon_result_store", Store::kCanonResults,
          [&](CidId cid) { canon_result(*stores_.canon_result(cid)); });
    store("service_result_store", Store::kServiceResults,
          [&](CidId cid) { service_result(*stores_.service_result(cid)); });
    store("tetraplet_store", Store::kTetraplets,
          [&](CidId cid) { tetraplet(stores_[*stores_.tetraplet(cid)]); });
    store("value_store", Store::kValues, [&](CidId cid) { json_.text(stores_.raw_value(cid)); });
    json_.end_object();
  }

  template <class Entry>
  void store(std::string_view name, Store which, Entry&& entry) {
    const std::span<const CidId> admitted = stores_.admitted(which);
    std::vector<CidId> cids(admitted.begin(), admitted.end());
    std::ranges::sort(cids, {}, [&](CidId cid) { return text(cid); });
    json_.key(name);
    json_.begin_object();
    for (const CidId cid : cids) {
      json_.key(text(cid));
      entry(cid);
    }
    json_.end_object();
  }

  void canon_element(const CanonElement& element) {
    json_.begin_object();
    json_.key("provenance");
    json_.begin_object();
    switch (element.provenance.kind) {
      case ProvenanceKind::kLiteral: json_.member("type", "literal"); break;
      case ProvenanceKind::kServiceResult:
        json_.member("cid", text(element.provenance.cid));
        json_.member("type", "service_result");
        break;
      case ProvenanceKind::kCanon:
        json_.member("cid", text(element.provenance.cid));
        json_.member("type", "canon");
        break;
    }
    json_.end_object();
    json_.member("tetraplet", text(element.tetraplet));
    json_.member("value", text(element.value));
    json_.end_object();
  }

  void canon_result(const CanonResult& result) {
    json_.begin_object();
    json_.member("tetraplet", text(result.tetraplet));
    json_.key("values");
    json_.begin_array();
    for (const CidId element : result.elements) json_.text(text(element));
    json_.end_array();
    json_.end_object();
  }

  void service_result(const ServiceResult& result) {
    json_.begin_object();
    json_.member("argument_hash", text(result.argument_hash));
    json_.member("tetraplet_cid", text(result.tetraplet));
    json_.member("value_cid", text(result.value));
    json_.end_object();
  }

  void tetraplet(const Tetraplet& tetraplet) {
    json_.begin_object();
    json_.member("function_name", text(tetraplet.function));
    json_.member("lens", text(tetraplet.lens));
    json_.member("peer_pk", text(tetraplet.peer));
    json_.member("service_id", text(tetraplet.service));
    json_.end_object();
  }

  // --- signatures -------------------------------------------------------------

  void signatures() {
    struct Shown {
      std::string key;
      std::string signature;
    };
    std::vector<Shown> shown;
    shown.reserve(data_.signatures.size());
    for (const SignatureEntry& entry : data_.signatures)
      shown.push_back({base58(entry.public_key), base58(entry.signature)});
    std::ranges::sort(shown, {}, &Shown::key);
    json_.key("signatures");
    json_.begin_object();
    for (const Shown& entry : shown) json_.member(entry.key, entry.signature);
    json_.end_object();
  }

  // The cost of base58 is quadratic, and received keys and signatures can be anything.
  std::string base58(TextId id) const {
    constexpr std::size_t kShownBytesMax = 1024;
    const std::string_view bytes = text(id);
    if (bytes.size() > kShownBytesMax) return fmt::format("({} bytes)", bytes.size());
    return base::base58_encode(base::as_bytes(bytes));
  }

  // --- the trace --------------------------------------------------------------

  void trace_state(const State& state) {
    json_.begin_object();
    std::visit(
        base::Overloaded{
            [&](const ParState& s) {
              json_.key("par");
              json_.begin_array();
              json_.number(s.left);
              json_.number(s.right);
              json_.end_array();
            },
            [&](const CallSentBy& s) { sent_by(s); },
            [&](const CallScalar& s) {
              executed("scalar", [&] { json_.text(text(s.service_result)); });
            },
            [&](const CallStream& s) {
              executed("stream", [&] {
                json_.begin_object();
                json_.member("cid", text(s.service_result));
                json_.member("generation", s.generation);
                json_.end_object();
              });
            },
            [&](const CallUnused& s) { executed("unused", [&] { json_.text(text(s.value)); }); },
            [&](const CallFailed& s) {
              json_.key("call");
              json_.begin_object();
              json_.member("failed", text(s.service_result));
              json_.end_object();
            },
            [&](const FoldState& s) { fold(s); },
            [&](const ApState& s) { ap({&s.generation, 1}); },
            [&](const ApMalformed& s) {
              ap(std::span(data_.trace.generations).subspan(s.first, s.count));
            },
            [&](const CanonSentBy& s) { canon("sent_by", text(s.peer)); },
            [&](const CanonExecuted& s) { canon("executed", text(s.canon_result)); },
        },
        state);
    json_.end_object();
  }

  void sent_by(const CallSentBy& sent) {
    json_.key("call");
    json_.begin_object();
    json_.key("sent_by");
    json_.begin_object();
    if (sent.has_call_id) {
      json_.key("PeerIdWithCallId");
      json_.begin_object();
      json_.member("call_id", sent.call_id);
      json_.member("peer_id", text(sent.peer));
      json_.end_object();
    } else {
      json_.member("PeerId", text(sent.peer));
    }
    json_.end_object();
    json_.end_object();
  }

  template <class Result>
  void executed(std::string_view kind, Result&& result) {
    json_.key("call");
    json_.begin_object();
    json_.key("executed");
    json_.begin_object();
    json_.key(kind);
    result();
    json_.end_object();
    json_.end_object();
  }

  void fold(const FoldState& fold) {
    json_.key("fold");
    json_.begin_object();
    json_.key("lore");
    json_.begin_array();
    for (const Lore& lore : std::span(data_.trace.lores).subspan(fold.first, fold.count)) {
      json_.begin_object();
      json_.key("desc");
      json_.begin_array();
      for (const SubTrace& part :
           std::span(data_.trace.parts).subspan(lore.first_part, lore.part_count)) {
        json_.begin_object();
        json_.member("len", part.len);
        json_.member("pos", part.begin);
        json_.end_object();
      }
      json_.end_array();
      json_.member("pos", lore.value_pos);
      json_.end_object();
    }
    json_.end_array();
    json_.end_object();
  }

  void ap(std::span<const std::uint32_t> generations) {
    json_.key("ap");
    json_.begin_object();
    json_.key("gens");
    json_.begin_array();
    for (const std::uint32_t generation : generations) json_.number(generation);
    json_.end_array();
    json_.end_object();
  }

  void canon(std::string_view kind, std::string_view value) {
    json_.key("canon");
    json_.begin_object();
    json_.member(kind, value);
    json_.end_object();
  }

  PrettyJson json_;
  const ParticleStores& stores_;
  const Data& data_;
};

}  // namespace

std::string data_view(const ParticleState& state, const DataVersions& versions) {
  return View(state).render(versions);
}

}  // namespace aqua::vm
