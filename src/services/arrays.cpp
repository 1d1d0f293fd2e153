#include <fmt/format.h>

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "json/text.h"
#include "services/builtin_table.h"

// array: of any values, compared by their canonical text; the order of the first array is kept.

namespace aqua::services {

namespace {

using Items = std::vector<std::string_view>;

struct TwoArrays {
  Items left;
  Items right;
};

base::Result<TwoArrays, std::string> two_arrays(Arguments arguments) {
  if (arguments.size() != 2) return refuse("two arrays are expected");
  auto left = array_argument(arguments, 0);
  auto right = array_argument(arguments, 1);
  if (!left || !right) return refuse("two arrays are expected");
  return TwoArrays{std::move(*left), std::move(*right)};
}

// Those of `items` that are, or are not, in `others`, each once.
Items chosen(const Items& items, const Items& others, bool are_in) {
  const std::set<std::string_view> known(others.begin(), others.end());
  std::set<std::string_view> seen;
  Items out;
  for (const std::string_view item : items) {
    if (known.contains(item) == are_in && seen.insert(item).second) out.push_back(item);
  }
  return out;
}

}  // namespace

Computed array_length(Arguments arguments) {
  if (arguments.size() != 1) return refuse("an array is expected");
  const auto items = array_argument(arguments, 0);
  if (!items) return std::unexpected(items.error());
  return std::to_string(items->size());
}

Computed array_sum(Arguments arguments) {
  if (arguments.size() != 1) return refuse("an array is expected");
  const auto items = array_argument(arguments, 0);
  if (!items) return std::unexpected(items.error());
  std::int64_t total = 0;
  for (const std::string_view item : *items) {
    const auto number = json::as_int64(item);
    if (!number) return refuse("an array of integers is expected");
    if (__builtin_add_overflow(total, *number, &total))
      return refuse("the result does not fit i64");
  }
  return std::to_string(total);
}

// The items [start, end). An empty array has every slice.
Computed array_slice(Arguments arguments) {
  const auto items = array_argument(arguments, 0);
  const auto start = arguments.size() == 3 ? json::as_uint32(arguments[1]) : std::nullopt;
  const auto end = arguments.size() == 3 ? json::as_uint32(arguments[2]) : std::nullopt;
  if (!items || !start || !end) return refuse("an array and two positions are expected");
  if (items->empty()) return "[]";
  if (*start > *end) return refuse(fmt::format("the start {} is behind the end {}", *start, *end));
  if (*end > items->size())
    return refuse(fmt::format("the end {} is behind the last of {} items", *end, items->size()));
  return array_of(std::span(*items).subspan(*start, *end - *start));
}

Computed array_dedup(Arguments arguments) {
  if (arguments.size() != 1) return refuse("an array is expected");
  const auto items = array_argument(arguments, 0);
  if (!items) return std::unexpected(items.error());
  return array_of(chosen(*items, {}, false));
}

Computed array_intersect(Arguments arguments) {
  const auto arrays = two_arrays(arguments);
  if (!arrays) return std::unexpected(arrays.error());
  return array_of(chosen(arrays->left, arrays->right, true));
}

Computed array_diff(Arguments arguments) {
  const auto arrays = two_arrays(arguments);
  if (!arrays) return std::unexpected(arrays.error());
  return array_of(chosen(arrays->left, arrays->right, false));
}

// What is in one of them only.
Computed array_sdiff(Arguments arguments) {
  const auto arrays = two_arrays(arguments);
  if (!arrays) return std::unexpected(arrays.error());
  Items out = chosen(arrays->left, arrays->right, false);
  for (const std::string_view item : chosen(arrays->right, arrays->left, false))
    out.push_back(item);
  return array_of(out);
}

}  // namespace aqua::services
