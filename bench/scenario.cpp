#include "scenario.h"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/base64.h"
#include "json/text.h"

namespace aqua::bench {

namespace {

std::optional<std::string> text_of(std::string_view object, std::string_view name) {
  const auto value = json::find_member(object, name);
  if (!value || json::kind_of(*value) != json::Kind::kString) return std::nullopt;
  return json::unquote(*value);
}

std::size_t size_of(std::string_view object, std::string_view name) {
  const auto value = json::find_member(object, name);
  const auto size = value ? json::as_uint32(*value) : std::nullopt;
  return size ? *size : Scenario::kAll;
}

// "first", "length", "json:TEXT", or "filler:N", a string of N letters.
std::optional<Stub> parse_stub(std::string_view name, std::string_view answer) {
  constexpr std::string_view kJson = "json:";
  constexpr std::string_view kFiller = "filler:";
  const std::size_t dot = name.find('.');
  if (dot == name.npos) return std::nullopt;
  Stub stub{.service = std::string(name.substr(0, dot)),
            .function = std::string(name.substr(dot + 1)),
            .json = {}};
  if (answer == "first") {
    stub.answer = Answer::kFirstArgument;
  } else if (answer == "length") {
    stub.answer = Answer::kLengthOfFirst;
  } else if (answer.starts_with(kJson)) {
    stub.json = answer.substr(kJson.size());
  } else if (answer.starts_with(kFiller)) {
    const std::string_view digits = answer.substr(kFiller.size());
    std::size_t size = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), size);
    stub.json = '"' + std::string(size, 'x') + '"';
  } else {
    return std::nullopt;
  }
  return stub;
}

std::optional<Peer> parse_peer(std::string_view object) {
  const auto id = text_of(object, "id");
  const auto seed_text = text_of(object, "seed");
  const auto stubs = json::find_member(object, "stubs");
  if (!id || !seed_text || !stubs || json::kind_of(*stubs) != json::Kind::kObject)
    return std::nullopt;
  const auto seed = base::base64_decode(*seed_text);
  Peer peer{.id = *id, .stubs = {}};
  if (!seed || seed->size() != peer.seed.size()) return std::nullopt;
  std::copy(seed->begin(), seed->end(), peer.seed.begin());
  for (const json::Member& member : json::object_members(*stubs)) {
    if (json::kind_of(member.value) != json::Kind::kString) return std::nullopt;
    auto stub = parse_stub(json::unquote(member.key), json::unquote(member.value));
    if (!stub) return std::nullopt;
    peer.stubs.push_back(std::move(*stub));
  }
  return peer;
}

}  // namespace

const Stub* Peer::find(std::string_view service, std::string_view function) const {
  for (const Stub& stub : stubs)
    if (stub.service == service && stub.function == function) return &stub;
  return nullptr;
}

base::Result<Scenario, std::string> parse_scenario(std::string_view object) {
  Scenario scenario;
  for (const auto& [name, out] :
       {std::pair("air", &scenario.air), std::pair("init_peer_id", &scenario.init_peer_id),
        std::pair("particle_id", &scenario.particle_id)}) {
    const auto text = text_of(object, name);
    if (!text) return std::unexpected(fmt::format("no text '{}'", name));
    *out = *text;
  }
  const auto peers = json::find_member(object, "peers");
  if (!peers || json::kind_of(*peers) != json::Kind::kArray) return std::unexpected("no peers");
  for (const std::string_view item : json::array_items(*peers)) {
    auto peer = parse_peer(item);
    if (!peer) return std::unexpected("a peer is malformed");
    scenario.peers.push_back(std::move(*peer));
  }
  if (text_of(object, "interface") == "step") scenario.interface = Interface::kStep;
  if (text_of(object, "results") == "batched") scenario.results = Results::kBatched;
  scenario.invocations_max = size_of(object, "invocations_max");
  scenario.only_invocation = size_of(object, "only_invocation");
  scenario.wants_log = json::find_member(object, "log") == "true";
  return scenario;
}

}  // namespace aqua::bench
