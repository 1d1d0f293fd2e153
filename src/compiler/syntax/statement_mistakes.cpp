#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "compiler/syntax/declaration_parser.h"
#include "compiler/syntax/statement_parser.h"

namespace aqua::syntax {

using diagnostics::Diagnostic;

// Goes over the line and the block below it.
StatementId StatementParser::invalid_block() {
  const std::uint32_t begin = cursor_.begin();
  cursor_.give_up();
  return push(begin, InvalidStatement{});
}

// Words that begin statements in other languages. None where the line begins with something else.
StatementId StatementParser::foreign_statement(Tail& tail) {
  const std::string_view word = cursor_.text();
  const Span word_span = cursor_.token().span;
  const TokenKind next = cursor_.next();
  const bool is_alone = next == TokenKind::kLineEnd;
  const bool has_name = next == TokenKind::kIdentifier;
  const bool has_value = is_heading_word();

  struct Advice {
    std::string_view word;
    std::string_view hint;
  };
  if (has_name && (word == "let" || word == "var" || word == "val" || word == "const" ||
                   word == "mut" || word == "await" || word == "call")) {
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kForeignSyntax, word_span,
                       fmt::format("Aqua has no {} in statements", quoted(word)), {},
                       word == "await" || word == "call" ? "a call waits for its result by itself"
                                                         : "a value gets its name with '=' alone");
    cursor_.edit(diagnostic, {word_span.begin, cursor_.token(1).span.begin}, "");
    cursor_.advance();
    return statement(tail);
  }
  if (word == "return" && has_value) {
    if (is_alone) {
      cursor_.fail(DiagnosticKind::kForeignSyntax, word_span, "Aqua has no 'return'", {},
                   "a function without results ends by itself: take the line away");
      return push(word_span.begin, InvalidStatement{});
    }
    if (is_arrow_level_) {
      Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kForeignSyntax, word_span,
                                              "Aqua has no 'return'", {}, "write '<-'");
      cursor_.edit(diagnostic, word_span, "<-");
    }
    return return_statement();
  }
  if (has_name && (word == "foreach" || word == "each")) {
    Diagnostic& diagnostic =
        cursor_.report(DiagnosticKind::kForeignSyntax, word_span,
                       fmt::format("Aqua has no {}", quoted(word)), {}, "write 'for'");
    cursor_.edit(diagnostic, word_span, "for");
    return for_statement();
  }
  constexpr Advice kBlocks[] = {
      {"while", "a loop goes over a collection: 'for x <- xs:'"},
      {"until", "a loop goes over a collection: 'for x <- xs:'"},
      {"loop", "a loop goes over a collection: 'for x <- xs:'"},
      {"repeat", "a loop goes over a collection: 'for x <- xs:'"},
      {"unless", "write 'if !condition:'"},
      {"switch", "write 'if', 'else if' and 'else'"},
      {"match", "write 'if', 'else if' and 'else'"},
      {"case", "write 'if', 'else if' and 'else'"},
      {"async", "to run something beside what follows, write 'co'"},
      {"parallel", "to run statements at the same time, begin the second with 'par'"},
      {"function", "a function inside a function is a closure: 'f = (x: u8) -> u8:'"},
      {"def", "a function inside a function is a closure: 'f = (x: u8) -> u8:'"},
      {"fn", "a function inside a function is a closure: 'f = (x: u8) -> u8:'"},
  };
  constexpr Advice kLines[] = {
      {"break", "'for x <- xs try:' stops after the first success"},
      {"continue", "put what follows into an 'if'"},
      {"pass", "leave the block out"},
      {"throw", "an error comes from a call that fails"},
      {"raise", "an error comes from a call that fails"},
      {"delete", "values live as long as the script"},
      {"print", "output needs a service that prints"},
      {"yield", "write values to a stream: 's <<- x'"},
  };
  if (has_value || next == TokenKind::kOpenCurly) {
    for (const Advice& advice : kBlocks) {
      if (advice.word != word) continue;
      cursor_.report(DiagnosticKind::kForeignSyntax, word_span,
                     fmt::format("Aqua has no {}", quoted(word)), {}, std::string(advice.hint));
      return invalid_block();
    }
    for (const Advice& advice : kLines) {
      if (advice.word != word || next == TokenKind::kOpenRound) continue;
      cursor_.report(DiagnosticKind::kForeignSyntax, word_span,
                     fmt::format("Aqua has no {}", quoted(word)), {}, std::string(advice.hint));
      return invalid_block();
    }
  }
  if (has_name && word == "par") {
    cursor_.report(DiagnosticKind::kStrayPar, word_span,
                   "'par' stands at the beginning of the line only", {},
                   "write one 'par' per statement");
    cursor_.advance();
    return statement(tail);
  }
  if (has_name || next == TokenKind::kString) {
    if (declarations_.declaration()) {
      return push(word_span.begin, InvalidStatement{});
    }
  }
  return {};
}

