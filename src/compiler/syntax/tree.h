#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "base/id.h"
#include "diagnostics/source.h"

// The syntax of one Aqua file as it stands there: nothing resolved, nothing checked but the grammar.
// Texts are views into the source, which outlives the tree.

namespace aqua::syntax {

using diagnostics::Span;

using ExprId = base::Id<struct ExprTag>;
using StatementId = base::Id<struct StatementTag>;
using TypeExprId = base::Id<struct TypeExprTag>;

struct Name {
  std::string_view text;
  Span span;
};

// "Lib.Sub.x": at least one part.
struct DottedName {
  std::vector<Name> parts;
  Span span;
};

// --- types --------------------------------------------------------------------

enum class CollectionKind : std::uint8_t { kArray, kOption, kStream };

struct TopType {};
struct BottomType {};
struct NamedType {  // a scalar ("u8") or a declared type ("Lib.Point")
  DottedName name;
};
struct CollectionType {
  CollectionKind kind;
  TypeExprId element;
};
struct StreamMapType {
  TypeExprId element;
};
struct Parameter {
  Name name;  // empty text: an arrow type that gives types only
  TypeExprId type;
};
struct ArrowType {
  std::vector<DottedName> abilities;
  std::vector<Parameter> parameters;
  std::vector<TypeExprId> results;
};
struct InvalidType {};  // reported already
struct TypeExpr {
  Span span;
  std::variant<TopType, BottomType, NamedType, CollectionType, StreamMapType, ArrowType,
               InvalidType>
      node;
};

// --- expressions ----------------------------------------------------------------

enum class BinaryOperator : std::uint8_t {
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kRemainder,
  kPower,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kEqual,
  kNotEqual,
  kAnd,
  kOr,
};

struct BooleanLiteral {
  bool value;
};
struct IntegerLiteral {  // as written, the minus sign included
  std::string_view text;
};
struct FloatLiteral {
  std::string_view text;
};
struct StringLiteral {  // between the quotes, verbatim
  std::string_view text;
};
struct InitPeerIdLiteral {};  // %init_peer_id%
struct CollectionLiteral {
  CollectionKind kind;
  std::vector<ExprId> elements;
};
struct NameExpr {  // one identifier
  std::string_view text;
};
struct Member {  // object.name
  ExprId object;
  Name name;
};
struct Index {  // object[index], object!, object!3
  ExprId object;
  ExprId index;  // none: a bare "!"
};
// One argument of a call, or one field of a constructor or of copy.
struct Argument {
  std::optional<Name> name;  // "name = value"
  ExprId value;
};
// callee{abilities}(arguments). Whether it calls a function, constructs a value, or copies one, the
// names decide later.
struct CallExpr {
  ExprId callee;
  std::vector<ExprId> abilities;
  std::vector<Argument> arguments;
};
struct Not {
  ExprId operand;
};
struct Binary {
  BinaryOperator op;
  Span op_span;
  ExprId left;
  ExprId right;
};
struct InvalidExpr {};  // reported already
struct Expr {
  Span span;
  std::variant<BooleanLiteral, IntegerLiteral, FloatLiteral, StringLiteral, InitPeerIdLiteral,
               CollectionLiteral, NameExpr, Member, Index, CallExpr, Not, Binary, InvalidExpr>
      node;
};

// --- statements -----------------------------------------------------------------

// In the order of the text. A "par" has been joined with the statement before it, "else", "catch"
// and "otherwise" with the one they belong to.
struct Block {
  std::vector<StatementId> statements;
  Span span;
};

// What stands after "func name", after "x =" or "x = func" or "x = do".
struct ArrowHeader {
  std::vector<DottedName> abilities;
  std::vector<Parameter> parameters;
  std::vector<TypeExprId> results;
  bool has_results = false;  // "->" was written
  Span span;
};

struct BindService {  // Srv "id"
  DottedName service;
  ExprId id;
};
struct Push {  // stream <<- value, map <<- key, value
  Name target;
  ExprId value;   // of a map: the key
  ExprId second;  // of a map: the value; else none
};
enum class ForMode : std::uint8_t { kSequential, kPar, kTry, kRec, kParseq };
struct For {
  ForMode mode = ForMode::kSequential;
  std::vector<Name> items;  // one, or key and value
  ExprId iterable;
  ExprId on_peer;                 // kParseq only
  std::vector<ExprId> on_relays;  // kParseq only
  Block body;
};
struct On {
  ExprId peer;
  std::vector<ExprId> relays;  // in the order of the text
  Block body;
};
struct If {
  ExprId condition;
  Block then;
  std::optional<Block> otherwise;  // "else:" and "else if" (a block of one If)
  Span else_span;
};
struct Catch {
  Name error;
  Block body;
};
struct Try {
  Block body;
  std::vector<Catch> catches;
  std::optional<Block> otherwise;
};
struct Otherwise {  // any statement but a try without an otherwise, and what to do where it fails
  StatementId first;
  Block body;
};
struct Par {  // a, par b, par c: at least two
  std::vector<StatementId> branches;
};
struct Co {
  StatementId branch;
};
struct Join {
  std::vector<ExprId> values;
};
struct Declare {  // s: *u8
  Name name;
  TypeExprId type;
};
enum class ClosureKind : std::uint8_t {
  kHere,      // x = (a: u8): runs where it was defined
  kDetached,  // x = func (a: u8): runs where it is called
  kDo,        // x = do (a: u8): runs where it was defined, results inferred
};
struct Closure {
  Name name;
  ClosureKind kind;
  ArrowHeader header;
  Block body;
};
struct Assign {
  Name target;
  ExprId value;
};
struct CallStatement {  // a, b <- f(): no targets for a bare call
  std::vector<Name> targets;
  ExprId value;
};
struct Return {
  std::vector<ExprId> values;
};
// Reported already. It may stand for a statement that defines names, or for the return of its arrow.
struct InvalidStatement {};
struct Statement {
  Span span;  // with its body
  Span head;  // its first line: where diagnostics about the whole statement point
  std::variant<BindService, Push, For, On, If, Try, Otherwise, Par, Co, Join, Declare, Closure,
               Assign, CallStatement, Return, InvalidStatement>
      node;
};

// --- the file -------------------------------------------------------------------

// One name of a list, "a as B".
struct RenamedItem {
  DottedName name;
  std::optional<DottedName> rename;
};
struct ModuleHeader {  // aqua A.B declares x, y
  enum class Keyword : std::uint8_t { kAqua, kModule };
  Keyword keyword = Keyword::kAqua;
  DottedName name;
  bool declares_all = false;
  bool has_declares = false;
  std::vector<DottedName> declares;
  Span span;
};
// import "f" | import a as b from "f" | use "f" as M | use a from "f" as M
struct Import {
  enum class Keyword : std::uint8_t { kImport, kUse };
  Keyword keyword;
  std::vector<RenamedItem> items;  // empty: everything
  std::string_view path;           // as written between the quotes
  Span path_span;
  std::optional<DottedName> as;
  Span span;
};
struct Export {
  std::vector<RenamedItem> items;
  Span span;
};

struct Constant {
  Name name;
  bool is_default = false;  // ?=
  ExprId value;
  Span span;
};
struct Alias {
  Name name;
  TypeExprId type;
  Span span;
};
// A field of data, ability or service; a member "f(a: u8) -> u8" has an ArrowType.
struct FieldDeclaration {
  Name name;
  TypeExprId type;
};
struct Data {
  Name name;
  std::vector<FieldDeclaration> fields;
  Span span;
};
struct AbilityDeclaration {
  Name name;
  std::vector<FieldDeclaration> fields;
  Span span;
};
struct ServiceDeclaration {
  Name name;
  ExprId id;  // none: no default id
  std::vector<FieldDeclaration> methods;
  Span span;
};
struct Function {
  Name name;
  ArrowHeader header;
  Block body;
  Span span;
};
using Declaration =
    std::variant<Constant, Alias, Data, AbilityDeclaration, ServiceDeclaration, Function>;

struct Tree {
  std::vector<TypeExpr> types;
  std::vector<Expr> exprs;
  std::vector<Statement> statements;

  std::optional<ModuleHeader> header;
  std::vector<Import> imports;
  std::vector<Export> exports;
  std::vector<Declaration> declarations;  // in the order of the text

  const TypeExpr& operator[](TypeExprId id) const { return types[id.value]; }
  const Expr& operator[](ExprId id) const { return exprs[id.value]; }
  const Statement& operator[](StatementId id) const { return statements[id.value]; }
};

// Blocks, brackets and operator chains may nest this deep; deeper is diagnosed. Later passes recurse
// over what the parser let through.
inline constexpr std::uint32_t kNestingDepthMax = 500;

}  // namespace aqua::syntax
