#include "services/json_rpc.h"

#include <fmt/format.h>

#include "base/utf8.h"
#include "json/canonical.h"
#include "json/text.h"
#include "json/writer.h"

namespace aqua::services {

namespace {

constexpr std::int32_t kErrorCode = 1;
constexpr std::size_t kShownBytesMax = 80;  // of a text that makes no sense

std::string shown(std::string_view text) {
  std::string out;
  json::append_quoted_lossy(out, text.substr(0, kShownBytesMax));
  return text.size() > kShownBytesMax ? out + "..." : out;
}

void write_context(json::Writer& writer, std::string_view service_id, const CallContext& context) {
  writer.begin_object();
  writer.key("particle_id").string(context.particle_id);
  writer.key("init_peer_id").string(context.init_peer_id);
  writer.key("host_peer_id").string(context.host_peer_id);
  writer.key("service_id").string(service_id);
  writer.key("timestamp_ms").number(context.timestamp_ms);
  writer.key("ttl_ms").number(context.ttl_ms);
  writer.key("tetraplets").begin_array();
  for (const auto& of_argument : context.tetraplets) {
    writer.begin_array();
    for (const Provenance& each : of_argument) {
      writer.begin_object();
      writer.key("peer_pk").string(each.peer_id);
      writer.key("service_id").string(each.service);
      writer.key("function_name").string(each.function);
      writer.key("lens").string(each.lens);
      writer.end_object();
    }
    writer.end_array();
  }
  writer.end_array();
  writer.end_object();
}

std::string error_message(std::string_view error) {
  if (json::kind_of(error) != json::Kind::kObject) return std::string(error);
  const auto message = json::find_member(error, "message");
  if (!message || json::kind_of(*message) != json::Kind::kString) return std::string(error);
  return json::unquote(*message);
}

}  // namespace

std::string encode_request(std::uint64_t id, std::string_view service_id, const ServiceCall& call) {
  json::Writer writer;
  writer.begin_object();
  writer.key("jsonrpc").string("2.0");
  writer.key("id").number(id);
  writer.key("method").string(call.function);
  writer.key("params").begin_array();
  for (const std::string& argument : call.arguments) writer.text(argument);
  writer.end_array();
  write_context(writer.key("context"), service_id, call.context);
  writer.end_object();
  return writer.take();
}

std::string encode_cancel(std::uint64_t id) {
  json::Writer writer;
  writer.begin_object();
  writer.key("jsonrpc").string("2.0");
  writer.key("method").string("$/cancel");
  writer.key("params").begin_array().number(id).end_array();
  writer.end_object();
  return writer.take();
}

base::Result<RpcReply, std::string> decode_reply(std::string_view text) {
  if (text.size() > kReplyBytesMax)
    return std::unexpected(
        fmt::format("a reply of {} bytes, more than {}", text.size(), kReplyBytesMax));
  if (const std::size_t at = base::find_invalid_utf8(text); at != std::string_view::npos)
    return std::unexpected(fmt::format("no UTF-8 at byte {}: {}", at, shown(text)));
  const auto is_canonical = json::check(text);
  if (!is_canonical)
    return std::unexpected(fmt::format("no JSON: {} ({})", shown(text), is_canonical.error().text));
  const std::string canonical = *is_canonical ? std::string(text) : json::canonicalize(text);
  if (json::kind_of(canonical) != json::Kind::kObject)
    return std::unexpected(fmt::format("no reply of JSON-RPC: {}", shown(text)));
  const auto id = json::find_member(canonical, "id");
  const auto number =
      id && json::kind_of(*id) == json::Kind::kInteger ? json::as_int64(*id) : std::nullopt;
  if (!number || *number < 0)
    return std::unexpected(fmt::format("a reply without the id of its request: {}", shown(text)));
  RpcReply reply{static_cast<std::uint64_t>(*number), {}};
  const auto error = json::find_member(canonical, "error");
  const auto result = json::find_member(canonical, "result");
  if (error && *error != "null") {
    reply.answer = {kErrorCode, json::quoted(error_message(*error))};
  } else if (result) {
    reply.answer = {0, std::string(*result)};
  } else {
    return std::unexpected(fmt::format("a reply with neither result nor error: {}", shown(text)));
  }
  return reply;
}

}  // namespace aqua::services
