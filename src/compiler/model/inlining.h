#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/model/builder.h"
#include "compiler/model/inliner.h"
#include "compiler/model/value.h"

namespace aqua::model {

// Runs the program at compile time from one entry function. Statements append operations to the
// block that is being filled; what an expression needs to have happened is appended before its value
// is returned.
class Inlining {
 public:
  Inlining(const semantic::Program& program, const Slots& slots, const InlineOptions& options);

  Inlined run(const semantic::ExportedFunction& exported);

 private:
  // Counts a level of nesting as long as it lives.
  class Level {
   public:
    explicit Level(Inlining& inlining) : depth_(inlining.depth_) { ++depth_; }
    ~Level() { --depth_; }
    Level(const Level&) = delete;
    Level& operator=(const Level&) = delete;

   private:
    std::uint32_t& depth_;
  };

  // --- entry.cpp: what surrounds the body of the entry function
  void fetch_argument(const semantic::Function& function, std::size_t index, Frame& frame);
  void fetch_stream(NameId stream, std::string_view argument);
  void respond(const semantic::Function& function, const Frame& frame);
  OpId report_error();

  // --- statements.cpp
  void run_block(const semantic::Block& block);
  // The operations of a block; what it declares is restricted to it.
  OpId scoped(const semantic::Block& block);
  // The same without a scope: streams declared inside stay visible.
  OpId collected(const semantic::Block& block);
  void execute(const semantic::Let& statement);
  void execute(const semantic::CallAndBind& statement);
  void execute(const semantic::Push& statement);
  void execute(const semantic::Declare& statement);
  void execute(const semantic::BindService& statement);
  void execute(const semantic::On& statement);
  void execute(const semantic::For& statement);
  void execute(const semantic::If& statement);
  void execute(const semantic::Try& statement);
  void execute(const semantic::Otherwise& statement);
  void execute(const semantic::Par& statement);
  void execute(const semantic::Co& statement);
  void execute(const semantic::Join& statement);
  void execute(const semantic::DefineClosure& statement);
  void execute(const semantic::Return& statement);
  PathId enter(semantic::ExprId peer, const std::vector<semantic::ExprId>& relays);

  // --- conditionals.cpp
  struct Condition {
    Operand left;
    Operand right;
    bool is_equality = true;  // else the branch is taken where they differ
  };
  Condition evaluate_condition(semantic::ExprId condition);
  OpId test(const Condition& condition, OpId body);
  OpId conditional(const Condition& condition, OpId then);
  OpId conditional(const Condition& condition, OpId then, OpId otherwise);

  // --- calls.cpp
  // Where results should go, where the caller knows it.
  struct Wish {
    std::string_view name;  // of the variable that takes the first result; empty: none
    NameId stream;          // that takes the first result; none: no stream
  };
  std::vector<Value> call(const semantic::Call& call, Wish wish);
  std::vector<Value> call_function(const FunctionArrow& arrow, std::vector<Value> arguments);
  std::vector<Value> call_method(const MethodArrow& arrow, std::span<const Value> arguments, Wish wish);
  std::vector<Value> call_back(const CallbackArrow& arrow, std::span<const Value> arguments, Wish wish);
  std::vector<Value> call_service(Operand service, std::string_view function, std::vector<Operand> arguments, types::TypeId arrow,
                                  Wish wish);
  Value adapt(const Value& value, types::TypeId expected);
  void trace_call(std::string_view function, std::vector<OpId> body);
  OpId trace_event(std::string_view function, Operand event);

