#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "json/text.h"
#include "json/writer.h"
#include "services/builtin_table.h"

// peer, srv, sig and run-console: what they answer depends on the peer.

namespace aqua::services {

namespace {

Answer good(std::string json) { return {0, std::move(json)}; }

bool knows(const Host& host, std::string_view peer_id) {
  return peer_id == host.key.peer_id() ||
         std::ranges::find(host.known_peers, peer_id) != host.known_peers.end();
}

const ServiceEntry* find_service(const Host& host, std::string_view id_or_alias) {
  for (const ServiceEntry& service : host.services) {
    if (service.id == id_or_alias) return &service;
  }
  for (const ServiceEntry& service : host.services) {
    if (std::ranges::find(service.aliases, id_or_alias) != service.aliases.end()) return &service;
  }
  return nullptr;
}

void write_service(json::Writer& writer, const ServiceEntry& service, const Host& host) {
  writer.begin_object();
  writer.key("aliases").begin_array();
  for (const std::string& alias : service.aliases) writer.string(alias);
  writer.end_array();
  writer.key("blueprint_id").string("");
  writer.key("id").string(service.id);
  writer.key("owner_id").string(host.key.peer_id());
  writer.key("service_type").string("service");
  writer.key("worker_id").string(host.key.peer_id());
  writer.end_object();
}

}  // namespace

// --- peer ---------------------------------------------------------------------------------------

Hosted peer_identify(Arguments, const Host& host) {
  json::Writer writer;
  writer.begin_object();
  writer.key("air_version").string(host.air_version);
  writer.key("allowed_binaries").begin_array().end_array();
  writer.key("external_addresses").begin_array().end_array();
  writer.key("node_version").string("aqua");
  writer.key("spell_version").string("");
  writer.key("vm_info").begin_array().end_array();
  writer.end_object();
  return good(writer.take());
}

Hosted peer_timestamp_ms(Arguments, const Host& host) { return good(std::to_string(host.now_ms)); }
Hosted peer_timestamp_sec(Arguments, const Host& host) {
  return good(std::to_string(host.now_ms / 1000));
}

// (duration in ms, ?message): the message, when the time has passed.
Hosted peer_timeout(Arguments arguments, const Host&) {
  if (arguments.empty()) return refuse("argument 1 is missing, a duration in ms is expected");
  const bool is_text = json::kind_of(arguments[0]) == json::Kind::kString;
  const std::string digits = is_text ? json::unquote(arguments[0]) : arguments[0];
  std::uint64_t delay_ms = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), delay_ms);
  if (error != std::errc() || end != digits.data() + digits.size())
    return refuse(fmt::format("argument 1: a duration in ms is expected, not {}", arguments[0]));
  const auto message = optional_argument(arguments, 1);
  if (!message) return std::unexpected(message.error());
  if (*message && json::kind_of(**message) != json::Kind::kString)
    return refuse("argument 2: a string is expected");
  return AnswerLater{delay_ms, good(std::string(message->value_or(kNoResult)))};
}

Hosted peer_is_connected(Arguments arguments, const Host& host) {
  const auto peer_id = string_argument(arguments, 0);
  if (!peer_id) return std::unexpected(peer_id.error());
  return good(knows(host, *peer_id) ? "true" : "false");
}

Hosted peer_connect(Arguments, const Host&) {
  return refuse("only the owner of the peer may do this");
}

Hosted peer_get_contact(Arguments arguments, const Host& host) {
  const auto peer_id = string_argument(arguments, 0);
  if (!peer_id) return std::unexpected(peer_id.error());
  if (!knows(host, *peer_id)) return good("[]");
  return good(fmt::format(R"([{{"addresses":[],"peer_id":{}}}])", json::quoted(*peer_id)));
}

// --- srv ----------------------------------------------------------------------------------------

Hosted srv_list(Arguments, const Host& host) {
  json::Writer writer;
  writer.begin_array();
  for (const ServiceEntry& service : host.services) write_service(writer, service, host);
  writer.end_array();
  return good(writer.take());
}

