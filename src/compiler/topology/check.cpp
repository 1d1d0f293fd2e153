#include "compiler/topology/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "compiler/model/dump.h"
#include "compiler/topology/script_check.h"

namespace aqua::topology {

namespace {

using diagnostics::Diagnostic;
using model::NameId;
using model::Operand;
using model::OpId;
using model::PathId;
using model::Place;

Place place_of(const Diagnostic& diagnostic) {
  return {diagnostic.labels.front().source, diagnostic.labels.front().span};
}

bool is_same(const Diagnostic& known, std::string_view code, Place place) {
  return known.code == code && place_of(known) == place;
}

}  // namespace

void ScriptCheck::run() {
  collect(ops_.root, 0);
  sequence_end_ = extents_[ops_.root].end;
  check(ops_.root);
  for (const model::EmptyOn& on : ops_.empty_ons) check_reached(on.path, on.place, OpId::none());
  for (const Shortcut& shortcut : way_.shortcuts) report_shortcut(shortcut);
  for (const Stranded& stranded : way_.stranded) report_stranded(stranded);
}

std::string ScriptCheck::peer_name(const Operand& peer) const {
  if (std::holds_alternative<model::InitPeerId>(peer.base)) return "the init peer";
  std::string text = model::describe(ops_, peer);
  if (text == "-relay-") return "the relay";
  if (const std::size_t end = text.find("-arg-");
      text.starts_with('-') && end != std::string::npos) {
    text = text.substr(1, end - 1) + text.substr(end + 5);
  }
  return text;
}

Diagnostic* ScriptCheck::report(DiagnosticKind kind, Place place, std::string message,
                                std::string hint) {
  if (place.source.is_none()) return nullptr;
  const std::string_view code = code_of(kind);
  if (std::ranges::any_of(mistakes,
                          [&](const Diagnostic& known) { return is_same(known, code, place); }))
    return nullptr;
  Diagnostic& diagnostic = mistakes.emplace_back();
  diagnostic.code = code;
  diagnostic.severity = kDiagnosticSeverities[static_cast<std::size_t>(kind)];
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  add_label(diagnostic, place, "");
  return &diagnostic;
}

void ScriptCheck::collect(OpId id, std::uint32_t folds) {
  const model::Op& op = ops_[id];
  if (is_forcing(op)) used_[op.path.value] = true;
  if (const NameId name = defined_by(op); name.has_value()) {
    definers_[name.value] = id;
    if (ops_[name].kind == model::NameKind::kStream)
      writers_[name.value].push_back({id, folds > 0});
  }
  if (std::holds_alternative<model::Fold>(op.node)) ++folds;
  for_each_child(op, [&](OpId child) { collect(child, folds); });
}

void ScriptCheck::check(OpId id) {
  const model::Op& op = ops_[id];
  check_reads(id);
  if (const auto* on = std::get_if<model::Within>(&op.node)) check_on(id, *on);
  if (const auto* fold = std::get_if<model::Fold>(&op.node)) check_gate(id, *fold);
  const auto* const par = std::get_if<model::Par>(&op.node);
  if (par != nullptr) check_timeouts(*par);
  const bool is_in_order = std::holds_alternative<model::Seq>(op.node) ||
                           std::holds_alternative<model::Restrict>(op.node) ||
                           std::holds_alternative<model::Within>(op.node);
  const std::uint32_t sequence_end = sequence_end_;
  for_each_child(op, [&](OpId child) {
    if (!is_in_order) sequence_end_ = extents_[child].end;
    if (par != nullptr) open_.push_back(OpenBranch{id, child});
    check(child);
    if (par != nullptr) open_.pop_back();
  });
  sequence_end_ = sequence_end;
}

void ScriptCheck::check_reads(OpId id) {
  if (open_.empty()) return;
  for_each_awaited_name(ops_[id], [&](NameId name) {
    const model::NameKind kind = ops_[name].kind;
    if (kind == model::NameKind::kScalar || kind == model::NameKind::kCanon) check_read(id, name);
  });
}

// A name that only a branch beside this one defines.
void ScriptCheck::check_read(OpId reader, NameId name) {
  for (auto open = open_.rbegin(); open != open_.rend(); ++open) {
    if (!extents_.is_defined_inside(name, open->par)) continue;
    if (extents_.is_defined_inside(name, open->branch)) return;
    const OpId definer = definers_[name.value];
    if (definer.is_none()) return;
    const OpId sibling = branch_with(open->par, definer);
    if (sibling.is_none() || !extents_.is_defined_inside(name, sibling)) return;
    const Operand& peer = ops_[ops_[reader].path].peer;
    const std::string shown(ops_[name].text);
    Diagnostic* diagnostic = nullptr;
    if (is_brought(definer, sibling, peer)) {
      diagnostic = report(
          DiagnosticKind::kReadFromSibling, ops_[reader].place,
          fmt::format("'{}' comes from the branch beside this one: this branch waits for it",
                      shown),
          "what one branch needs of another is no parallel work; put them one after the other");
    } else if (can_get_from(*open, definer, peer)) {
      diagnostic = report(
          DiagnosticKind::kReadFromSibling, ops_[reader].place,
          fmt::format("'{}' comes from the branch beside this one, and gets to {} only if it is in "
                      "time: else this branch waits for ever",
                      shown, peer_name(peer)),
          fmt::format("read '{}' after the par", shown));
    } else {
      diagnostic =
          report(DiagnosticKind::kNeverArrives, ops_[reader].place,
                 fmt::format("'{}' never arrives: it is known on {}, and nothing brings it to {}",
                             shown, peer_name(ops_[ops_[definer].path].peer), peer_name(peer)),
                 fmt::format("read '{}' after the par, or pass it on through a stream on {}", shown,
                             peer_name(peer)));
    }
    if (diagnostic != nullptr && ops_[definer].place.source.has_value()) {
      add_label(*diagnostic, ops_[definer].place,
                fmt::format("'{}' is defined in this branch", shown));
    }
    return;
  }
}

OpId ScriptCheck::branch_with(OpId par, OpId op) const {
  for (const OpId branch : std::get<model::Par>(ops_[par].node).branches) {
    if (extents_[branch].begin <= extents_[op].begin && extents_[op].end <= extents_[branch].end)
      return branch;
  }
  return OpId::none();
}

// The way of the branch itself goes from where the value gets known to the peer.
bool ScriptCheck::is_brought(OpId definer, OpId branch, const Operand& peer) const {
  if (ops_[ops_[definer].path].peer == peer) return true;
  for (const Hop& hop : way_[way_.after[branch.value]]) {
    if (hop.peer == peer) return true;
  }
  return visits(branch, extents_[definer].begin, peer);
}

// Another branch may take it along.
bool ScriptCheck::can_get_from(const OpenBranch& open, OpId definer, const Operand& peer) {
  if (transfers_par_ != open.par) transfers_.emplace(ops_, way_, open.par);
  transfers_par_ = open.par;
  return transfers_->can_lead(ops_[ops_[definer].path].peer, peer);
}

// After the position something inside happens on the peer, or passes it.
bool ScriptCheck::visits(OpId id, std::uint32_t from, const Operand& peer) const {
  if (extents_[id].end <= from) return false;
  const model::Op& op = ops_[id];
  if (is_forcing(op) && ops_[op.path].peer == peer) return true;
  for (const HopRange& range : {way_.before[id.value], way_.after[id.value]}) {
    for (const Hop& hop : way_[range]) {
      if (hop.peer == peer && extents_[id].begin > from) return true;
    }
  }
  bool found = false;
  for_each_child(op, [&](OpId child) { found = found || visits(child, from, peer); });
  return found;
}

OpId ScriptCheck::find_timeout(OpId id) const {
  if (const auto* call = std::get_if<model::Call>(&ops_[id].node)) {
    const bool is_timeout = call->service.base == model::Base(model::String{"peer"}) &&
                            call->function.base == model::Base(model::String{"timeout"});
    return is_timeout ? id : OpId::none();
  }
  OpId found;
  for_each_child(ops_[id], [&](OpId child) {
    if (found.is_none()) found = find_timeout(child);
  });
  return found;
}

bool ScriptCheck::works_on(OpId id, const Operand& peer) const {
  if (is_forcing(ops_[id]) && ops_[ops_[id].path].peer == peer) return true;
  bool found = false;
  for_each_child(ops_[id], [&](OpId child) { found = found || works_on(child, peer); });
  return found;
}

void ScriptCheck::check_timeouts(const model::Par& par) {
  for (const OpId branch : par.branches) {
    const OpId timeout = find_timeout(branch);
    if (timeout.is_none()) continue;
    const Operand& peer = ops_[ops_[timeout].path].peer;
    if (peer == ops_[ops_.root_path].peer) continue;
    for (const OpId other : par.branches) {
      if (other == branch || !works_on(other, peer)) continue;
      report(DiagnosticKind::kTimeoutOnGuardedPeer, ops_[timeout].place,
             fmt::format("this timeout runs on {}, the peer that it guards against: when that does "
                         "not answer, neither does the timeout",
                         peer_name(peer)),
             "run the timeout outside of the \"on\", on the peer that waits");
    }
  }
}

// The relay of the init peer and the init peer itself: every particle begins and ends there.
bool ScriptCheck::is_home(PathId path) const {
  const model::Path& root = ops_[ops_.root_path];
  const Operand& peer = ops_[path].peer;
  return peer == root.peer || std::ranges::any_of(root.relays, [&](const model::Relay& relay) {
           return relay.peer == peer;
         });
}

void ScriptCheck::check_on(OpId id, const model::Within& on) {
  if (on.run == model::kNoRun) return;
  if (on.names_init_peer) {
    // Without a relay it is a peer as any other, and its relay is never far from it.
    const bool is_behind_relay = !ops_[ops_.root_path].relays.empty();
    if (!is_behind_relay || is_home(on.outer)) return;
    report(DiagnosticKind::kInitPeerWithoutVia, ops_[id].place,
           "the init peer may not be reachable from here: it can be a client behind a relay",
           "go the way back: on INIT_PEER_ID via HOST_PEER_ID:, or use a callback");
    return;
  }
  check_reached(on.path, ops_[id].place, extents_[id].first);
}

// `inside`: the first operation in the "on", if any.
void ScriptCheck::check_reached(PathId path, Place place, OpId inside) {
  if (used_[path.value] || !ops_[path].relays.empty() || is_home(path)) {
    reached.push_back(place);
    return;
  }
  const std::string peer = peer_name(ops_[path].peer);
  Diagnostic* const diagnostic =
      report(DiagnosticKind::kPeerNotReached, place,
             fmt::format("nothing is executed on {} itself: this \"on\" does not go there", peer),
             "call a service in it, or name the peer as a relay: on ... via ...");
  if (diagnostic == nullptr || inside.is_none() || ops_[inside].place.source.is_none()) return;
  add_label(*diagnostic, ops_[inside].place,
            fmt::format("this is executed on {}", peer_name(ops_[ops_[inside].path].peer)));
}

void ScriptCheck::report_shortcut(const Shortcut& shortcut) {
  // An "on" around it in which nothing happens is only there to lead the way.
  const auto* const on = std::get_if<model::Within>(&ops_[shortcut.on].node);
  if (on == nullptr || !used_[on->outer.value]) return;
  report(DiagnosticKind::kFlatterIsShorter, ops_[shortcut.on].place,
         fmt::format("this \"on\" inside another one takes {} more hop{} than after it",
                     shortcut.hops_saved, shortcut.hops_saved == 1 ? "" : "s"),
         "indent it as the \"on\" around it");
}

void ScriptCheck::report_stranded(const Stranded& stranded) {
  Diagnostic* const diagnostic = report(
      DiagnosticKind::kNobodyReturns, ops_[stranded.par].place,
      "every branch ends on another peer and nothing of them is used later: execution does not "
      "come back",
      "put co before what need not be waited for, or use a result of a branch after the par");
  if (diagnostic != nullptr && ops_[stranded.next].place.source.has_value()) {
    add_label(*diagnostic, ops_[stranded.next].place, "this may never be executed");
  }
}

void WayCheck::add(const model::Ops& ops, const Way& way) {
  ScriptCheck check(ops, way);
  check.run();
  for (Diagnostic& diagnostic : check.mistakes) {
    const bool is_known = std::ranges::any_of(diagnostics_, [&](const Diagnostic& known) {
      return is_same(known, diagnostic.code, place_of(diagnostic));
    });
    if (!is_known) diagnostics_.push_back(std::move(diagnostic));
  }
  std::ranges::move(check.reached, std::back_inserter(reached_));
}

std::vector<Diagnostic> WayCheck::take() {
  std::erase_if(diagnostics_, [&](const Diagnostic& diagnostic) {
    return diagnostic.code == code_of(DiagnosticKind::kPeerNotReached) &&
           std::ranges::find(reached_, place_of(diagnostic)) != reached_.end();
  });
  return std::move(diagnostics_);
}

}  // namespace aqua::topology
