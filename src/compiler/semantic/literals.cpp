#include "compiler/semantic/literals.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <system_error>
#include <variant>

namespace aqua::semantic {

namespace {

// More characters than this a float cannot have in AIR.
constexpr std::size_t kFloatSizeMax = 11;

bool fits_air(std::string_view integer) {
  std::int64_t value = 0;
  const auto [rest, error] =
      std::from_chars(integer.data(), integer.data() + integer.size(), value);
  return error == std::errc();
}

TypedLiteral boolean(Workspace& workspace, bool value) {
  return {{LiteralKind::kBoolean, value ? "true" : "false"},
          workspace.types.literal(types::LiteralKind::kBool)};
}

TypedLiteral integer(Workspace& workspace, std::string_view text) {
  const bool is_signed = text.starts_with('-');
  return {{LiteralKind::kInteger, text},
          workspace.types.literal(is_signed ? types::LiteralKind::kSigned
                                            : types::LiteralKind::kUnsigned)};
}

TypedLiteral floating(Workspace& workspace, std::string_view text) {
  return {{LiteralKind::kFloat, text}, workspace.types.literal(types::LiteralKind::kFloat)};
}

TypedLiteral string(Workspace& workspace, std::string_view text) {
  return {{LiteralKind::kString, text}, workspace.types.literal(types::LiteralKind::kString)};
}

void report_integer(Workspace& workspace, std::string_view text, Place place) {
  workspace.reports.add(
      DiagnosticKind::kIntegerOutOfRange, place, fmt::format("{} cannot be written in AIR", text),
      "out of range",
      "literals go from -9223372036854775808 to 9223372036854775807; let a peer compute larger "
      "numbers, or pass them as an argument");
}

void report_float(Workspace& workspace, std::string_view text, Place place) {
  std::string shorter(text.substr(0, kFloatSizeMax));
  const bool has_fraction = shorter.find('.') < shorter.size() - 1;
  auto& diagnostic = workspace.reports.add(
      DiagnosticKind::kFloatTooLong, place, fmt::format("{} cannot be written in AIR", text),
      fmt::format("{} characters", text.size()),
      fmt::format("a float has at most {} characters, sign and dot included{}", kFloatSizeMax,
                  has_fraction ? fmt::format(": {}", shorter) : ""));
  if (has_fraction) diagnostic.edits.push_back({place, std::move(shorter)});
}

// digits, or digits.digits, with or without a minus before.
bool is_number(std::string_view text, bool& has_fraction) {
  if (text.starts_with('-')) text.remove_prefix(1);
  const std::size_t dot = text.find('.');
  has_fraction = dot != std::string_view::npos;
  const auto is_digits = [](std::string_view digits) {
    return !digits.empty() &&
           std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
  };
  return is_digits(text.substr(0, dot)) && (!has_fraction || is_digits(text.substr(dot + 1)));
}

}  // namespace

std::optional<TypedLiteral> literal_of(Workspace& workspace, const syntax::Expr& expr,
                                       Place place) {
  if (const auto* node = std::get_if<syntax::BooleanLiteral>(&expr.node)) {
    return boolean(workspace, node->value);
  }
  if (const auto* node = std::get_if<syntax::StringLiteral>(&expr.node)) {
    return string(workspace, node->text);
  }
  if (const auto* node = std::get_if<syntax::IntegerLiteral>(&expr.node)) {
    if (!fits_air(node->text)) report_integer(workspace, node->text, place);
    return integer(workspace, node->text);
  }
  if (const auto* node = std::get_if<syntax::FloatLiteral>(&expr.node)) {
    if (node->text.size() > kFloatSizeMax) report_float(workspace, node->text, place);
    return floating(workspace, node->text);
  }
  return std::nullopt;
}

std::optional<TypedLiteral> read_literal(Workspace& workspace, std::string_view text) {
  if (text == "true" || text == "false") return boolean(workspace, text == "true");
  if (text.size() >= 2 && text.front() == '"' && text.find('"', 1) == text.size() - 1) {
    return string(workspace, text.substr(1, text.size() - 2));
  }
  bool has_fraction = false;
  if (!is_number(text, has_fraction)) return std::nullopt;
  if (!has_fraction) return fits_air(text) ? std::optional(integer(workspace, text)) : std::nullopt;
  return text.size() <= kFloatSizeMax ? std::optional(floating(workspace, text)) : std::nullopt;
}

}  // namespace aqua::semantic
