#pragma once

#include <unordered_map>
#include <vector>

#include "types/pair_key.h"
#include "types/store.h"

namespace aqua::types {

// Makes one type of two, from the parts up, each pair of parts once. `Rule` says what becomes of a pair:
//
//   TypeId operator()(Combiner<Rule>& parts, TypeId left, TypeId right)
//
// asks parts(l, r) for what becomes of the parts; where parts.are_missing() its answer is thrown away and
// it is asked again when they are known. A type combined with itself is itself.
template <class Rule>
class Combiner {
 public:
  explicit Combiner(Rule rule) : rule_(rule) {}

  TypeId run(TypeId left, TypeId right) {
    if (left == right) return left;
    std::vector<Pair> open{{left, right}};
    while (!open.empty()) {
      const Pair pair = open.back();
      if (known_.contains(pair)) {
        open.pop_back();
        continue;
      }
      missing_.clear();
      const TypeId result = rule_(*this, pair.left, pair.right);
      if (are_missing()) {
        open.insert(open.end(), missing_.begin(), missing_.end());
      } else {
        known_.emplace(pair, result);
        open.pop_back();
      }
    }
    return known_.at({left, right});
  }

  TypeId operator()(TypeId left, TypeId right) {
    if (left == right) return left;
    const auto at = known_.find({left, right});
    if (at != known_.end()) return at->second;
    missing_.push_back({left, right});
    return TypeId::none();
  }

  bool are_missing() const { return !missing_.empty(); }

 private:
  Rule rule_;
  std::unordered_map<Pair, TypeId, PairHash> known_;
  std::vector<Pair> missing_;
};

}  // namespace aqua::types
