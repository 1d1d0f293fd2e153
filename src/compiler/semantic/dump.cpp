#include "compiler/semantic/dump.h"

#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/overloaded.h"

namespace aqua::semantic {

using base::Overloaded;

namespace {

std::string_view name_of(Builtin builtin) {
  switch (builtin) {
    case Builtin::kInitPeerId: return "INIT_PEER_ID";
    case Builtin::kHostPeerId: return "HOST_PEER_ID";
    case Builtin::kParticleTtl: return "PARTICLE_TTL";
    case Builtin::kParticleTimestamp: return "PARTICLE_TIMESTAMP";
    case Builtin::kNil: return "nil";
    case Builtin::kLastError: return "LAST_ERROR";
  }
  return "";
}

std::string_view name_of(MapMethod method) {
  switch (method) {
    case MapMethod::kGet: return "get";
    case MapMethod::kGetStream: return "getStream";
    case MapMethod::kKeys: return "keys";
    case MapMethod::kKeysStream: return "keysStream";
    case MapMethod::kContains: return "contains";
  }
  return "";
}

std::string_view name_of(syntax::CollectionKind kind) {
  switch (kind) {
    case syntax::CollectionKind::kArray: return "array";
    case syntax::CollectionKind::kOption: return "option";
    case syntax::CollectionKind::kStream: return "stream";
  }
  return "";
}

std::string_view name_of(syntax::ForMode mode) {
  switch (mode) {
    case syntax::ForMode::kSequential: return "for";
    case syntax::ForMode::kPar: return "for par";
    case syntax::ForMode::kTry: return "for try";
    case syntax::ForMode::kRec: return "for rec";
    case syntax::ForMode::kParseq: return "parseq";
  }
  return "";
}

std::string_view name_of(syntax::BinaryOperator op) {
  constexpr std::string_view kNames[] = {"+",  "-", "*",  "/",  "%",  "**", "<",
                                         "<=", ">", ">=", "==", "!=", "&&", "||"};
  return kNames[static_cast<std::size_t>(op)];
}

std::string_view name_of(FunctionKind kind) {
  switch (kind) {
    case FunctionKind::kTop: return "function";
    case FunctionKind::kHere: return "closure here";
    case FunctionKind::kDetached: return "closure detached";
  }
  return "";
}

class Dumper {
 public:
  explicit Dumper(const Program& program) : program_(program) {}

  std::string run() {
    for (const Service& service : program_.services) dump_service(service);
    for (std::size_t i = 0; i < program_.functions.size(); ++i) {
      if (program_.functions[i].kind == FunctionKind::kTop) dump_function(FunctionId(i));
    }
    for (const Output& output : program_.outputs) dump_output(output);
    return std::move(out_);
  }

 private:
  // Everything below a line stands two blanks further right.
  template <class... Arguments>
  void line(fmt::format_string<Arguments...> format, Arguments&&... arguments) {
    out_.append(depth_ * 2, ' ');
    fmt::format_to(std::back_inserter(out_), format, std::forward<Arguments>(arguments)...);
    out_ += '\n';
  }
  std::string type(TypeId id) const { return types::describe(program_.types, id); }
  std::string variable(VariableId id) const {
    const Variable& variable = program_[id];
    return fmt::format("{}: {}", variable.name, type(variable.type));
  }

  void dump_service(const Service& service) {
    line("service {}", service.name);
    ++depth_;
    for (const types::Field& method :
         std::get<types::Service>(program_.types[service.type]).methods) {
      line("method {}: {}", method.name, type(method.type));
    }
    if (service.default_id.has_value()) named("id", service.default_id);
    --depth_;
  }

  void dump_function(FunctionId id) {
    const Function& function = program_[id];
    line("{} {}: {}{}", name_of(function.kind), function.name, type(function.type),
         function.is_valid ? "" : " (invalid)");
    ++depth_;
    for (const VariableId argument : function.arguments) line("argument {}", variable(argument));
    block(function.body);
    --depth_;
  }

  void dump_output(const Output& output) {
    for (const ExportedFunction& each : output.functions) {
      line("export {} of function {}", each.name, program_[each.function].name);
    }
    for (const ExportedService& each : output.services) {
      line("export {} of service {}", each.name, program_[each.service].name);
    }
  }

  // --- statements ---

  void block(const Block& statements) {
    for (const StatementId id : statements) {
      std::visit([this](const auto& node) { dump(node); }, program_[id].node);
    }
  }
  void named(std::string_view name, const Block& statements) {
    line("{}", name);
    ++depth_;
    block(statements);
    --depth_;
  }
  void named(std::string_view name, ExprId id) {
    line("{}", name);
    below(id);
  }
  void below(ExprId id) {
    ++depth_;
    expr(id);
    --depth_;
  }

