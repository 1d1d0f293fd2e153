#include "sim/stub_services.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "base/overloaded.h"
#include "json/canonical.h"
#include "json/text.h"
#include "services/builtin.h"

namespace aqua::sim {

namespace {

constexpr std::int32_t kMissingStubCode = 1;
constexpr std::size_t kNotesMax = 20;

std::string array_of(std::span<const std::string> values) {
  std::string out = "[";
  for (const std::string& value : values) {
    if (out.size() > 1) out += ',';
    out += value;
  }
  return out += ']';
}

// As a directive writes it.
std::string name_of_part(const std::optional<std::string>& part) {
  if (!part) return "*";
  const bool is_plain = !part->empty() && std::ranges::none_of(*part, [](char c) {
    return std::string_view(" \t.=()\"*,:").find(c) != std::string_view::npos;
  });
  return is_plain ? *part : json::quoted(*part);
}

}  // namespace

StubServices::StubServices(const Scenario& scenario, const Identities& identities)
    : scenario_(scenario), identities_(identities) {
  for (const Stub& stub : scenario.stubs)
    first_arguments_.push_back(stub.first_argument ? json(*stub.first_argument) : "");
}

std::optional<report::Answer> StubServices::answer(const ServiceCall& call) {
  for (std::size_t i = 0; i < scenario_.stubs.size(); ++i) {
    if (!fits(scenario_.stubs[i], call, i)) continue;
    const Answer* const answer = chosen(i, call);
    if (answer == nullptr) return missing(call);
    return std::visit(
        base::Overloaded{
            [&](const AnswerValue& a) -> std::optional<report::Answer> {
              return report::Answer{0, json(a.json)};
            },
            [&](const AnswerError& a) -> std::optional<report::Answer> {
              return report::Answer{a.ret_code, json(a.json)};
            },
            [&](const AnswerRaw& a) -> std::optional<report::Answer> {
              return report::Answer{0, a.text};
            },
            [&](const AnswerFirstArgument&) -> std::optional<report::Answer> {
              return report::Answer{0, call.arguments.empty() ? "null" : call.arguments[0]};
            },
            [&](const AnswerArguments&) -> std::optional<report::Answer> {
              return report::Answer{0, array_of(call.arguments)};
            },
            [&](const AnswerPeer&) -> std::optional<report::Answer> {
              return report::Answer{0, json::quoted(identities_.peer_id(call.peer))};
            },
            [&](const AnswerTetraplets&) -> std::optional<report::Answer> {
              return report::Answer{0, json::canonicalize(call.tetraplets)};
            },
            [&](const AnswerComputed&) -> std::optional<report::Answer> {
              auto computed =
                  services::computed_answer(call.service, call.function, call.arguments);
              if (!computed) return missing(call);
              return report::Answer{computed->ret_code, std::move(computed->result)};
            },
            [](const AnswerNever&) -> std::optional<report::Answer> { return std::nullopt; },
        },
        *answer);
  }
  return missing(call);
}

bool StubServices::fits(const Stub& stub, const ServiceCall& call, std::size_t index) const {
  if (stub.peer && *stub.peer != scenario_.peers[call.peer.value]) return false;
  if (stub.service && *stub.service != call.service) return false;
  if (stub.function && *stub.function != call.function) return false;
  if (!stub.first_argument) return true;
  return !call.arguments.empty() && json::equal(first_arguments_[index], call.arguments[0]);
}

const Answer* StubServices::chosen(std::size_t index, const ServiceCall& call) {
  const Stub& stub = scenario_.stubs[index];
  const std::uint32_t number = ++counts_[{index, call.peer}];
  for (const NumberedAnswer& numbered : stub.numbered) {
    if (numbered.call == number) return &numbered.answer;
  }
  return stub.otherwise ? &*stub.otherwise : nullptr;
}

report::Answer StubServices::missing(const ServiceCall& call) {
  const std::string line = fmt::format(";; on {}: {}.{} = JSON", scenario_.peers[call.peer.value],
                                       name_of_part(std::string(call.service)),
                                       name_of_part(std::string(call.function)));
  missing_.insert(line);
  return {kMissingStubCode, json::quoted(fmt::format("the script has no '{}'", line))};
}

std::vector<std::string> StubServices::calls_without_stub() const {
  std::vector<std::string> notes;
  for (const std::string& line : missing_) {
    if (notes.size() == kNotesMax) break;
    notes.push_back(fmt::format("a call failed because the script has no '{}'", line));
  }
  return notes;
}

std::vector<std::string> StubServices::stubs_without_call() const {
  std::vector<std::string> notes;
  for (std::size_t i = 0; i < scenario_.stubs.size() && notes.size() < kNotesMax; ++i) {
    const bool is_used = counts_.lower_bound({i, report::PeerIndex(0u)}) !=
                         counts_.lower_bound({i + 1, report::PeerIndex(0u)});
    if (!is_used) notes.push_back(fmt::format("no call needed '{}'", scenario_.stubs[i].text));
  }
  return notes;
}

}  // namespace aqua::sim
