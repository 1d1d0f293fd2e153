#include "node/transport.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <utility>

#include "node/loop.h"

namespace aqua::node {

namespace asio = boost::asio;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr int kBacklog = 1024;
// After an error of accept (no file descriptors left, say) it is tried again.
constexpr std::uint32_t kAcceptRetryMs = 100;

asio::awaitable<void> connect_to(asio::io_context& context, Endpoint endpoint,
                                 std::uint32_t timeout_ms, Connected connected) {
  struct Attempt {
    explicit Attempt(asio::io_context& on) : resolver(on), socket(on), timer(on) {}
    tcp::resolver resolver;
    tcp::socket socket;
    asio::steady_timer timer;
    bool is_late = false;
  };
  const auto attempt = std::make_shared<Attempt>(context);
  attempt->timer.expires_after(std::chrono::milliseconds(timeout_ms));
  attempt->timer.async_wait([weak = std::weak_ptr<Attempt>(attempt)](const error_code& error) {
    const auto late = weak.lock();
    if (error || late == nullptr) return;
    late->is_late = true;
    late->resolver.cancel();
    error_code ignored;
    late->socket.close(ignored);
  });
  error_code failure;
  const auto [not_found, found] = co_await attempt->resolver.async_resolve(
      endpoint.host, std::to_string(endpoint.port), tcp::resolver::numeric_service, kAwait);
  if (not_found) {
    failure = not_found;
  } else {
    const auto [refused, to] = co_await asio::async_connect(attempt->socket, found, kAwait);
    failure = refused;
  }
  attempt->timer.cancel();
  if (attempt->is_late) {
    connected(std::unexpected(fmt::format("no connection within {} ms", timeout_ms)));
  } else if (failure) {
    connected(std::unexpected(failure.message()));
  } else {
    const int socket = attempt->socket.release(failure);
    if (failure) {
      connected(std::unexpected(failure.message()));
    } else {
      connected(socket);
    }
  }
}

}  // namespace

void connect_tcp(Loop& loop, const Endpoint& endpoint, std::uint32_t timeout_ms,
                 Connected connected) {
  asio::co_spawn(loop.context(),
                 connect_to(loop.context(), endpoint, timeout_ms, std::move(connected)),
                 asio::detached);
}

struct Listener::State {
  State(asio::io_context& on, Handler to) : acceptor(on), timer(on), handler(std::move(to)) {}

  static asio::awaitable<void> accept_all(std::shared_ptr<State> self) {
    while (self->acceptor.is_open()) {
      tcp::endpoint from;
      auto [error, socket] = co_await self->acceptor.async_accept(from, kAwait);
      if (!self->acceptor.is_open()) break;
      if (error) {
        self->timer.expires_after(std::chrono::milliseconds(kAcceptRetryMs));
        co_await self->timer.async_wait(kAwait);
        continue;
      }
      error_code released;
      const int native = socket.release(released);
      if (!released)
        self->handler({native, fmt::format("/{}/{}/tcp/{}", from.address().is_v4() ? "ip4" : "ip6",
                                           from.address().to_string(), from.port())});
    }
  }

  tcp::acceptor acceptor;
  asio::steady_timer timer;
  Handler handler;
};

base::Result<std::unique_ptr<Listener>, std::string> Listener::open(Loop& loop,
                                                                    const Endpoint& endpoint,
                                                                    Handler handler) {
  const auto state = std::make_shared<State>(loop.context(), std::move(handler));
  error_code error;
  const auto failed = [&] {
    return std::unexpected(
        fmt::format("can not listen on {}:{}: {}", endpoint.host, endpoint.port, error.message()));
  };
  const asio::ip::address address = asio::ip::make_address(endpoint.host, error);
  if (error) return failed();
  const tcp::endpoint at(address, endpoint.port);
  state->acceptor.open(at.protocol(), error);
  if (error) return failed();
  state->acceptor.set_option(asio::socket_base::reuse_address(true), error);
  if (error) return failed();
  state->acceptor.bind(at, error);
  if (error) return failed();
  state->acceptor.listen(kBacklog, error);
  if (error) return failed();
  const std::uint16_t port = state->acceptor.local_endpoint(error).port();
  if (error) return failed();
  asio::co_spawn(loop.context(), State::accept_all(state), asio::detached);
  return std::unique_ptr<Listener>(new Listener(state, port));
}

Listener::~Listener() { stop(); }

void Listener::stop() {
  error_code ignored;
  state_->acceptor.close(ignored);
  state_->timer.cancel();
}

}  // namespace aqua::node
