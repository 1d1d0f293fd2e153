#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "net/connection.h"
#include "net/multistream.h"
#include "net/noise_frames.h"
#include "net/yamux.h"

// Inside of a connection. connection_state.cpp has its phases and the time, connection_streams.cpp
// its streams, connection_protocols.cpp what they are opened for and the protocols that it speaks itself.

namespace aqua::net {

// What a stream is in the middle of. Bytes of its owner pass only in `Application`.

struct Application {};
// Inbound: the other side proposes.
struct Answering {
  MultistreamListener select;
};
enum class Purpose : std::uint8_t { kOwner, kIdentify, kPing };
// Outbound: we propose.
struct Proposing {
  MultistreamDialer select;
  Purpose purpose;
  // The other side said in identify that it speaks the protocol: what is written goes out at once.
  bool sure;
  base::Bytes waiting;  // written, if not sure
  bool end_wanted = false;
};
struct IdentifyReading {
  base::Bytes message;
};
// Ours has been said; what the other side sends is dropped.
struct Finished {};
struct PingAnswering {};
struct PingAsking {
  TimeMs sent;
  crypto::Digest payload;
  std::size_t answered_bytes = 0;
};

using StreamActivity = std::variant<Application, Answering, Proposing, IdentifyReading, Finished,
                                    PingAnswering, PingAsking>;

struct StreamState {
  StreamActivity activity;
  // The session is ahead: it may have forgotten a stream whose last events are not dealt with.
  bool remote_ended = false;
  std::optional<TimeMs> deadline = {};
  std::size_t unsent_before_bytes = 0;  // when the deadline was set
};

class Connection::State {
 public:
  State(const LocalPeer& local, Role role, const crypto::Seed& ephemeral_seed,
        std::string expected_peer_id, std::string remote_address);

  void start(TimeMs now, Actions& actions);
  void on_bytes(base::ByteView bytes, TimeMs now, Actions& actions);
  void on_time(TimeMs now, Actions& actions);
  std::optional<TimeMs> deadline() const;

  base::Result<StreamId, StreamError> open_stream(std::string_view protocol, TimeMs now,
                                                  Actions& actions);
  base::Result<void, StreamError> write(StreamId stream, base::ByteView bytes, Actions& actions);
  base::Result<void, StreamError> close(StreamId stream, TimeMs now, Actions& actions);
  void reset(StreamId stream, Actions& actions);
  void consumed(StreamId stream, std::size_t count, Actions& actions);
  void ping(TimeMs now, Actions& actions);
  void probe(TimeMs now, Actions& actions);
  void go_away(Actions& actions);

  const std::string& peer_id() const { return peer_id_; }
  Role role() const { return role_; }
  bool is_going_away() const { return going_away_; }
  std::size_t unsent_bytes(StreamId stream) const;
  std::size_t streams() const { return streams_.size(); }
  std::size_t heap_bytes() const;

 private:
  enum class Phase : std::uint8_t { kNew, kSelectSecurity, kHandshake, kSelectMuxer, kOpen, kOver };
  using Select = std::variant<MultistreamListener, MultistreamDialer>;
  using Streams = std::map<StreamId, StreamState>;

  // Needed until the connection is open.
  struct Opening {
    NoiseHandshake noise;
    Select select;
    std::string expected_peer_id;
    TimeMs deadline = 0;
  };

  bool is_dialer() const { return role_ == Role::kDialer; }
  const Limits& limits() const { return local_->limits; }

  // Phases. Each takes from `bytes` what belongs to it.
  void begin_select(std::string_view protocol, base::Bytes& out);
  bool select(base::ByteView& bytes, std::string_view protocol, FailureReason refused,
              base::Bytes& out);
  void on_handshake_bytes(base::ByteView& bytes);
  void on_handshake_message(base::ByteView message);
  bool prove_peer(base::ByteView payload);
  void on_sealed_bytes(base::ByteView& bytes, Actions& actions);
  void on_plain_bytes(base::ByteView bytes, Actions& actions);
  void become_open(Actions& actions);
  void fail(FailureReason reason);
  // Last in each call: what was said in it becomes one SendBytes, then the end, if it has come.
  void finish(Actions& actions);
  void check_keepalive();
  void check_streams(Actions& actions);
  void wake_at(TimeMs time);

  // Streams.
  std::vector<std::string_view> spoken_protocols() const;
  std::optional<StreamId> open(std::string_view protocol, Purpose purpose);
  bool remote_speaks(std::string_view protocol) const;
  void on_event(const YamuxEvent& event, Actions& actions);
  void on_opened(StreamId stream);
  void on_data(StreamId stream, base::ByteView bytes, Actions& actions);
  void on_ended(StreamId stream, Actions& actions);
  void on_gone(StreamId stream, Actions& actions);
  // One step with the bytes of a stream; takes from `bytes`, or the stream is gone after it.
  void on_piece(StreamId stream, StreamState& state, base::ByteView& bytes, Actions& actions);
  void answer_proposals(StreamId stream, StreamState& state, base::ByteView& bytes,
                        Actions& actions);
  void propose(StreamId stream, StreamState& state, base::ByteView& bytes, Actions& actions);
  void proposal_accepted(StreamId stream, StreamState& state, Actions& actions);
  void read_identify(StreamId stream, IdentifyReading& reading, base::ByteView& bytes,
                     Actions& actions);
  void identified(base::ByteView message, Actions& actions);
  void write_identify(StreamId stream);
  void read_ping_answer(StreamId stream, PingAsking& asking, base::ByteView& bytes,
                        Actions& actions);
  void end(StreamId stream);
  // Resets it, and tells its owner.
  void drop(StreamId stream, Actions& actions);
  void drop_own_streams(Actions& actions);
  void set_deadline(StreamId stream, StreamState& state, TimeMs time);
  void forget_if_gone(StreamId stream);

  const LocalPeer* local_;
  Role role_;
  Phase phase_ = Phase::kNew;
  bool going_away_ = false;
  std::optional<FailureReason> failure_;
  std::unique_ptr<Opening> opening_;
  std::string remote_address_;
  std::string peer_id_;
  crypto::Digest ping_key_;             // makes the payloads of pings
  std::uint64_t remote_protocols_ = 0;  // bit i: it speaks local_->protocols[i]
  NoiseFrames frames_;
  NoiseCiphers ciphers_;
  Yamux yamux_;
  Streams streams_;
  bool pinging_ = false;
  std::uint32_t pings_ = 0;

  TimeMs now_ = 0;
  TimeMs heard_ = 0;                        // when bytes arrived last
  TimeMs idle_period_start_ = 0;            // of `idle_frames_max`
  std::optional<TimeMs> keepalive_sent_;    // and not answered
  std::optional<TimeMs> streams_deadline_;  // no stream has an earlier one

  base::Bytes clear_;  // to be sent as it is
  base::Bytes plain_;  // to be sealed and sent behind it
};

}  // namespace aqua::net
