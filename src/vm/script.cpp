#include "vm/script.h"

#include <cstddef>
#include <expected>
#include <utility>
#include <variant>

#include "air/parser.h"
#include "base/overloaded.h"

namespace aqua::vm {

using base::Overloaded;

base::Result<std::shared_ptr<const Script>, std::vector<diagnostics::Diagnostic>> Script::prepare(
    std::string_view air) {
  auto tree = air::parse(air);
  if (!tree) return std::unexpected(std::move(tree.error()));
  return std::shared_ptr<const Script>(new Script(std::move(*tree)));
}

Script::Script(air::Tree tree) : tree_(std::move(tree)) { resolve_streams(); }

namespace {

bool is_stream(const air::Tree& tree, air::NameId name) {
  if (name.is_none()) return false;
  const air::NameKind kind = tree[name].kind;
  return kind == air::NameKind::kStream || kind == air::NameKind::kStreamMap;
}

// The stream that the instruction itself names; none for most.
air::NameId stream_of(const air::Tree& tree, const air::Instruction& instruction) {
  const auto if_stream = [&](air::NameId name) {
    return is_stream(tree, name) ? name : air::NameId();
  };
  return std::visit(
      Overloaded{
          [&](const air::Call& i) { return if_stream(i.output); },
          [&](const air::Canon& i) { return i.source; },
          [&](const air::Ap& i) { return if_stream(i.target); },
          [&](const air::ApMap& i) { return i.map; },
          [&](const air::FoldStream& i) { return i.stream; },
          [](const air::New&) { return air::NameId(); },  // opens one; handled by the walk
          [](const air::Seq&) { return air::NameId(); },
          [](const air::Par&) { return air::NameId(); },
          [](const air::Xor&) { return air::NameId(); },
          [](const air::Match&) { return air::NameId(); },
          [](const air::Mismatch&) { return air::NameId(); },
          [](const air::FoldValue&) { return air::NameId(); },
          [](const air::Next&) { return air::NameId(); },
          [](const air::FailLiteral&) { return air::NameId(); },
          [](const air::FailValue&) { return air::NameId(); },
          [](const air::Never&) { return air::NameId(); },
          [](const air::Null&) { return air::NameId(); },
      },
      instruction);
}

}  // namespace

// Instructions are numbered in pre-order, so a `new` encloses the numbers after its own up to the end
// of its body. One pass with a stack of open `new`s finds the innermost for every use.
void Script::resolve_streams() {
  constexpr std::uint32_t kNone = StreamSlot::kNoneValue;
  stream_slots_.assign(tree_.instructions.size(), kNone);
  std::vector<std::uint32_t> innermost(tree_.names.size(), kNone);  // by name
  struct Open {
    std::uint32_t end;  // first instruction after the body
    air::NameId name;
    std::uint32_t outer;  // slot to restore
  };
  std::vector<Open> open;

  std::vector<std::uint32_t> subtree_end(tree_.instructions.size());
  for (std::size_t i = tree_.instructions.size(); i-- > 0;) {
    // The last child's subtree ends where its parent's does.
    const auto end_of = [&](air::InstructionId id) { return subtree_end[id.value]; };
    const auto self = static_cast<std::uint32_t>(i + 1);
    subtree_end[i] = std::visit(
        Overloaded{
            [&](const air::Seq& n) { return end_of(n.right); },
            [&](const air::Par& n) { return end_of(n.right); },
            [&](const air::Xor& n) { return end_of(n.right); },
            [&](const air::Match& n) { return end_of(n.body); },
            [&](const air::Mismatch& n) { return end_of(n.body); },
            [&](const air::New& n) { return end_of(n.body); },
            [&](const air::FoldValue& n) { return end_of(n.last.has_value() ? n.last : n.body); },
            [&](const air::FoldStream& n) { return end_of(n.last.has_value() ? n.last : n.body); },
            [&](const air::Call&) { return self; },
            [&](const air::Canon&) { return self; },
            [&](const air::Ap&) { return self; },
            [&](const air::ApMap&) { return self; },
            [&](const air::Next&) { return self; },
            [&](const air::FailLiteral&) { return self; },
            [&](const air::FailValue&) { return self; },
            [&](const air::Never&) { return self; },
            [&](const air::Null&) { return self; },
        },
        tree_.instructions[i]);
  }

  for (std::uint32_t i = 0; i < tree_.instructions.size(); ++i) {
    for (; !open.empty() && open.back().end <= i; open.pop_back())
      innermost[open.back().name.value] = open.back().outer;
    const air::Instruction& instruction = tree_.instructions[i];
    if (const auto* opened = std::get_if<air::New>(&instruction)) {
      if (!is_stream(tree_, opened->name)) continue;
      open.push_back({subtree_end[i], opened->name, innermost[opened->name.value]});
      innermost[opened->name.value] = stream_slots_[i] = stream_slot_count_++;
      continue;
    }
    const air::NameId name = stream_of(tree_, instruction);
    if (name.is_none()) continue;
    if (innermost[name.value] == kNone) innermost[name.value] = stream_slot_count_++;
    stream_slots_[i] = innermost[name.value];
  }
}

}  // namespace aqua::vm
