#include <fmt/format.h>

#include <ctime>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>

#include "node/key_file.h"
#include "node/node.h"
#include "relay_client.h"

namespace aqua::bench {

namespace {

constexpr std::uint32_t kTtlMs = 60'000;
constexpr std::uint32_t kFloodTtlMs = 7'000;  // as the published client's

std::string read_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) fail("no file " + path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// Of this process, since it began.
double processor_ms() { return 1000.0 * static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

// A client behind the relay that calls one function again and again.
class RoundTrips {
 public:
  explicit RoundTrips(const RelayOptions& options)
      : options_(options),
        script_(read_file(options.script)),
        argument_('"' + std::string(options.bytes, 'x') + '"') {
    node::Node::Client client;
    client.call = [this](const peer::Call& call, const node::CallPerformer::Answered& answered) {
      return answer(call, answered);
    };
    client.on_bootstrap_connected = [this](const std::string&, const std::string& peer) {
      relay_ = '"' + peer + '"';
      if (started_ == 0) begin();
    };
    client.on_bootstrap_lost = [](const std::string&, const std::string& why) { fail(why); };
    node::NodeOptions of_node;
    of_node.bootstrap = {options.relay};
    // A flood is what the relay has to deal with, not this client.
    of_node.peer_limits.particles_per_initiator_max = of_node.peer_limits.particles_max =
        SIZE_MAX / 2;
    auto opened = node::Node::open({&loop_}, key_, of_node, log_, std::move(client));
    if (!opened) fail(opened.error());
    node_ = std::move(*opened);
  }

  void run() { loop_.run(); }

 private:
  void begin() {
    begin_ = Clock::now();
    processor_ms_before_ = processor_ms();
    for (std::size_t i = 0; i < options_.in_flight; ++i) start_next();
  }

  void start_next() {
    if (!is_flood_ && started_ == options_.count) return;
    peer::ParticleHeader header{.id = fmt::format("bench-{}", started_++),
                                .init_peer_id = key_.peer_id(),
                                .timestamp_ms = loop_.now_ms(),
                                .ttl_ms = is_flood_ ? kFloodTtlMs : kTtlMs,
                                .script = script_};
    peer::sign(header, key_);
    sent_at_.emplace(header.id, Clock::now());
    node_->start({.header = std::make_shared<const peer::ParticleHeader>(std::move(header)),
                  .data = nullptr},
                 {.on_report = [](const peer::DeliveryReport&) { fail("a hop did not happen"); },
                  .on_run_failed = [](const std::string& message) { fail(message); },
                  .on_forgotten = [] {}});
  }

  bool answer(const peer::Call& call, const node::CallPerformer::Answered& answered) {
    if (call.service == "getDataSrv") {
      answered({.result = call.function == "-relay-" ? relay_ : argument_});
    } else if (call.service == "callbackSrv") {
      answered({.result = "{}"});
      came_back(call);
    } else if (call.service == "errorHandlingSrv") {
      fail("the script failed: " + call.arguments.at(0));
    } else {
      return false;
    }
    return true;
  }

  void came_back(const peer::Call& call) {
    if (call.arguments.at(0) != argument_) fail("another text came back");
    const auto sent = sent_at_.extract(call.header->id);
    if (sent.empty()) fail("a particle came back twice");
    if (is_flood_) return flood_on();
    times_ms_.push_back(ms_since(sent.mapped()));
    if (times_ms_.size() < options_.count) {
      loop_.post([this] { start_next(); });
      return;
    }
    fmt::print("{{\"seconds\":{},\"processor_ms\":{},\"times_ms\":{}}}\n", ms_since(begin_) / 1000,
               processor_ms() - processor_ms_before_, json_numbers(times_ms_));
    std::fflush(stdout);
    std::_Exit(0);  // what the relay still has to say does not count
  }

  void flood_on() {
    ++done_;
    loop_.post([this] { start_next(); });
    if (ms_since(said_) < 1000) return;
    said_ = Clock::now();
    fmt::print("{{\"done\":{}}}\n", done_);
    std::fflush(stdout);
  }

  RelayOptions options_;
  bool is_flood_ = options_.load == "flood";
  std::size_t done_ = 0;
  Clock::time_point said_;
  std::string script_;
  std::string argument_;  // JSON, as the relay's id
  std::string relay_;
  crypto::KeyPair key_ = node::random_key();
  node::EventLog log_{stderr, node::Level::kError, node::LogForm::kLogfmt};
  node::Loop loop_;
  std::unique_ptr<node::Node> node_;
  std::map<std::string, Clock::time_point> sent_at_;  // by particle id
  std::vector<double> times_ms_;
  Clock::time_point begin_;
  double processor_ms_before_ = 0;
  std::size_t started_ = 0;
};

}  // namespace

void run_round_trips(const RelayOptions& options) { RoundTrips(options).run(); }

}  // namespace aqua::bench
