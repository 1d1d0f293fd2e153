#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/syntax/declaration_parser.h"
#include "compiler/syntax/statement_parser.h"

namespace aqua::syntax {

using diagnostics::Diagnostic;

void DeclarationParser::module_line() {
  const std::uint32_t begin = cursor_.begin();
  const Span word_span = cursor_.token().span;
  ModuleHeader header;
  if (cursor_.is_word("module")) {
    header.keyword = ModuleHeader::Keyword::kModule;
    Diagnostic& diagnostic = cursor_.report(
        DiagnosticKind::kModuleKeyword, word_span,
        "'module' is the old word for 'aqua', which later versions refuse", {}, "write 'aqua'");
    cursor_.edit(diagnostic, word_span, "aqua");
  }
  const bool is_second = cursor_.tree().header.has_value();
  const bool is_late =
      has_body_begun_ || !cursor_.tree().imports.empty() || !cursor_.tree().exports.empty();
  if (is_second || is_late) {
    cursor_.report(DiagnosticKind::kModuleLineNotFirst, word_span,
                   is_second ? "the file has a name already"
                             : "the name of the module comes before everything else",
                   {}, is_second ? "take this line away" : "make it the first line of the file");
  }
  cursor_.advance();
  if (!cursor_.is(TokenKind::kIdentifier)) {
    cursor_.fail(DiagnosticKind::kNameExpected, cursor_.after_previous(),
                 "the name of the module is missing", {}, "for example 'aqua Main'");
  } else {
    header.name = types_.dotted_name();
  }
  if (cursor_.accept_word("declares")) {
    header.has_declares = true;
    if (cursor_.accept(TokenKind::kStar)) {
      header.declares_all = true;
    } else {
      while (true) {
        if (!cursor_.is(TokenKind::kIdentifier)) {
          cursor_.fail(DiagnosticKind::kNameExpected, cursor_.after_previous(),
                       "a name to declare is missing here", {},
                       "write the names, or '*' for all of them");
          break;
        }
        header.declares.push_back(types_.dotted_name());
        if (!cursor_.accept(TokenKind::kComma)) break;
        cursor_.continue_line();
      }
    }
  }
  statements_.finish();
  header.span = cursor_.span_from(begin);
  if (!is_second && !header.name.parts.empty()) cursor_.tree().header = std::move(header);
}

RenamedItem DeclarationParser::item() {
  RenamedItem item;
  item.name = types_.dotted_name();
  if (cursor_.is_word("as")) {
    cursor_.advance();
    const bool is_from = cursor_.is_word("from") && cursor_.next() == TokenKind::kString;
    if (cursor_.is(TokenKind::kIdentifier) && !is_from) {
      item.rename = types_.dotted_name();
    } else {
      cursor_.fail(DiagnosticKind::kNameExpected, cursor_.after_previous(),
                   "the new name is missing after 'as'");
    }
  }
  return item;
}

std::vector<RenamedItem> DeclarationParser::items() {
  std::vector<RenamedItem> items;
  while (true) {
    if (!cursor_.is(TokenKind::kIdentifier)) {
      cursor_.fail(
          DiagnosticKind::kNameExpected,
          cursor_.is(TokenKind::kLineEnd) ? cursor_.after_previous() : cursor_.token().span,
          "a name is missing here");
      break;
    }
    items.push_back(item());
    if (cursor_.has_failed() || !cursor_.accept(TokenKind::kComma)) break;
    cursor_.continue_line();
  }
  return items;
}

std::optional<std::string_view> DeclarationParser::path(Span& span) {
  span = cursor_.token().span;
  if (cursor_.is(TokenKind::kString)) {
    std::string_view text = cursor_.text();
    if (text.starts_with('"')) text.remove_prefix(1);
    if (text.ends_with('"')) text.remove_suffix(1);
    cursor_.advance();
    return text;
  }
  const bool is_line_end = cursor_.is(TokenKind::kLineEnd);
  if (is_line_end) span = cursor_.after_previous();
  if (!is_line_end) span = cursor_.rest_of_line();
  const std::string_view rest = is_line_end ? std::string_view() : cursor_.text(span);
  cursor_.fail(DiagnosticKind::kPathExpected, span,
               is_line_end ? "the file is missing here" : "a file stands in double quotes", {},
               is_line_end || rest.size() > 60 ? "for example \"lib/builtin.aqua\""
                                               : fmt::format("write \"{}\"", rest));
  return std::nullopt;
}

void DeclarationParser::import_line() {
  const std::uint32_t begin = cursor_.begin();
  const std::string_view keyword = cursor_.text();
  Import import;
  import.keyword = keyword == "use" ? Import::Keyword::kUse : Import::Keyword::kImport;
  cursor_.advance();
  std::optional<std::string_view> path_text;
  if (cursor_.is(TokenKind::kIdentifier)) {
    const Span first = cursor_.token().span;
    import.items = items();
    if (cursor_.accept_word("from")) {
      path_text = path(import.path_span);
    } else if (import.items.size() == 1 && !cursor_.has_failed()) {
      // "import builtin", "import @lib/builtin"
      const Span place{first.begin, cursor_.is(TokenKind::kLineEnd) ? cursor_.previous().span.end
                                                                    : cursor_.rest_of_line().end};
      const std::string_view rest = cursor_.text(place);
      cursor_.fail(
          DiagnosticKind::kImportForm, place,
          "a file stands in double quotes; names are taken 'from' a file", {},
          fmt::format(
              "write '{0} \"{1}\"' or '{0} {1} from \"file\"'", keyword,
              rest.size() > 40 || rest.find('"') != std::string_view::npos ? "name" : rest));
    } else {
      cursor_.fail(DiagnosticKind::kImportForm, cursor_.after_previous(),
                   "the file that these names come from is missing", {},
                   "add 'from' and the file in double quotes");
    }
  } else {
    path_text = path(import.path_span);
  }
  if (path_text && cursor_.is_word("as")) {
    if (import.keyword == Import::Keyword::kImport) {
      Diagnostic& diagnostic =
          cursor_.report(DiagnosticKind::kImportForm, cursor_.token().span,
                         "'import' brings names as they are, without a prefix", {},
                         "write 'use' instead of 'import' to get them with one");
      cursor_.edit(diagnostic, {begin, begin + 6}, "use");
    }
    cursor_.advance();
    if (cursor_.is(TokenKind::kIdentifier)) {
      import.as = types_.dotted_name();
    } else {
      cursor_.fail(DiagnosticKind::kNameExpected, cursor_.after_previous(),
                   "the name is missing after 'as'");
    }
  }
  statements_.finish();
  import.span = cursor_.span_from(begin);
  if (!path_text) return;
  import.path = *path_text;
  cursor_.tree().imports.push_back(std::move(import));
}

void DeclarationParser::export_line() {
  const std::uint32_t begin = cursor_.begin();
  cursor_.advance();
  Export line;
  line.items = items();
  statements_.finish();
  line.span = cursor_.span_from(begin);
  if (!line.items.empty()) cursor_.tree().exports.push_back(std::move(line));
}

}  // namespace aqua::syntax
