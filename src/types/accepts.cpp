#include <algorithm>
#include <cstddef>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "types/order.h"
#include "types/pair_key.h"
#include "types/scalars.h"

namespace aqua::types {

namespace {

// Whether one type accepts another is a conjunction over pairs of their parts: a list of pairs that
// still have to be looked at is all there is to it.
class Acceptance {
 public:
  explicit Acceptance(const Store& store) : store_(store) {}

  bool holds(TypeId expected, TypeId given) {
    ask(expected, given);
    while (!open_.empty()) {
      const Pair pair = open_.back();
      open_.pop_back();
      if (!step(pair.left, pair.right)) return false;
    }
    return true;
  }

 private:
  void ask(TypeId expected, TypeId given) {
    if (expected != given) open_.push_back({expected, given});
  }

  // False: certainly not. True: if the pairs that it asked for hold.
  bool step(TypeId expected, TypeId given) {
    const Type& to = store_[expected];
    const Type& from = store_[given];
    if (std::holds_alternative<Top>(to) || std::holds_alternative<Bottom>(from)) return true;
    return std::visit(
        [&](const auto& a, const auto& b) {
          if constexpr (requires { fits(a, b); }) {
            return fits(a, b);
          } else if constexpr (requires { descend(a, b); }) {
            return !seen_.insert(Pair{expected, given}).second || descend(a, b);
          } else {
            return false;
          }
        },
        to, from);
  }

  bool fits(Scalar to, Scalar from) { return accepts(to, from); }
  bool fits(Scalar to, Literal from) { return accepts(to, from.kind); }
  bool fits(Literal to, Literal from) { return accepts(to.kind, from.kind); }
  bool fits(Literal to, Scalar from) { return accepts(to.kind, from); }

  bool fits(Array to, Array from) { return element(to.element, from.element); }
  bool fits(Array to, Option from) { return element(to.element, from.element); }
  bool fits(Array to, Stream from) { return element(to.element, from.element); }
  bool fits(Option to, Array from) { return element(to.element, from.element); }
  bool fits(Option to, Option from) { return element(to.element, from.element); }
  bool fits(Option to, Stream from) { return element(to.element, from.element); }
  bool fits(Stream to, Stream from) { return element(to.element, from.element); }

  bool descend(StreamMap to, StreamMap from) {
    ask(from.element, to.element);
    return element(to.element, from.element);
  }
  bool descend(const Struct& to, const Struct& from) { return fields(to.fields, from.fields); }
  bool descend(const Ability& to, const Ability& from) { return fields(to.fields, from.fields); }
  bool descend(const Ability& to, const Service& from) { return fields(to.fields, from.methods); }
  bool descend(const Service& to, const Service& from) { return fields(to.methods, from.methods); }

  bool descend(const Arrow& to, const Arrow& from) {
    if (from.parameters.size() > to.parameters.size()) return false;
    if (from.results.size() < to.results.size()) return false;
    for (std::size_t i = 0; i < from.parameters.size(); ++i) {
      ask(from.parameters[i].type, to.parameters[i].type);
    }
    for (std::size_t i = 0; i < to.results.size(); ++i) ask(to.results[i], from.results[i]);
    return true;
  }

  bool element(TypeId to, TypeId from) {
    ask(to, from);
    return true;
  }

  // Both are sorted.
  bool fields(const std::vector<Field>& to, const std::vector<Field>& from) {
    auto at = from.begin();
    for (const Field& field : to) {
      while (at != from.end() && at->name < field.name) ++at;
      if (at == from.end() || at->name != field.name) return false;
      ask(field.type, at->type);
    }
    return true;
  }

  const Store& store_;
  std::vector<Pair> open_;
  std::unordered_set<Pair, PairHash> seen_;
};

}  // namespace

bool accepts(const Store& store, TypeId expected, TypeId given) {
  return expected == given || Acceptance(store).holds(expected, given);
}

Comparison compare(const Store& store, TypeId left, TypeId right) {
  const bool less = accepts(store, right, left);
  const bool greater = accepts(store, left, right);
  if (less && greater) return Comparison::kEqual;
  if (less) return Comparison::kLess;
  return greater ? Comparison::kGreater : Comparison::kIncomparable;
}

}  // namespace aqua::types
