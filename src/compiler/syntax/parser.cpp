#include "compiler/syntax/parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "base/utf8.h"
#include "compiler/syntax/cursor.h"
#include "compiler/syntax/declaration_parser.h"
#include "compiler/syntax/lexer.h"
#include "compiler/syntax/reporter.h"

namespace aqua::syntax {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool has_code(std::string_view text) {
  while (true) {
    const std::size_t at = text.find_first_not_of(kBlanks);
    if (at == std::string_view::npos) return false;
    text.remove_prefix(at);
    if (!text.starts_with("--")) return true;
    text.remove_prefix(std::min(text.find('\n'), text.size()));
  }
}

// False where the text can not be cut into tokens at all.
bool check_text(std::string_view text, Reporter& reporter) {
  if (text.size() > kSourceBytesMax) {
    reporter.add(DiagnosticKind::kSourceTooLong, {0, 0},
                 fmt::format("this file has {} bytes, more than {}", text.size(), kSourceBytesMax),
                 {}, "split it into modules");
    return false;
  }
  if (const std::size_t at = base::find_invalid_utf8(text); at != std::string_view::npos) {
    const auto offset = static_cast<std::uint32_t>(at);
    reporter.add(DiagnosticKind::kNotUtf8, {offset, offset + 1}, "this file is not UTF-8 text", {},
                 "save it with the encoding UTF-8");
    return false;
  }
  if (const std::size_t at = text.find('\0'); at != std::string_view::npos) {
    const auto offset = static_cast<std::uint32_t>(at);
    reporter.add(DiagnosticKind::kNotUtf8, {offset, offset + 1},
                 "this file is not text: it holds null bytes", {},
                 "a file of Aqua is text in the encoding UTF-8");
    return false;
  }
  if (!has_code(text)) {
    const bool is_blank = text.find_first_not_of(kBlanks) == std::string_view::npos;
    reporter.add(DiagnosticKind::kEmptyFile, {0, 0},
                 is_blank ? "this file is empty" : "this file holds only comments", {},
                 "a file of Aqua begins with 'aqua' and the name of the module");
    return false;
  }
  return true;
}

}  // namespace

ParsedFile parse(const diagnostics::Source& source, diagnostics::SourceId id) {
  ParsedFile file;
  Reporter reporter(id);
  if (check_text(source.text(), reporter)) {
    Cursor cursor(source.text(), scan(source.text(), reporter), file.tree, reporter);
    DeclarationParser(cursor).file();
  }
  file.diagnostics = reporter.take();
  return file;
}

}  // namespace aqua::syntax
