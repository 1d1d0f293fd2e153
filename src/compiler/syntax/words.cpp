#include "compiler/syntax/words.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "base/edit_distance.h"

namespace aqua::syntax {

using diagnostics::Diagnostic;

namespace {

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string capitalised(std::string_view word) {
  std::string out(word);
  if (!out.empty()) out[0] = upper(out[0]);
  return out;
}

// "Name" becomes "name", "NAME" becomes "name".
std::string uncapitalised(std::string_view word) {
  std::string out(word);
  bool has_lower = false;
  for (const char c : word) has_lower |= c >= 'a' && c <= 'z';
  for (std::size_t i = 0; i < out.size() && (i == 0 || !has_lower); ++i) out[i] = lower(out[i]);
  return out;
}

// "maxCount" becomes "MAX_COUNT".
std::string upper_case(std::string_view word) {
  std::string out;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool is_hump = i > 0 && upper(word[i]) == word[i] && lower(word[i]) != word[i] &&
                         lower(word[i - 1]) == word[i - 1] && word[i - 1] != '_';
    if (is_hump) out += '_';
    out += upper(word[i]);
  }
  return out;
}

std::string_view spelling(BinaryOperator op) {
  switch (op) {
    case BinaryOperator::kAdd: return "+";
    case BinaryOperator::kSubtract: return "-";
    case BinaryOperator::kMultiply: return "*";
    case BinaryOperator::kDivide: return "/";
    case BinaryOperator::kRemainder: return "%";
    case BinaryOperator::kPower: return "**";
    case BinaryOperator::kLess: return "<";
    case BinaryOperator::kLessOrEqual: return "<=";
    case BinaryOperator::kGreater: return ">";
    case BinaryOperator::kGreaterOrEqual: return ">=";
    case BinaryOperator::kEqual: return "==";
    case BinaryOperator::kNotEqual: return "!=";
    case BinaryOperator::kAnd: return "&&";
    case BinaryOperator::kOr: return "||";
  }
  return {};
}

std::string_view foreign_type_replacement(std::string_view word) {
  struct Pair {
    std::string_view foreign;
    std::string_view scalar;
  };
  constexpr Pair kPairs[] = {
      {"int", "i64"},      {"integer", "i64"}, {"uint", "u64"},    {"number", "f64"},
      {"float", "f64"},    {"double", "f64"},  {"str", "string"},  {"text", "string"},
      {"boolean", "bool"}, {"byte", "u8"},     {"char", "string"}, {"long", "i64"},
      {"short", "i16"},    {"usize", "u64"},   {"isize", "i64"},   {"int32", "i32"},
      {"int64", "i64"},    {"uint8", "u8"},    {"uint32", "u32"},  {"uint64", "u64"},
  };
  for (const Pair& pair : kPairs) {
    if (pair.foreign == word) return pair.scalar;
  }
  // The scalars that are words are misspelt; the others are too short to tell.
  if (word.size() < 3 || word.size() > base::kComparedNameBytesMax) return {};
  if (base::edit_distance(word, "string") <= 2) return "string";
  if (base::edit_distance(word, "bool") <= 1) return "bool";
  return {};
}

void check_lower_case(Cursor& cursor, const Name& name, std::string_view what) {
  if (name.text[0] < 'A' || name.text[0] > 'Z') return;
  const std::string corrected = uncapitalised(name.text);
  Diagnostic& diagnostic =
      cursor.report(DiagnosticKind::kNameCase, name.span,
                    fmt::format("the name of {} starts with a small letter", what), {},
                    fmt::format("call it {}", quoted(corrected)));
  cursor.edit(diagnostic, name.span, corrected);
}

void report_last_comma(Cursor& cursor, Span comma) {
  Diagnostic& diagnostic = cursor.report(DiagnosticKind::kCommaSurplus, comma,
                                         "nothing follows this comma", {}, "take the comma away");
  cursor.edit(diagnostic, comma, "");
}

}  // namespace aqua::syntax
