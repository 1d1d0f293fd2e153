#include <fmt/format.h>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include "json/text.h"
#include "vm/executor.h"

namespace aqua::vm {

Executor::Flow Executor::canon(air::InstructionId at, const air::Canon& canon) {
  auto met = trace_.meet_canon();
  if (!met) return fail_trace(at, std::move(met.error()));

  TextId peer;
  const Read read = resolve_text(tree()[canon.peer], peer);
  if (read == Read::kFailed || (read == Read::kJoin && *met)) return failed_with_peer(at);
  if (read == Read::kJoin) return wait_for_variable(at);

  if (*met) {
    if (const auto* executed = std::get_if<CanonExecuted>(&(*met)->state)) {
      const CidId cid = executed->canon_result;
      const CanonResult* result = stores_.canon_result(cid);
      if (result == nullptr)
        return failed(
            at, {.kind = FaultKind::kCanonResultNotFound, .text = std::string(stores_.cids[cid])});
      const auto recorded = stores_.tetraplet(result->tetraplet);
      if (!recorded)
        return failed(at, {.kind = FaultKind::kTetrapletNotFound,
                           .text = std::string(stores_.cids[result->tetraplet])});
      if (*recorded != peer_tetraplet(peer, "", ""))
        return failed(at, {.kind = FaultKind::kCanonPeerDiffers,
                           .text = fmt::format("expected peer {}, got {}", stores_.texts[peer],
                                               stores_.texts[stores_[*recorded].peer])});
      const Flow bound = bind_canon(at, canon, cid);
      if (bound != Flow::kDone) return bound;
      register_cid(peer, cid);
      trace_.push(*executed);
      return Flow::kDone;
    }
    if (peer != current_peer_) {
      const auto& sent = std::get<CanonSentBy>((*met)->state);
      note(at, WaitsForCanon{peer, sent.peer});
      now_.complete = false;
      trace_.push(sent);
      return Flow::kDone;
    }
    return canonicalise(at, canon, peer);
  }
  if (peer == current_peer_) return canonicalise(at, canon, peer);
  note(at, WaitsForCanon{peer, current_peer_});
  now_.complete = false;
  add_next_peer(peer);
  trace_.push(CanonSentBy{current_peer_});
  return Flow::kDone;
}

Executor::Flow Executor::canonicalise(air::InstructionId at, const air::Canon& canon, TextId peer) {
  const CidId tetraplet = stores_.admit_tetraplet(peer_tetraplet(peer, "", ""));
  CanonResult result{tetraplet, {}};
  std::vector<ValueRef> values;
  if (const Stream* stream = find_stream(at))
    stream->for_each_row([&](const GenerationRows::Row& row) {
      for (const StreamValue& value : row.values) values.push_back(value.ref);
    });

  if (tree()[canon.target].kind == air::NameKind::kScalar) {
    // One object: for each key the value that came first.
    std::map<std::string, ValueId> object;
    for (const ValueRef& pair : values) {
      const auto key = json::find_member(stores_.text(pair.value), "key");
      const auto value = json::find_member(stores_.text(pair.value), "value");
      if (!key || !value) return failed(at, {.kind = FaultKind::kPairMalformed});
      object.emplace((*key)[0] == '"' ? json::unquote(*key) : std::string(*key),
                     stores_.part_of(pair.value, *value));
    }
    std::string text = "{";
    for (const auto& [key, value] : object) {
      if (text.size() > 1) text += ',';
      json::append_quoted(text, key);
      text += ':';
      text += stores_.text(value);
    }
    text += '}';
    result.elements.push_back(stores_.admit(
        CanonElement{stores_.admit_value(stores_.intern_value(text)), tetraplet, {}}));
  } else {
    result.elements.reserve(values.size());
    for (const ValueRef& value : values)
      result.elements.push_back(stores_.admit(
          CanonElement{stores_.admit_value(value.value),
                       stores_.admit_tetraplet(tetraplet_of(stores_, value)), value.provenance}));
  }
  const CidId cid = stores_.admit(result);
  const Flow bound = bind_canon(at, canon, cid);
  if (bound != Flow::kDone) return bound;
  register_cid(peer, cid);
  trace_.push(CanonExecuted{cid});
  return Flow::kDone;
}

Executor::Flow Executor::bind_canon(air::InstructionId at, const air::Canon& canon, CidId result) {
  CanonBinding* binding = load_canon(result);
  if (binding == nullptr) return failed_read(at);
  const air::NameKind target = tree()[canon.target].kind;
  if (target == air::NameKind::kScalar) {
    if (binding->elements.empty()) return failed(at, {.kind = FaultKind::kMapScalarEmpty});
    const ValueRef value{binding->elements.front().value,
                         binding->tetraplet,
                         ValueRef::kNotAnItem,
                         {ProvenanceKind::kCanon, result}};
    return set_scalar(at, canon.target, value);
  }
  if (target == air::NameKind::kCanonMap) {
    std::unique_ptr<CanonBinding>& map = state_.canon_maps[result];
    if (map == nullptr) {
      auto indexed = std::make_unique<CanonBinding>(*binding);
      indexed->whole = ValueId::none();
      if (!index_canon_map(*indexed)) return failed(at, {.kind = FaultKind::kPairMalformed});
      map = std::move(indexed);
    }
    binding = map.get();
  }
  if (!now_.canons.can_set(canon.target, now_.levels))
    return failed(at, {.kind = FaultKind::kSetTwice, .name = tree()[canon.target].text});
  now_.canons.set(canon.target, now_.levels, binding);
  return Flow::kDone;
}

CanonBinding* Executor::load_canon(CidId cid) {
  std::unique_ptr<CanonBinding>& known = state_.canon_streams[cid];
  if (known != nullptr) return known.get();
  const CanonResult& result = *stores_.canon_result(cid);
  auto binding = std::make_unique<CanonBinding>();
  binding->canon_result = cid;
  binding->tetraplet = *stores_.tetraplet(result.tetraplet);
  binding->elements.reserve(result.elements.size());
  for (const CidId element_cid : result.elements) {
    const CanonElement* element = stores_.canon_element(element_cid);
    if (element == nullptr) {
      now_.error = {.kind = FaultKind::kCanonElementNotFound,
                    .text = std::string(stores_.cids[element_cid])};
      return nullptr;
    }
    const auto tetraplet = stores_.tetraplet(element->tetraplet);
    if (!tetraplet) {
      now_.error = {.kind = FaultKind::kTetrapletNotFound,
                    .text = std::string(stores_.cids[element->tetraplet])};
      return nullptr;
    }
    ValueId value;
    if (!load_value(element->value, value)) return nullptr;
    binding->elements.push_back({value, *tetraplet, ValueRef::kNotAnItem, element->provenance});
  }
  known = std::move(binding);
  return known.get();
}

// False: an element is not a {key, value} pair.
bool Executor::index_canon_map(CanonBinding& binding) {
  std::map<std::string_view, std::size_t> by_key;
  for (const ValueRef& element : binding.elements) {
    const std::string_view text = stores_.text(element.value);
    if (text[0] != '{') return false;
    const auto key = json::find_member(text, "key");
    const auto value = json::find_member(text, "value");
    if (!key || !value) return false;
    const json::Kind kind = json::kind_of(*key);
    if (kind != json::Kind::kString && kind != json::Kind::kInteger) return false;
    const auto [at, is_new] = by_key.emplace(*key, binding.entries.size());
    if (is_new) binding.entries.push_back({*key, {}});
    ValueRef of_value = element;
    of_value.value = stores_.part_of(element.value, *value);
    binding.entries[at->second].values.push_back(of_value);
  }
  return true;
}

}  // namespace aqua::vm
