#include "node/byte_stream.h"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/websocket.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <chrono>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "node/loop.h"

namespace aqua::node {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace ws = beast::websocket;
using boost::system::error_code;
using tcp = asio::ip::tcp;

class TlsContext {
 public:
  explicit TlsContext(asio::ssl::context::method method) : context(method) {}
  asio::ssl::context context;
};

namespace {

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);

// What waits for bytes owns its buffer: small while a connection idles, larger while it is busy.
constexpr std::size_t kIdleBufferBytes = 2048;
constexpr std::size_t kBusyBufferBytes = 65'536;
// So much leaves in one write, and in one message of a WebSocket.
constexpr std::size_t kWriteBytesMax = 262'144;
constexpr std::size_t kMessageBytesMax = std::size_t{16} << 20;

using Socket = tcp::socket;
using WebSocket = ws::stream<Socket, false>;  // permessage-deflate is declined
using SecureWebSocket = ws::stream<asio::ssl::stream<Socket>, false>;

template <class Stream>
constexpr bool kIsWebSocket = !std::is_same_v<Stream, Socket>;

template <class Stream>
class StreamOn final : public ByteStream, public std::enable_shared_from_this<StreamOn<Stream>> {
 public:
  explicit StreamOn(std::unique_ptr<Stream> stream, std::shared_ptr<TlsContext> tls)
      : tls_(std::move(tls)), stream_(std::move(stream)), wake_(stream_->get_executor()) {
    wake_.expires_at(asio::steady_timer::time_point::max());
  }

  void start(Handlers handlers) override {
    handlers_ = std::move(handlers);
    asio::co_spawn(stream_->get_executor(), read_all(this->shared_from_this()), asio::detached);
  }

  void write(base::Bytes bytes) override {
    if (is_over_ || is_closing_ || bytes.empty()) return;
    unsent_bytes_ += bytes.size();
    queue_.push_back(std::move(bytes));
    if (!is_writing_) start_writing();
  }

  std::size_t unsent_bytes() const override { return unsent_bytes_; }

  void pause_reading() override { is_paused_ = true; }
  void resume_reading() override {
    if (!is_paused_) return;
    is_paused_ = false;
    wake_.cancel();
  }

  void close() override {
    if (is_over_ || is_closing_) return;
    is_closing_ = true;
    closing_.emplace(stream_->get_executor(), std::chrono::milliseconds(kCloseMs));
    closing_->async_wait([self = this->shared_from_this()](const error_code& error) {
      if (!error) self->end("");
    });
    if (!is_writing_) start_writing();
  }

  void abort() override {
    is_over_ = true;
    // A handler may be what calls this; it lives until it returns.
    asio::post(stream_->get_executor(), [self = this->shared_from_this()] {
      self->handlers_ = {};
      self->shut();
    });
  }

 private:
  using Self = std::shared_ptr<StreamOn>;

  void start_writing() {
    is_writing_ = true;
    asio::co_spawn(stream_->get_executor(), write_all(this->shared_from_this()), asio::detached);
  }

  static asio::awaitable<void> read_all(Self self) {
    base::Bytes buffer(kIdleBufferBytes);
    while (!self->is_over_) {
      while (self->is_paused_ && !self->is_over_) co_await self->wake_.async_wait(kAwait);
      if (self->is_over_) break;
      const auto [error, size] =
          co_await self->stream_->async_read_some(asio::buffer(buffer), kAwait);
      if (self->is_over_) break;
      if (size > 0) self->handlers_.on_bytes(base::ByteView(buffer.data(), size));
      if (error) {
        const bool is_end = error == asio::error::eof || error == ws::error::closed;
        self->end(is_end ? std::string() : error.message());
        break;
      }
      if (size == buffer.size() && size < kBusyBufferBytes) {
        buffer = base::Bytes(kBusyBufferBytes);
      } else if (size < kIdleBufferBytes && buffer.size() > kIdleBufferBytes) {
        buffer = base::Bytes(kIdleBufferBytes);
      }
    }
  }

  static asio::awaitable<void> write_all(Self self) {
    std::vector<base::Bytes> batch;
    std::vector<asio::const_buffer> buffers;
    while (!self->is_over_ && !self->queue_.empty()) {
      const std::size_t batch_bytes = self->take_batch(batch);
      buffers.clear();
      for (const base::Bytes& bytes : batch) buffers.push_back(asio::buffer(bytes));
      error_code error;
      if constexpr (kIsWebSocket<Stream>) {
        const auto [failed, written] = co_await self->stream_->async_write(buffers, kAwait);
        error = failed;
      } else {
        const auto [failed, written] = co_await asio::async_write(*self->stream_, buffers, kAwait);
        error = failed;
      }
      self->unsent_bytes_ -= batch_bytes;
      if (self->is_over_) co_return;
      if (error) {
        self->is_writing_ = false;
        self->end(error.message());
        co_return;
      }
      if (self->handlers_.on_sent) self->handlers_.on_sent();
    }
    self->is_writing_ = false;
    if (self->is_closing_ && !self->is_over_) co_await say_goodbye(self);
  }

