#include "services/builtin_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/overloaded.h"
#include "json/text.h"

namespace aqua::services {

namespace {

constexpr std::int32_t kErrorCode = 1;

constexpr Builtin kBuiltins[] = {
    {"op", "noop", op_noop},
    {"op", "identity", op_identity},
    {"op", "array", op_array},
    {"op", "array_length", array_length},
    {"op", "concat", op_concat},
    {"op", "concat_strings", op_concat_strings},
    {"op", "string_to_b58", op_string_to_b58},
    {"op", "string_from_b58", op_string_from_b58},
    {"op", "bytes_to_b58", op_bytes_to_b58},
    {"op", "bytes_from_b58", op_bytes_from_b58},
    {"op", "sha256_string", op_sha256_string},
    {"math", "add", math_add},
    {"math", "sub", math_sub},
    {"math", "mul", math_mul},
    {"math", "fmul", math_fmul},
    {"math", "div", math_div},
    {"math", "rem", math_rem},
    {"math", "pow", math_pow},
    {"math", "log", math_log},
    {"cmp", "lt", cmp_lt},
    {"cmp", "lte", cmp_lte},
    {"cmp", "gt", cmp_gt},
    {"cmp", "gte", cmp_gte},
    {"cmp", "cmp", cmp_cmp},
    {"array", "sum", array_sum},
    {"array", "length", array_length},
    {"array", "slice", array_slice},
    {"array", "dedup", array_dedup},
    {"array", "intersect", array_intersect},
    {"array", "diff", array_diff},
    {"array", "sdiff", array_sdiff},
    {"json", "obj", json_obj},
    {"json", "put", json_put},
    {"json", "puts", json_puts},
    {"json", "obj_pairs", json_obj_pairs},
    {"json", "puts_pairs", json_puts_pairs},
    {"json", "parse", json_parse},
    {"json", "stringify", json_stringify},
    {"debug", "stringify", debug_stringify},
    {"kad", "merge", kad_merge},
    {"kad", "neighborhood", kad_neighborhood},
    {"kad", "neigh_with_addrs", kad_neigh_with_addrs},
    {"peer", "identify", peer_identify},
    {"peer", "timestamp_ms", peer_timestamp_ms},
    {"peer", "timestamp_sec", peer_timestamp_sec},
    {"peer", "timeout", peer_timeout},
    {"peer", "is_connected", peer_is_connected},
    {"peer", "connect", peer_connect},
    {"peer", "get_contact", peer_get_contact},
    {"srv", "list", srv_list},
    {"srv", "info", srv_info},
    {"srv", "resolve_alias", srv_resolve_alias},
    {"srv", "resolve_alias_opt", srv_resolve_alias_opt},
    {"srv", "add_alias", srv_add_alias},
    {"sig", "sign", sig_sign},
    {"sig", "verify", sig_verify},
    {"sig", "get_peer_id", sig_get_peer_id},
    {"run-console", "print", console_print},
};

const Builtin* find(std::string_view service, std::string_view function) {
  for (const Builtin& builtin : kBuiltins) {
    if (builtin.service == service && builtin.function == function) return &builtin;
  }
  return nullptr;
}

Answer failed(std::string_view service, std::string_view function, std::string_view why) {
  return {kErrorCode, json::quoted(fmt::format("{}.{}: {}", service, function, why))};
}

Answer answer_of(std::string_view service, std::string_view function, Computed result) {
  if (!result) return failed(service, function, result.error());
  return {0, std::move(*result)};
}

}  // namespace

std::span<const Builtin> builtins() { return kBuiltins; }

std::optional<Answer> computed_answer(std::string_view service, std::string_view function,
                                      Arguments arguments) {
  const Builtin* const builtin = find(service, function);
  const ComputingBody* const body =
      builtin == nullptr ? nullptr : std::get_if<ComputingBody>(&builtin->body);
  if (body == nullptr) return std::nullopt;
  return answer_of(service, function, (*body)(arguments));
}

std::optional<Reply> call_builtin(std::string_view service, std::string_view function,
                                  Arguments arguments, const Host& host) {
  // The peer's own id is another name of its signatures.
  if (service == host.key.peer_id()) service = "sig";
  const Builtin* const builtin = find(service, function);
  if (builtin == nullptr) return std::nullopt;
  return std::visit(base::Overloaded{
                        [&](ComputingBody body) -> Reply {
                          return answer_of(service, function, body(arguments));
                        },
                        [&](HostedBody body) -> Reply {
                          Hosted reply = body(arguments, host);
                          if (!reply) return failed(service, function, reply.error());
                          return std::move(*reply);
                        },
                    },
                    builtin->body);
}

bool is_builtin_service(std::string_view service) {
  return std::ranges::any_of(kBuiltins,
                             [&](const Builtin& builtin) { return builtin.service == service; });
}

bool is_independent_builtin(std::string_view service, std::string_view function) {
  return service != "srv" && find(service, function) != nullptr;
}

// --- arguments --------------------------------------------------------------------------------

std::unexpected<std::string> refuse(std::string why) { return std::unexpected(std::move(why)); }

base::Result<std::optional<std::string_view>, std::string> optional_argument(Arguments arguments,
                                                                             std::size_t index) {
  if (index >= arguments.size() || arguments[index] == "null") return std::nullopt;
  const std::string_view value = arguments[index];
  if (json::kind_of(value) != json::Kind::kArray) return value;
  const auto items = json::array_items(value);
  if (items.size() > 1)
    return refuse(
        fmt::format("argument {} has {} values, at most one is expected", index + 1, items.size()));
  if (items.empty()) return std::nullopt;
  return items[0];
}

base::Result<bool, std::string> optional_flag(Arguments arguments, std::size_t index) {
  const auto value = optional_argument(arguments, index);
  if (!value) return std::unexpected(value.error());
  if (!*value) return false;
  if (json::kind_of(**value) != json::Kind::kBoolean)
    return refuse(fmt::format("argument {}: a bool is expected", index + 1));
  return **value == "true";
}

base::Result<std::string, std::string> string_argument(Arguments arguments, std::size_t index) {
  if (index >= arguments.size())
    return refuse(fmt::format("argument {} is missing, a string is expected", index + 1));
  if (json::kind_of(arguments[index]) != json::Kind::kString)
    return refuse(
        fmt::format("argument {}: a string is expected, not {}", index + 1, arguments[index]));
  return json::unquote(arguments[index]);
}

base::Result<std::vector<std::string_view>, std::string> array_argument(Arguments arguments,
                                                                        std::size_t index) {
  if (index >= arguments.size() || json::kind_of(arguments[index]) != json::Kind::kArray)
    return refuse(arguments.size() <= 1
                      ? "an array is expected"
                      : fmt::format("argument {}: an array is expected", index + 1));
  return json::array_items(arguments[index]);
}

base::Result<base::Bytes, std::string> bytes_argument(Arguments arguments, std::size_t index) {
  const auto items = array_argument(arguments, index);
  if (!items) return std::unexpected(items.error());
  base::Bytes bytes;
  bytes.reserve(items->size());
  for (const std::string_view item : *items) {
    const auto number = json::as_int64(item);
    if (!number || *number < 0 || *number > 0xFF)
      return refuse(fmt::format("argument {}: bytes are expected, not {}", index + 1, item));
    bytes.push_back(static_cast<base::Byte>(*number));
  }
  return bytes;
}

namespace {

template <class Range>
std::string joined(const Range& values) {
  std::string out = "[";
  for (const std::string_view value : values) {
    if (out.size() > 1) out += ',';
    out += value;
  }
  return out += ']';
}

}  // namespace

std::string array_of(std::span<const std::string_view> values) { return joined(values); }
std::string array_of(std::span<const std::string> values) { return joined(values); }

std::string array_of_bytes(base::ByteView bytes) {
  std::string out = "[";
  for (const base::Byte byte : bytes) {
    if (out.size() > 1) out += ',';
    out += std::to_string(byte);
  }
  return out += ']';
}

}  // namespace aqua::services
