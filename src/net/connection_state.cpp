#include "net/connection_state.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/overloaded.h"
#include "crypto/hkdf.h"
#include "net/noise_payload.h"
#include "net/protocols.h"

namespace aqua::net {

namespace {

FailureReason reason_of(YamuxError error) {
  switch (error) {
    case YamuxError::kBadFrame: return FailureReason::kBadFrame;
    case YamuxError::kWindowExceeded: return FailureReason::kWindowExceeded;
    case YamuxError::kTooManyIdleFrames: return FailureReason::kTooManyIdleFrames;
  }
  AQUA_CHECK(false, "no such error of yamux: {}", static_cast<int>(error));
}

std::optional<TimeMs> earlier(std::optional<TimeMs> a, std::optional<TimeMs> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace

Connection::State::State(const LocalPeer& local, Role role, const crypto::Seed& ephemeral_seed,
                         std::string expected_peer_id, std::string remote_address)
    : local_(&local),
      role_(role),
      opening_(std::make_unique<Opening>(
          Opening{.noise = NoiseHandshake(role == Role::kDialer, local.noise.static_key,
                                          crypto::ExchangeKeyPair::from_seed(ephemeral_seed)),
                  .select = {},
                  .expected_peer_id = std::move(expected_peer_id)})),
      remote_address_(std::move(remote_address)),
      ping_key_(crypto::hmac_sha256(ephemeral_seed, base::as_bytes(kPingProtocol))),
      yamux_(role == Role::kDialer, local.limits) {}

void Connection::State::start(TimeMs now, Actions& actions) {
  if (phase_ != Phase::kNew) return;
  now_ = heard_ = idle_period_start_ = now;
  opening_->deadline = now + limits().handshake_ms;
  phase_ = Phase::kSelectSecurity;
  begin_select(kNoiseProtocol, clear_);
  finish(actions);
}

void Connection::State::begin_select(std::string_view protocol, base::Bytes& out) {
  if (!is_dialer()) {
    opening_->select = MultistreamListener();
    return;
  }
  MultistreamDialer dialer({std::string(protocol)});
  dialer.start(out);
  opening_->select = std::move(dialer);
}

// True: both sides have agreed.
bool Connection::State::select(base::ByteView& bytes, std::string_view protocol,
                               FailureReason refused, base::Bytes& out) {
  base::Result<void, MultistreamError> done;
  bool agreed = false;
  bool was_refused = false;
  std::visit(base::Overloaded{
                 [&](MultistreamListener& listener) {
                   done = listener.on_bytes(bytes, {&protocol, 1}, limits(), out);
                   agreed = listener.selected().has_value();
                 },
                 [&](MultistreamDialer& dialer) {
                   done = dialer.on_bytes(bytes, limits(), out);
                   agreed = dialer.outcome() == MultistreamDialer::Outcome::kSelected;
                   was_refused = dialer.outcome() == MultistreamDialer::Outcome::kRefused;
                 },
             },
             opening_->select);
  if (was_refused || (!done && done.error() == MultistreamError::kTooManyProposals)) {
    fail(refused);
  } else if (!done) {
    fail(FailureReason::kBadMultistream);
  }
  return agreed && !failure_;
}

void Connection::State::on_bytes(base::ByteView bytes, TimeMs now, Actions& actions) {
  now_ = now;
  heard_ = now;
  keepalive_sent_.reset();
  if (now - idle_period_start_ >= limits().idle_frames_ms) {
    idle_period_start_ = now;
    yamux_.forget_idle_frames();
  }
  while (!bytes.empty() && phase_ != Phase::kNew && phase_ != Phase::kOver) {
    if (phase_ == Phase::kSelectSecurity) {
      if (!select(bytes, kNoiseProtocol, FailureReason::kSecurityRefused, clear_)) continue;
      phase_ = Phase::kHandshake;
      // The first message has no payload: nobody could be kept from reading it.
      if (is_dialer()) append_noise_frame(clear_, *opening_->noise.write({}));
    } else if (phase_ == Phase::kHandshake) {
      on_handshake_bytes(bytes);
    } else {
      on_sealed_bytes(bytes, actions);
    }
  }
  finish(actions);
}

void Connection::State::on_handshake_bytes(base::ByteView& bytes) {
  const auto message = frames_.next(bytes, limits().handshake_message_bytes_max);
  if (!message) return fail(FailureReason::kBadHandshake);
  if (*message) on_handshake_message(**message);
}

void Connection::State::on_handshake_message(base::ByteView message) {
  NoiseHandshake& noise = opening_->noise;
  const auto payload = noise.read(message);
  if (!payload) return fail(FailureReason::kBadHandshake);
  if (noise.remote_static_key() && !prove_peer(*payload)) return;
  if (noise.my_turn()) {
    const auto answer = noise.write(local_->noise.payload);
    if (!answer) return fail(FailureReason::kBadHandshake);
    append_noise_frame(clear_, *answer);
  }
  if (!noise.done()) return;
  ciphers_ = noise.split();
  phase_ = Phase::kSelectMuxer;
  begin_select(kYamuxProtocol, plain_);
}

bool Connection::State::prove_peer(base::ByteView payload) {
  auto proved = verify_noise_payload(payload, *opening_->noise.remote_static_key());
  if (!proved) {
    fail(FailureReason::kBadHandshake);
    return false;
  }
  if (!opening_->expected_peer_id.empty() && *proved != opening_->expected_peer_id) {
    fail(FailureReason::kWrongPeer);
    return false;
  }
  peer_id_ = std::move(*proved);
  return true;
}

void Connection::State::on_sealed_bytes(base::ByteView& bytes, Actions& actions) {
  const auto message = frames_.next(bytes);
  if (!message) return fail(FailureReason::kBadCiphertext);
  if (!*message) return;
  base::Bytes plain;
  if (!ciphers_.receive.append_opened(plain, {}, **message))
    return fail(FailureReason::kBadCiphertext);
  on_plain_bytes(plain, actions);
}

void Connection::State::on_plain_bytes(base::ByteView bytes, Actions& actions) {
  if (phase_ == Phase::kSelectMuxer) {
    if (!select(bytes, kYamuxProtocol, FailureReason::kMuxerRefused, plain_)) return;
    become_open(actions);
  }
  std::vector<YamuxEvent> events;
  const auto done = yamux_.on_bytes(bytes, events, plain_);
  for (const YamuxEvent& event : events) on_event(event, actions);
  if (done) return;
  yamux_.go_away(plain_, YamuxGoAway::kProtocolError);
  fail(reason_of(done.error()));
}

void Connection::State::become_open(Actions& actions) {
  phase_ = Phase::kOpen;
  opening_.reset();
  actions.push_back(Secured{peer_id_});
  (void)open(kIdentifyProtocol, Purpose::kIdentify);
}

void Connection::State::fail(FailureReason reason) {
  if (phase_ == Phase::kOver) return;
  failure_ = reason;
  phase_ = Phase::kOver;
}

void Connection::State::finish(Actions& actions) {
  if (!plain_.empty()) {
    append_sealed_frames(clear_, ciphers_.send, plain_);
    plain_ = base::Bytes();  // "= {}" would keep its memory
  }
  if (streams_.empty()) streams_deadline_.reset();
  if (!clear_.empty()) actions.push_back(SendBytes{std::exchange(clear_, {})});
  if (phase_ == Phase::kOpen && going_away_ && streams_.empty()) {
    phase_ = Phase::kOver;
    actions.push_back(Closed{});
  }
  if (failure_) {
    actions.push_back(Failed{*failure_});
    failure_.reset();
  }
  if (phase_ == Phase::kOver) {
    opening_.reset();
    streams_.clear();
    frames_ = NoiseFrames();
    yamux_ = Yamux(is_dialer(), limits());
  }
}

std::optional<TimeMs> Connection::State::deadline() const {
  if (phase_ == Phase::kNew || phase_ == Phase::kOver) return std::nullopt;
  if (phase_ != Phase::kOpen) return opening_->deadline;
  std::optional<TimeMs> keepalive;
  if (keepalive_sent_) {
    keepalive = *keepalive_sent_ + limits().keepalive_answer_ms;
  } else if (limits().keepalive_ms > 0) {
    keepalive = heard_ + limits().keepalive_ms;
  }
  return earlier(keepalive, streams_deadline_);
}

void Connection::State::on_time(TimeMs now, Actions& actions) {
  now_ = now;
  if (phase_ == Phase::kNew || phase_ == Phase::kOver) return;
  if (phase_ != Phase::kOpen) {
    if (now >= opening_->deadline) fail(FailureReason::kHandshakeTimeout);
  } else {
    check_keepalive();
    if (phase_ == Phase::kOpen) check_streams(actions);
  }
  finish(actions);
}

void Connection::State::check_keepalive() {
  if (keepalive_sent_) {
    if (now_ >= *keepalive_sent_ + limits().keepalive_answer_ms)
      fail(FailureReason::kKeepaliveTimeout);
  } else if (limits().keepalive_ms > 0 && now_ >= heard_ + limits().keepalive_ms) {
    keepalive_sent_ = now_;
    yamux_.ping(++pings_, plain_);
  }
}

void Connection::State::check_streams(Actions& actions) {
  if (!streams_deadline_ || now_ < *streams_deadline_) return;
  streams_deadline_.reset();
  std::vector<StreamId> late;
  for (auto& [id, state] : streams_) {
    if (!state.deadline) continue;
    // What waits for a slow reader is not late as long as it goes on.
    if (now_ >= *state.deadline && yamux_.unsent_bytes(id) < state.unsent_before_bytes) {
      set_deadline(id, state, now_ + limits().half_closed_ms);
    } else if (now_ >= *state.deadline) {
      late.push_back(id);
    } else {
      wake_at(*state.deadline);
    }
  }
  for (const StreamId id : late) drop(id, actions);
}

void Connection::State::wake_at(TimeMs time) {
  streams_deadline_ = earlier(streams_deadline_, time);
}

std::size_t Connection::State::heap_bytes() const {
  constexpr std::size_t kTreeNodeBytes = 32;  // of std::map, besides the pair
  std::size_t bytes = sizeof(State) + frames_.heap_bytes() + yamux_.heap_bytes();
  bytes += peer_id_.capacity() + remote_address_.capacity();
  bytes += clear_.capacity() + plain_.capacity();
  if (opening_) bytes += sizeof(Opening) + opening_->expected_peer_id.capacity();
  for (const auto& [id, state] : streams_) {
    bytes += kTreeNodeBytes + sizeof(Streams::value_type);
    if (const auto* answering = std::get_if<Answering>(&state.activity)) {
      bytes += answering->select.heap_bytes();
    } else if (const auto* proposing = std::get_if<Proposing>(&state.activity)) {
      bytes += proposing->select.heap_bytes() + proposing->waiting.capacity();
    } else if (const auto* reading = std::get_if<IdentifyReading>(&state.activity)) {
      bytes += reading->message.capacity();
    }
  }
  return bytes;
}

}  // namespace aqua::net
