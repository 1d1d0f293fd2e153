#include "net/connection.h"

#include "base/check.h"
#include "net/connection_state.h"

namespace aqua::net {

std::string_view text(FailureReason reason) {
  switch (reason) {
    case FailureReason::kHandshakeTimeout: return "the handshake took too long";
    case FailureReason::kKeepaliveTimeout: return "a ping was not answered in time";
    case FailureReason::kSecurityRefused: return "the other side does not speak Noise";
    case FailureReason::kMuxerRefused: return "the other side does not speak yamux";
    case FailureReason::kBadMultistream: return "malformed negotiation";
    case FailureReason::kBadHandshake: return "the handshake is malformed, forged or out of order";
    case FailureReason::kWrongPeer: return "another peer than the expected one";
    case FailureReason::kBadCiphertext: return "a message is not authentic";
    case FailureReason::kBadFrame: return "malformed frame of yamux";
    case FailureReason::kWindowExceeded: return "more data than the window allows";
    case FailureReason::kTooManyIdleFrames: return "too many frames that move nothing";
  }
  AQUA_CHECK(false, "no such reason: {}", static_cast<int>(reason));
}

Connection::Connection(const LocalPeer& local, Role role, const crypto::Seed& ephemeral_seed,
                       std::string expected_peer_id, std::string remote_address)
    : state_(std::make_unique<State>(local, role, ephemeral_seed, std::move(expected_peer_id),
                                     std::move(remote_address))) {}
Connection::~Connection() = default;
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;

void Connection::start(TimeMs now, Actions& actions) { state_->start(now, actions); }
void Connection::on_bytes(base::ByteView bytes, TimeMs now, Actions& actions) {
  state_->on_bytes(bytes, now, actions);
}
void Connection::on_time(TimeMs now, Actions& actions) { state_->on_time(now, actions); }
std::optional<TimeMs> Connection::deadline() const { return state_->deadline(); }

base::Result<StreamId, StreamError> Connection::open_stream(std::string_view protocol, TimeMs now,
                                                            Actions& actions) {
  return state_->open_stream(protocol, now, actions);
}
base::Result<void, StreamError> Connection::write(StreamId stream, base::ByteView bytes,
                                                  Actions& actions) {
  return state_->write(stream, bytes, actions);
}
base::Result<void, StreamError> Connection::close(StreamId stream, TimeMs now, Actions& actions) {
  return state_->close(stream, now, actions);
}
void Connection::reset(StreamId stream, Actions& actions) { state_->reset(stream, actions); }
void Connection::consumed(StreamId stream, std::size_t count, Actions& actions) {
  state_->consumed(stream, count, actions);
}
void Connection::ping(TimeMs now, Actions& actions) { state_->ping(now, actions); }
void Connection::probe(TimeMs now, Actions& actions) { state_->probe(now, actions); }
void Connection::go_away(Actions& actions) { state_->go_away(actions); }

const std::string& Connection::peer_id() const { return state_->peer_id(); }
Role Connection::role() const { return state_->role(); }
bool Connection::is_going_away() const { return state_->is_going_away(); }
std::size_t Connection::unsent_bytes(StreamId stream) const { return state_->unsent_bytes(stream); }
std::size_t Connection::streams() const { return state_->streams(); }
std::size_t Connection::heap_bytes() const { return state_->heap_bytes(); }

}  // namespace aqua::net
