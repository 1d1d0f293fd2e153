#include "compiler/emit/air.h"

#include <cstddef>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/check.h"
#include "base/overloaded.h"

namespace aqua::emit {

namespace {

using air::InstructionId;
using base::Overloaded;
using model::OpId;

std::string_view sigil_of(model::NameKind kind) {
  switch (kind) {
    case model::NameKind::kScalar: return "";
    case model::NameKind::kStream: return "$";
    case model::NameKind::kStreamMap: return "%";
    case model::NameKind::kCanon: return "#$";
    case model::NameKind::kCanonMap: return "#%";
  }
  return "";
}

air::NameKind kind_of(model::NameKind kind) {
  switch (kind) {
    case model::NameKind::kScalar: return air::NameKind::kScalar;
    case model::NameKind::kStream: return air::NameKind::kStream;
    case model::NameKind::kStreamMap: return air::NameKind::kStreamMap;
    case model::NameKind::kCanon: return air::NameKind::kCanon;
    case model::NameKind::kCanonMap: return air::NameKind::kCanonMap;
  }
  return air::NameKind::kScalar;
}

// (fail :error:)
struct RaiseAgain {};

// One member of a seq: an operation, or a visit to a peer on the way.
using Step = std::variant<OpId, const topology::Hop*, RaiseAgain>;

// Instructions are numbered as they stand in the text: a parent takes its number before its children
// are emitted, and learns theirs afterwards.
class Emitter {
 public:
  Emitter(const model::Ops& ops, const topology::Way& way, ErrorHandling error_handling,
          std::span<const diagnostics::Source> sources)
      : ops_(ops),
        way_(way),
        error_handling_(error_handling),
        sources_(sources),
        files_(sources.size()) {}

  Script run();

 private:
  void intern_names();
  air::NameId intern(std::string_view sigil, std::string_view text, air::NameKind kind);

  // --- sequences
  void flatten(OpId id, std::vector<Step>& steps) const;
  InstructionId emit(OpId id);
  InstructionId emit_steps(const std::vector<Step>& steps);
  InstructionId emit_step(const Step& step);
  template <class Pair>
  InstructionId emit_chain(const std::vector<OpId>& ops);

  // --- one operation
  InstructionId emit_op(OpId id);
  InstructionId emit_node(OpId id, const model::Seq& node);
  InstructionId emit_node(OpId id, const model::Par& node);
  InstructionId emit_node(OpId id, const model::Background& node);
  InstructionId emit_node(OpId id, const model::Xor& node);
  InstructionId emit_node(OpId id, const model::Within& node);
  InstructionId emit_node(OpId id, const model::Restrict& node);
  InstructionId emit_node(OpId id, const model::Match& node);
  InstructionId emit_node(OpId id, const model::Mismatch& node);
  InstructionId emit_node(OpId id, const model::Fold& node);
  InstructionId emit_node(OpId id, const model::Next& node);
  InstructionId emit_node(OpId id, const model::Call& node);
  InstructionId emit_node(OpId id, const model::Canon& node);
  InstructionId emit_node(OpId id, const model::Ap& node);
  InstructionId emit_node(OpId id, const model::ApMap& node);
  InstructionId emit_node(OpId id, const model::Fail& node);
  InstructionId emit_node(OpId id, const model::Null& node);
  InstructionId emit_within(OpId id, const model::Within& node);
  InstructionId emit_fold(const model::Fold& node);
  InstructionId emit_hop(const topology::Hop& hop);
  InstructionId emit_visit(air::OperandId peer);

  // --- operands
  air::OperandId operand(const model::Operand& operand);
  air::Operand convert(const model::Operand& operand);
  air::Lens lens(const model::Operand& operand);
  air::NameId name(model::NameId id) const { return names_[id.value]; }

  InstructionId add(air::Instruction instruction);
  template <class T>
  T& get(InstructionId id) {
    return std::get<T>(tree_.instructions[id.value]);
  }

