#pragma once

#include <algorithm>
#include <cstdint>
#include <variant>
#include <vector>

#include "base/overloaded.h"
#include "compiler/model/ops.h"

// Where in the text of a script operations lie, and where names are defined and read.

namespace aqua::topology {

inline constexpr std::uint32_t kNever = 0xFFFFFFFF;

// What is known about one operation with everything inside it. Positions count the operations without
// children, in the order of the text.
struct Extent {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  model::OpId first;  // the first operation inside that has to happen on its peer
  model::PathId
      only;  // of everything inside that has to happen on its peer; none: of several, or nothing
  std::uint32_t last_use =
      0;  // one past the last position where a name is read that is defined inside
};

struct NameUse {
  std::uint32_t first_definition = kNever;
  std::uint32_t last_definition = 0;
  std::uint32_t last_use = 0;  // one past the position; 0: nowhere
};

struct Extents {
  std::vector<Extent> ops;     // by operation
  std::vector<NameUse> names;  // by name

  const Extent& operator[](model::OpId id) const { return ops[id.value]; }
  const NameUse& operator[](model::NameId id) const { return names[id.value]; }

  // Something that is defined inside the operation is read after it.
  bool is_used_later(model::OpId id) const { return ops[id.value].last_use > ops[id.value].end; }
  // All definitions of the name lie inside the operation, and there is one.
  bool is_defined_inside(model::NameId name, model::OpId id) const;
};

Extents measure(const model::Ops& ops);

// Calls happen on the peer of their path, canons too: the flow of execution has to go there.
inline bool is_forcing(const model::Op& op) {
  return std::holds_alternative<model::Call>(op.node) ||
         std::holds_alternative<model::Canon>(op.node);
}

template <class Visit>
void for_each_child(const model::Op& op, Visit visit) {
  std::visit(base::Overloaded{
                 [&](const model::Seq& n) { std::ranges::for_each(n.ops, visit); },
                 [&](const model::Par& n) { std::ranges::for_each(n.branches, visit); },
                 [&](const model::Background& n) { visit(n.body); },
                 [&](const model::Xor& n) { std::ranges::for_each(n.branches, visit); },
                 [&](const model::Within& n) { visit(n.body); },
                 [&](const model::Restrict& n) { visit(n.body); },
                 [&](const model::Match& n) { visit(n.body); },
                 [&](const model::Mismatch& n) { visit(n.body); },
                 [&](const model::Fold& n) { visit(n.body); }, [](const model::Next&) {},
                 [](const model::Call&) {}, [](const model::Canon&) {}, [](const model::Ap&) {},
                 [](const model::ApMap&) {}, [](const model::Fail&) {}, [](const model::Null&) {}},
             op.node);
}

// The names that the operation itself reads and has to wait for; its path and its children aside.
template <class Visit>
void for_each_awaited_name(const model::Op& op, Visit visit) {
  const auto operand = [&](const model::Operand& one) {
    if (const auto* variable = std::get_if<model::Variable>(&one.base)) visit(variable->name);
    for (const model::Accessor& accessor : one.lens) {
      if (const auto* by_name = std::get_if<model::ByName>(&accessor)) visit(by_name->scalar);
    }
  };
  std::visit(base::Overloaded{[&](const model::Call& n) {
                                operand(n.service), operand(n.function);
                                for (const model::Operand& argument : n.arguments)
                                  operand(argument);
                              },
                              [&](const model::Ap& n) { operand(n.value); },
                              [&](const model::ApMap& n) { operand(n.key), operand(n.value); },
                              [&](const model::Match& n) { operand(n.left), operand(n.right); },
                              [&](const model::Mismatch& n) { operand(n.left), operand(n.right); },
                              [&](const model::Fail& n) { operand(n.error); },
                              [&](const model::Fold& n) {
                                if (const auto* items = std::get_if<model::Operand>(&n.iterable)) {
                                  operand(*items);
                                } else {
                                  visit(std::get<model::NameId>(n.iterable));
                                }
                              },
                              // What a stream holds is taken as it is: that waits for nothing.
                              [](const model::Canon&) {}, [](const model::Seq&) {},
                              [](const model::Par&) {}, [](const model::Background&) {},
                              [](const model::Xor&) {}, [](const model::Within&) {},
                              [](const model::Restrict&) {}, [](const model::Next&) {},
                              [](const model::Null&) {}},
             op.node);
}

// What the operation itself defines, or none.
model::NameId defined_by(const model::Op& op);

}  // namespace aqua::topology
