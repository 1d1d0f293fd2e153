#include "services/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "base/check.h"
#include "base/overloaded.h"
#include "base/utf8.h"
#include "json/text.h"

namespace aqua::services {

namespace {

constexpr std::size_t kShownBytesMax = 40;  // of a value in a message

struct ScalarName {
  std::string_view name;  // in definitions
  Scalar kind;
};
constexpr auto kScalarNames = std::to_array<ScalarName>({
    {"bool", Scalar::kBool},
    {"string", Scalar::kString},
    {"i8", Scalar::kI8},
    {"i16", Scalar::kI16},
    {"i32", Scalar::kI32},
    {"i64", Scalar::kI64},
    {"u8", Scalar::kU8},
    {"u16", Scalar::kU16},
    {"u32", Scalar::kU32},
    {"u64", Scalar::kU64},
    {"f32", Scalar::kF32},
    {"f64", Scalar::kF64},
    {"signed", Scalar::kInteger},
    {"number", Scalar::kInteger},
    {"unsigned", Scalar::kUnsigned},
    {"float", Scalar::kFloat},
});

std::string_view member(std::string_view object, std::string_view key) {
  const auto found = json::find_member(object, key);
  AQUA_CHECK(found.has_value(), "a definition has no {}: {}", key, object);
  return *found;
}

std::string text_member(std::string_view object, std::string_view key) {
  return json::unquote(member(object, key));
}

template <class Kind>
ShapeRef make(Kind kind) {
  return std::make_shared<Shape>(Shape{std::move(kind)});
}

ShapeRef read_scalar(std::string_view name) {
  const auto found = std::ranges::find(kScalarNames, name, &ScalarName::name);
  return found == kScalarNames.end() ? make(AnyShape{}) : make(ScalarShape{found->kind});
}

// --- numbers ---------------------------------------------------------------------------------------

struct IntegerRange {
  std::int64_t min;
  std::uint64_t max;
};

template <class Integer>
constexpr IntegerRange range_of() {
  return {static_cast<std::int64_t>(std::numeric_limits<Integer>::min()),
          static_cast<std::uint64_t>(std::numeric_limits<Integer>::max())};
}

// None: not a type of integers.
std::optional<IntegerRange> integer_range(Scalar kind) {
  switch (kind) {
    case Scalar::kI8: return range_of<std::int8_t>();
    case Scalar::kI16: return range_of<std::int16_t>();
    case Scalar::kI32: return range_of<std::int32_t>();
    case Scalar::kI64: return range_of<std::int64_t>();
    case Scalar::kU8: return range_of<std::uint8_t>();
    case Scalar::kU16: return range_of<std::uint16_t>();
    case Scalar::kU32: return range_of<std::uint32_t>();
    case Scalar::kU64:
    case Scalar::kUnsigned: return IntegerRange{0, range_of<std::uint64_t>().max};
    case Scalar::kInteger:
      return IntegerRange{range_of<std::int64_t>().min, range_of<std::uint64_t>().max};
    case Scalar::kBool:
    case Scalar::kString:
    case Scalar::kF32:
    case Scalar::kF64:
    case Scalar::kFloat: return std::nullopt;
  }
  return std::nullopt;
}

// Of canonical text: no sign but "-", no leading zeros.
bool is_in_range(std::string_view digits, IntegerRange range) {
  if (const auto number = json::as_int64(digits))
    return *number >= range.min &&
           (*number < 0 || static_cast<std::uint64_t>(*number) <= range.max);
  // Beyond the 64 bits with sign.
  return !digits.starts_with('-') && range.max == std::numeric_limits<std::uint64_t>::max();
}

// A float that is a whole number stands for it: JSON of other languages may write 1 as 1.0.
bool fits_integer(std::string_view value, IntegerRange range) {
  if (json::kind_of(value) == json::Kind::kInteger) return is_in_range(value, range);
  if (json::kind_of(value) != json::Kind::kFloat) return false;
  const double number = std::strtod(std::string(value).c_str(), nullptr);
  return std::trunc(number) == number && number >= static_cast<double>(range.min) &&
         number <= static_cast<double>(range.max);
}

bool fits_scalar(Scalar kind, std::string_view value) {
  if (const auto range = integer_range(kind)) return fits_integer(value, *range);
  const json::Kind given = json::kind_of(value);
  if (kind == Scalar::kBool) return given == json::Kind::kBoolean;
  if (kind == Scalar::kString) return given == json::Kind::kString;
  return given == json::Kind::kFloat || given == json::Kind::kInteger;
}

// --- the walk --------------------------------------------------------------------------------------

// Depth is that of the type, which definitions limit.
class Walk {
 public:
  std::optional<Mismatch> check(const Shape& shape, std::string_view value) {
    return std::visit([&](const auto& kind) { return check_kind(kind, shape, value); }, shape.kind);
  }

 private:
  std::optional<Mismatch> fail(std::string expected, std::string_view value) const {
    return Mismatch{path_, std::move(expected), base::truncated(value, kShownBytesMax)};
  }