  const model::Ops& ops_;
  const topology::Way& way_;
  const ErrorHandling error_handling_;
  const std::span<const diagnostics::Source> sources_;
  air::Tree tree_;
  air::SourceMap source_map_;
  std::vector<air::SourceFileId> files_;  // by source; none: not in the map yet
  std::vector<air::NameId> names_;        // by name of ops_
  air::NameId hop_stream_;
  air::NameId hop_canon_;
  air::NameId hop_peer_;
  model::Place place_;
  air::OnFrames on_frames_;
  std::uint32_t on_frame_ = air::OnFrames::kNone;
};

Script Emitter::run() {
  intern_names();
  emit(ops_.root);
  // Scripts are kept by the thousand.
  tree_.instructions.shrink_to_fit();
  tree_.operands.shrink_to_fit();
  tree_.accessors.shrink_to_fit();
  tree_.names.shrink_to_fit();
  on_frames_.frame_of.shrink_to_fit();
  return Script{std::move(tree_), std::move(source_map_), std::move(on_frames_)};
}

air::NameId Emitter::intern(std::string_view sigil, std::string_view text, air::NameKind kind) {
  std::string whole(sigil);
  whole += text;
  tree_.names.push_back(air::Name{tree_.texts.store(whole), kind});
  return air::NameId(tree_.names.size() - 1);
}

void Emitter::intern_names() {
  for (const model::Name& one : ops_.names)
    names_.push_back(intern(sigil_of(one.kind), one.text, kind_of(one.kind)));
  hop_stream_ = intern("$", "-hop-", air::NameKind::kStream);
  hop_canon_ = intern("#$", "-hopc-", air::NameKind::kCanon);
  hop_peer_ = intern("", "-via-peer-", air::NameKind::kScalar);
}

InstructionId Emitter::add(air::Instruction instruction) {
  const InstructionId id(tree_.instructions.size());
  tree_.instructions.push_back(std::move(instruction));
  on_frames_.frame_of.push_back(on_frame_);
  if (place_.source.has_value()) {
    air::SourceFileId& file = files_[place_.source.value];
    if (file.is_none()) file = source_map_.add_file(sources_[place_.source.value].name());
    source_map_.set(id, air::SourcePlace{file, place_.span});
  }
  return id;
}

// --- sequences

void Emitter::flatten(OpId id, std::vector<Step>& steps) const {
  for (const topology::Hop& hop : way_[way_.before[id.value]]) steps.emplace_back(&hop);
  if (const auto* seq = std::get_if<model::Seq>(&ops_[id].node)) {
    for (const OpId inner : seq->ops) flatten(inner, steps);
  } else {
    steps.emplace_back(id);
  }
  for (const topology::Hop& hop : way_[way_.after[id.value]]) steps.emplace_back(&hop);
}

InstructionId Emitter::emit(OpId id) {
  std::vector<Step> steps;
  flatten(id, steps);
  return emit_steps(steps);
}

InstructionId Emitter::emit_step(const Step& step) {
  return std::visit(Overloaded{[&](OpId id) { return emit_op(id); },
                               [&](const topology::Hop* hop) { return emit_hop(*hop); },
                               [&](RaiseAgain) {
                                 return add(air::FailValue{
                                     operand(model::Operand{model::ErrorSlot{}, {}, false})});
                               }},
                    step);
}

// (seq (seq (seq a b) c) d): the pairs first, from the outermost in, then the steps in their order.
InstructionId Emitter::emit_steps(const std::vector<Step>& steps) {
  if (steps.empty()) return add(air::Null{});
  if (steps.size() == 1) return emit_step(steps.front());
  const InstructionId first(tree_.instructions.size());
  const std::size_t pairs = steps.size() - 1;
  for (std::size_t i = 0; i < pairs; ++i) add(air::Seq{});
  for (std::size_t i = 0; i + 1 < pairs; ++i)
    get<air::Seq>(InstructionId(first.value + i)).left = InstructionId(first.value + i + 1);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const InstructionId id = emit_step(steps[i]);
    if (i == 0) {
      get<air::Seq>(InstructionId(first.value + pairs - 1)).left = id;
    } else {
      get<air::Seq>(InstructionId(first.value + pairs - i)).right = id;
    }
  }
  return first;
}

template <class Pair>
InstructionId Emitter::emit_chain(const std::vector<OpId>& ops) {
  AQUA_CHECK(ops.size() >= 2, "a chain of {} operations", ops.size());
  const InstructionId first(tree_.instructions.size());
  const std::size_t pairs = ops.size() - 1;
  for (std::size_t i = 0; i < pairs; ++i) add(Pair{});
  for (std::size_t i = 0; i + 1 < pairs; ++i)
    get<Pair>(InstructionId(first.value + i)).left = InstructionId(first.value + i + 1);
  for (std::size_t i = 0; i < ops.size(); ++i) {
    const InstructionId id = emit(ops[i]);
    if (i == 0) {
      get<Pair>(InstructionId(first.value + pairs - 1)).left = id;
    } else {
      get<Pair>(InstructionId(first.value + pairs - i)).right = id;
    }
  }
  return first;
}

// --- one operation

InstructionId Emitter::emit_op(OpId id) {
  const model::Place outer = std::exchange(place_, ops_[id].place);
  const InstructionId result =
      std::visit([&](const auto& node) { return emit_node(id, node); }, ops_[id].node);
  place_ = outer;
  return result;
}

InstructionId Emitter::emit_node(OpId id, const model::Seq&) {
  AQUA_CHECK(false, "operation {} is a seq: flatten() takes them apart", id.value);
  return {};
}
InstructionId Emitter::emit_node(OpId, const model::Par& node) {
  return emit_chain<air::Par>(node.branches);
}
InstructionId Emitter::emit_node(OpId, const model::Xor& node) {
  return emit_chain<air::Xor>(node.branches);
}
InstructionId Emitter::emit_node(OpId, const model::Null&) { return add(air::Null{}); }
InstructionId Emitter::emit_node(OpId, const model::Next& node) {
  return add(air::Next{name(node.iterator)});
}

InstructionId Emitter::emit_node(OpId, const model::Background& node) {
  const InstructionId par = add(air::Par{});
  const InstructionId body = emit(node.body);
  const InstructionId rest = add(air::Null{});
  get<air::Par>(par) = air::Par{body, rest};
  return par;
}

InstructionId Emitter::emit_node(OpId id, const model::Within& node) {
  // An "on" that a closure carries with it has no place of its own.
  const std::uint32_t outer_frame = on_frame_;
  if (ops_[id].place.source.has_value()) {
    on_frame_ = static_cast<std::uint32_t>(on_frames_.frames.size());
    on_frames_.frames.push_back({outer_frame, ops_[id].place});
  }
  const InstructionId within = emit_within(id, node);
  on_frame_ = outer_frame;
  return within;
}

InstructionId Emitter::emit_within(OpId id, const model::Within& node) {
  const std::span<const topology::Hop> back = way_[way_.on_error[id.value]];
  if (error_handling_ == ErrorHandling::kOff || back.empty()) return emit(node.body);
  const InstructionId xor_id = add(air::Xor{});
  const InstructionId body = emit(node.body);
  std::vector<Step> steps;
  for (const topology::Hop& hop : back) steps.emplace_back(&hop);
  steps.emplace_back(RaiseAgain{});
  const InstructionId raise = emit_steps(steps);
  get<air::Xor>(xor_id) = air::Xor{body, raise};
  return xor_id;
}

InstructionId Emitter::emit_node(OpId, const model::Restrict& node) {
  const InstructionId id = add(air::New{name(node.name), {}});
  const InstructionId body = emit(node.body);
  get<air::New>(id).body = body;
  return id;
}

InstructionId Emitter::emit_node(OpId, const model::Match& node) {
  const air::OperandId left = operand(node.left);
  const air::OperandId right = operand(node.right);
  const InstructionId id = add(air::Match{left, right, {}});
  const InstructionId body = emit(node.body);
  get<air::Match>(id).body = body;
  return id;
}

InstructionId Emitter::emit_node(OpId, const model::Mismatch& node) {
  const air::OperandId left = operand(node.left);
  const air::OperandId right = operand(node.right);
  const InstructionId id = add(air::Mismatch{left, right, {}});
  const InstructionId body = emit(node.body);
  get<air::Mismatch>(id).body = body;
  return id;
}

InstructionId Emitter::emit_node(OpId, const model::Fold& node) {
  if (node.mode != model::FoldMode::kPar) return emit_fold(node);
  const InstructionId par = add(air::Par{});
  const InstructionId fold = emit_fold(node);
  const InstructionId rest = add(air::Null{});
  get<air::Par>(par) = air::Par{fold, rest};
  return par;
}

InstructionId Emitter::emit_fold(const model::Fold& node) {
  const air::NameId iterator = name(node.iterator);
  InstructionId fold;
  const bool is_value = std::holds_alternative<model::Operand>(node.iterable);
  if (is_value) {
    const air::OperandId iterable = operand(std::get<model::Operand>(node.iterable));
    fold = add(air::FoldValue{iterable, iterator, {}, {}});
  } else {
    fold = add(air::FoldStream{name(std::get<model::NameId>(node.iterable)), iterator, {}, {}});
  }
  InstructionId body;
  const auto with_next = [&](auto pair) {
    using Pair = decltype(pair);
    const InstructionId id = add(Pair{});
    const InstructionId left = emit(node.body);
    const InstructionId right = add(air::Next{iterator});
    get<Pair>(id) = Pair{left, right};
    return id;
  };
  switch (node.mode) {
    case model::FoldMode::kSequential: body = with_next(air::Seq{}); break;
    case model::FoldMode::kTry: body = with_next(air::Xor{}); break;
    case model::FoldMode::kPar:
    case model::FoldMode::kParseq: body = with_next(air::Par{}); break;
    case model::FoldMode::kBare: body = emit(node.body); break;
  }
  const InstructionId last = node.ends_never ? add(air::Never{}) : add(air::Null{});
  if (is_value) {
    get<air::FoldValue>(fold).body = body;
    get<air::FoldValue>(fold).last = last;
  } else {
    get<air::FoldStream>(fold).body = body;
    get<air::FoldStream>(fold).last = last;
  }
  return fold;
}

InstructionId Emitter::emit_node(OpId id, const model::Call& node) {
  air::Call call;
  call.peer = operand(ops_[ops_[id].path].peer);
  call.service = operand(node.service);
  call.function = operand(node.function);
  // The arguments stand side by side in the tree; what a lens of theirs needs is stored elsewhere.
  std::vector<air::Operand> arguments;
  for (const model::Operand& argument : node.arguments) arguments.push_back(convert(argument));
  call.arguments.first = air::OperandId(tree_.operands.size());
  call.arguments.count = static_cast<std::uint32_t>(arguments.size());
  for (air::Operand& argument : arguments) tree_.operands.push_back(std::move(argument));
  if (node.output.has_value()) call.output = name(node.output);
  return add(call);
}

InstructionId Emitter::emit_node(OpId id, const model::Canon& node) {
  const air::OperandId peer = operand(ops_[ops_[id].path].peer);
  return add(air::Canon{peer, name(node.source), name(node.target)});
}

InstructionId Emitter::emit_node(OpId, const model::Ap& node) {
  const air::OperandId value = operand(node.value);
  return add(air::Ap{value, name(node.target)});
}

InstructionId Emitter::emit_node(OpId, const model::ApMap& node) {
  const air::OperandId key = operand(node.key);
  const air::OperandId value = operand(node.value);
  return add(air::ApMap{key, value, name(node.map)});
}

InstructionId Emitter::emit_node(OpId, const model::Fail& node) {
  return add(air::FailValue{operand(node.error)});
}

// To canonicalise an empty stream on a peer takes the particle there, and needs no service.
InstructionId Emitter::emit_visit(air::OperandId peer) {
  const InstructionId stream = add(air::New{hop_stream_, {}});
  const InstructionId canon = add(air::New{hop_canon_, {}});
  get<air::New>(stream).body = canon;
  const InstructionId visit = add(air::Canon{peer, hop_stream_, hop_canon_});
  get<air::New>(canon).body = visit;
  return stream;
}

InstructionId Emitter::emit_hop(const topology::Hop& hop) {
  const air::OperandId peer = operand(hop.peer);
  if (!hop.is_collection) return emit_visit(peer);
  const InstructionId fold = add(air::FoldValue{peer, hop_peer_, {}, {}});
  const InstructionId step = add(air::Seq{});
  air::Variable each;
  each.name = hop_peer_;
  tree_.operands.emplace_back(each);
  const air::OperandId each_peer(tree_.operands.size() - 1);
  // Going back, the visits come after the end of the collection was reached: the last one first.
  const auto visit = [&] { return emit_visit(each_peer); };
  const auto next = [&] { return add(air::Next{hop_peer_}); };
  const InstructionId left = hop.is_reversed ? next() : visit();
  const InstructionId right = hop.is_reversed ? visit() : next();
  get<air::Seq>(step) = air::Seq{left, right};
  const InstructionId last = add(air::Null{});
  get<air::FoldValue>(fold).body = step;
  get<air::FoldValue>(fold).last = last;
  return fold;
}

// --- operands

air::Lens Emitter::lens(const model::Operand& operand) {
  if (operand.is_length) return air::Lens{air::LensKind::kLength, 0, 0};
  if (operand.lens.empty()) return {};
  air::Lens result{air::LensKind::kPath, static_cast<std::uint32_t>(tree_.accessors.size()),
                   static_cast<std::uint32_t>(operand.lens.size())};
  for (const model::Accessor& accessor : operand.lens) {
    tree_.accessors.push_back(std::visit(
        Overloaded{
            [&](const model::ByField& a) -> air::Accessor {
              return air::ByField{tree_.texts.store(a.field)};
            },
            [](const model::ByIndex& a) -> air::Accessor { return air::ByIndex{a.index}; },
            [&](const model::ByName& a) -> air::Accessor { return air::ByScalar{name(a.scalar)}; }},
        accessor));
  }
  return result;
}

air::Operand Emitter::convert(const model::Operand& operand) {
  return std::visit(
      Overloaded{
          [](const model::InitPeerId&) -> air::Operand { return air::InitPeerId{}; },
          [](const model::Timestamp&) -> air::Operand { return air::Timestamp{}; },
          [](const model::Ttl&) -> air::Operand { return air::Ttl{}; },
          [](const model::EmptyArray&) -> air::Operand { return air::EmptyArray{}; },
          [&](const model::ErrorSlot&) -> air::Operand { return air::ErrorSlot{lens(operand)}; },
          [&](const model::String& s) -> air::Operand {
            return air::Literal{tree_.texts.store(s.text)};
          },
          [](const model::Integer& i) -> air::Operand { return air::Integer{i.value}; },
          [](const model::Float& f) -> air::Operand { return air::Float{f.value}; },
          [](const model::Boolean& b) -> air::Operand { return air::Boolean{b.value}; },
          [&](const model::Variable& v) -> air::Operand {
            return air::Variable{name(v.name), lens(operand)};
          }},
      operand.base);
}

air::OperandId Emitter::operand(const model::Operand& operand) {
  air::Operand converted = convert(operand);
  tree_.operands.push_back(std::move(converted));
  return air::OperandId(tree_.operands.size() - 1);
}

}  // namespace

Script emit_air(const model::Ops& ops, const topology::Way& way, ErrorHandling error_handling,
                std::span<const diagnostics::Source> sources) {
  return Emitter(ops, way, error_handling, sources).run();
}

}  // namespace aqua::emit
