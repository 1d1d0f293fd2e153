#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "net/noise_frames.h"
#include "net/noise_handshake.h"
#include "net/yamux_frame.h"

// The dialer's side of a connection over a blocking socket, without manners: it does an honest handshake as far as
// it is told to, and then says what it likes.

namespace aqua::faults {

[[noreturn]] void fail(const std::string& why);

class HostileConnection {
 public:
  HostileConnection(const std::string& host, std::uint16_t port);
  ~HostileConnection();
  HostileConnection(const HostileConnection&) = delete;
  HostileConnection& operator=(const HostileConnection&) = delete;

  const std::string& peer_id() const { return peer_id_; }
  int socket() const { return socket_; }

  // False: the other end has closed.
  bool send(base::ByteView bytes);
  void select_security();
  void begin_handshake();  // and hears the answer
  void open();             // all of it, until streams can be opened

  // The next message; what is sealed later must arrive later.
  base::Bytes sealed(base::ByteView plain);
  bool send_sealed(base::ByteView plain) { return send(sealed(plain)); }
  bool send_frame(const net::YamuxHeader& header, base::ByteView body = {});
  // Opens a stream and proposes a protocol, with what follows at once.
  bool open_stream(std::uint32_t id, std::string_view protocol, base::ByteView then = {});

  // Everything that was sent so far.
  const base::Bytes& sent() const { return sent_; }
  // Waits until the other end has closed. Empty: it did not in that time. Else the reason of its go-away, or -1
  // where it said none.
  std::optional<int> wait_for_end(int timeout_ms);

 private:
  base::Bytes receive_some();

  int socket_ = -1;
  std::string peer_id_;
  net::NoiseIdentity noise_identity_;
  net::NoiseHandshake noise_;
  net::NoiseFrames frames_;
  net::NoiseCiphers ciphers_;
  base::Bytes sent_;
  base::Bytes plain_;  // heard, as far as it is kept
  std::size_t skip_bytes_ = 0;
};

}  // namespace aqua::faults