  // --- expressions.cpp
  Value evaluate(semantic::ExprId id, Wish wish = {});
  Value evaluate_node(const semantic::Expr& expr, const semantic::Literal& node, Wish wish);
  Value evaluate_node(const semantic::Expr& expr, const semantic::Builtin& node, Wish wish);
  Value evaluate_node(const semantic::Expr& expr, const semantic::VariableRef& node, Wish wish);
  Value evaluate_node(const semantic::Expr& expr, const semantic::FunctionRef& node, Wish wish);
  Value evaluate_node(const semantic::Expr& expr, const semantic::ServiceRef& node, Wish wish);
  Value evaluate_node(const semantic::Expr& expr, const semantic::FieldOf& node, Wish wish);
  Value evaluate_node(const semantic::Expr& expr, const semantic::LengthOf& node, Wish wish);
  Value evaluate_node(const semantic::Expr& expr, const semantic::IndexOf& node, Wish wish);
  Value evaluate_node(const semantic::Expr& expr, const semantic::Call& node, Wish wish);
  Value evaluate_node(const semantic::Expr& expr, const semantic::CallMapMethod& node, Wish wish);
  Value evaluate_node(const semantic::Expr& expr, const semantic::CopyOf& node, Wish wish);
  Value evaluate_node(const semantic::Expr& expr, const semantic::Construct& node, Wish wish);
  Value evaluate_node(const semantic::Expr& expr, const semantic::Collection& node, Wish wish);
  Value evaluate_node(const semantic::Expr& expr, const semantic::Not& node, Wish wish);
  Value evaluate_node(const semantic::Expr& expr, const semantic::Binary& node, Wish wish);
  // As an operand; streams and maps as they are at this moment.
  Operand data(semantic::ExprId id, Fit fit = Fit::kValue);
  Operand data_of(const Value& value);
  // Something known at run time only, plus a number.
  struct Sum {
    std::optional<Operand> rest;
    std::int64_t literals = 0;
    bool literal_first = false;  // one literal, on the left of what is not
  };
  Sum sum_of(semantic::ExprId id);
  Sum sum_of(const semantic::Binary& node);
  Operand call_sum(const Sum& sum);
  Value await_element(LiveStream stream, const Sum& index);
  Operand call_operator(std::string_view service, std::string_view function, Operand left, Operand right);
  Operand compare(const semantic::Binary& node);
  Operand combine(const semantic::Binary& node);
  Value literal_operator(const semantic::Binary& node, const Operand& left, const Operand& right);

  // --- collections.cpp
  Value build_array(const semantic::Collection& node);
  Value build_option(const semantic::Collection& node);
  Value build_stream(const semantic::Collection& node);
  Operand build_struct(std::string_view name, std::span<const std::pair<std::string_view, Operand>> fields);
  Value build_ability(const types::Ability& type, const semantic::Construct& node);

  // --- stream_maps.cpp
  Value map_get(LiveMap map, const Operand& key);
  Value map_contains(LiveMap map, const Operand& key);
  Value map_keys(LiveMap map);
  Value map_stream(LiveMap map, std::optional<Operand> key);

  // --- inliner.cpp: names, blocks, instructions
  Value& slot(semantic::VariableId id);
  const Value& lookup(semantic::VariableId id) const;
  void define(semantic::VariableId id, Value value);
  NameId scalar(std::string_view base) { return build_.fresh(base, NameKind::kScalar); }
  // A stream or map that is restricted where the block ends that is being filled.
  NameId declare(std::string_view base, NameKind kind);
  void emit(Node node);
  OpId make(Node node) { return build_.add(std::move(node), path_, place_); }
  std::vector<OpId> swap_block(std::vector<OpId> block);
  OpId seal(std::vector<OpId> block) { return build_.sequence(std::move(block), path_, place_); }
  OpId restrict(std::span<const NameId> names, OpId body);
  Operand copy_to_scalar(Operand operand, std::string_view base);
  Operand fitted(Operand operand, Fit fit);
  NameId canonicalise(NameId stream);
  bool is_stopped();
  void report(std::string_view code, std::string message, std::string hint);

  template <class Fill>
  OpId block_of(Fill fill) {
    std::vector<OpId> outer = swap_block({});
    fill();
    return seal(swap_block(std::move(outer)));
  }

  const semantic::Program& program_;
  const Slots& slots_;
  const InlineOptions options_;
  Builder build_;
  std::deque<Frame> frames_;
  Frame* frame_ = nullptr;
  std::uint32_t runs_ = 0;
  PathId path_;  // of what is being run
  PathId root_path_;
  Operand relay_;
  Place place_;
  std::vector<OpId> block_;       // being filled
  std::vector<NameId> declared_;  // since the innermost scope began
  std::uint32_t depth_ = 0;
  bool is_stopped_ = false;  // a limit was passed
  semantic::ExportedFunction exported_;
  std::vector<diagnostics::Diagnostic> diagnostics_;
};

}  // namespace aqua::model
