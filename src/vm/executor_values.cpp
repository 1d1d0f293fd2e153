#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "air/printer.h"
#include "base/overloaded.h"
#include "json/number.h"
#include "json/text.h"
#include "vm/executor.h"

// Operands, variables and lenses.

namespace aqua::vm {

using base::Overloaded;

Executor::Read Executor::undefined(air::NameId name) {
  now_.error = {.kind = FaultKind::kUndefined, .name = tree()[name].text};
  now_.missing_name = name;
  return Read::kJoin;
}

Executor::Read Executor::read_failed(FaultKind kind, ValueId value, std::int64_t number,
                                     std::string_view name, std::string_view text,
                                     std::int64_t other) {
  now_.error = {.kind = kind,
                .value = value,
                .name = name,
                .number = number,
                .other = other,
                .text = std::string(text)};
  return Read::kFailed;
}

// --- tetraplets of values that no service made ---------------------------------------

TetrapletId Executor::peer_tetraplet(TextId peer, std::string_view service, std::string_view lens) {
  return stores_.intern(
      {peer, stores_.texts.intern(service), empty_text_, stores_.texts.intern(lens)});
}

TetrapletId Executor::literal_tetraplet() {
  return stores_.intern({init_peer_, empty_text_, empty_text_, empty_text_});
}

// --- literals ----------------------------------------------------------------------------

ValueId Executor::literal_value(const air::Operand& operand) {
  const auto index = static_cast<std::size_t>(&operand - tree().operands.data());
  ValueId& cached = state_.script_cache.operand_values[index];
  if (cached.has_value()) return cached;
  std::string text;
  std::visit(
      Overloaded{
          [&](const air::InitPeerId&) { json::append_quoted(text, parameters_.init_peer_id); },
          [&](const air::Timestamp&) { text = fmt::format("{}", parameters_.timestamp_ms); },
          [&](const air::Ttl&) { text = fmt::format("{}", parameters_.ttl_ms); },
          [&](const air::EmptyArray&) { text = "[]"; },
          [&](const air::Literal& o) { json::append_quoted(text, o.text); },
          [&](const air::Integer& o) { text = fmt::format("{}", o.value); },
          [&](const air::Float& o) { json::append_float(text, o.value); },
          [&](const air::Boolean& o) { text = o.value ? "true" : "false"; },
          [](const air::LastError&) {},
          [](const air::ErrorSlot&) {},
          [](const air::Variable&) {},
      },
      operand);
  const ValueId value = stores_.intern_value(text);
  // Timestamp and ttl are arguments of the run, not of the script.
  if (!std::holds_alternative<air::Timestamp>(operand) &&
      !std::holds_alternative<air::Ttl>(operand))
    cached = value;
  return value;
}

TextId Executor::lens_text(const air::Operand& operand, const air::Lens& lens) {
  const auto index = static_cast<std::size_t>(&operand - tree().operands.data());
  TextId& cached = state_.script_cache.operand_lenses[index];
  if (cached.is_none()) cached = stores_.texts.intern(air::print_lens(tree(), lens));
  return cached;
}

// --- resolving ------------------------------------------------------------------------------

Executor::Read Executor::resolve(const air::Operand& operand, Origins origins, Resolved& out) {
  const auto literal = [&](const auto&) {
    out.ref.value = literal_value(operand);
    if (origins == Origins::kWant) out.ref.tetraplet = literal_tetraplet();
    return Read::kOk;
  };
  return std::visit(
      Overloaded{
          [&](const air::Variable& o) { return resolve_variable(operand, o, origins, out); },
          [&](const air::LastError& o) {
            return resolve_slot(now_.last_error, operand, o.lens, origins, out);
          },
          [&](const air::ErrorSlot& o) {
            return resolve_slot(now_.error_slot, operand, o.lens, origins, out);
          },
          [&](const air::InitPeerId& o) { return literal(o); },
          [&](const air::Timestamp& o) { return literal(o); },
          [&](const air::Ttl& o) { return literal(o); },
          [&](const air::EmptyArray& o) { return literal(o); },
          [&](const air::Literal& o) { return literal(o); },
          [&](const air::Integer& o) { return literal(o); },
          [&](const air::Float& o) { return literal(o); },
          [&](const air::Boolean& o) { return literal(o); },
      },
      operand);
}

Executor::Read Executor::resolve_slot(Slot& slot, const air::Operand&, const air::Lens& lens,
                                      Origins origins, Resolved& out) {
  out.ref.value = slot_value(slot);
  if (origins == Origins::kWant) {
    out.ref.tetraplet = slot.tetraplet.has_value() ? slot.tetraplet : literal_tetraplet();
    out.ref.provenance = slot.provenance;
  }
  switch (lens.kind) {
    case air::LensKind::kNone: return Read::kOk;
    case air::LensKind::kLength: return length_of(out.ref.value, out.ref.value);
    case air::LensKind::kPath: return apply_path(tree().path(lens), out.ref.value);
  }
  return Read::kOk;
}

Executor::Read Executor::resolve_variable(const air::Operand& operand,
                                          const air::Variable& variable, Origins origins,
                                          Resolved& out) {
  switch (tree()[variable.name].kind) {
    case air::NameKind::kCanon: return resolve_canon_stream(operand, variable, origins, out);
    case air::NameKind::kCanonMap: return resolve_canon_map(operand, variable, origins, out);
    case air::NameKind::kScalar:
    case air::NameKind::kStream:
    case air::NameKind::kStreamMap: break;
  }
  if (const Read found = find_scalar(variable.name, out.ref); found != Read::kOk) return found;
  const ValueRef base = out.ref;
  switch (variable.lens.kind) {
    case air::LensKind::kNone: return Read::kOk;
    case air::LensKind::kLength:
      if (const Read read = length_of(base.value, out.ref.value); read != Read::kOk) return read;
      if (origins == Origins::kWant) {
        out.ref.tetraplet = peer_tetraplet(empty_text_, "", ".length");
        out.ref.item = ValueRef::kNotAnItem;
      }
      return Read::kOk;
    case air::LensKind::kPath:
      if (const Read read = apply_path(tree().path(variable.lens), out.ref.value);
          read != Read::kOk)
        return read;
      if (origins == Origins::kWant) {
        out.ref.tetraplet = tetraplet_with_lens(base, operand, variable.lens);
        out.ref.item = ValueRef::kNotAnItem;
      }
      return Read::kOk;
  }
  return Read::kOk;
}

TetrapletId Executor::tetraplet_with_lens(const ValueRef& ref, const air::Operand& operand,
                                          const air::Lens& lens) {
  return stores_.with_lens_suffix(tetraplet_of(stores_, ref),
                                  stores_.texts[lens_text(operand, lens)]);
}

Executor::Read Executor::find_scalar(air::NameId name, ValueRef& out) {
  const ValueRef* value = nullptr;
  const Lookup found = now_.scalars.find(name, now_.levels, value);
  const std::uint32_t fold = now_.iterators[name.value];
  switch (found) {
    case Lookup::kFound:
      // Which of the two is meant? The published VM stops here too.
      if (fold != kNoStreamFold)
        return read_failed(FaultKind::kNameIsBoth, {}, 0, tree()[name].text);
      out = *value;
      return Read::kOk;
    case Lookup::kCleared: return read_failed(FaultKind::kCleared, {}, 0, tree()[name].text);
    case Lookup::kMissing:
      if (fold == kNoStreamFold) return undefined(name);
      out = current_item(now_.value_folds[fold]);
      return Read::kOk;
  }
  return Read::kOk;
}

Executor::Read Executor::find_canon(air::NameId name, CanonBinding*& out) {
  CanonBinding* const* binding = nullptr;
  switch (now_.canons.find(name, now_.levels, binding)) {
    case Lookup::kFound: out = *binding; return Read::kOk;
    case Lookup::kCleared: return read_failed(FaultKind::kCleared, {}, 0, tree()[name].text);
    case Lookup::kMissing: return undefined(name);
  }
  return Read::kOk;
}

// --- canons -----------------------------------------------------------------------------------

ValueId Executor::array_of(std::span<const ValueRef> values) {
  std::string text = "[";
  for (const ValueRef& value : values) {
    if (text.size() > 1) text += ',';
    text += stores_.text(value.value);
  }
  text += ']';
  return stores_.intern_value(text);
}

ValueId Executor::whole_canon_stream(CanonBinding& binding) {
  if (binding.whole.is_none()) binding.whole = array_of(binding.elements);
  return binding.whole;
}

// Of an integer key and a string key that print alike, the string's values are taken.
ValueId Executor::whole_canon_map(CanonBinding& binding) {
  if (binding.whole.has_value()) return binding.whole;
  std::map<std::string, const CanonBinding::Entry*> by_text;
  for (const CanonBinding::Entry& entry : binding.entries) {
    const bool is_string = entry.key[0] == '"';
    const auto [at, is_new] =
        by_text.emplace(is_string ? json::unquote(entry.key) : std::string(entry.key), &entry);
    if (!is_new && is_string) at->second = &entry;
  }
  std::string text = "{";
  for (const auto& [key, entry] : by_text) {
    if (text.size() > 1) text += ',';
    json::append_quoted(text, key);
    text += ':';
    text += stores_.text(array_of(entry->values));
  }
  text += '}';
  binding.whole = stores_.intern_value(text);
  return binding.whole;
}

const CanonBinding::Entry* CanonBinding::find(std::string_view key) const {
  for (const Entry& entry : entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

Executor::Read Executor::resolve_canon_stream(const air::Operand&, const air::Variable& variable,
                                              Origins origins, Resolved& out) {
  CanonBinding* binding = nullptr;
  if (const Read found = find_canon(variable.name, binding); found != Read::kOk) return found;
  switch (variable.lens.kind) {
    case air::LensKind::kNone:
      out.ref = {whole_canon_stream(*binding),
                 binding->tetraplet,
                 ValueRef::kNotAnItem,
                 {ProvenanceKind::kCanon, binding->canon_result}};
      out.whole = binding;
      return Read::kOk;
    case air::LensKind::kLength:
      out.ref = {stores_.intern_value(fmt::format("{}", binding->elements.size())),
                 {},
                 ValueRef::kNotAnItem,
                 {ProvenanceKind::kCanon, binding->canon_result}};
      if (origins == Origins::kWant)
        out.ref.tetraplet = peer_tetraplet(current_peer_, ".length", "");
      return Read::kOk;
    case air::LensKind::kPath: break;
  }
  const auto path = tree().path(variable.lens);
  std::uint32_t index = 0;
  if (const Read read = stream_index(path[0], index); read != Read::kOk) return read;
  if (index >= binding->elements.size())
    return read_failed(FaultKind::kStreamTooShort, {}, index, {}, {},
                       static_cast<std::int64_t>(binding->elements.size()));
  out.ref = binding->elements[index];
  return apply_path(path.subspan(1), out.ref.value);
}

Executor::Read Executor::resolve_canon_map(const air::Operand& operand,
                                           const air::Variable& variable, Origins origins,
                                           Resolved& out) {
  CanonBinding* binding = nullptr;
  if (const Read found = find_canon(variable.name, binding); found != Read::kOk) return found;
  const Provenance provenance{ProvenanceKind::kCanon, binding->canon_result};
  out.ref = {{}, binding->tetraplet, ValueRef::kNotAnItem, provenance};
  switch (variable.lens.kind) {
    case air::LensKind::kNone:
      out.ref.value = whole_canon_map(*binding);
      out.whole = binding;
      return Read::kOk;
    case air::LensKind::kLength:
      out.ref.value = stores_.intern_value(fmt::format("{}", binding->elements.size()));
      if (origins == Origins::kWant)
        out.ref.tetraplet = peer_tetraplet(current_peer_, "", "length");
      return Read::kOk;
    case air::LensKind::kPath: break;
  }
  const auto path = tree().path(variable.lens);
  std::string key;
  if (const Read read = map_key(path[0], key); read != Read::kOk) return read;
  const CanonBinding::Entry* entry = binding->find(key);
  if (entry == nullptr || path.size() == 1) {
    out.ref.value = entry == nullptr ? stores_.intern_value("[]") : array_of(entry->values);
    if (origins == Origins::kWant)
      out.ref.tetraplet = stores_.with_lens_suffix(
          binding->tetraplet, stores_.texts[lens_text(operand, variable.lens)]);
    return Read::kOk;
  }
  std::uint32_t index = 0;
  if (const Read read = stream_index(path[1], index); read != Read::kOk) return read;
  if (index >= entry->values.size())
    return read_failed(FaultKind::kStreamTooShort, {}, index, {}, {},
                       static_cast<std::int64_t>(entry->values.size()));
  const ValueRef& element = entry->values[index];
  out.ref.value = element.value;
  if (const Read read = apply_path(path.subspan(2), out.ref.value); read != Read::kOk) return read;
  if (origins == Origins::kWant) {
    out.ref.tetraplet = element.tetraplet;
    if (path.size() > 2) {
      // ".$" is not repeated here, other than everywhere else.
      const air::Lens rest{air::LensKind::kPath, variable.lens.first + 2, variable.lens.count - 2};
      out.ref.tetraplet =
          stores_.with_lens_suffix(element.tetraplet, air::print_lens(tree(), rest).substr(2));
    }
  }
  return Read::kOk;
}

// --- lenses -------------------------------------------------------------------------------------

Executor::Read Executor::length_of(ValueId value, ValueId& out) {
  if (stores_.text(value)[0] != '[') return read_failed(FaultKind::kLengthOfOther, value);
  out = stores_.intern_value(fmt::format("{}", stores_.items(value).count));
  return Read::kOk;
}

Executor::Read Executor::apply_index(std::uint32_t index, ValueId& value) {
  if (stores_.text(value)[0] != '[') return read_failed(FaultKind::kIndexOnNonArray, value, index);
  const ParticleStores::Items items = stores_.items(value);
  if (index >= items.count) return read_failed(FaultKind::kIndexOutOfRange, value, index);
  value = ValueId(items.first.value + index);
  return Read::kOk;
}

Executor::Read Executor::apply_field(std::string_view field, ValueId& value) {
  const std::string_view text = stores_.text(value);
  if (text[0] != '{') return read_failed(FaultKind::kFieldOnNonObject, value, 0, {}, field);
  const auto member = json::find_member(text, field);
  if (!member) return read_failed(FaultKind::kFieldMissing, value, 0, {}, field);
  value = stores_.part_of(value, *member);
  return Read::kOk;
}

Executor::Read Executor::accessor_value(const air::ByScalar& accessor, ValueId& out) {
  ValueRef ref;
  const Read found = find_scalar(accessor.scalar, ref);
  out = ref.value;
  return found;
}

Executor::Read Executor::apply_path(std::span<const air::Accessor> path, ValueId& value) {
  for (const air::Accessor& accessor : path) {
    const Read read =
        std::visit(Overloaded{
                       [&](const air::ByIndex& a) { return apply_index(a.index, value); },
                       [&](const air::ByField& a) { return apply_field(a.field, value); },
                       [&](const air::ByScalar& a) {
                         ValueId by;
                         if (const Read found = accessor_value(a, by); found != Read::kOk)
                           return found;
                         const std::string_view text = stores_.text(by);
                         switch (json::kind_of(text)) {
                           case json::Kind::kString:
                             return apply_field(stores_.texts[stores_.string_of(by)], value);
                           case json::Kind::kInteger:
                           case json::Kind::kFloat: {
                             const auto index = json::as_uint32(text);
                             if (!index) return read_failed(FaultKind::kIndexNotU32, by);
                             return apply_index(*index, value);
                           }
                           case json::Kind::kNull:
                           case json::Kind::kBoolean:
                           case json::Kind::kArray:
                           case json::Kind::kObject: break;
                         }
                         return read_failed(FaultKind::kAccessorType, by);
                       },
                   },
                   accessor);
    if (read != Read::kOk) return read;
  }
  return Read::kOk;
}

// The first accessor on a canon stream, the second on a canon map.
Executor::Read Executor::stream_index(const air::Accessor& accessor, std::uint32_t& out) {
  return std::visit(Overloaded{
                        [&](const air::ByIndex& a) {
                          out = a.index;
                          return Read::kOk;
                        },
                        [&](const air::ByField& a) {
                          return read_failed(FaultKind::kStreamField, {}, 0, {}, a.field);
                        },
                        [&](const air::ByScalar& a) {
                          ValueId by;
                          if (const Read found = accessor_value(a, by); found != Read::kOk)
                            return found;
                          const std::string_view text = stores_.text(by);
                          const json::Kind kind = json::kind_of(text);
                          if (kind != json::Kind::kInteger && kind != json::Kind::kFloat)
                            return read_failed(FaultKind::kStreamAccessorType, by);
                          const auto index = json::as_uint32(text);
                          if (!index) return read_failed(FaultKind::kIndexNotU32, by);
                          out = *index;
                          return Read::kOk;
                        },
                    },
                    accessor);
}

// The first accessor on a canon map, as the canonical text of the key.
Executor::Read Executor::map_key(const air::Accessor& accessor, std::string& out) {
  return std::visit(Overloaded{
                        [&](const air::ByIndex& a) {
                          out = fmt::format("{}", a.index);
                          return Read::kOk;
                        },
                        [&](const air::ByField& a) {
                          out = json::quoted(a.field);
                          return Read::kOk;
                        },
                        [&](const air::ByScalar& a) {
                          const ValueRef* unused = nullptr;
                          if (now_.iterators[a.scalar.value] != kNoStreamFold &&
                              now_.scalars.find(a.scalar, now_.levels, unused) == Lookup::kMissing)
                            return read_failed(FaultKind::kMapAccessorIterator, {});
                          ValueId by;
                          if (const Read found = accessor_value(a, by); found != Read::kOk)
                            return found;
                          const json::Kind kind = json::kind_of(stores_.text(by));
                          if (kind != json::Kind::kString && kind != json::Kind::kInteger)
                            return read_failed(FaultKind::kMapAccessorType, by);
                          out = stores_.text(by);
                          return Read::kOk;
                        },
                    },
                    accessor);
}

// --- triplet parts --------------------------------------------------------------------------------

Executor::Read Executor::resolve_text(const air::Operand& operand, TextId& out) {
  if (const auto* literal = std::get_if<air::Literal>(&operand)) {
    out = stores_.texts.intern(literal->text);
    return Read::kOk;
  }
  if (std::holds_alternative<air::InitPeerId>(operand)) {
    out = init_peer_;
    return Read::kOk;
  }
  Resolved resolved;
  if (const Read read = resolve(operand, Origins::kSkip, resolved); read != Read::kOk) return read;
  out = stores_.string_of(resolved.ref.value);
  if (out.has_value()) return Read::kOk;
  const auto* variable = std::get_if<air::Variable>(&operand);
  return read_failed(FaultKind::kTripletType, resolved.ref.value, 0,
                     variable != nullptr ? tree()[variable->name].text : std::string_view());
}

// What a variable set by `ap` says of its origin follows from the provenance: a literal keeps the peer,
// a canon the peer and the path, the result of a service everything.
ValueRef Executor::copied(const Resolved& value) {
  ValueRef ref = value.ref;
  if (ref.provenance.kind == ProvenanceKind::kServiceResult) return ref;
  Tetraplet t = stores_[tetraplet_of(stores_, ref)];
  t.service = empty_text_;
  t.function = empty_text_;
  if (ref.provenance.kind == ProvenanceKind::kLiteral) t.lens = empty_text_;
  ref.tetraplet = stores_.intern(t);
  ref.item = ValueRef::kNotAnItem;
  return ref;
}

}  // namespace aqua::vm