  static asio::awaitable<void> say_goodbye(Self self) {
    if constexpr (kIsWebSocket<Stream>) {
      co_await self->stream_->async_close(ws::close_code::normal, kAwait);
      self->end("");
    } else {
      // The reader hears the other end close.
      error_code ignored;
      self->stream_->shutdown(Socket::shutdown_send, ignored);
    }
    co_return;
  }

  std::size_t take_batch(std::vector<base::Bytes>& batch) {
    batch.clear();
    std::size_t size = 0;
    std::size_t count = 0;
    while (count < queue_.size() && (count == 0 || size + queue_[count].size() <= kWriteBytesMax))
      size += queue_[count++].size();
    for (std::size_t i = 0; i < count; ++i) batch.push_back(std::move(queue_[i]));
    queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(count));
    return size;
  }

  void end(std::string why) {
    if (is_over_) return;
    is_over_ = true;
    const auto on_closed = std::move(handlers_.on_closed);
    shut();
    if (on_closed) on_closed(std::move(why));
    asio::post(stream_->get_executor(),
               [self = this->shared_from_this()] { self->handlers_ = {}; });
  }

  void shut() {
    error_code ignored;
    wake_.cancel();
    if (closing_) closing_->cancel();
    beast::get_lowest_layer(*stream_).close(ignored);
  }

  std::shared_ptr<TlsContext> tls_;  // outlives the stream
  std::unique_ptr<Stream> stream_;
  asio::steady_timer wake_;                    // of a reader that pauses
  std::optional<asio::steady_timer> closing_;  // since close()
  Handlers handlers_;
  std::vector<base::Bytes> queue_;
  std::size_t unsent_bytes_ = 0;
  bool is_writing_ = false;
  bool is_paused_ = false;
  bool is_closing_ = false;
  bool is_over_ = false;
};

// --- handshakes --------------------------------------------------------------------------------

void set_up(Socket& socket) {
  error_code ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  socket.set_option(asio::socket_base::keep_alive(true), ignored);
}

template <class Stream>
void set_up_websocket(Stream& stream, std::uint64_t handshake_ms) {
  stream.binary(true);
  stream.auto_fragment(false);
  stream.read_message_max(kMessageBytesMax);
  stream.write_buffer_bytes(4096);
  ws::stream_base::timeout timeouts{};
  timeouts.handshake_timeout = std::chrono::milliseconds(handshake_ms);
  timeouts.idle_timeout = ws::stream_base::none();
  stream.set_option(timeouts);
}

template <class Stream>
std::shared_ptr<ByteStream> finished(std::unique_ptr<Stream> stream,
                                     const std::shared_ptr<TlsContext>& tls) {
  return std::make_shared<StreamOn<Stream>>(std::move(stream), tls);
}

template <class Stream>
asio::awaitable<error_code> shake_websocket(Stream& stream, const Upgrade& upgrade,
                                            bool is_dialler) {
  set_up_websocket(stream, upgrade.handshake_ms);
  if (is_dialler) {
    // No temporary inside of a co_await: g++ 12 destroys some of them twice.
    const std::string path = upgrade.path.empty() ? std::string("/") : upgrade.path;
    const auto [error] = co_await stream.async_handshake(upgrade.host, path, kAwait);
    co_return error;
  }
  const auto [error] = co_await stream.async_accept(kAwait);
  co_return error;
}

// Closes the socket of a handshake that takes too long.
class HandshakeDeadline {
 public:
  HandshakeDeadline(Socket& socket, std::uint64_t handshake_ms) : timer_(socket.get_executor()) {
    timer_.expires_after(std::chrono::milliseconds(handshake_ms));
    timer_.async_wait([&socket, waits = std::weak_ptr<bool>(waits_)](const error_code& error) {
      error_code ignored;
      if (!error && !waits.expired()) socket.close(ignored);
    });
  }
  ~HandshakeDeadline() { timer_.cancel(); }
  HandshakeDeadline(const HandshakeDeadline&) = delete;
  HandshakeDeadline& operator=(const HandshakeDeadline&) = delete;

 private:
  asio::steady_timer timer_;
  std::shared_ptr<bool> waits_ = std::make_shared<bool>(true);
};