// Everything that may be left of a line, most likely first.
void StatementParser::finish(Rest rest) {
  if (cursor_.has_failed() || cursor_.is(TokenKind::kLineEnd)) return;
  const Token& token = cursor_.token();
  const Token& previous = cursor_.previous();
  const std::string_view text = cursor_.text();
  switch (cursor_.now()) {
    case TokenKind::kInvalid: cursor_.give_up(); return;
    case TokenKind::kSemicolon: {
      Diagnostic& diagnostic =
          cursor_.report(DiagnosticKind::kForeignSyntax, token.span,
                         "a statement ends with its line, without ';'", {}, "take it away");
      cursor_.advance();
      const bool is_last = cursor_.is(TokenKind::kLineEnd);
      const std::uint32_t end = is_last ? token.span.end : cursor_.begin();
      cursor_.edit(diagnostic, {token.span.begin, end},
                   is_last ? std::string() : fmt::format("\n{}", cursor_.statement_indentation()));
      if (!is_last) cursor_.give_up();
      return;
    }
    case TokenKind::kCloseRound:
    case TokenKind::kCloseSquare:
    case TokenKind::kCloseCurly: {
      if (cursor_.is(TokenKind::kCloseCurly) && cursor_.close_brace()) return finish(rest);
      Diagnostic& diagnostic = cursor_.report(DiagnosticKind::kBracketSurplus, token.span,
                                              "this bracket closes nothing", {}, "take it away");
      cursor_.edit(diagnostic, token.span, "");
      cursor_.give_up();
      return;
    }
    case TokenKind::kColon:
      if (cursor_.next() == TokenKind::kLineEnd) {
        Diagnostic& diagnostic =
            cursor_.report(DiagnosticKind::kColonSurplus, token.span, "this line opens no block",
                           {}, "take the colon away");
        cursor_.edit(diagnostic, token.span, "");
        cursor_.give_up();
        return;
      }
      break;
    case TokenKind::kForeign:
      cursor_.fail(DiagnosticKind::kForeignOperator, token.span,
                   fmt::format("Aqua has no operator {}", quoted(text)), {},
                   text == "++" || text.ends_with('=')
                       ? "values do not change: give the new one a name of its own"
                       : "");
      return;
    case TokenKind::kQuestion:
      if (rest == Rest::kOfCall && ExpressionParser::starts_expression(cursor_.next())) {
        cursor_.fail(DiagnosticKind::kForeignOperator, token.span, "Aqua has no operator '? :'", {},
                     "write 'if' and 'else', each with a push to one stream");
        return;
      }
      break;
    case TokenKind::kLeftArrow: {
      if (cursor_.next() == TokenKind::kInteger && !cursor_.token(1).after_blank) {
        Diagnostic& diagnostic =
            cursor_.report(DiagnosticKind::kForeignOperator, token.span,
                           "'<-' is an arrow, not a comparison with a negative number", {},
                           "put a blank between '<' and '-'");
        cursor_.edit(diagnostic, token.span, "< -");
        cursor_.give_up();
        return;
      }
      break;
    }
    case TokenKind::kIdentifier:
    case TokenKind::kString:
    case TokenKind::kInteger:
    case TokenKind::kFloat:
    case TokenKind::kInitPeerId:
      if (rest == Rest::kOfCall && previous.kind == TokenKind::kIdentifier) {
        const std::string_view callee = cursor_.text(previous.span);
        cursor_.fail(DiagnosticKind::kCallBracketsMissing, {previous.span.begin, token.span.end},
                     "the arguments of a call stand in brackets", {},
                     fmt::format("write '{}({})'", callee, text.size() < 40 ? text : "..."));
        return;
      }
      break;
    default: break;
  }
  if (cursor_.is(TokenKind::kOpenCurly) && cursor_.next() == TokenKind::kLineEnd) {
    cursor_.fail(
        DiagnosticKind::kForeignSyntax, token.span, "a call opens no block", {},
        "blocks are opened by ':' after on, for, parseq, if, else, try, catch and otherwise");
    return;
  }
  cursor_.fail(DiagnosticKind::kTextAfterStatement, token.span,
               fmt::format("{} has no place here", cursor_.describe_now()), {},
               rest == Rest::kOfHead ? "the line should end with ':' before it"
                                     : "the line should end before it");
}

}  // namespace aqua::syntax
