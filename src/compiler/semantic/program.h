#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/id.h"
#include "base/string_arena.h"
#include "compiler/syntax/tree.h"
#include "diagnostics/source.h"
#include "types/store.h"

// A program whose every name is resolved and whose every expression has a type. What stands here is
// correct; what was not has become diagnostics, and the function that holds it is not compiled.

namespace aqua::semantic {

using diagnostics::Place;
using types::TypeId;

using VariableId = base::Id<struct VariableTag>;
using FunctionId = base::Id<struct FunctionTag>;
using ServiceId = base::Id<struct ServiceTag>;
using ExprId = base::Id<struct TypedExprTag>;
using StatementId = base::Id<struct TypedStatementTag>;

// --- names ----------------------------------------------------------------------

enum class VariableKind : std::uint8_t {
  kArgument,
  kValue,     // of "=", of "<-", of a loop
  kDeclared,  // s: *u8, m: %u8
  kClosure,
  kError,    // of catch
  kService,  // made for Srv "id": a service whose id was given there
};

// Every variable of the program once; it belongs to the function whose text defines it (not to the
// closures inside that read it).
struct Variable {
  std::string_view name;
  VariableKind kind = VariableKind::kValue;
  TypeId type;
  FunctionId function;
  Place place;  // of the definition
};

struct Service {
  std::string_view name;  // as declared
  TypeId type;
  ExprId default_id;  // a string; none: it has none
  Place place;
};

// --- expressions ----------------------------------------------------------------

enum class LiteralKind : std::uint8_t { kBoolean, kInteger, kFloat, kString };

struct Literal {
  LiteralKind kind;
  std::string_view text;  // as written; strings without the quotes
};
enum class Builtin : std::uint8_t {
  kInitPeerId,
  kHostPeerId,
  kParticleTtl,
  kParticleTimestamp,
  kNil,
  kLastError
};
struct VariableRef {
  VariableId variable;
};
struct FunctionRef {  // a function declared with "func"
  FunctionId function;
};
// A service as a value, with the id that holds at this place.
struct ServiceRef {
  ServiceId service;
  VariableId binding;  // of kind kService; none: the default id
};
// A field of a struct or ability, a method of a service, according to the type of the object.
struct FieldOf {
  ExprId object;
  std::string_view name;
};
struct LengthOf {  // of a collection
  ExprId object;
};
struct IndexOf {
  ExprId object;
  ExprId index;  // "!" has become the literal 0
};
// Calls an arrow. The type of the expression is that of the first result; bottom where there is none.
struct Call {
  ExprId callee;
  std::vector<ExprId> arguments;  // abilities first, as many as the arrow has parameters
};
enum class MapMethod : std::uint8_t { kGet, kGetStream, kKeys, kKeysStream, kContains };
struct CallMapMethod {
  ExprId map;
  MapMethod method;
  std::vector<ExprId> arguments;
};
struct NamedValue {
  std::string_view name;
  ExprId value;
};
struct CopyOf {  // of a struct, with some fields replaced
  ExprId object;
  std::vector<NamedValue> fields;  // in the order of the text
};
// A struct or an ability, according to the type of the expression.
struct Construct {
  std::vector<NamedValue> fields;  // in the order of the text, those that the type has
};
struct Collection {
  syntax::CollectionKind kind;
  std::vector<ExprId> elements;
};
struct Not {
  ExprId operand;
};
// kMultiply whose operands are floats is the truncating one: its type is i64.
struct Binary {
  syntax::BinaryOperator op;
  bool is_float = false;
  ExprId left;
  ExprId right;
};
struct Expr {
  TypeId type;
  Place place;
  std::variant<Literal, Builtin, VariableRef, FunctionRef, ServiceRef, FieldOf, LengthOf, IndexOf,
               Call, CallMapMethod, CopyOf, Construct, Collection, Not, Binary>
      node;
};

// --- statements -----------------------------------------------------------------

using Block = std::vector<StatementId>;

struct Let {  // x = value: data, stream, arrow, ability or service
  VariableId variable;
  ExprId value;
};
struct Target {
  enum class Kind : std::uint8_t {
    kDefine,   // a new variable
    kPush,     // a stream that the result is pushed to
    kMapPair,  // a stream map that takes both results as key and value
  };
  Kind kind;
  VariableId variable;
};
struct CallAndBind {            // a, b <- f()
  ExprId call;                  // a Call
  std::vector<Target> targets;  // at most as many as there are results
};
struct Push {  // stream <<- value, map <<- key, value
  VariableId target;
  ExprId key;  // of a map, else none
  ExprId value;
};
struct Declare {
  VariableId variable;  // its type is a stream or a stream map
};
struct BindService {
  VariableId variable;  // of kind kService
  ServiceId service;
  ExprId id;
};
struct On {
  ExprId peer;
  std::vector<ExprId> relays;  // strings or collections of strings, in the order of the text
  Block body;
};
struct For {
  syntax::ForMode mode = syntax::ForMode::kSequential;
  VariableId item;  // of a map without a pair: a struct with key and value
  VariableId key;   // "for key, value <- map": item is the value; else none
  ExprId iterable;
  ExprId on_peer;                 // kParseq only
  std::vector<ExprId> on_relays;  // kParseq only
  Block body;
};
struct If {
  ExprId condition;
  Block then;
  Block otherwise;
  bool has_otherwise = false;
};
struct Catch {
  VariableId error;
  Block body;
};
struct Try {
  Block body;
  std::vector<Catch> catches;
  Block otherwise;
  bool has_otherwise = false;
};
struct Otherwise {
  Block first;
  Block body;
};
struct Par {
  std::vector<Block> branches;
};
struct Co {
  Block branch;
};
struct Join {
  std::vector<ExprId> values;
};
struct DefineClosure {
  VariableId variable;
  FunctionId function;
};
struct Return {
  std::vector<ExprId> values;
};
struct Statement {
  Place place;  // its first line
  std::variant<Let, CallAndBind, Push, Declare, BindService, On, For, If, Try, Otherwise, Par, Co,
               Join, DefineClosure, Return>
      node;
};

// --- the program ----------------------------------------------------------------

enum class FunctionKind : std::uint8_t {
  kTop,       // func f(...)
  kHere,      // a closure that runs where it was defined
  kDetached,  // a closure that runs where it is called
};

struct Function {
  std::string_view name;
  FunctionKind kind = FunctionKind::kTop;
  FunctionId parent;                  // of a closure: the function whose text holds it
  TypeId type;                        // an arrow, the abilities first among its parameters
  std::vector<VariableId> arguments;  // by parameter; an ability argument has its type's name
  Block body;                         // holds at most one Return, directly
  Place place;                        // of the name
  bool is_valid = true;               // false: it has errors, or calls one that has
};

struct ExportedFunction {
  std::string_view name;  // after renaming
  FunctionId function;
  Place place;
};
struct ExportedService {
  std::string_view name;
  ServiceId service;
};
// What one input file gives to the output.
struct Output {
  diagnostics::SourceId source;
  std::vector<ExportedFunction> functions;  // in the order of export
  std::vector<ExportedService> services;
};

struct Program {
  types::Store types;
  std::vector<Variable> variables;
  std::vector<Service> services;
  std::vector<Function> functions;
  std::vector<Expr> exprs;
  std::vector<Statement> statements;
  std::vector<Output> outputs;
  base::StringArena texts;  // owns what is not a view into a source

  const Variable& operator[](VariableId id) const { return variables[id.value]; }
  const Service& operator[](ServiceId id) const { return services[id.value]; }
  const Function& operator[](FunctionId id) const { return functions[id.value]; }
  const Expr& operator[](ExprId id) const { return exprs[id.value]; }
  const Statement& operator[](StatementId id) const { return statements[id.value]; }
};

}  // namespace aqua::semantic
