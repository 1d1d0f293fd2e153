#include <fmt/format.h>

#include <string>
#include <utility>
#include <variant>

#include "base/overloaded.h"
#include "compiler/model/inlining.h"
#include "types/order.h"

namespace aqua::model {

void Inlining::run_block(const semantic::Block& block) {
  const Level level(*this);
  for (const semantic::StatementId id : block) {
    if (is_stopped()) return;
    const semantic::Statement& statement = program_[id];
    place_ = statement.place;
    std::visit([this](const auto& node) { execute(node); }, statement.node);
  }
}

OpId Inlining::collected(const semantic::Block& block) {
  return block_of([&] { run_block(block); });
}

OpId Inlining::scoped(const semantic::Block& block) {
  std::vector<NameId> outer = std::exchange(declared_, {});
  const OpId body = collected(block);
  const std::vector<NameId> declared = std::exchange(declared_, std::move(outer));
  return build_.is_null(body) ? body : restrict(declared, body);
}

void Inlining::execute(const semantic::Let& statement) {
  const std::string_view name = program_[statement.variable].name;
  Value value = evaluate(statement.value, Wish{name, {}});
  define(statement.variable, std::move(value));
}

void Inlining::execute(const semantic::CallAndBind& statement) {
  const auto& node = std::get<semantic::Call>(program_[statement.call].node);
  if (statement.targets.empty()) {
    call(node, Wish{});
    return;
  }
  const semantic::Target& first = statement.targets.front();
  Wish wish;
  if (first.kind == semantic::Target::Kind::kDefine) wish.name = program_[first.variable].name;
  if (first.kind == semantic::Target::Kind::kPush) {
    if (const auto* stream = std::get_if<LiveStream>(&lookup(first.variable)))
      wish.stream = stream->name;
  }
  std::vector<Value> results = call(node, wish);
  if (is_stopped_) return;
  if (first.kind == semantic::Target::Kind::kMapPair) {
    const NameId map = std::get<LiveMap>(lookup(first.variable)).name;
    Operand key = fitted(data_of(results.at(0)), Fit::kKey);
    emit(ApMap{std::move(key), data_of(results.at(1)), map});
    return;
  }
  for (std::size_t i = 0; i < statement.targets.size(); ++i) {
    const semantic::Target& target = statement.targets[i];
    if (target.kind == semantic::Target::Kind::kDefine) {
      define(target.variable, std::move(results.at(i)));
    } else if (!std::holds_alternative<std::monostate>(results.at(i))) {
      emit(Ap{data_of(results[i]), std::get<LiveStream>(lookup(target.variable)).name});
    }
  }
}

void Inlining::execute(const semantic::Push& statement) {
  if (statement.key.has_value()) {
    const NameId map = std::get<LiveMap>(lookup(statement.target)).name;
    Operand key = data(statement.key, Fit::kKey);
    emit(ApMap{std::move(key), data(statement.value), map});
    return;
  }
  const NameId stream = std::get<LiveStream>(lookup(statement.target)).name;
  emit(Ap{data(statement.value), stream});
}

void Inlining::execute(const semantic::Declare& statement) {
  const semantic::Variable& variable = program_[statement.variable];
  if (std::holds_alternative<types::StreamMap>(program_.types[variable.type])) {
    define(statement.variable, LiveMap{declare(variable.name, NameKind::kStreamMap)});
  } else {
    define(statement.variable, LiveStream{declare(variable.name, NameKind::kStream)});
  }
}

void Inlining::execute(const semantic::BindService& statement) {
  Operand id = data(statement.id, Fit::kResolvable);
  define(statement.variable, ServiceHandle{std::move(id), program_[statement.service].type});
}

PathId Inlining::enter(semantic::ExprId peer, const std::vector<semantic::ExprId>& relays) {
  Operand where = data(peer, Fit::kPeer);
  std::vector<Relay> way;
  for (const semantic::ExprId id : relays) {
    const bool is_collection = !types::element_of(program_.types, program_[id].type).is_none();
    Operand relay = data(id, is_collection ? Fit::kIterable : Fit::kPeer);
    // The same relays may be visited where the canon of a stream is not known yet.
    if (is_collection && std::holds_alternative<EmptyArray>(relay.base)) continue;
    way.push_back(Relay{std::move(relay), is_collection});
  }
  // Whoever is there already, and by no detour, need not go there. Relays that are named hold for what is inside: from
  // there it may be shorter by them.
  const Path& here = build_.ops()[path_];
  if (where == here.peer && way.empty() && (here.relays.empty() || path_ == root_path_))
    return path_;
  return build_.path(path_, std::move(where), std::move(way));
}

void Inlining::execute(const semantic::On& statement) {
  const PathId outer = path_;
  const PathId path = enter(statement.peer, statement.relays);
  const Place place = place_;
  path_ = path;
  const OpId body = collected(statement.body);
  path_ = outer;
  place_ = place;
  if (path == outer) {
    if (!build_.is_null(body)) block_.push_back(body);
    return;
  }
  if (build_.is_null(body) && build_.ops()[path].relays.empty()) {
    if (statement.relays.empty()) build_.ops().empty_ons.push_back({path, place});
    return;
  }
  const auto* const builtin = std::get_if<semantic::Builtin>(&program_[statement.peer].node);
  const bool names_init_peer =
      builtin != nullptr && *builtin == semantic::Builtin::kInitPeerId && statement.relays.empty();
  emit(Within{path, outer, body, frame_->run, names_init_peer});
}

void Inlining::execute(const semantic::For& statement) {
  const Value iterable = evaluate(statement.iterable);
  const bool is_live = statement.mode == syntax::ForMode::kRec;
  std::variant<Operand, NameId> over = NameId::none();
  if (const auto* stream = std::get_if<LiveStream>(&iterable); stream != nullptr && is_live) {
    over = stream->name;
  } else if (const auto* map = std::get_if<LiveMap>(&iterable); map != nullptr && is_live) {
    over = map->name;
  } else {
    Operand items = fitted(data_of(iterable), Fit::kIterable);
    if (std::holds_alternative<EmptyArray>(items.base)) return;
    over = std::move(items);
  }
  const Place place = place_;
  const std::string_view item_name = program_[statement.item].name;
  const NameId iterator = scalar(statement.key.is_none() ? item_name : "pair");
  if (statement.key.is_none()) {
    define(statement.item, Data{variable(iterator)});
  } else {
    define(statement.key, Data{with(variable(iterator), ByField{"key"})});
    define(statement.item, Data{with(variable(iterator), ByField{"value"})});
  }

  OpId body;
  if (statement.mode == syntax::ForMode::kParseq) {
    std::vector<NameId> outer_declared = std::exchange(declared_, {});
    std::vector<OpId> outer_block = swap_block({});
    const PathId outer = path_;
    const PathId path = enter(statement.on_peer, statement.on_relays);
    path_ = path;
    const OpId inner = collected(statement.body);
    path_ = outer;
    place_ = place;
    emit(Within{path, outer, inner});
    body = seal(swap_block(std::move(outer_block)));
    body = restrict(std::exchange(declared_, std::move(outer_declared)), body);
  } else {
    body = scoped(statement.body);
    place_ = place;
    if (build_.is_null(body)) return;
  }
  FoldMode mode = FoldMode::kSequential;
  bool ends_never = false;
  switch (statement.mode) {
    case syntax::ForMode::kSequential: break;
    case syntax::ForMode::kTry: mode = FoldMode::kTry; break;
    case syntax::ForMode::kPar:
    case syntax::ForMode::kRec:
      mode = FoldMode::kPar;
      ends_never = true;
      break;
    case syntax::ForMode::kParseq:
      mode = FoldMode::kParseq;
      ends_never = true;
      break;
  }
  emit(Fold{mode, std::move(over), iterator, body, ends_never});
}

void Inlining::execute(const semantic::Try& statement) {
  const Place place = place_;
  std::vector<OpId> branches{scoped(statement.body)};
  if (build_.is_null(branches.front())) return;
  for (const semantic::Catch& one : statement.catches) {
    define(one.error, Data{Operand{ErrorSlot{}, {}, false}});
    branches.push_back(scoped(one.body));
  }
  if (statement.has_otherwise) branches.push_back(scoped(statement.otherwise));
  place_ = place;
  if (branches.size() == 1) branches.push_back(make(Null{}));
  emit(Xor{std::move(branches)});
}

void Inlining::execute(const semantic::Otherwise& statement) {
  const Place place = place_;
  const OpId first = collected(statement.first);
  if (build_.is_null(first)) return;
  const OpId second = scoped(statement.body);
  place_ = place;
  emit(Xor{{first, second}});
}

void Inlining::execute(const semantic::Par& statement) {
  const Place place = place_;
  std::vector<OpId> branches;
  for (const semantic::Block& branch : statement.branches) branches.push_back(collected(branch));
  place_ = place;
  emit(Par{std::move(branches)});
}

void Inlining::execute(const semantic::Co& statement) {
  const Place place = place_;
  const OpId body = collected(statement.branch);
  place_ = place;
  if (!build_.is_null(body)) emit(Background{body});
}

void Inlining::execute(const semantic::Join& statement) {
  for (const semantic::ExprId value : statement.values) evaluate(value);
}

void Inlining::execute(const semantic::DefineClosure& statement) {
  frame_->is_captured = true;
  const bool runs_here = program_[statement.function].kind == semantic::FunctionKind::kHere;
  define(statement.variable,
         FunctionArrow{statement.function, frame_, runs_here ? path_ : PathId::none()});
}

void Inlining::execute(const semantic::Return& statement) {
  const auto& arrow = std::get<types::Arrow>(program_.types[program_[frame_->function].type]);
  std::vector<Value> results;
  for (std::size_t i = 0; i < statement.values.size(); ++i) {
    results.push_back(adapt(evaluate(statement.values[i]), arrow.results.at(i)));
  }
  frame_->results = std::move(results);
}

}  // namespace aqua::model
