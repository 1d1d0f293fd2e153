#include "hostile_connection.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>

#include "net/multistream.h"
#include "net/protocols.h"
#include "node/key_file.h"

namespace aqua::faults {

namespace {

// Against a peer that does not answer, where an answer is due.
constexpr int kPatienceMs = 30'000;
constexpr int kGoAwayUnheard = -1;

net::NoiseIdentity identity_of(const crypto::KeyPair& key) { return {key, node::random_seed()}; }

}  // namespace

void fail(const std::string& why) {
  fmt::print(stderr, "attacker: {}\n", why);
  std::exit(1);
}

HostileConnection::HostileConnection(const std::string& host, std::uint16_t port)
    : noise_identity_([&] {
        const crypto::KeyPair key = node::random_key();
        peer_id_ = key.peer_id();
        return identity_of(key);
      }()),
      noise_(true, noise_identity_.static_key,
             crypto::ExchangeKeyPair::from_seed(node::random_seed())) {
  socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  if (socket_ < 0 || ::inet_pton(AF_INET, host.c_str(), &to.sin_addr) != 1 ||
      ::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
    fail(fmt::format("no connection to {}:{}", host, port));
}

HostileConnection::~HostileConnection() { ::close(socket_); }

bool HostileConnection::send(base::ByteView bytes) {
  sent_.insert(sent_.end(), bytes.begin(), bytes.end());
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(count));
  }
  return true;
}

base::Bytes HostileConnection::receive_some() {
  pollfd ready{socket_, POLLIN, 0};
  if (::poll(&ready, 1, kPatienceMs) <= 0) fail("no answer");
  base::Bytes bytes(65'536);
  const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
  bytes.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
  return bytes;
}

void HostileConnection::select_security() {
  base::Bytes lines;
  net::append_multistream_line(lines, net::kMultistreamProtocol);
  net::append_multistream_line(lines, net::kNoiseProtocol);
  skip_bytes_ = lines.size();  // it answers with the same
  send(lines);
}

void HostileConnection::begin_handshake() {
  select_security();
  base::Bytes framed;
  net::append_noise_frame(framed, *noise_.write({}));
  send(framed);
  while (true) {
    const base::Bytes bytes = receive_some();
    if (bytes.empty()) fail("closed in the handshake");
    base::ByteView rest = bytes;
    const std::size_t skipped = std::min(skip_bytes_, rest.size());
    skip_bytes_ -= skipped;
    rest = rest.subspan(skipped);
    const auto message = frames_.next(rest);
    if (!message) fail("no message of Noise");
    if (!*message) continue;
    if (!noise_.read(**message)) fail("a wrong message of Noise");
    return;
  }
}

void HostileConnection::open() {
  begin_handshake();
  base::Bytes framed;
  net::append_noise_frame(framed, *noise_.write(noise_identity_.payload));
  send(framed);
  ciphers_ = noise_.split();
  base::Bytes lines;
  net::append_multistream_line(lines, net::kMultistreamProtocol);
  net::append_multistream_line(lines, net::kYamuxProtocol);
  skip_bytes_ = lines.size();
  send_sealed(lines);
}

base::Bytes HostileConnection::sealed(base::ByteView plain) {
  base::Bytes bytes;
  net::append_sealed_frames(bytes, ciphers_.send, plain);
  return bytes;
}

bool HostileConnection::send_frame(const net::YamuxHeader& header, base::ByteView body) {
  base::Bytes frame;
  net::append_yamux_header(frame, header);
  frame.insert(frame.end(), body.begin(), body.end());
  return send_sealed(frame);
}

bool HostileConnection::open_stream(std::uint32_t id, std::string_view protocol,
                                    base::ByteView then) {
  base::Bytes body;
  net::append_multistream_line(body, net::kMultistreamProtocol);
  net::append_multistream_line(body, protocol);
  body.insert(body.end(), then.begin(), then.end());
  return send_frame({.type = net::YamuxType::kData,
                     .flags = net::yamux_flag::kSyn,
                     .stream = id,
                     .length = static_cast<std::uint32_t>(body.size())},
                    body);
}

std::optional<int> HostileConnection::wait_for_end(int timeout_ms) {
  int reason = kGoAwayUnheard;
  while (true) {
    pollfd ready{socket_, POLLIN, 0};
    if (::poll(&ready, 1, timeout_ms) <= 0) return std::nullopt;
    base::Bytes bytes(65'536);
    const ssize_t count = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (count <= 0) return reason;
    base::ByteView rest = base::ByteView(bytes).first(static_cast<std::size_t>(count));
    while (!rest.empty()) {
      const auto message = frames_.next(rest);
      if (!message) fail("a message of Noise that is too long");
      if (!*message) break;
      if (!ciphers_.receive.append_opened(plain_, {}, **message))
        fail("it sends what is not sealed");
    }
    const std::size_t skipped = std::min(skip_bytes_, plain_.size());
    skip_bytes_ -= skipped;
    plain_.erase(plain_.begin(), plain_.begin() + static_cast<std::ptrdiff_t>(skipped));
    while (plain_.size() >= net::kYamuxHeaderBytes) {
      std::array<base::Byte, net::kYamuxHeaderBytes> bytes_of_header{};
      std::copy_n(plain_.begin(), net::kYamuxHeaderBytes, bytes_of_header.begin());
      const auto header = net::parse_yamux_header(bytes_of_header);
      if (!header) fail("it sends what is no frame of yamux");
      const std::size_t size =
          net::kYamuxHeaderBytes + (header->type == net::YamuxType::kData ? header->length : 0);
      if (plain_.size() < size) break;
      if (header->type == net::YamuxType::kGoAway) reason = static_cast<int>(header->length);
      plain_.erase(plain_.begin(), plain_.begin() + static_cast<std::ptrdiff_t>(size));
    }
  }
}

}  // namespace aqua::faults
