#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/syntax/cursor.h"
#include "compiler/syntax/expression_parser.h"
#include "compiler/syntax/tree.h"
#include "compiler/syntax/type_parser.h"

namespace aqua::syntax {

class DeclarationParser;

// Blocks and what stands in them. statement_parser.cpp has the single statements, statement_blocks.cpp how lines make
// blocks and which belong together, statement_mistakes.cpp what people write instead.
class StatementParser {
 public:
  StatementParser(Cursor& cursor, TypeParser& types, ExpressionParser& expressions,
                  DeclarationParser& declarations)
      : cursor_(cursor), types_(types), expressions_(expressions), declarations_(declarations) {}

  // From the colon after the head of a function or closure on.
  Block arrow_body(std::uint32_t head_begin);
  // Reads the lines that are further in than `outer`, for their mistakes only.
  void discard_block(std::string_view outer);
  // What stands before the end of a line that should have come already.
  enum class Rest : std::uint8_t {
    kOfLine,
    kOfCall,  // a value: brackets may be missing
    kOfHead,  // of a block: a colon should follow
  };
  // What is left of a line is a mistake.
  void finish(Rest rest = Rest::kOfLine);

 private:
  // What the next line of a block may belong to.
  struct Tail {
    StatementId last;
    StatementId open_if;   // an else may follow
    StatementId open_try;  // a catch or otherwise may follow
    bool has_else = false;
    std::uint32_t inner_depth = 0;  // of open_if or open_try below `last`
    std::uint32_t peak = 0;
  };

  Block body(std::uint32_t head_begin, bool is_arrow);
  void lines(Block& block, std::string_view outer, bool is_arrow);
  void line(Block& block, Tail& tail);
  bool attach(Block& block, Tail& tail);
  void attach_else(Tail& tail);
  void attach_catch(Tail& tail);
  void attach_otherwise(Block& block, Tail& tail);
  void attach_par(Block& block, Tail& tail);
  bool may_wrap(Tail& tail, Span place);
  void stray_block(Block& block, DiagnosticKind kind, std::string message, std::string hint);
  void extend(Tail& tail, StatementId inner);

  StatementId statement(Tail& tail);
  StatementId keyword_statement(Tail& tail);
  StatementId foreign_statement(Tail& tail);
  StatementId co_statement(Tail& tail);
  StatementId for_statement();
  StatementId parseq_statement();
  StatementId on_statement();
  StatementId if_statement(Tail& tail);
  StatementId try_statement(Tail& tail);
  StatementId join_statement();
  StatementId return_statement();
  StatementId declare_statement();
  StatementId push_statement();
  StatementId assign_statement();
  StatementId targets_statement();
  StatementId bind_statement();
  StatementId expression_statement();
  StatementId invalid_block();

  void values(std::vector<ExprId>& list);
  void loop_items(std::vector<Name>& items);
  void loop_arrow(std::string_view keyword);
  void check_call(ExprId value, Span arrow);
  bool is_heading_word() const;
  bool is_block_word() const;
  bool is_closure_ahead(std::size_t distance) const;
  bool is_binding_ahead() const;

  StatementId push(std::uint32_t begin, decltype(Statement::node) node);
  StatementId push(std::uint32_t begin, Span head, decltype(Statement::node) node);
  Statement& at(StatementId id) { return cursor_.tree().statements[id.value]; }

  Cursor& cursor_;
  TypeParser& types_;
  ExpressionParser& expressions_;
  DeclarationParser& declarations_;
  bool is_arrow_level_ = false;  // a return may stand here
};

}  // namespace aqua::syntax
