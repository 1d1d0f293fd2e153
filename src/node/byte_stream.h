#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"

// Bytes to and from another machine, whatever carries them.

namespace aqua::node {

class Loop;

class ByteStream {
 public:
  struct Handlers {
    std::function<void(base::ByteView)> on_bytes;  // valid during the call
    std::function<void()> on_sent;                 // some of what was written has left
    // The last that is heard. Empty: the other end closed, or close() is done.
    std::function<void(std::string why)> on_closed;
  };

  virtual ~ByteStream() = default;

  // Nothing is heard before, nor from inside of a call of this class.
  virtual void start(Handlers handlers) = 0;
  // Kept until it has left: who writes looks at unsent_bytes().
  virtual void write(base::Bytes bytes) = 0;
  virtual std::size_t unsent_bytes() const = 0;
  // The other end then feels that nobody reads.
  virtual void pause_reading() = 0;
  virtual void resume_reading() = 0;
  // What was written leaves first, if the other end takes it in kCloseMs. The stream keeps itself alive for that.
  virtual void close() = 0;
  // Now; nothing is heard any more.
  virtual void abort() = 0;
};

enum class Carrier : std::uint8_t { kTcp, kWebSocket, kSecureWebSocket };

struct Endpoint {
  Carrier carrier = Carrier::kTcp;
  std::string host;  // an address, or a name to be looked up
  std::uint16_t port = 0;
};

// Keys and certificates for TLS; plain data and an OpenSSL context behind it.
class TlsContext;
// For listening: chain and key in PEM files. The error is a sentence.
base::Result<std::shared_ptr<TlsContext>, std::string> load_tls(const std::string& certificate_path,
                                                                const std::string& key_path);
// For dialling: trusts what the system trusts, or only what is in the PEM file.
base::Result<std::shared_ptr<TlsContext>, std::string> trust_tls(const std::string& roots_path);

// Who is asked to close has so long for it.
inline constexpr std::uint32_t kCloseMs = 2'000;

// The stream, or why there is none. Called once; for TCP, which has no handshake, maybe from inside of the call that asked.
using Opened = std::function<void(base::Result<std::shared_ptr<ByteStream>, std::string>)>;

// Takes over a connected socket. `tls` is needed where the carrier is a secure one. `host` and `path` stand in
// the request of a dialler.
struct Upgrade {
  Carrier carrier = Carrier::kTcp;
  std::string host;
  std::string path;
  std::shared_ptr<TlsContext> tls;
  std::uint64_t handshake_ms = 10'000;  // then TLS, or WebSocket, is given up
};
// Ends the handshake, which then fails; without effect once it has ended.
using CutOff = std::function<void()>;
CutOff open_accepted(Loop& loop, int socket, const Upgrade& upgrade, Opened opened);
void open_dialled(Loop& loop, int socket, const Upgrade& upgrade, Opened opened);

}  // namespace aqua::node
