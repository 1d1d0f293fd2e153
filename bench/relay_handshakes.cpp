#include <fmt/format.h>

#include <deque>
#include <functional>
#include <memory>

#include "echo_link.h"
#include "node/endpoint.h"
#include "node/key_file.h"
#include "node/transport.h"
#include "relay_client.h"

namespace aqua::bench {

namespace {

constexpr std::uint32_t kConnectMs = 10'000;
constexpr std::size_t kDialsAtATime = 8;

using interop::EchoLink;

// Opens connections, each of an identity of its own.
class Handshakes {
 public:
  using Opened = std::function<void(const std::shared_ptr<EchoLink>& link, double ms)>;

  Handshakes(const std::string& relay, Opened opened) : opened_(std::move(opened)) {
    auto address = node::parse_address(relay);
    if (!address) fail(address.error());
    address_ = std::move(*address);
  }

  node::Loop& loop() { return loop_; }

  void open() {
    const auto began = Clock::now();
    const auto& local = locals_.emplace_back(node::random_key(), node::random_seed());
    node::connect_tcp(
        loop_, address_.endpoint, kConnectMs,
        [this, began, &local](base::Result<int, std::string> socket) {
          if (!socket) fail(socket.error());
          const node::Upgrade upgrade{.carrier = address_.endpoint.carrier,
                                      .host = address_.endpoint.host,
                                      .path = "/",
                                      .tls = nullptr,
                                      .handshake_ms = kConnectMs};
          node::open_dialled(
              loop_, *socket, upgrade,
              [this, began,
               &local](base::Result<std::shared_ptr<node::ByteStream>, std::string> stream) {
                if (!stream) fail(stream.error());
                secure(local, std::move(*stream), began);
              });
        });
  }

 private:
  void secure(const net::LocalPeer& local, std::shared_ptr<node::ByteStream> stream,
              Clock::time_point began) {
    auto link = std::make_shared<std::shared_ptr<EchoLink>>();
    EchoLink::Handlers handlers{
        .on_ready = [this, link,
                     began] { opened_(std::exchange(*link, nullptr), ms_since(began)); },
        .on_echoed = [](std::size_t, bool) {},
        .on_pinged = [] {},
        .on_closed = [](const std::string&) {}};
    *link = std::make_shared<EchoLink>(loop_, local, std::move(stream), net::Role::kDialer,
                                       address_.peer_id, std::move(handlers));
    (*link)->start();
  }

  node::Loop loop_;
  node::PeerAddress address_;
  Opened opened_;
  std::deque<net::LocalPeer> locals_;
};

}  // namespace

void run_handshakes(const RelayOptions& options) {
  std::vector<double> times_ms;
  Handshakes* all = nullptr;
  Handshakes handshakes(options.relay, [&](const std::shared_ptr<EchoLink>& link, double ms) {
    times_ms.push_back(ms);
    all->loop().post([&, link] {
      link->close();
      if (times_ms.size() < options.count) return all->open();
      all->loop().stop();
    });
  });
  all = &handshakes;
  handshakes.open();
  handshakes.loop().run();
  fmt::print("{{\"times_ms\":{}}}\n", json_numbers(times_ms));
}

void keep_connections(const RelayOptions& options) {
  std::vector<std::shared_ptr<EchoLink>> kept;
  std::size_t begun = 0;
  Handshakes* all = nullptr;
  const auto open_next = [&] {
    if (begun++ < options.count) all->open();
  };
  Handshakes handshakes(options.relay, [&](const std::shared_ptr<EchoLink>& link, double) {
    kept.push_back(link);
    if (kept.size() < options.count) return all->loop().post(open_next);
    fmt::print("{{\"open\":{}}}\n", kept.size());
    std::fflush(stdout);
  });
  all = &handshakes;
  for (std::size_t i = 0; i < kDialsAtATime; ++i) open_next();
  const interop::EndOfInput end([&handshakes] { handshakes.loop().stop(); });
  handshakes.loop().run();
}

}  // namespace aqua::bench
