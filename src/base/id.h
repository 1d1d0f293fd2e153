#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace aqua::base {

// An index into one particular table; `Tag` keeps indexes of different tables apart.
template <class Tag>
struct Id {
  static constexpr std::uint32_t kNoneValue = 0xFFFFFFFF;

  std::uint32_t value = kNoneValue;

  constexpr Id() = default;
  constexpr explicit Id(std::uint32_t v) : value(v) {}
  constexpr explicit Id(std::size_t v) : value(static_cast<std::uint32_t>(v)) {}

  static constexpr Id none() { return Id(); }
  constexpr bool is_none() const { return value == kNoneValue; }
  constexpr bool has_value() const { return value != kNoneValue; }

  friend constexpr auto operator<=>(Id, Id) = default;
};

}  // namespace aqua::base

template <class Tag>
struct std::hash<aqua::base::Id<Tag>> {
  std::size_t operator()(aqua::base::Id<Tag> id) const noexcept { return id.value; }
};
