#include "compiler/emit/definition.h"

#include <cstdint>
#include <variant>
#include <vector>

#include "base/overloaded.h"
#include "json/writer.h"

namespace aqua::emit {

namespace {

using types::TypeId;

// Brackets, the tag and the keys around it.
constexpr std::size_t kBytesOfType = 40;

std::string_view name_of(types::LiteralKind kind) {
  switch (kind) {
    case types::LiteralKind::kBool: return "bool";
    case types::LiteralKind::kString: return "string";
    case types::LiteralKind::kUnsigned: return "unsigned";
    case types::LiteralKind::kSigned: return "signed";
    case types::LiteralKind::kFloat: return "float";
    case types::LiteralKind::kNumber: return "number";
  }
  return "";
}

// Whether a product without fields is said to be one.
enum class Empty : std::uint8_t { kNil, kProduct };

class DefinitionWriter {
 public:
  explicit DefinitionWriter(const types::Store& store) : store_(store) {}

  void function(std::string_view name, const types::Arrow& arrow) {
    json_.begin_object();
    json_.key("functionName").string(name);
    json_.key("arrow");
    this->arrow(arrow, Empty::kProduct);
    json_.key("names").begin_object();
    json_.key("relay").string("-relay-");
    json_.key("getDataSrv").string("getDataSrv");
    json_.key("callbackSrv").string("callbackSrv");
    json_.key("responseSrv").string("callbackSrv");
    json_.key("responseFnName").string("response");
    json_.key("errorHandlingSrv").string("errorHandlingSrv");
    json_.key("errorFnName").string("error");
    json_.end_object();
    json_.end_object();
  }

  void service(const types::Service& service, std::optional<std::string_view> default_id) {
    json_.begin_object();
    if (default_id) json_.key("defaultServiceId").string(*default_id);
    json_.key("functions");
    labelled_product(service.methods);
    json_.end_object();
  }

  std::optional<std::string> take() {
    if (is_too_large()) return std::nullopt;
    return json_.take();
  }

 private:
  bool is_too_large() const { return bytes_ > kDefinitionBytesMax || is_too_deep_; }

  void type(TypeId id) {
    bytes_ += kBytesOfType;
    if (depth_ == kDefinitionDepthMax) is_too_deep_ = true;
    if (is_too_large()) {
      json_.null();
      return;
    }
    ++depth_;
    std::visit(base::Overloaded{
                   [&](types::Top) { tagged("topType").end_object(); },
                   [&](types::Bottom) { tagged("bottomType").end_object(); },
                   [&](types::Scalar) { scalar(types::describe(store_, id)); },
                   [&](types::Literal literal) { scalar(name_of(literal.kind)); },
                   [&](types::Array array) { collection("array", array.element); },
                   [&](types::Option option) { collection("option", option.element); },
                   [&](types::Stream stream) { collection("array", stream.element); },
                   [&](types::StreamMap map) { collection("array", map.element); },
                   [&](const types::Struct& one) { structure(one.name, one.fields); },
                   [&](const types::Ability& one) { structure(one.name, one.fields); },
                   [&](const types::Service& one) { structure(one.name, one.methods); },
                   [&](const types::Arrow& one) { arrow(one, Empty::kNil); },
               },
               store_[id]);
    --depth_;
  }

  json::Writer& tagged(std::string_view tag) { return json_.begin_object().key("tag").string(tag); }

  void scalar(std::string_view name) { tagged("scalar").key("name").string(name).end_object(); }

  void collection(std::string_view tag, TypeId element) {
    tagged(tag).key("type");
    type(element);
    json_.end_object();
  }

  void structure(std::string_view name, const std::vector<types::Field>& fields) {
    bytes_ += name.size();
    tagged("struct").key("name").string(name).key("fields");
    this->fields(fields);
    json_.end_object();
  }

  void arrow(const types::Arrow& arrow, Empty empty) {
    tagged("arrow").key("domain");
    if (arrow.parameters.empty() && empty == Empty::kNil) {
      tagged("nil").end_object();
    } else if (arrow.parameters.empty() || arrow.labels == types::Labels::kNamed) {
      labelled_product(arrow.parameters);
    } else {
      tagged("unlabeledProduct").key("items").begin_array();
      for (const types::Field& parameter : arrow.parameters) type(parameter.type);
      json_.end_array().end_object();
    }
    json_.key("codomain");
    if (arrow.results.empty()) {
      tagged("nil").end_object();
    } else {
      tagged("unlabeledProduct").key("items").begin_array();
      for (const TypeId result : arrow.results) type(result);
      json_.end_array().end_object();
    }
    json_.end_object();
  }

  void labelled_product(const std::vector<types::Field>& fields) {
    tagged("labeledProduct").key("fields");
    this->fields(fields);
    json_.end_object();
  }

  void fields(const std::vector<types::Field>& fields) {
    json_.begin_object();
    for (const types::Field& field : fields) {
      if (is_too_large()) break;
      bytes_ += field.name.size();
      json_.key(field.name);
      type(field.type);
    }
    json_.end_object();
  }

  const types::Store& store_;
  json::Writer json_;
  std::size_t bytes_ = 0;
  int depth_ = 0;
  bool is_too_deep_ = false;
};

}  // namespace

std::optional<std::string> function_definition(const types::Store& store, std::string_view name,
                                               TypeId arrow) {
  DefinitionWriter writer(store);
  writer.function(name, std::get<types::Arrow>(store[arrow]));
  return writer.take();
}

std::optional<std::string> service_definition(const types::Store& store, TypeId service,
                                              std::optional<std::string_view> default_id) {
  DefinitionWriter writer(store);
  writer.service(std::get<types::Service>(store[service]), default_id);
  return writer.take();
}

}  // namespace aqua::emit
