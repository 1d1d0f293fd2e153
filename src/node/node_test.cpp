#include "node/node.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <thread>

#include "node/key_file.h"
#include "peer/particle.h"

// Whole nodes on one loop, connected through the loopback address.

namespace aqua::node {
namespace {

constexpr std::string_view kListen = "/ip4/127.0.0.1/tcp/0";
constexpr std::string_view kListenWebSocket = "/ip4/127.0.0.1/tcp/0/ws";

class Nodes : public testing::Test {
 protected:
  static NodeOptions listening(std::string_view on = kListen) {
    NodeOptions options;
    options.listen = {std::string(on)};
    options.limits.reconnect_ms_min = 5;
    return options;
  }
  static NodeOptions knowing(const Node& other) {
    NodeOptions options = listening();
    options.bootstrap = {other.addresses()[0]};
    return options;
  }

  void start(Node& at, const std::string& script, PeerDriver::Watcher watcher = {},
             std::uint32_t ttl_ms = 30'000) {
    auto header = std::make_shared<peer::ParticleHeader>();
    header->id = fmt::format("test-{}", ++last_particle_);
    header->init_peer_id = at.peer_id();
    header->timestamp_ms = loop_.now_ms();
    header->ttl_ms = ttl_ms;
    header->script = script;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (nodes_[i].get() == &at) peer::sign(*header, keys_.at(i));
    }
    at.start({header, nullptr}, std::move(watcher));
  }
  Node& open(NodeOptions options, Node::Client client = {}) {
    keys_.push_back(random_key());
    auto node = Node::open({&loop_}, keys_.back(), options, log_, std::move(client));
    EXPECT_TRUE(node.has_value()) << node.error();
    return *nodes_.emplace_back(std::move(*node));
  }
  // Asks that peer for its echo, and tells the init peer.
  static std::string echo_script(const std::string& peer) {
    return fmt::format(R"((seq (call "{}" ("op" "identity") ["hi"] x)
      (call %init_peer_id% ("callbackSrv" "response") [x])))",
                       peer);
  }
  // Stops the loop with the first answer.
  Node::Client answering(std::function<void()> on_connected) {
    Node::Client client;
    client.call = [this](const peer::Call& call, const CallPerformer::Answered& answered) {
      if (call.service != "callbackSrv") return false;
      answered_ = call.arguments;
      answered({0, "\"\""});
      loop_.stop();
      return true;
    };
    client.on_bootstrap_connected = [on_connected](const std::string&, const std::string&) {
      on_connected();
    };
    return client;
  }

  void go_there_and_back(std::string_view carrier) {
    Node& other = open(listening(carrier));
    Node* here = nullptr;
    here =
        &open(knowing(other),
              answering([&] { loop_.post([&] { start(*here, echo_script(other.peer_id())); }); }));
    loop_.run();
    EXPECT_EQ(answered_, std::vector<std::string>{"\"hi\""});
  }

  Loop loop_;
  EventLog log_{stderr, Level::kError, LogForm::kLogfmt};
  std::vector<crypto::KeyPair> keys_;
  std::vector<std::unique_ptr<Node>> nodes_;
  std::vector<std::string> answered_;
  std::uint64_t last_particle_ = 0;
};

TEST_F(Nodes, AParticleGoesThereAndBackOverTcp) { go_there_and_back(kListen); }

TEST_F(Nodes, AParticleGoesThereAndBackOverWebSocket) { go_there_and_back(kListenWebSocket); }

TEST_F(Nodes, APeerIsFoundThroughAnother) {
  Node& middle = open(listening());
  Node& far = open(knowing(middle), {});
  Node* here = nullptr;
  here = &open(knowing(middle), answering([&] {
                 // Once the one in the middle knows where the far one listens.
                 loop_.call_after(300, [&] { start(*here, echo_script(far.peer_id())); });
               }));
  loop_.run();
  EXPECT_EQ(answered_, std::vector<std::string>{"\"hi\""});
  const auto connected = here->connected_peers();
  EXPECT_NE(std::ranges::find(connected, far.peer_id()), connected.end());
}

TEST_F(Nodes, WhatCanNotBeSentIsReported) {
  const std::string nobody = random_key().peer_id();
  Node& middle = open(listening());
  std::vector<peer::DeliveryReport> reports;
  Node* here = nullptr;
  here = &open(
      knowing(middle), answering([&] {
        loop_.post([&] {
          // The one in the middle can not go on.
          start(*here,
                fmt::format(R"((seq (call "{}" ("op" "noop") []) (call "{}" ("op" "noop") [])))",
                            middle.peer_id(), nobody),
                {.on_report =
                     [&](const peer::DeliveryReport& report) {
                       reports.push_back(report);
                       loop_.stop();
                     },
                 .on_run_failed = {},
                 .on_forgotten = {}});
        });
      }));
  loop_.run();
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(reports[0].from, middle.peer_id());
  EXPECT_EQ(reports[0].to, nobody);
  EXPECT_EQ(reports[0].why, peer::kUnreachable);
  EXPECT_TRUE(peer::has_valid_signature(reports[0]));
}

