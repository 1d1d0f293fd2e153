#include "node/node.h"

#include <fmt/format.h>

#include <atomic>
#include <utility>

#include "json/writer.h"
#include "net/peer_record.h"
#include "net/protocols.h"
#include "node/address_exchange.h"
#include "node/endpoint.h"
#include "node/http_server.h"
#include "node/key_file.h"
#include "node/shard.h"
#include "node/transport.h"

namespace aqua::node {

namespace {

// While the node stops, how often it looks whether all is done.
constexpr std::uint32_t kStopLookMs = 5;

HttpReply text_reply(std::uint32_t status, std::string text) {
  return {status, "text/plain; charset=utf-8", std::move(text)};
}

net::LocalPeer local_peer(const crypto::KeyPair& key, const NodeOptions& options) {
  net::LocalPeer local(key, random_seed());
  local.protocols = {std::string(net::kParticleProtocol),
                     std::string(peer::kDeliveryReportProtocol),
                     std::string(kAddressExchangeProtocol)};
  local.agent_version = fmt::format("aqua/{}", kVersion);
  local.limits = options.net_limits;
  return local;
}

}  // namespace

class Node::State {
 public:
  State(const std::vector<Loop*>& loops, const crypto::KeyPair& key, const NodeOptions& options,
        EventLog& log, Client client)
      : loops_(loops),
        key_(key),
        options_(options),
        log_(log),
        client_(std::move(client)),
        local_(local_peer(key_, options_)),
        common_{key_, options_, local_, log_, client_, {}, {}} {}

  // Empty: all is open.
  std::string open() {
    if (std::string why = open_tls(); !why.empty()) return why;
    for (std::size_t i = 0; i < loops_.size(); ++i)
      common_.shards.push_back(std::make_unique<Shard>(common_, *loops_[i], i));
    for (const std::string& address : options_.listen) {
      if (std::string why = listen(address); !why.empty()) return why;
    }
    for (const std::string& address : options_.external) {
      const auto parsed = parse_address(address);
      if (!parsed) return parsed.error();
      local_.listen_addresses.push_back(address_text(parsed->endpoint));
    }
    // The time makes each start's record newer than those before.
    local_.peer_record =
        net::sign_peer_record(key_, local_.listen_addresses, first().loop().now_ms());
    for (const std::string& address : local_.listen_addresses)
      addresses_.push_back(fmt::format("{}/p2p/{}", address, key_.peer_id()));
    for (const auto& shard : common_.shards)
      shard->pool().set_own_addresses(local_.listen_addresses);
    if (std::string why = open_http(); !why.empty()) return why;
    for (const std::string& address : options_.bootstrap) {
      const auto parsed = parse_address(address);
      if (!parsed) return parsed.error();
      if (parsed->peer_id == key_.peer_id()) continue;
      first().pool().keep_connected(address);
    }
    return {};
  }

  void stop(std::function<void()> stopped) {
    if (stopped_) return;
    stopped_ = std::move(stopped);
    listeners_.clear();
    if (http_ != nullptr) http_->stop();
    stop_deadline_ = first().loop().call_after(options_.limits.stop_ms_max, [this] {
      log_.write(Level::kWarning, "stop-cut-off", {{"after_ms", options_.limits.stop_ms_max}});
      finish();
    });
    look_whether_idle();
  }

  std::vector<Loop*> loops_;
  crypto::KeyPair key_;
  NodeOptions options_;
  EventLog& log_;
  Client client_;
  net::LocalPeer local_;
  Shard::Common common_;
  std::vector<std::string> addresses_;
  std::vector<std::unique_ptr<Listener>> listeners_;
  std::unique_ptr<HttpServer> http_;

  Shard& first() { return *common_.shards[0]; }

 private:
  std::string open_tls() {
    if (!options_.certificate.empty()) {
      auto tls = load_tls(options_.certificate, options_.certificate_key);
      if (!tls) return tls.error();
      listen_tls_ = std::move(*tls);
    }
    if (options_.roots.empty()) return {};
    const auto trust = trust_tls(options_.roots);  // a mistake is better told now
    return trust ? std::string() : trust.error();
  }

  std::string listen(const std::string& address) {
    auto parsed = parse_address(address);
    if (!parsed) return parsed.error();
    Endpoint endpoint = std::move(parsed->endpoint);
    if (endpoint.carrier == Carrier::kSecureWebSocket && listen_tls_ == nullptr)
      return fmt::format("{} needs a certificate and its key", address);
    const Upgrade upgrade{endpoint.carrier, "", "", listen_tls_, options_.net_limits.handshake_ms};
    auto listener = Listener::open(first().loop(), endpoint, [this, upgrade](const auto& accepted) {
      // Connections go around.
      Shard& shard = *common_.shards[next_shard_++ % common_.shards.size()];
      if (&shard == &first()) return shard.accepted(accepted.socket, upgrade, accepted.from);
      shard.loop().post(
          [&shard, accepted, upgrade] { shard.accepted(accepted.socket, upgrade, accepted.from); });
    });
    if (!listener) return listener.error();
    endpoint.port = (*listener)->port();
    listeners_.push_back(std::move(*listener));
    local_.listen_addresses.push_back(address_text(endpoint));
    return {};
  }

  // --- what the HTTP port shows ----------------------------------------------------------------

  std::string open_http() {
    if (options_.http.empty()) return {};
    const auto endpoint = parse_host_port(options_.http);
    if (!endpoint) return endpoint.error();
    auto server = HttpServer::open(
        first().loop(), *endpoint,
        [this](const std::string& path, const HttpServer::Answer& answer) { show(path, answer); });
    if (!server) return server.error();
    http_ = std::move(*server);
    return {};
  }