Hosted srv_info(Arguments arguments, const Host& host) {
  const auto id = string_argument(arguments, 0);
  if (!id) return std::unexpected(id.error());
  const ServiceEntry* const service = find_service(host, *id);
  if (service == nullptr) return refuse(fmt::format("there is no service {}", *id));
  json::Writer writer;
  write_service(writer, *service, host);
  return good(writer.take());
}

namespace {

const ServiceEntry* find_alias(const Host& host, std::string_view alias) {
  const auto found = std::ranges::find_if(host.services, [&](const ServiceEntry& service) {
    return std::ranges::find(service.aliases, alias) != service.aliases.end();
  });
  return found == host.services.end() ? nullptr : &*found;
}

}  // namespace

Hosted srv_resolve_alias(Arguments arguments, const Host& host) {
  const auto alias = string_argument(arguments, 0);
  if (!alias) return std::unexpected(alias.error());
  const ServiceEntry* const service = find_alias(host, *alias);
  if (service == nullptr) return refuse(fmt::format("no service has the alias {}", *alias));
  return good(json::quoted(service->id));
}

Hosted srv_resolve_alias_opt(Arguments arguments, const Host& host) {
  const auto alias = string_argument(arguments, 0);
  if (!alias) return std::unexpected(alias.error());
  const ServiceEntry* const service = find_alias(host, *alias);
  return good(service == nullptr ? "[]" : fmt::format("[{}]", json::quoted(service->id)));
}

Hosted srv_add_alias(Arguments arguments, const Host& host) {
  const auto alias = string_argument(arguments, 0);
  const auto id = string_argument(arguments, 1);
  if (!alias) return std::unexpected(alias.error());
  if (!id) return std::unexpected(id.error());
  if (host.init_peer_id != host.key.peer_id())
    return refuse("only the owner of the peer may do this");
  const auto is_id = [&](const ServiceEntry& service) { return service.id == *alias; };
  if (*alias == "self" || *alias == "spell" || is_builtin_service(*alias) ||
      std::ranges::any_of(host.services, is_id))
    return refuse(fmt::format("{} can not be an alias, it already means something", *alias));
  const ServiceEntry* const service = find_service(host, *id);
  if (service == nullptr) return refuse(fmt::format("there is no service {}", *id));
  return SetAlias{*alias, service->id, good(std::string(kNoResult))};
}

// --- sig ----------------------------------------------------------------------------------------

Hosted sig_sign(Arguments arguments, const Host& host) {
  const auto bytes = bytes_argument(arguments, 0);
  if (!bytes) return std::unexpected(bytes.error());
  // A signature says that the peer itself wanted it.
  if (host.init_peer_id != host.key.peer_id())
    return good(
        R"({"error":["the peer signs for its own scripts only"],"signature":[],"success":false})");
  return good(fmt::format(R"({{"error":[],"signature":[{}],"success":true}})",
                          array_of_bytes(host.key.sign(*bytes))));
}

Hosted sig_verify(Arguments arguments, const Host& host) {
  const auto signature = bytes_argument(arguments, 0);
  const auto bytes = bytes_argument(arguments, 1);
  if (!signature) return std::unexpected(signature.error());
  if (!bytes) return std::unexpected(bytes.error());
  crypto::Signature fixed{};
  if (signature->size() != fixed.size()) return good("false");
  std::ranges::copy(*signature, fixed.begin());
  return good(crypto::verify(host.key.public_key(), *bytes, fixed) ? "true" : "false");
}

Hosted sig_get_peer_id(Arguments, const Host& host) {
  return good(json::quoted(host.key.peer_id()));
}

// --- run-console ----------------------------------------------------------------------------------

Hosted console_print(Arguments arguments, const Host&) {
  std::string line;
  for (const std::string& argument : arguments) {
    if (!line.empty()) line += ' ';
    line += json::kind_of(argument) == json::Kind::kString ? json::unquote(argument) : argument;
  }
  return PrintLine{std::move(line), good(std::string(kNoResult))};
}

}  // namespace aqua::services
