#include "air/tree.h"

#include <bit>
#include <cstddef>
#include <type_traits>

#include "base/overloaded.h"

namespace aqua::air {

using base::Overloaded;

Children children_of(const Instruction& instruction) {
  return std::visit(
      Overloaded{[](const Seq& i) { return Children{i.left, i.right}; },
                 [](const Par& i) { return Children{i.left, i.right}; },
                 [](const Xor& i) { return Children{i.left, i.right}; },
                 [](const Match& i) { return Children{i.body, {}}; },
                 [](const Mismatch& i) { return Children{i.body, {}}; },
                 [](const FoldValue& i) { return Children{i.body, i.last}; },
                 [](const FoldStream& i) { return Children{i.body, i.last}; },
                 [](const New& i) { return Children{i.body, {}}; },
                 [](const Call&) { return Children{}; }, [](const Canon&) { return Children{}; },
                 [](const Ap&) { return Children{}; }, [](const ApMap&) { return Children{}; },
                 [](const Next&) { return Children{}; },
                 [](const FailLiteral&) { return Children{}; },
                 [](const FailValue&) { return Children{}; },
                 [](const Never&) { return Children{}; }, [](const Null&) { return Children{}; }},
      instruction);
}

namespace {

// Compares the heads of instructions of two trees: everything but the nested instructions.
class HeadComparison {
 public:
  HeadComparison(const Tree& left, const Tree& right) : left_(left), right_(right) {}

  bool operator()(const Call& a, const Call& b) const {
    if (!same(a.peer, b.peer) || !same(a.service, b.service) || !same(a.function, b.function) ||
        !same(a.output, b.output) || a.arguments.count != b.arguments.count) {
      return false;
    }
    for (std::uint32_t i = 0; i < a.arguments.count; ++i) {
      if (!same(left_[a.arguments][i], right_[b.arguments][i])) return false;
    }
    return true;
  }
  bool operator()(const Canon& a, const Canon& b) const {
    return same(a.peer, b.peer) && same(a.source, b.source) && same(a.target, b.target);
  }
  bool operator()(const Ap& a, const Ap& b) const {
    return same(a.value, b.value) && same(a.target, b.target);
  }
  bool operator()(const ApMap& a, const ApMap& b) const {
    return same(a.key, b.key) && same(a.value, b.value) && same(a.map, b.map);
  }
  bool operator()(const Seq&, const Seq&) const { return true; }
  bool operator()(const Par&, const Par&) const { return true; }
  bool operator()(const Xor&, const Xor&) const { return true; }
  bool operator()(const Match& a, const Match& b) const {
    return same(a.left, b.left) && same(a.right, b.right);
  }
  bool operator()(const Mismatch& a, const Mismatch& b) const {
    return same(a.left, b.left) && same(a.right, b.right);
  }
  bool operator()(const FoldValue& a, const FoldValue& b) const {
    return same(a.iterable, b.iterable) && same(a.iterator, b.iterator);
  }
  bool operator()(const FoldStream& a, const FoldStream& b) const {
    return same(a.stream, b.stream) && same(a.iterator, b.iterator);
  }
  bool operator()(const Next& a, const Next& b) const { return same(a.iterator, b.iterator); }
  bool operator()(const New& a, const New& b) const { return same(a.name, b.name); }
  bool operator()(const FailLiteral& a, const FailLiteral& b) const {
    return a.code == b.code && a.message == b.message;
  }
  bool operator()(const FailValue& a, const FailValue& b) const { return same(a.value, b.value); }
  bool operator()(const Never&, const Never&) const { return true; }
  bool operator()(const Null&, const Null&) const { return true; }
  // Two different alternatives.
  template <class A, class B>
    requires(!std::is_same_v<A, B>)
  bool operator()(const A&, const B&) const {
    return false;
  }

 private:
  bool same(NameId a, NameId b) const {
    if (a.is_none() || b.is_none()) return a.is_none() && b.is_none();
    return left_[a].kind == right_[b].kind && left_[a].text == right_[b].text;
  }

  bool same(const Accessor& a, const Accessor& b) const {
    const ByScalar* const by_a = std::get_if<ByScalar>(&a);
    const ByScalar* const by_b = std::get_if<ByScalar>(&b);
    if (by_a == nullptr || by_b == nullptr) return a == b;
    return same(by_a->scalar, by_b->scalar);
  }

  bool same(const Lens& a, const Lens& b) const {
    if (a.kind != b.kind || a.count != b.count) return false;
    for (std::uint32_t i = 0; i < a.count; ++i) {
      if (!same(left_.path(a)[i], right_.path(b)[i])) return false;
    }
    return true;
  }

  bool same(OperandId a, OperandId b) const { return same(left_[a], right_[b]); }
  bool same(const Operand& a, const Operand& b) const {
    return a.index() == b.index() &&
           std::visit(
               Overloaded{
                   [](const InitPeerId&) { return true; }, [](const Timestamp&) { return true; },
                   [](const Ttl&) { return true; }, [](const EmptyArray&) { return true; },
                   [&](const LastError& x) { return same(x.lens, std::get<LastError>(b).lens); },
                   [&](const ErrorSlot& x) { return same(x.lens, std::get<ErrorSlot>(b).lens); },
                   [&](const Literal& x) { return x.text == std::get<Literal>(b).text; },
                   [&](const Integer& x) { return x.value == std::get<Integer>(b).value; },
                   // By bits: -0.0 and 0.0 are two numbers in a script.
                   [&](const Float& x) {
                     return std::bit_cast<std::uint64_t>(x.value) ==
                            std::bit_cast<std::uint64_t>(std::get<Float>(b).value);
                   },
                   [&](const Boolean& x) { return x.value == std::get<Boolean>(b).value; },
                   [&](const Variable& x) {
                     const Variable& y = std::get<Variable>(b);
                     return same(x.name, y.name) && same(x.lens, y.lens);
                   }},
               a);
  }

  const Tree& left_;
  const Tree& right_;
};

}  // namespace

bool equal(const Tree& left, const Tree& right) {
  if (left.instructions.size() != right.instructions.size()) return false;
  // Numbers are in pre-order, so equal trees have equal children numbers.
  for (std::size_t i = 0; i < left.instructions.size(); ++i) {
    const Children a = children_of(left.instructions[i]);
    const Children b = children_of(right.instructions[i]);
    if (a.first != b.first || a.second != b.second) return false;
    if (!std::visit(HeadComparison(left, right), left.instructions[i], right.instructions[i])) {
      return false;
    }
  }
  return true;
}

}  // namespace aqua::air
