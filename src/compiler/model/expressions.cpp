#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "base/overloaded.h"
#include "compiler/model/inlining.h"

namespace aqua::model {

using base::Overloaded;
using syntax::BinaryOperator;

namespace {

std::int64_t integer_of(std::string_view text) {
  std::int64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

double real_of(std::string_view text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

bool is_literal(const Operand& operand) {
  return std::visit(
      Overloaded{[](const InitPeerId&) { return false; }, [](const Timestamp&) { return false; },
                 [](const Ttl&) { return false; }, [](const EmptyArray&) { return false; },
                 [](const ErrorSlot&) { return false; }, [](const Variable&) { return false; },
                 [](const String&) { return true; }, [](const Integer&) { return true; },
                 [](const Float&) { return true; }, [](const Boolean&) { return true; }},
      operand.base);
}

std::optional<std::int64_t> power(std::int64_t base, std::int64_t exponent) {
  if (exponent < 0) return std::nullopt;
  std::int64_t result = 1;
  for (std::int64_t i = 0; i < exponent; ++i) {
    if (__builtin_mul_overflow(result, base, &result)) return std::nullopt;
    if (base == 0 || base == 1) break;
    if (base == -1) return exponent % 2 == 0 ? 1 : -1;
  }
  return result;
}

// What is known now need not be asked of a service. None where the service has to say why not.
std::optional<std::int64_t> calculate(BinaryOperator op, std::int64_t a, std::int64_t b) {
  std::int64_t result = 0;
  switch (op) {
    case BinaryOperator::kAdd:
      return __builtin_add_overflow(a, b, &result) ? std::nullopt : std::optional(result);
    case BinaryOperator::kSubtract:
      return __builtin_sub_overflow(a, b, &result) ? std::nullopt : std::optional(result);
    case BinaryOperator::kMultiply:
      return __builtin_mul_overflow(a, b, &result) ? std::nullopt : std::optional(result);
    case BinaryOperator::kDivide:
    case BinaryOperator::kRemainder:
      if (b == 0 || (a == std::numeric_limits<std::int64_t>::min() && b == -1)) return std::nullopt;
      return op == BinaryOperator::kDivide ? a / b : a % b;
    case BinaryOperator::kPower: return power(a, b);
    case BinaryOperator::kLess:
    case BinaryOperator::kLessOrEqual:
    case BinaryOperator::kGreater:
    case BinaryOperator::kGreaterOrEqual:
    case BinaryOperator::kEqual:
    case BinaryOperator::kNotEqual:
    case BinaryOperator::kAnd:
    case BinaryOperator::kOr: return std::nullopt;
  }
  return std::nullopt;
}

std::optional<bool> order(BinaryOperator op, std::int64_t a, std::int64_t b) {
  switch (op) {
    case BinaryOperator::kLess: return a < b;
    case BinaryOperator::kLessOrEqual: return a <= b;
    case BinaryOperator::kGreater: return a > b;
    case BinaryOperator::kGreaterOrEqual: return a >= b;
    case BinaryOperator::kAdd:
    case BinaryOperator::kSubtract:
    case BinaryOperator::kMultiply:
    case BinaryOperator::kDivide:
    case BinaryOperator::kRemainder:
    case BinaryOperator::kPower:
    case BinaryOperator::kEqual:
    case BinaryOperator::kNotEqual:
    case BinaryOperator::kAnd:
    case BinaryOperator::kOr: return std::nullopt;
  }
  return std::nullopt;
}

struct ServiceFunction {
  std::string_view service;
  std::string_view function;
};

ServiceFunction service_of(const semantic::Binary& node) {
  switch (node.op) {
    case BinaryOperator::kAdd: return {"math", "add"};
    case BinaryOperator::kSubtract: return {"math", "sub"};
    case BinaryOperator::kMultiply: return {"math", node.is_float ? "fmul" : "mul"};
    case BinaryOperator::kDivide: return {"math", "div"};
    case BinaryOperator::kRemainder: return {"math", "rem"};
    case BinaryOperator::kPower: return {"math", "pow"};
    case BinaryOperator::kLess: return {"cmp", "lt"};
    case BinaryOperator::kLessOrEqual: return {"cmp", "lte"};
    case BinaryOperator::kGreater: return {"cmp", "gt"};
    case BinaryOperator::kGreaterOrEqual: return {"cmp", "gte"};
    case BinaryOperator::kEqual: return {"", "eq"};
    case BinaryOperator::kNotEqual: return {"", "neq"};
    case BinaryOperator::kAnd: return {"", "and"};
    case BinaryOperator::kOr: return {"", "or"};
  }
  return {};
}

}  // namespace

Value Inlining::evaluate(semantic::ExprId id, Wish wish) {
  const Level level(*this);
  if (is_stopped()) return Data{Operand{EmptyArray{}, {}, false}};
  const semantic::Expr& expr = program_[id];
  const Place outer = std::exchange(place_, expr.place);
  Value value =
      std::visit([&](const auto& node) { return evaluate_node(expr, node, wish); }, expr.node);
  place_ = outer;
  return value;
}

Operand Inlining::data(semantic::ExprId id, Fit fit) { return fitted(data_of(evaluate(id)), fit); }

Operand Inlining::data_of(const Value& value) {
  if (const auto* data = std::get_if<Data>(&value)) return data->operand;
  if (const auto* stream = std::get_if<LiveStream>(&value))
    return variable(canonicalise(stream->name));
  if (const auto* map = std::get_if<LiveMap>(&value)) return variable(canonicalise(map->name));
  if (const auto* service = std::get_if<ServiceHandle>(&value)) return service->id;
  return Operand{EmptyArray{}, {}, false};
}

Value Inlining::evaluate_node(const semantic::Expr&, const semantic::Literal& node, Wish) {
  switch (node.kind) {
    case semantic::LiteralKind::kBoolean: return Data{boolean(node.text == "true")};
    case semantic::LiteralKind::kInteger: return Data{integer(integer_of(node.text))};
    case semantic::LiteralKind::kFloat: return Data{Operand{Float{real_of(node.text)}, {}, false}};
    case semantic::LiteralKind::kString: return Data{string(node.text)};
  }
  return {};
}

Value Inlining::evaluate_node(const semantic::Expr&, const semantic::Builtin& node, Wish) {
  switch (node) {
    case semantic::Builtin::kInitPeerId: return Data{Operand{InitPeerId{}, {}, false}};
    case semantic::Builtin::kHostPeerId: return Data{relay_};
    case semantic::Builtin::kParticleTtl: return Data{Operand{Ttl{}, {}, false}};
    case semantic::Builtin::kParticleTimestamp: return Data{Operand{Timestamp{}, {}, false}};
    case semantic::Builtin::kNil: return Data{Operand{EmptyArray{}, {}, false}};
    case semantic::Builtin::kLastError: return Data{Operand{ErrorSlot{}, {}, false}};
  }
  return {};
}

Value Inlining::evaluate_node(const semantic::Expr&, const semantic::VariableRef& node, Wish) {
  return lookup(node.variable);
}

Value Inlining::evaluate_node(const semantic::Expr&, const semantic::FunctionRef& node, Wish) {
  return FunctionArrow{node.function, nullptr, PathId::none()};
}

Value Inlining::evaluate_node(const semantic::Expr& expr, const semantic::ServiceRef& node, Wish) {
  if (node.binding.has_value()) return lookup(node.binding);
  return ServiceHandle{data(program_[node.service].default_id, Fit::kResolvable), expr.type};
}

Value Inlining::evaluate_node(const semantic::Expr& expr, const semantic::FieldOf& node, Wish) {
  Value object = evaluate(node.object);
  if (const auto* bundle = std::get_if<BundleRef>(&object)) {
    for (const auto& [name, value] : (*bundle)->fields) {
      if (name == node.name) return value;
    }
    return {};
  }
  if (const auto* service = std::get_if<ServiceHandle>(&object)) {
    const auto* const type = std::get_if<types::Service>(&program_.types[service->type]);
    return MethodArrow{type == nullptr ? std::string_view() : type->name, service->id, node.name,
                       expr.type};
  }
  return Data{with(data_of(object), ByField{node.name})};
}

Value Inlining::evaluate_node(const semantic::Expr&, const semantic::LengthOf& node, Wish wish) {
  Operand collection = data(node.object);
  if (std::holds_alternative<EmptyArray>(collection.base)) return Data{integer(0)};
  if (!collection.lens.empty() || collection.is_length)
    collection = copy_to_scalar(std::move(collection), "collection");
  collection.is_length = true;
  return Data{copy_to_scalar(std::move(collection), wish.name.empty() ? "length" : wish.name)};
}

Value Inlining::evaluate_node(const semantic::Expr&, const semantic::IndexOf& node, Wish) {
  const Value object = evaluate(node.object);
  if (const auto* stream = std::get_if<LiveStream>(&object))
    return await_element(*stream, sum_of(node.index));
  Operand index = data(node.index);
  Operand collection = data_of(object);
  if (!std::holds_alternative<Variable>(collection.base))
    collection = copy_to_scalar(std::move(collection), "collection");
  const Integer* const known = std::get_if<Integer>(&index.base);
  if (known != nullptr && known->value >= 0 &&
      known->value <= std::numeric_limits<std::uint32_t>::max()) {
    return Data{with(std::move(collection), ByIndex{static_cast<std::uint32_t>(known->value)})};
  }
  index = fitted(std::move(index), Fit::kScalar);
  return Data{with(std::move(collection), ByName{std::get<Variable>(index.base).name})};
}

// Waits until the stream holds so many elements that the one with the index is among them: each
// element is copied to a stream of the gate's own, whose length is looked at every time.
Value Inlining::await_element(LiveStream stream, const Sum& index) {
  Sum wanted = index;
  if (__builtin_add_overflow(wanted.literals, 1, &wanted.literals))
    wanted = Sum{call_sum(index), 1};
  const Operand size = call_sum(wanted);
  const std::string base(build_.ops()[stream.name].text);
  const auto named = [&](std::string_view suffix, NameKind kind) {
    return build_.fresh(build_.ops().texts.store(base + std::string(suffix)), kind);
  };
  const NameId seen = named("_test", NameKind::kStream);
  const NameId item = named("_fold_var", NameKind::kScalar);
  const NameId seen_so_far = named("_iter_canon", NameKind::kCanon);
  const NameId enough = named("_result_canon", NameKind::kCanon);
  const NameId gate = named("_gate", NameKind::kScalar);

  const OpId take = make(Ap{variable(item), seen});
  const OpId look = make(Canon{seen, seen_so_far});
  const OpId stop = make(Match{Operand{Variable{seen_so_far}, {}, true}, size, make(Null{})});
  const OpId next = make(Next{item});
  const OpId go_on = make(Xor{{stop, next}});
  const OpId step = make(Seq{{take, look, go_on}});
  const OpId wait = make(Fold{FoldMode::kBare, stream.name, item, step, true});
  const OpId keep = make(Canon{seen, enough});
  const OpId open = make(Ap{variable(enough), gate});
  emit(Restrict{seen, make(Seq{{wait, keep, open}})});

  if (!index.rest && index.literals >= 0 &&
      index.literals <= std::numeric_limits<std::uint32_t>::max()) {
    return Data{with(variable(gate), ByIndex{static_cast<std::uint32_t>(index.literals)})};
  }
  Operand at = index.rest && index.literals == 0 ? *index.rest
                                                 : call_operator("math", "sub", size, integer(1));
  at = fitted(std::move(at), Fit::kScalar);
  return Data{with(variable(gate), ByName{std::get<Variable>(at.base).name})};
}

Value Inlining::evaluate_node(const semantic::Expr&, const semantic::Call& node, Wish wish) {
  std::vector<Value> results = call(node, wish);
  return results.empty() ? Value() : std::move(results.front());
}

Value Inlining::evaluate_node(const semantic::Expr&, const semantic::CallMapMethod& node, Wish) {
  const Value object = evaluate(node.map);
  const auto* const map = std::get_if<LiveMap>(&object);
  if (map == nullptr) return {};
  switch (node.method) {
    case semantic::MapMethod::kGet: return map_get(*map, data(node.arguments.at(0)));
    case semantic::MapMethod::kContains: return map_contains(*map, data(node.arguments.at(0)));
    case semantic::MapMethod::kGetStream: return map_stream(*map, data(node.arguments.at(0)));
    case semantic::MapMethod::kKeys: return map_keys(*map);
    case semantic::MapMethod::kKeysStream: return map_stream(*map, std::nullopt);
  }
  return {};
}

Value Inlining::evaluate_node(const semantic::Expr&, const semantic::Not& node, Wish) {
  const Operand operand = data(node.operand);
  if (const Boolean* const known = std::get_if<Boolean>(&operand.base))
    return Data{boolean(!known->value)};
  const NameId result = scalar("not");
  const OpId is_true = make(Match{operand, boolean(true), make(Ap{boolean(false), result})});
  const OpId is_false = make(Ap{boolean(true), result});
  emit(Xor{{is_true, is_false}});
  return Data{variable(result)};
}

Operand Inlining::call_operator(std::string_view service, std::string_view function, Operand left,
                                Operand right) {
  const NameId result = scalar(function);
  std::vector<Operand> arguments;
  arguments.push_back(std::move(left));
  arguments.push_back(std::move(right));
  emit(Call{string(service), string(function), std::move(arguments), result});
  return variable(result);
}

Value Inlining::evaluate_node(const semantic::Expr&, const semantic::Binary& node, Wish) {
  switch (node.op) {
    case BinaryOperator::kAnd:
    case BinaryOperator::kOr: return Data{combine(node)};
    case BinaryOperator::kEqual:
    case BinaryOperator::kNotEqual: return Data{compare(node)};
    case BinaryOperator::kAdd:
    case BinaryOperator::kSubtract: return Data{call_sum(sum_of(node))};
    case BinaryOperator::kMultiply:
    case BinaryOperator::kDivide:
    case BinaryOperator::kRemainder:
    case BinaryOperator::kPower:
    case BinaryOperator::kLess:
    case BinaryOperator::kLessOrEqual:
    case BinaryOperator::kGreater:
    case BinaryOperator::kGreaterOrEqual: {
      Operand left = data(node.left);
      Operand right = data(node.right);
      return literal_operator(node, left, right);
    }
  }
  return {};
}

Value Inlining::literal_operator(const semantic::Binary& node, const Operand& left,
                                 const Operand& right) {
  const Integer* const a = std::get_if<Integer>(&left.base);
  const Integer* const b = std::get_if<Integer>(&right.base);
  if (a != nullptr && b != nullptr && !node.is_float) {
    if (const auto known = order(node.op, a->value, b->value)) return Data{boolean(*known)};
    if (const auto known = calculate(node.op, a->value, b->value)) return Data{integer(*known)};
  }
  const auto [service, function] = service_of(node);
  return Data{call_operator(service, function, left, right)};
}

// The literals of a chain of additions and subtractions are added up here; what is subtracted from a
// literal ends the chain.
Inlining::Sum Inlining::sum_of(semantic::ExprId id) {
  const auto* const binary = std::get_if<semantic::Binary>(&program_[id].node);
  if (binary != nullptr &&
      (binary->op == BinaryOperator::kAdd || binary->op == BinaryOperator::kSubtract)) {
    const Level level(*this);
    if (is_stopped()) return {};
    const Place outer = std::exchange(place_, program_[id].place);
    Sum sum = sum_of(*binary);
    place_ = outer;
    return sum;
  }
  Operand operand = data(id);
  if (const Integer* const known = std::get_if<Integer>(&operand.base))
    return Sum{std::nullopt, known->value};
  return Sum{std::move(operand), 0};
}

Inlining::Sum Inlining::sum_of(const semantic::Binary& node) {
  Sum left = sum_of(node.left);
  Sum right = sum_of(node.right);
  std::int64_t literals = 0;
  if (node.op == BinaryOperator::kAdd) {
    if (!__builtin_add_overflow(left.literals, right.literals, &literals)) {
      if (!left.rest) return Sum{std::move(right.rest), literals, right.literals == 0};
      if (!right.rest) return Sum{std::move(left.rest), literals};
      return Sum{call_operator("math", "add", *left.rest, *right.rest), literals};
    }
  } else if (!right.rest && !__builtin_sub_overflow(left.literals, right.literals, &literals)) {
    return Sum{std::move(left.rest), literals};
  }
  const std::string_view function = node.op == BinaryOperator::kAdd ? "add" : "sub";
  Operand first = call_sum(left);
  return Sum{call_operator("math", function, std::move(first), call_sum(right)), 0};
}

Operand Inlining::call_sum(const Sum& sum) {
  if (!sum.rest) return integer(sum.literals);
  if (sum.literals == 0) return *sum.rest;
  if (sum.literals > 0 || sum.literal_first ||
      sum.literals == std::numeric_limits<std::int64_t>::min()) {
    if (sum.literal_first) return call_operator("math", "add", integer(sum.literals), *sum.rest);
    return call_operator("math", "add", *sum.rest, integer(sum.literals));
  }
  return call_operator("math", "sub", *sum.rest, integer(-sum.literals));
}

Operand Inlining::compare(const semantic::Binary& node) {
  const bool is_equality = node.op == BinaryOperator::kEqual;
  const Operand left = data(node.left);
  const Operand right = data(node.right);
  if (is_literal(left) && is_literal(right)) return boolean((left == right) == is_equality);
  const NameId result = scalar(is_equality ? "eq" : "neq");
  const OpId yes = test(Condition{left, right, is_equality}, make(Ap{boolean(true), result}));
  emit(Xor{{yes, make(Ap{boolean(false), result})}});
  return variable(result);
}

// The right side is looked at only where the left one does not decide.
Operand Inlining::combine(const semantic::Binary& node) {
  const bool deciding = node.op == BinaryOperator::kOr;
  const Operand left = data(node.left);
  if (const Boolean* const known = std::get_if<Boolean>(&left.base)) {
    return known->value == deciding ? boolean(deciding) : data(node.right);
  }
  const NameId result = scalar(deciding ? "or" : "and");
  const OpId decided = make(Match{left, boolean(deciding), make(Ap{left, result})});
  const OpId undecided = block_of([&] {
    Operand right = data(node.right);
    emit(Ap{std::move(right), result});
  });
  emit(Xor{{decided, undecided}});
  return variable(result);
}

}  // namespace aqua::model