asio::awaitable<error_code> shake_tls(asio::ssl::stream<Socket>& stream, const Upgrade& upgrade,
                                      bool is_dialler) {
  const HandshakeDeadline deadline(stream.next_layer(), upgrade.handshake_ms);
  if (is_dialler) {
    SSL_set_tlsext_host_name(stream.native_handle(), upgrade.host.c_str());
    stream.set_verify_mode(asio::ssl::verify_peer);
    stream.set_verify_callback(asio::ssl::host_name_verification(upgrade.host));
  }
  const auto [error] = co_await stream.async_handshake(
      is_dialler ? asio::ssl::stream_base::client : asio::ssl::stream_base::server, kAwait);
  co_return error;
}

// What a handshake goes on, as long as it does.
struct Shaking {
  Socket* socket = nullptr;
  bool is_cut_off = false;
};

asio::awaitable<void> shake(Socket socket, Upgrade upgrade, bool is_dialler, Opened opened,
                            std::shared_ptr<Shaking> shaking) {
  using Failed = std::unexpected<std::string>;
  if (shaking->is_cut_off) {
    opened(Failed("cut off"));
    co_return;
  }
  set_up(socket);
  switch (upgrade.carrier) {
    case Carrier::kTcp: {
      opened(finished(std::make_unique<Socket>(std::move(socket)), nullptr));
      break;
    }
    case Carrier::kWebSocket: {
      auto stream = std::make_unique<WebSocket>(std::move(socket));
      shaking->socket = &stream->next_layer();
      const error_code error = co_await shake_websocket(*stream, upgrade, is_dialler);
      shaking->socket = nullptr;
      if (error) {
        opened(Failed("WebSocket handshake: " + error.message()));
      } else {
        opened(finished(std::move(stream), nullptr));
      }
      break;
    }
    case Carrier::kSecureWebSocket: {
      if (upgrade.tls == nullptr) {
        opened(Failed("no certificate for TLS"));
        break;
      }
      auto stream = std::make_unique<SecureWebSocket>(std::move(socket), upgrade.tls->context);
      shaking->socket = &stream->next_layer().next_layer();
      error_code error = co_await shake_tls(stream->next_layer(), upgrade, is_dialler);
      if (error) {
        shaking->socket = nullptr;
        opened(Failed("TLS handshake: " + error.message()));
        break;
      }
      error = co_await shake_websocket(*stream, upgrade, is_dialler);
      shaking->socket = nullptr;
      if (error) {
        opened(Failed("WebSocket handshake: " + error.message()));
      } else {
        opened(finished(std::move(stream), upgrade.tls));
      }
      break;
    }
  }
}

CutOff open(Loop& loop, int native_socket, const Upgrade& upgrade, bool is_dialler, Opened opened) {
  Socket socket(loop.context());
  error_code error;
  // The family only matters to calls that are not made on a connected socket.
  socket.assign(tcp::v4(), native_socket, error);
  if (error) {
    loop.post([opened, why = error.message()] { opened(std::unexpected(why)); });
    return [] {};
  }
  const auto shaking = std::make_shared<Shaking>();
  asio::co_spawn(loop.context(),
                 shake(std::move(socket), upgrade, is_dialler, std::move(opened), shaking),
                 asio::detached);
  return [shaking] {
    error_code ignored;
    shaking->is_cut_off = true;
    if (shaking->socket != nullptr) shaking->socket->close(ignored);
  };
}

std::unexpected<std::string> tls_failure(std::string_view what, const error_code& error) {
  return std::unexpected(std::string(what) + ": " + error.message());
}

}  // namespace

base::Result<std::shared_ptr<TlsContext>, std::string> load_tls(const std::string& certificate_path,
                                                                const std::string& key_path) {
  auto tls = std::make_shared<TlsContext>(asio::ssl::context::tls_server);
  error_code error;
  tls->context.use_certificate_chain_file(certificate_path, error);
  if (error) return tls_failure(certificate_path, error);
  tls->context.use_private_key_file(key_path, asio::ssl::context::pem, error);
  if (error) return tls_failure(key_path, error);
  return tls;
}

base::Result<std::shared_ptr<TlsContext>, std::string> trust_tls(const std::string& roots_path) {
  auto tls = std::make_shared<TlsContext>(asio::ssl::context::tls_client);
  error_code error;
  if (roots_path.empty()) {
    tls->context.set_default_verify_paths(error);
  } else {
    tls->context.load_verify_file(roots_path, error);
  }
  if (error) return tls_failure(roots_path.empty() ? "the roots of the system" : roots_path, error);
  return tls;
}

CutOff open_accepted(Loop& loop, int socket, const Upgrade& upgrade, Opened opened) {
  return open(loop, socket, upgrade, false, std::move(opened));
}

void open_dialled(Loop& loop, int socket, const Upgrade& upgrade, Opened opened) {
  open(loop, socket, upgrade, true, std::move(opened));
}

}  // namespace aqua::node