  void show(const std::string& path, const HttpServer::Answer& answer) {
    constexpr std::string_view kParticles = "/particles/";
    if (path == "/metrics") {
      const auto sum = std::make_shared<Metrics>();
      visit_shards(
          0, [sum](Shard& shard) { shard.measure(*sum); },
          [sum, answer] {
            answer({200, "application/openmetrics-text; version=1.0.0; charset=utf-8",
                    metrics_text(*sum, kVersion)});
          });
    } else if (path == "/health") {
      answer(health());
    } else if (path == "/peer") {
      answer({200, "application/json", peer_json()});
    } else if (path.starts_with(kParticles)) {
      const std::string id = path.substr(kParticles.size());
      const auto parts = std::make_shared<std::vector<ParticleHistory::Particle>>();
      visit_shards(
          0,
          [parts, id](Shard& shard) {
            const ParticleHistory::Particle* const part = shard.driver().history().find(id);
            if (part != nullptr) parts->push_back(*part);
          },
          [parts, answer] {
            if (parts->empty())
              return answer(text_reply(404, "nothing is known of this particle\n"));
            answer({200, "application/json", history_json(*parts)});
          });
    } else {
      answer(text_reply(404, "there are /health, /metrics, /peer and /particles/ID\n"));
    }
  }

  // On its own loop each, one after the other; `then` on the first loop.
  void visit_shards(std::size_t index, std::function<void(Shard&)> visit,
                    std::function<void()> then) {
    if (common_.shards.size() == 1) {
      visit(first());
      return then();
    }
    Shard& shard = *common_.shards[index];
    shard.loop().post([this, &shard, index, visit = std::move(visit), then = std::move(then)] {
      visit(shard);
      if (index + 1 < common_.shards.size()) return visit_shards(index + 1, visit, then);
      first().loop().post(then);
    });
  }

  HttpReply health() {
    const Pool::KeptState kept = first().pool().kept_state();
    const std::uint32_t status = stopped_ || (kept.count > 0 && kept.connected == 0) ? 503
                                 : kept.connected < kept.count                       ? 429
                                                                                     : 200;
    json::Writer writer;
    writer.begin_object();
    writer.key("bootstrap_peers").number(kept.count);
    writer.key("bootstrap_peers_connected").number(kept.connected);
    writer.key("stopping").boolean(static_cast<bool>(stopped_));
    writer.end_object();
    return {status, "application/json", writer.take()};
  }

  std::string peer_json() {
    json::Writer writer;
    const auto write = [&](std::string_view key, const std::vector<std::string>& texts) {
      writer.key(key).begin_array();
      for (const std::string& text : texts) writer.string(text);
      writer.end_array();
    };
    writer.begin_object();
    writer.key("peer_id").string(key_.peer_id());
    writer.key("version").string(kVersion);
    write("addresses", addresses_);
    write("connected_peers", common_.table.peers());
    std::vector<std::string> services;
    for (const auto& [id, service] : options_.services) services.push_back(id);
    write("services", services);
    writer.end_object();
    return writer.take();
  }

  // --- the end ---------------------------------------------------------------------------------

  void look_whether_idle() {
    const auto is_idle = std::make_shared<bool>(true);
    visit_shards(
        0, [is_idle](Shard& shard) { *is_idle = *is_idle && shard.driver().is_idle(); },
        [this, is_idle] {
          if (is_finished_) return;
          if (*is_idle) return close_pools();
          first().loop().call_after(kStopLookMs, [this] {
            if (!is_finished_) look_whether_idle();
          });
        });
  }

  void close_pools() {
    const auto left = std::make_shared<std::atomic<std::size_t>>(common_.shards.size());
    for (const auto& shard : common_.shards) {
      shard->loop().post([this, left, shard = shard.get()] {
        shard->pool().close([this, left] {
          if (left->fetch_sub(1) == 1) first().loop().post([this] { finish(); });
        });
      });
    }
  }

  void finish() {
    if (is_finished_) return;
    is_finished_ = true;
    first().loop().cancel(stop_deadline_);
    stopped_();
  }

  std::shared_ptr<TlsContext> listen_tls_;
  std::size_t next_shard_ = 0;
  std::function<void()> stopped_;  // set once it stops
  Loop::TimerId stop_deadline_;
  bool is_finished_ = false;
};

base::Result<std::unique_ptr<Node>, std::string> Node::open(const std::vector<Loop*>& loops,
                                                            const crypto::KeyPair& key,
                                                            const NodeOptions& options,
                                                            EventLog& log, Client client) {
  auto state = std::make_unique<State>(loops, key, options, log, std::move(client));
  if (std::string why = state->open(); !why.empty()) return std::unexpected(std::move(why));
  return std::unique_ptr<Node>(new Node(std::move(state)));
}

Node::Node(std::unique_ptr<State> state) : state_(std::move(state)) {}
Node::~Node() = default;

const std::string& Node::peer_id() const { return state_->key_.peer_id(); }
const std::vector<std::string>& Node::addresses() const { return state_->addresses_; }
std::uint16_t Node::http_port() const {
  return state_->http_ == nullptr ? 0 : state_->http_->port();
}

void Node::connect(const std::string& address) { state_->first().pool().keep_connected(address); }

void Node::start(peer::Particle particle, PeerDriver::Watcher watcher) {
  state_->first().driver().start(std::move(particle), std::move(watcher));
}

void Node::send_again(const std::string& to) { state_->first().driver().send_again(to); }

std::vector<std::string> Node::connected_peers() const { return state_->common_.table.peers(); }

void Node::stop(std::function<void()> stopped) { state_->stop(std::move(stopped)); }

}  // namespace aqua::node