  void dump(const Let& node) {
    line("let {}", variable(node.variable));
    below(node.value);
  }
  void dump(const CallAndBind& node) {
    std::string targets;
    for (const Target& target : node.targets) {
      const std::string_view how = target.kind == Target::Kind::kDefine ? "define"
                                   : target.kind == Target::Kind::kPush ? "push to"
                                                                        : "insert into";
      targets +=
          fmt::format("{} {} {}", targets.empty() ? "" : ",", how, variable(target.variable));
    }
    line("call{}", targets);
    below(node.call);
  }
  void dump(const Push& node) {
    line("push to {}", variable(node.target));
    if (node.key.has_value()) below(node.key);
    below(node.value);
  }
  void dump(const Declare& node) { line("declare {}", variable(node.variable)); }
  void dump(const BindService& node) {
    line("bind {}#{}", program_[node.service].name, node.variable.value);
    below(node.id);
  }
  void dump(const On& node) {
    line("on");
    ++depth_;
    where(node.peer, node.relays);
    named("do", node.body);
    --depth_;
  }
  void where(ExprId peer, const std::vector<ExprId>& relays) {
    named("peer", peer);
    for (const ExprId relay : relays) named("via", relay);
  }
  void dump(const For& node) {
    if (node.key.has_value()) {
      line("{} {}, {}", name_of(node.mode), variable(node.key), variable(node.item));
    } else {
      line("{} {}", name_of(node.mode), variable(node.item));
    }
    ++depth_;
    named("in", node.iterable);
    if (node.on_peer.has_value()) where(node.on_peer, node.on_relays);
    named("do", node.body);
    --depth_;
  }
  void dump(const If& node) {
    line("if");
    below(node.condition);
    ++depth_;
    named("then", node.then);
    if (node.has_otherwise) named("else", node.otherwise);
    --depth_;
  }
  void dump(const Try& node) {
    named("try", node.body);
    ++depth_;
    for (const Catch& each : node.catches) {
      named(fmt::format("catch {}", variable(each.error)), each.body);
    }
    if (node.has_otherwise) named("otherwise", node.otherwise);
    --depth_;
  }
  void dump(const Otherwise& node) {
    named("attempt", node.first);
    ++depth_;
    named("otherwise", node.body);
    --depth_;
  }
  void dump(const Par& node) {
    line("par");
    ++depth_;
    for (const Block& branch : node.branches) named("branch", branch);
    --depth_;
  }
  void dump(const Co& node) { named("co", node.branch); }
  void dump(const Join& node) {
    line("join");
    for (const ExprId value : node.values) below(value);
  }
  void dump(const DefineClosure& node) { dump_function(node.function); }
  void dump(const Return& node) {
    line("return");
    for (const ExprId value : node.values) below(value);
  }

  // --- expressions ---

  void expr(ExprId id) {
    const Expr& expr = program_[id];
    std::visit([&](const auto& node) { dump(node, type(expr.type)); }, expr.node);
  }

  void dump(const Literal& node, const std::string& type) {
    if (node.kind == LiteralKind::kString) {
      line("literal \"{}\": {}", node.text, type);
    } else {
      line("literal {}: {}", node.text, type);
    }
  }
  void dump(Builtin node, const std::string& type) { line("{}: {}", name_of(node), type); }
  void dump(const VariableRef& node, const std::string& type) {
    line("variable {}: {}", program_[node.variable].name, type);
  }
  void dump(const FunctionRef& node, const std::string& type) {
    line("function {}: {}", program_[node.function].name, type);
  }
  void dump(const ServiceRef& node, const std::string& type) {
    const std::string binding =
        node.binding.is_none() ? "" : fmt::format("#{}", node.binding.value);
    line("service {}{}: {}", program_[node.service].name, binding, type);
  }
  void dump(const FieldOf& node, const std::string& type) {
    line("field {}: {}", node.name, type);
    below(node.object);
  }
  void dump(const LengthOf& node, const std::string& type) {
    line("length: {}", type);
    below(node.object);
  }
  void dump(const IndexOf& node, const std::string& type) {
    line("index: {}", type);
    below(node.object);
    below(node.index);
  }
  void dump(const Call& node, const std::string& type) {
    line("call: {}", type);
    below(node.callee);
    for (const ExprId argument : node.arguments) below(argument);
  }
  void dump(const CallMapMethod& node, const std::string& type) {
    line("map method {}: {}", name_of(node.method), type);
    below(node.map);
    for (const ExprId argument : node.arguments) below(argument);
  }
  void fields(const std::vector<NamedValue>& values) {
    ++depth_;
    for (const NamedValue& value : values) named(fmt::format("{} =", value.name), value.value);
    --depth_;
  }
  void dump(const CopyOf& node, const std::string& type) {
    line("copy: {}", type);
    below(node.object);
    fields(node.fields);
  }
  void dump(const Construct& node, const std::string& type) {
    line("construct {}", type);
    fields(node.fields);
  }
  void dump(const Collection& node, const std::string& type) {
    line("{}: {}", name_of(node.kind), type);
    for (const ExprId element : node.elements) below(element);
  }
  void dump(const Not& node, const std::string& type) {
    line("not: {}", type);
    below(node.operand);
  }
  void dump(const Binary& node, const std::string& type) {
    line("{}{}: {}", name_of(node.op), node.is_float ? " of floats" : "", type);
    below(node.left);
    below(node.right);
  }

  const Program& program_;
  std::string out_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string dump(const Program& program) { return Dumper(program).run(); }

}  // namespace aqua::semantic
