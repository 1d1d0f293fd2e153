#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "compiler/syntax/cursor.h"
#include "compiler/syntax/expression_parser.h"
#include "compiler/syntax/statement_parser.h"
#include "compiler/syntax/tree.h"
#include "compiler/syntax/type_parser.h"

namespace aqua::syntax {

// The file: header lines (header_lines.cpp) and declarations.
class DeclarationParser {
 public:
  explicit DeclarationParser(Cursor& cursor)
      : cursor_(cursor),
        types_(cursor),
        expressions_(cursor),
        statements_(cursor, types_, expressions_, *this) {}

  void file();
  // A declaration that begins with the current word, wherever it stands; false if it is none.
  bool declaration();

 private:
  void top_line();
  void module_line();
  void import_line();
  void export_line();
  void constant();
  void alias();
  void fields(std::string_view keyword);
  void function();
  void not_a_declaration();

  bool heads_declaration() const;
  Name defined_name(std::string_view what, bool is_type);
  std::vector<RenamedItem> items();
  RenamedItem item();
  std::optional<std::string_view> path(Span& span);
  std::vector<FieldDeclaration> members(std::string_view keyword, std::uint32_t head_begin);
  void member(std::vector<FieldDeclaration>& members, std::string_view keyword);

  Cursor& cursor_;
  TypeParser types_;
  ExpressionParser expressions_;
  StatementParser statements_;
  bool has_body_begun_ = false;
  std::string_view reported_indentation_;
  std::size_t stray_end_ = 0;  // token index: just after a line that is no declaration
};

}  // namespace aqua::syntax
