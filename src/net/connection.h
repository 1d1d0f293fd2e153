#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "crypto/keys.h"
#include "net/limits.h"
#include "net/noise_handshake.h"

// A connection to another peer over any reliable stream of bytes, without its socket: multistream-select, then
// Noise, then multistream-select, then yamux with a negotiation on each stream. Bytes go in, actions come out.

namespace aqua::net {

// A clock that never goes back, in milliseconds.
using TimeMs = std::uint64_t;
// The number of a stream in yamux. Not used again within a connection.
using StreamId = std::uint32_t;

enum class Role : std::uint8_t { kDialer, kListener };

// What all connections of one peer share. It must outlive them and stay as it is while they live.
struct LocalPeer {
  // Signs the static key of Noise once, here. `noise_seed`: 32 secret random bytes, fresh for each process.
  LocalPeer(const crypto::KeyPair& identity_key, const crypto::Seed& noise_seed)
      : identity(identity_key), noise(identity_key, noise_seed) {}

  crypto::KeyPair identity;
  NoiseIdentity noise;
  // What streams the other side may open, besides identify and ping, which the connection answers itself.
  std::vector<std::string> protocols;
  // What identify tells: multiaddrs as text (what does not parse is left out), and a name with a version.
  std::vector<std::string> listen_addresses;
  base::Bytes peer_record;  // of these addresses, signed; may be empty
  std::string agent_version = "aqua/0.1.0";
  Limits limits;
};

// Send these in order. Driver: while much of it waits in your queue (the other side does not read), do not
// feed on_bytes(): answers to pings and to streams would pile up without a bound.
struct SendBytes {
  base::Bytes bytes;
};
// The other side has proved who it is, and streams may be opened.
struct Secured {
  std::string peer_id;
};
// Both sides agree on the protocol. Inbound: the stream is yours now; outbound: answers open_stream().
struct StreamOpened {
  StreamId stream;
  std::string protocol;
  bool inbound;
};
// Call consumed() as far as the bytes are dealt with; else the sender runs out of window and stops.
struct StreamData {
  StreamId stream;
  base::Bytes bytes;
};
// No more data will come; ours may go on until close().
struct StreamEnded {
  StreamId stream;
};
// The stream is gone: reset by the other side, or by a limit or deadline of ours.
struct StreamReset {
  StreamId stream;
};
// All that was written to the stream has gone out to SendBytes, after some of it had to wait.
struct StreamDrained {
  StreamId stream;
};
// The other side does not speak the protocol of open_stream(). The stream is gone.
struct ProtocolRefused {
  StreamId stream;
  std::string protocol;
};
// What the other side says of itself: nothing of it is proved. At most once.
struct PeerIdentified {
  std::string agent_version;
  std::string protocol_version;
  std::vector<std::string> protocols;
  std::vector<std::string> listen_addresses;  // multiaddrs; those that we cannot read are left out
  std::string observed_address;               // how it sees us; empty: not said, or not readable
};
// Answers ping().
struct PingAnswered {
  TimeMs round_trip_ms;
};

enum class FailureReason : std::uint8_t {
  kHandshakeTimeout,
  kKeepaliveTimeout,
  kSecurityRefused,    // the other side does not speak Noise
  kMuxerRefused,       // the other side does not speak yamux
  kBadMultistream,     // malformed, or too long
  kBadHandshake,       // malformed, forged, replayed or out of order
  kWrongPeer,          // a good identity, and not the expected one
  kBadCiphertext,      // a transport message that does not authenticate
  kBadFrame,           // yamux: unknown version or type, a stream id that cannot be
  kWindowExceeded,     // yamux: more data than allowed, or a window that overflows
  kTooManyIdleFrames,  // yamux: traffic that moves nothing
};
std::string_view text(FailureReason reason);

// The connection is of no more use: send what came before, then close the socket. The streams are gone
// without a word of their own. The last action ever.
struct Failed {
  FailureReason reason;
};
// The same after an orderly end: go_away() of this side or the other, and no stream left.
struct Closed {};

using Action =
    std::variant<SendBytes, Secured, StreamOpened, StreamData, StreamEnded, StreamReset,
                 StreamDrained, ProtocolRefused, PeerIdentified, PingAnswered, Failed, Closed>;
using Actions = std::vector<Action>;

enum class StreamError : std::uint8_t {
  kNotSecured,  // no streams yet, or no more: going away, failed, closed
  kTooManyStreams,
  kUnknownStream,  // never was, or is gone
  kClosed,         // close() was called before
  kTooMuchUnsent,  // wait for StreamDrained
};

// Not for more than one thread at a time. Each call appends to `actions` what must be done, in order. After
// Failed or Closed all calls do nothing.
class Connection {
 public:
  // `ephemeral_seed`: 32 secret random bytes, never used again. `expected_peer_id`: whom the dialer means;
  // empty: anyone. `remote_address`: the multiaddr of the other end of the socket, which identify tells it; may be
  // empty. Nothing happens before start().
  Connection(const LocalPeer& local, Role role, const crypto::Seed& ephemeral_seed,
             std::string expected_peer_id = {}, std::string remote_address = {});
  ~Connection();
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;

  void start(TimeMs now, Actions& actions);
  void on_bytes(base::ByteView bytes, TimeMs now, Actions& actions);
  // Tell the time when deadline() has come; earlier or later does no harm.
  void on_time(TimeMs now, Actions& actions);
  // May change with each call. None: nothing waits for the time.
  std::optional<TimeMs> deadline() const;

  // The stream may be written at once; its fate comes as StreamOpened, ProtocolRefused or StreamReset.
  base::Result<StreamId, StreamError> open_stream(std::string_view protocol, TimeMs now,
                                                  Actions& actions);
  // Takes all bytes or, when it fails, none. One write may be larger than `unsent_bytes_max`.
  base::Result<void, StreamError> write(StreamId stream, base::ByteView bytes, Actions& actions);
  // Ends our direction, after all that was written. The stream is gone when both directions have ended.
  base::Result<void, StreamError> close(StreamId stream, TimeMs now, Actions& actions);
  // The stream is gone when this returns.
  void reset(StreamId stream, Actions& actions);
  // `count` more bytes of the StreamData of this stream are dealt with: the sender may send as many again.
  void consumed(StreamId stream, std::size_t count, Actions& actions);
  // Opens a stream of /ipfs/ping/1.0.0 if there is none. Without effect while one is on its way.
  void ping(TimeMs now, Actions& actions);
  // Whether the other end still hears: without a word from it within `keepalive_answer_ms` the connection has failed.
  void probe(TimeMs now, Actions& actions);
  // No new streams in either direction; Closed comes when the last one is gone.
  void go_away(Actions& actions);

  // Empty until Secured.
  const std::string& peer_id() const;
  Role role() const;
  // One of both sides has said that it leaves.
  bool is_going_away() const;
  // Written and not yet sent, because the window of the stream is used up or its protocol not yet agreed on.
  std::size_t unsent_bytes(StreamId stream) const;
  std::size_t streams() const;
  // What this connection holds on the heap, for figures.
  std::size_t heap_bytes() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace aqua::net
