#include "sim/function_run.h"

#include <fmt/format.h>

#include <memory>
#include <utility>

#include "base/check.h"
#include "json/text.h"
#include "sim/embedded_network.h"
#include "sim/peer_literals.h"
#include "sim/simulation.h"

namespace aqua::sim {

using report::PeerIndex;

namespace {

constexpr std::int32_t kErrorCode = 1;
constexpr std::string_view kNoResult = "\"\"";
constexpr std::size_t kEventsMax = 1'000'000;

class Run {
 public:
  Run(const Function& function, const config::Network& network, const FunctionRunOptions& options,
      const Listener& listener)
      : function_(function),
        network_config_(network),
        options_(options),
        listener_(listener),
        network_(network, {.seed = options.seed,
                           .start_ms = options.start_ms,
                           .limits = {},
                           .explain_waiting = true,
                           .declarations = options.declarations}),
        recorder_(network_.identities()) {
    network_.set_recorder(&recorder_);
    network_.set_client([this](PeerIndex on, const peer::Call& call, std::uint64_t now_ms) {
      return answer(on, call, now_ms);
    });
    network_.set_printer([this](PeerIndex on, std::string_view line, std::uint64_t now_ms) {
      tell(now_ms, LinePrinted{network_.identities().name(on), network_.identities().shown(line)});
    });
  }

  FunctionRun run() {
    crypto::SignatureTally tally;
    tally.now_ns = [] { return std::uint64_t{0}; };  // only counted
    crypto::set_signature_tally(&tally);
    const PeerIndex start = network_.identities().find_name(network_config_.start);
    AQUA_CHECK(start.has_value(), "no peer is named {}", network_config_.start);
    network_.start(start, {signed_header(start), nullptr});
    if (options_.drive) {
      options_.drive(network_, recorder_.journey());
    } else {
      for (std::size_t i = 0; i < kEventsMax && network_.step(); ++i) {
      }
    }
    crypto::set_signature_tally(nullptr);
    result_.journey = std::move(recorder_.journey());
    result_.journey.signatures_made = tally.made;
    result_.journey.signatures_verified = tally.verified;
    result_.journey.undelivered = network_.undelivered();
    result_.is_over_time = network_.has_forgotten();
    result_.took_ms = network_.now_ms() - options_.start_ms;
    return std::move(result_);
  }

 private:
  std::shared_ptr<const peer::ParticleHeader> signed_header(PeerIndex start) const {
    auto header = std::make_shared<peer::ParticleHeader>();
    header->id = options_.particle_id;
    header->init_peer_id = network_.identities().peer_id(start);
    header->timestamp_ms = options_.start_ms;
    header->ttl_ms = options_.ttl_ms;
    header->script = with_peer_ids(function_.tree, network_.identities());
    peer::sign(*header, network_.identities().key(start));
    return header;
  }

  // --- what the script asks its caller -----------------------------------------------------------

  std::optional<EmbeddedNetwork::ClientAnswer> answer(PeerIndex on, const peer::Call& call,
                                                      std::uint64_t now_ms) {
    if (call.service == "getDataSrv") return data(on, call.function);
    if (call.service == "callbackSrv" && call.function == "response") {
      Returned returned{shown(call.arguments)};
      tell(now_ms, returned);
      if (!result_.result && !result_.error) result_.result = std::move(returned);
      return services::Answer{0, std::string(kNoResult)};
    }
    if (call.service == "callbackSrv") return called_back(call, now_ms);
    if (call.service == "errorHandlingSrv" && call.function == "error") {
      FailedWith failed{call.arguments.empty() ? "null"
                                               : network_.identities().shown(call.arguments[0])};
      tell(now_ms, failed);
      if (!result_.result && !result_.error) result_.error = std::move(failed);
      return services::Answer{0, std::string(kNoResult)};
    }
    return std::nullopt;
  }

  services::Answer data(PeerIndex on, std::string_view name) const {
    const Identities& identities = network_.identities();
    if (name == "-relay-") {
      const std::vector<std::string>& via = network_config_.peers[on.value].via;
      if (via.empty())
        return {kErrorCode,
                json::quoted(fmt::format("{} is not behind a relay", identities.name(on)))};
      return {0, json::quoted(identities.peer_id(identities.find_name(via[0])))};
    }
    const auto found = function_.arguments.find(name);
    if (found == function_.arguments.end())
      return {kErrorCode, json::quoted(fmt::format("the argument {} was not given", name))};
    return {0, identities.resolved_json(found->second)};
  }

  EmbeddedNetwork::ClientAnswer called_back(const peer::Call& call, std::uint64_t now_ms) {
    tell(now_ms, CallbackCalled{call.function, shown(call.arguments)});
    const auto canned = network_config_.callbacks.find(call.function);
    if (canned != network_config_.callbacks.end()) {
      auto answer = services::canned_answer(canned->second, callback_counts_[call.function]++,
                                            call.arguments);
      if (!answer)
        return services::AnswerLater{call.deadline_ms - now_ms, {0, std::string(kNoResult)}};
      answer->answer.result = network_.identities().resolved_json(answer->answer.result);
      return *answer;
    }
    for (const Parameter& parameter : function_.parameters) {
      if (parameter.name == call.function && parameter.callback_has_result) {
        return services::Answer{
            kErrorCode,
            json::quoted(fmt::format("the callback {} has to give a result, and nobody says which",
                                     call.function))};
      }
    }
    return services::Answer{0, std::string(kNoResult)};
  }

  std::vector<std::string> shown(const std::vector<std::string>& values) const {
    std::vector<std::string> out;
    for (const std::string& value : values) out.push_back(network_.identities().shown(value));
    return out;
  }

  template <class What>
  void tell(std::uint64_t now_ms, What what) const {
    if (listener_) listener_({now_ms - options_.start_ms, std::move(what)});
  }

  const Function& function_;
  const config::Network& network_config_;
  FunctionRunOptions options_;
  const Listener& listener_;
  EmbeddedNetwork network_;
  JourneyRecorder recorder_;
  std::map<std::string, std::size_t, std::less<>> callback_counts_;
  FunctionRun result_;
};

std::string_view member(std::string_view object, std::string_view key) {
  const auto found = json::find_member(object, key);
  AQUA_CHECK(found.has_value(), "a definition has no {}: {}", key, object);
  return *found;
}

bool is_nil(std::string_view product) { return member(product, "tag") == R"("nil")"; }

}  // namespace

FunctionRun run_function(const Function& function, const config::Network& network,
                         const FunctionRunOptions& options, const Listener& listener) {
  return Run(function, network, options, listener).run();
}

std::vector<Parameter> parameters_of(std::string_view definition) {
  std::vector<Parameter> parameters;
  for (const json::Member& field :
       json::object_members(member(member(member(definition, "arrow"), "domain"), "fields"))) {
    Parameter& parameter = parameters.emplace_back();
    parameter.name = json::unquote(field.key);
    parameter.is_callback = member(field.value, "tag") == R"("arrow")";
    parameter.callback_has_result =
        parameter.is_callback && !is_nil(member(field.value, "codomain"));
  }
  return parameters;
}

bool has_result(std::string_view definition) {
  return !is_nil(member(member(definition, "arrow"), "codomain"));
}

}  // namespace aqua::sim
