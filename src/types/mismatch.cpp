#include "types/mismatch.h"

#include <fmt/format.h>

#include <cstddef>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "types/order.h"

namespace aqua::types {

namespace {

// A message longer than that helps nobody.
constexpr int kDepthMax = 12;
constexpr std::size_t kNamedFieldsMax = 5;

const std::vector<Field>* fields_of(const Type& type) {
  if (const auto* one = std::get_if<Struct>(&type)) return &one->fields;
  if (const auto* one = std::get_if<Ability>(&type)) return &one->fields;
  if (const auto* one = std::get_if<Service>(&type)) return &one->methods;
  return nullptr;
}

// Their fields would be compared one by one.
bool have_comparable_fields(const Type& expected, const Type& given) {
  return expected.index() == given.index() ||
         (std::holds_alternative<Ability>(expected) && std::holds_alternative<Service>(given));
}

bool is_array_like(const Type& type) {
  return std::holds_alternative<Array>(type) || std::holds_alternative<Option>(type);
}

// Down to where the two types first differ.
class Descent {
 public:
  Descent(const Store& store, TypeId expected, TypeId given)
      : store_(store), expected_(expected), given_(given) {
    for (int depth = 0; depth < kDepthMax && step(); ++depth) continue;
  }

  // What is said behind the names of the whole types; empty: they say it all.
  std::string detail() const {
    if (!missing_.empty()) return missing();
    if (!arity_.empty()) return path_.empty() ? arity_ : fmt::format("'{}' {}", path_, arity_);
    if (path_.empty()) return {};
    return fmt::format("field '{}' should be {} but is {}", path_, describe(store_, expected_),
                       describe(store_, given_));
  }

  std::string hint() const {
    const TypeId wanted = element_of(store_, expected_);
    const Type& type = store_[expected_];
    if (wanted.has_value() && accepts(store_, wanted, given_)) {
      if (std::holds_alternative<Option>(type)) return "wrap it: ?[x]";
      if (std::holds_alternative<Array>(type)) return "wrap it: [x]";
      if (std::holds_alternative<Stream>(type)) return "wrap it: *[x]";
    }
    if (is_collection(store_, given_) && accepts(store_, expected_, element_of(store_, given_))) {
      return "take the element with !";
    }
    return {};
  }

 private:
  // False: here it is.
  bool step() {
    const Type& to = store_[expected_];
    const Type& from = store_[given_];
    if (is_collection(store_, expected_) && is_collection(store_, given_)) {
      // A stream takes only streams, whatever the elements are.
      if (!is_array_like(to) && is_array_like(from)) return false;
      expected_ = element_of(store_, expected_);
      given_ = element_of(store_, given_);
      // Without a field around it, the whole types say more than their elements.
      in_elements_ = true;
      return true;
    }
    if (std::holds_alternative<Arrow>(to) && std::holds_alternative<Arrow>(from)) {
      arity_ = compare_arity(std::get<Arrow>(to), std::get<Arrow>(from));
      return false;
    }
    const auto* const wanted = fields_of(to);
    const auto* const had = fields_of(from);
    if (wanted == nullptr || had == nullptr || !have_comparable_fields(to, from)) return false;
    const Field* differing = nullptr;
    const Field* differing_from = nullptr;
    for (const Field& field : *wanted) {
      const Field* const other = find_field(*had, field.name);
      if (other == nullptr) {
        missing_.push_back(field.name);
      } else if (differing == nullptr && !accepts(store_, field.type, other->type)) {
        differing = &field;
        differing_from = other;
      }
    }
    if (!missing_.empty() || differing == nullptr) return false;
    path_ = path_to(differing->name);
    in_elements_ = false;
    expected_ = differing->type;
    given_ = differing_from->type;
    return true;
  }

  std::string path_to(std::string_view field) const {
    std::string path = path_;
    if (in_elements_) path += "[]";
    if (!path.empty()) path += '.';
    path += field;
    return path;
  }

  std::string missing() const {
    std::string names;
    for (std::size_t i = 0; i < missing_.size() && i < kNamedFieldsMax; ++i) {
      names += fmt::format("{}'{}'", i == 0 ? "" : ", ", path_to(missing_[i]));
    }
    if (missing_.size() > kNamedFieldsMax) {
      names += fmt::format(" and {} more", missing_.size() - kNamedFieldsMax);
    }
    return missing_.size() == 1 ? fmt::format("field {} is missing", names)
                                : fmt::format("fields {} are missing", names);
  }

  static std::string counted(std::size_t count, std::string_view what) {
    return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
  }

  static std::string compare_arity(const Arrow& to, const Arrow& from) {
    if (from.parameters.size() > to.parameters.size()) {
      return fmt::format("needs {} but gets {}", counted(from.parameters.size(), "argument"),
                         to.parameters.size());
    }
    if (from.results.size() < to.results.size()) {
      return fmt::format("gives {} but {} {} asked for", counted(from.results.size(), "result"),
                         to.results.size(), to.results.size() == 1 ? "is" : "are");
    }
    return {};
  }

  const Store& store_;
  TypeId expected_;
  TypeId given_;
  std::string path_;
  bool in_elements_ = false;
  std::vector<std::string_view> missing_;
  std::string arity_;
};

}  // namespace

Mismatch find_mismatch(const Store& store, TypeId expected, TypeId given) {
  const Descent whole(store, expected, given);
  Mismatch mismatch;
  mismatch.sentence =
      fmt::format("expected {}, found {}", describe(store, expected), describe(store, given));
  const std::string detail = whole.detail();
  if (!detail.empty()) mismatch.sentence += ": " + detail;
  mismatch.hint = whole.hint();
  return mismatch;
}

std::string explain_mismatch(const Store& store, TypeId expected, TypeId given) {
  const Mismatch mismatch = find_mismatch(store, expected, given);
  if (mismatch.hint.empty()) return mismatch.sentence;
  return fmt::format("{}; {}", mismatch.sentence, mismatch.hint);
}

}  // namespace aqua::types
