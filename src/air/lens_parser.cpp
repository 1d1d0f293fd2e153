#include "air/lens_parser.h"

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <system_error>
#include <variant>

#include "air/characters.h"

namespace aqua::air {

namespace {

std::string_view name_at(std::string_view text, std::size_t begin) {
  std::size_t end = begin;
  while (end < text.size() && has_class(text[end], kNamePart | kNotAscii)) ++end;
  return text.substr(begin, end - begin);
}

constexpr std::string_view kNoName = "a field name or '[' is missing here";

}  // namespace

std::variant<Lens, LensError> parse_lens(std::string_view text, Tree& tree, NameTable& names) {
  if (text == ".length") return Lens{.kind = LensKind::kLength};
  if (!text.starts_with(".$")) return LensError{0, "a lens starts with '.$' or is '.length'"};

  Lens lens{.kind = LensKind::kPath, .first = static_cast<std::uint32_t>(tree.accessors.size())};
  std::size_t at = 2;
  const auto is_at = [&](char c) { return at < text.size() && text[at] == c; };
  while (at < text.size()) {
    const bool after_dot = is_at('.');
    if (after_dot) ++at;
    const bool in_brackets = is_at('[');
    if (in_brackets) ++at;
    if (!after_dot && !in_brackets) return LensError{at, "'.' or '[' is missing here"};
    if (at == text.size() || !has_class(text[at], kNamePart | kNotAscii)) {
      return LensError{at, in_brackets ? "an index or a variable is missing here" : kNoName};
    }

    const std::string_view word = name_at(text, at);
    if (has_class(word[0], kDigit)) {
      if (!in_brackets) return LensError{at, "a field name can not start with a digit"};
      std::uint32_t index = 0;
      const auto [rest, error] = std::from_chars(word.data(), word.data() + word.size(), index);
      if (error != std::errc()) return LensError{at, "this index does not fit into 32 bits"};
      if (rest != word.data() + word.size()) {
        return LensError{at, "a variable can not start with a digit here"};
      }
      tree.accessors.emplace_back(ByIndex{index});
    } else if (has_class(word.back(), kNotAscii)) {
      return LensError{at,
                       "a name in a lens can not end with a character beyond ASCII "
                       "(the published VM crashes on it)"};
    } else if (in_brackets) {
      tree.accessors.emplace_back(ByScalar{names.intern(word, NameKind::kScalar)});
    } else {
      tree.accessors.emplace_back(ByField{word});
    }
    at += word.size();

    if (in_brackets) {
      if (!is_at(']')) return LensError{at, "']' is missing here"};
      ++at;
    }
    ++lens.count;
    // Flattening: accepted at the end, without effect.
    if (is_at('!')) ++at;
  }
  if (lens.count == 0) return LensError{2, kNoName};
  return lens;
}

}  // namespace aqua::air