  std::optional<Mismatch> check_kind(const ScalarShape& kind, const Shape& shape,
                                     std::string_view value) {
    if (fits_scalar(kind.kind, value)) return std::nullopt;
    return fail(describe(shape), value);
  }
  std::optional<Mismatch> check_kind(const ArrayShape& kind, const Shape& shape,
                                     std::string_view value) {
    if (json::kind_of(value) != json::Kind::kArray) return fail(describe(shape), value);
    return check_items(*kind.item, value);
  }
  std::optional<Mismatch> check_kind(const OptionShape& kind, const Shape& shape,
                                     std::string_view value) {
    if (json::kind_of(value) == json::Kind::kNull) return std::nullopt;
    if (json::kind_of(value) != json::Kind::kArray) return check(*kind.item, value);
    if (json::array_items(value).size() > 1) {
      // One value that is an array itself.
      return std::holds_alternative<ArrayShape>(kind.item->kind) ? check(*kind.item, value)
                                                                 : fail(describe(shape), value);
    }
    auto as_option = check_items(*kind.item, value);
    if (as_option && std::holds_alternative<ArrayShape>(kind.item->kind))
      return check(*kind.item, value);
    return as_option;
  }
  std::optional<Mismatch> check_kind(const StructShape& kind, const Shape& shape,
                                     std::string_view value) {
    if (json::kind_of(value) != json::Kind::kObject) return fail(describe(shape), value);
    const std::vector<json::Member> members = json::object_members(value);
    std::map<std::string, std::string_view, std::less<>> by_name;
    for (const json::Member& each : members) by_name.emplace(json::unquote(each.key), each.value);
    for (const auto& [name, field] : kind.fields) {
      const auto found = by_name.find(name);
      if (found == by_name.end()) {
        if (std::holds_alternative<OptionShape>(field->kind)) continue;
        return fail(fmt::format("{} with a field {}: {}", describe(shape), name, describe(*field)),
                    value);
      }
      if (auto mismatch = check_part("." + name, *field, found->second)) return mismatch;
    }
    return std::nullopt;
  }
  std::optional<Mismatch> check_kind(const AnyShape&, const Shape&, std::string_view) {
    return std::nullopt;
  }
  std::optional<Mismatch> check_kind(const NoneShape&, const Shape&, std::string_view value) {
    return fail("no value", value);
  }

  std::optional<Mismatch> check_items(const Shape& item, std::string_view array) {
    std::size_t index = 0;
    for (const std::string_view value : json::array_items(array)) {
      if (auto mismatch = check_part(fmt::format("[{}]", index++), item, value)) return mismatch;
    }
    return std::nullopt;
  }

  std::optional<Mismatch> check_part(std::string_view step, const Shape& shape,
                                     std::string_view value) {
    const std::size_t size = path_.size();
    path_ += step;
    auto mismatch = check(shape, value);
    path_.resize(size);
    return mismatch;
  }

  std::string path_;
};

std::vector<NamedShape> read_domain(std::string_view domain) {
  std::vector<NamedShape> arguments;
  const std::string tag = text_member(domain, "tag");
  if (tag == "labeledProduct") {
    for (const json::Member& field : json::object_members(member(domain, "fields")))
      arguments.push_back({json::unquote(field.key), read_shape(field.value)});
  } else if (tag == "unlabeledProduct") {
    for (const std::string_view item : json::array_items(member(domain, "items")))
      arguments.push_back({"", read_shape(item)});
  }
  return arguments;
}

}  // namespace

ShapeRef read_shape(std::string_view type) {
  const std::string tag = text_member(type, "tag");
  if (tag == "scalar") return read_scalar(text_member(type, "name"));
  if (tag == "array") return make(ArrayShape{read_shape(member(type, "type"))});
  if (tag == "option") return make(OptionShape{read_shape(member(type, "type"))});
  if (tag == "struct") {
    StructShape shape{text_member(type, "name"), {}};
    for (const json::Member& field : json::object_members(member(type, "fields")))
      shape.fields.emplace_back(json::unquote(field.key), read_shape(field.value));
    return make(std::move(shape));
  }
  if (tag == "topType") return make(AnyShape{});
  return make(NoneShape{});
}

FunctionShape read_arrow(std::string_view arrow) {
  FunctionShape function{read_domain(member(arrow, "domain")), {}};
  for (NamedShape& result : read_domain(member(arrow, "codomain")))
    function.results.push_back(std::move(result.shape));
  return function;
}

ServiceShape read_service(std::string_view definition) {
  ServiceShape service;
  for (const json::Member& function :
       json::object_members(member(member(definition, "functions"), "fields")))
    service.emplace(json::unquote(function.key), read_arrow(function.value));
  return service;
}

std::string describe(const Shape& shape) {
  return std::visit(
      base::Overloaded{
          [](const ScalarShape& kind) {
            const auto found = std::ranges::find(kScalarNames, kind.kind, &ScalarName::kind);
            AQUA_CHECK(found != kScalarNames.end(), "no scalar {}", static_cast<int>(kind.kind));
            return std::string(found->name);
          },
          [](const ArrayShape& kind) { return "[]" + describe(*kind.item); },
          [](const OptionShape& kind) { return "?" + describe(*kind.item); },
          [](const StructShape& kind) { return kind.name; },
          [](const AnyShape&) { return std::string("any value"); },
          [](const NoneShape&) { return std::string("no value"); },
      },
      shape.kind);
}

std::optional<Mismatch> find_mismatch(const Shape& shape, std::string_view value) {
  return Walk().check(shape, value);
}

}  // namespace aqua::services
