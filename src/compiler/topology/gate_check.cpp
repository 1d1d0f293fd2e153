// Waiting for elements of streams: whether there can be so many, and whether they get here.

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <variant>

#include "compiler/topology/script_check.h"

namespace aqua::topology {

using diagnostics::Diagnostic;
using model::NameId;
using model::Operand;
using model::OpId;

// The fold of a gate: it ends when the stream holds so many elements.
void ScriptCheck::check_gate(OpId id, const model::Fold& fold) {
  const NameId* const stream = std::get_if<NameId>(&fold.iterable);
  const auto* const step = std::get_if<model::Seq>(&ops_[fold.body].node);
  if (fold.mode != model::FoldMode::kBare || stream == nullptr || step == nullptr) return;
  const auto* const choice = std::get_if<model::Xor>(&ops_[step->ops.back()].node);
  const auto* const stop =
      choice == nullptr ? nullptr : std::get_if<model::Match>(&ops_[choice->branches.front()].node);
  const auto* const size =
      stop == nullptr ? nullptr : std::get_if<model::Integer>(&stop->right.base);
  if (size == nullptr || !stop->left.is_length) return;
  if (check_gate_size(id, *stream, size->value)) check_gate_arrivals(id, *stream);
}

// Whether so many elements can be there.
bool ScriptCheck::check_gate_size(OpId id, NameId stream, std::int64_t size) {
  std::int64_t count = 0;
  bool has_later = false;
  for (const Writer& writer : writers_[stream.value]) {
    const std::uint32_t at = extents_[writer.op].begin;
    if (at >= extents_[id].end && at < sequence_end_) {
      has_later = true;
      continue;
    }
    if (writer.is_repeated || ++count >= size) return true;
  }
  report(DiagnosticKind::kStreamTooShort, ops_[id].place,
         fmt::format(
             "this waits for ever: it needs {} element{} of '{}', and at most {} can be pushed{}",
             size, size == 1 ? "" : "s", ops_[stream].text, count, has_later ? " before" : ""),
         has_later
             ? "what is pushed below it comes too late"
             : "an index counts from 0: the first element is [0] or !, and [n] waits for n + 1 "
               "elements");
  return false;
}

// The call that a pushed value comes from; none: it is known everywhere, or that is not looked at.
OpId ScriptCheck::find_source(const Writer& writer) const {
  if (writer.is_repeated) return OpId::none();
  const model::Node& node = ops_[writer.op].node;
  if (std::holds_alternative<model::Call>(node)) return writer.op;
  const auto* const ap = std::get_if<model::Ap>(&node);
  const auto* const value = ap == nullptr ? nullptr : std::get_if<model::Variable>(&ap->value.base);
  const OpId source = value == nullptr ? OpId::none() : definers_[value->name.value];
  const bool is_call = source.has_value() && std::holds_alternative<model::Call>(ops_[source].node);
  return is_call ? source : OpId::none();
}

// Elements that only branches beside this one push.
void ScriptCheck::check_gate_arrivals(OpId id, NameId stream) {
  const auto open = std::find_if(open_.rbegin(), open_.rend(), [&](const OpenBranch& each) {
    return extents_.is_defined_inside(stream, each.par);
  });
  if (open == open_.rend()) return;
  const Operand& peer = ops_[ops_[id].path].peer;
  OpId source;
  for (const Writer& writer : writers_[stream.value]) {
    source = find_source(writer);
    if (source.is_none()) return;
    const OpId sibling = branch_with(open->par, source);
    if (sibling.is_none() || sibling == open->branch ||
        sibling != branch_with(open->par, writer.op) || is_brought(source, sibling, peer) ||
        can_get_from(*open, source, peer))
      return;
  }
  Diagnostic* const diagnostic = report(
      DiagnosticKind::kNeverArrives, ops_[id].place,
      fmt::format("no element of '{}' ever arrives: they are pushed on {}, and nothing "
                  "brings them to {}",
                  ops_[stream].text, peer_name(ops_[ops_[source].path].peer), peer_name(peer)),
      fmt::format("read '{}' after the par", ops_[stream].text));
  if (diagnostic != nullptr && ops_[source].place.source.has_value())
    add_label(*diagnostic, ops_[source].place, "pushed in this branch");
}

}  // namespace aqua::topology