TEST_F(Nodes, StoppingFinishesWhatRuns) {
  Node& other = open(listening());
  Node* here = nullptr;
  Node::Client client = answering([&] {
    loop_.post([&] {
      start(*here, fmt::format(R"((seq (call "{}" ("peer" "timeout") [200 "late"] x)
        (call %init_peer_id% ("callbackSrv" "response") [x])))",
                               other.peer_id()));
    });
    // While the call is in flight there.
    loop_.call_after(100, [&] { other.stop([] {}); });
  });
  here = &open(knowing(other), std::move(client));
  loop_.run();
  EXPECT_EQ(answered_, std::vector<std::string>{"\"late\""});
}

// Particles of both loops, and one service that counts its calls.
TEST_F(Nodes, LoopsShareTheServicesOfTheirPeer) {
  constexpr std::size_t kCalls = 16;
  NodeOptions options = listening();
  services::CannedService canned;
  for (std::size_t i = 0; i < kCalls; ++i)
    canned.functions["next"].replies.push_back({services::CannedValue{std::to_string(i)}, 0});
  options.services["counter"].body = std::move(canned);
  options.services["counter"].concurrency = 1;

  Loop first;
  Loop second;
  const crypto::KeyPair key = random_key();
  auto peer = Node::open({&first, &second}, key, options, log_, {});
  ASSERT_TRUE(peer.has_value()) << peer.error();
  std::vector<std::thread> threads;
  for (Loop* const loop : {&first, &second}) threads.emplace_back([loop] { loop->run(); });

  std::vector<std::string> counted;
  Node* here = nullptr;
  Node::Client client;
  client.call = [&](const peer::Call& call, const CallPerformer::Answered& answered) {
    if (call.service != "callbackSrv") return false;
    counted.insert(counted.end(), call.arguments.begin(), call.arguments.end());
    answered({0, "\"\""});
    if (counted.size() == kCalls) loop_.stop();
    return true;
  };
  client.on_bootstrap_connected = [&](const std::string&, const std::string&) {
    loop_.post([&] {
      for (std::size_t i = 0; i < kCalls; ++i)
        start(*here, fmt::format(R"((seq (call "{}" ("counter" "next") [] x)
          (call %init_peer_id% ("callbackSrv" "response") [x])))",
                                 key.peer_id()));
    });
  };
  here = &open(knowing(**peer), std::move(client));
  loop_.run();
  for (Loop* const loop : {&first, &second}) loop->stop();
  for (std::thread& thread : threads) thread.join();

  std::vector<std::string> expected;
  for (std::size_t i = 0; i < kCalls; ++i) expected.push_back(std::to_string(i));
  std::ranges::sort(expected);
  std::ranges::sort(counted);
  EXPECT_EQ(counted, expected);
}

TEST_F(Nodes, ALimitOfConnectionsIsKept) {
  NodeOptions small = listening();
  small.limits.connections_max = 1;
  Node& relay = open(small);
  std::size_t connected = 0;
  std::size_t refused = 0;
  Node::Client client;
  client.on_bootstrap_connected = [&](const std::string&, const std::string&) { ++connected; };
  client.on_bootstrap_lost = [&](const std::string&, const std::string&) {
    if (++refused == 3) loop_.stop();
  };
  for (int i = 0; i < 2; ++i) open(knowing(relay), client);
  loop_.run();
  EXPECT_EQ(connected, 1u);
  EXPECT_EQ(relay.connected_peers().size(), 1u);
}

TEST_F(Nodes, ABootstrapPeerThatComesBackIsConnectedAgain) {
  NodeOptions options = listening();
  keys_.push_back(random_key());
  auto relay = Node::open({&loop_}, keys_[0], options, log_, {});
  ASSERT_TRUE(relay.has_value()) << relay.error();
  const std::string address = (*relay)->addresses()[0];
  options.listen = {address.substr(0, address.find("/p2p/"))};
  std::size_t connected = 0;
  std::size_t lost = 0;
  Node::Client client;
  client.on_bootstrap_connected = [&](const std::string&, const std::string&) {
    if (++connected == 2) return loop_.stop();
    loop_.post([&] {
      (*relay)->stop([&] {
        loop_.post([&] {
          (*relay).reset();
          relay = Node::open({&loop_}, keys_[0], options, log_, {});
          ASSERT_TRUE(relay.has_value()) << relay.error();
        });
      });
    });
  };
  client.on_bootstrap_lost = [&](const std::string&, const std::string&) { ++lost; };
  NodeOptions own = listening();
  own.bootstrap = {address};
  Node& here = open(own, client);
  loop_.run();
  EXPECT_EQ(connected, 2u);
  EXPECT_GE(lost, 1u);
  EXPECT_EQ(here.connected_peers(), std::vector<std::string>{keys_[0].peer_id()});
}

}  // namespace
}  // namespace aqua::node
