#include "base/check.h"
#include "base/overloaded.h"
#include "net/connection_state.h"
#include "net/protocols.h"

namespace aqua::net {

namespace {

constexpr std::size_t kPingUnsentBytesMax = 64 * 1024;

bool is_of_owner(const StreamState& state) {
  if (const auto* proposing = std::get_if<Proposing>(&state.activity)) {
    return proposing->purpose == Purpose::kOwner;
  }
  return std::holds_alternative<Application>(state.activity);
}

}  // namespace

// --- what the owner asks for

std::optional<StreamId> Connection::State::open(std::string_view protocol, Purpose purpose) {
  const auto id = yamux_.open(plain_);
  if (!id) return std::nullopt;
  MultistreamDialer dialer({std::string(protocol)});
  base::Bytes proposal;
  dialer.start(proposal);
  yamux_.write(*id, proposal, plain_);
  const bool sure = purpose == Purpose::kOwner && remote_speaks(protocol);
  StreamState& state = streams_[*id];
  state.activity =
      Proposing{.select = std::move(dialer), .purpose = purpose, .sure = sure, .waiting = {}};
  set_deadline(*id, state, now_ + limits().negotiation_ms);
  return id;
}

base::Result<StreamId, StreamError> Connection::State::open_stream(std::string_view protocol,
                                                                   TimeMs now, Actions& actions) {
  AQUA_CHECK(!protocol.empty() && protocol.size() < limits().protocol_line_bytes_max,
             "a protocol name of {} bytes", protocol.size());
  now_ = now;
  if (phase_ != Phase::kOpen || going_away_) return std::unexpected(StreamError::kNotSecured);
  const auto id = open(protocol, Purpose::kOwner);
  if (!id) return std::unexpected(StreamError::kTooManyStreams);
  finish(actions);
  return *id;
}

base::Result<void, StreamError> Connection::State::write(StreamId id, base::ByteView bytes,
                                                         Actions& actions) {
  const auto at = streams_.find(id);
  if (at == streams_.end() || !is_of_owner(at->second))
    return std::unexpected(StreamError::kUnknownStream);
  auto* proposing = std::get_if<Proposing>(&at->second.activity);
  if ((proposing && proposing->end_wanted) || yamux_.ended(id))
    return std::unexpected(StreamError::kClosed);
  if (unsent_bytes(id) > limits().unsent_bytes_max)
    return std::unexpected(StreamError::kTooMuchUnsent);
  if (proposing && !proposing->sure) {
    proposing->waiting.insert(proposing->waiting.end(), bytes.begin(), bytes.end());
    return {};
  }
  yamux_.write(id, bytes, plain_);
  finish(actions);
  return {};
}

base::Result<void, StreamError> Connection::State::close(StreamId id, TimeMs now,
                                                         Actions& actions) {
  now_ = now;
  const auto at = streams_.find(id);
  if (at == streams_.end() || !is_of_owner(at->second))
    return std::unexpected(StreamError::kUnknownStream);
  auto* proposing = std::get_if<Proposing>(&at->second.activity);
  if ((proposing && proposing->end_wanted) || yamux_.ended(id))
    return std::unexpected(StreamError::kClosed);
  if (proposing) {
    // Its deadline is that of the negotiation still.
    proposing->end_wanted = true;
    if (proposing->sure) yamux_.end(id, plain_);
  } else {
    end(id);
  }
  finish(actions);
  return {};
}

void Connection::State::reset(StreamId id, Actions& actions) {
  const auto at = streams_.find(id);
  if (at == streams_.end() || !is_of_owner(at->second)) return;
  yamux_.reset(id, plain_);
  streams_.erase(at);
  finish(actions);
}

void Connection::State::consumed(StreamId id, std::size_t count, Actions& actions) {
  if (phase_ != Phase::kOpen) return;
  yamux_.consumed(id, count, plain_);
  finish(actions);
}

void Connection::State::ping(TimeMs now, Actions& actions) {
  now_ = now;
  if (phase_ != Phase::kOpen || going_away_ || pinging_) return;
  pinging_ = open(kPingProtocol, Purpose::kPing).has_value();
  finish(actions);
}

void Connection::State::probe(TimeMs now, Actions& actions) {
  now_ = now;
  if (phase_ != Phase::kOpen || keepalive_sent_) return;
  keepalive_sent_ = now_;
  yamux_.ping(++pings_, plain_);
  finish(actions);
}

void Connection::State::go_away(Actions& actions) {
  if (phase_ != Phase::kOpen) return;
  going_away_ = true;
  yamux_.go_away(plain_);
  drop_own_streams(actions);
  finish(actions);
}

std::size_t Connection::State::unsent_bytes(StreamId id) const {
  const auto at = streams_.find(id);
  if (at == streams_.end()) return 0;
  const auto* proposing = std::get_if<Proposing>(&at->second.activity);
  return yamux_.unsent_bytes(id) + (proposing ? proposing->waiting.size() : 0);
}

// --- what the session tells

void Connection::State::on_event(const YamuxEvent& event, Actions& actions) {
  std::visit(base::Overloaded{
                 [&](const YamuxOpened& e) { on_opened(e.stream); },
                 [&](const YamuxData& e) { on_data(e.stream, e.bytes, actions); },
                 [&](const YamuxEnded& e) { on_ended(e.stream, actions); },
                 [&](const YamuxReset& e) { on_gone(e.stream, actions); },
                 [&](const YamuxDrained& e) {
                   const auto at = streams_.find(e.stream);
                   if (at == streams_.end()) return;
                   if (is_of_owner(at->second)) actions.push_back(StreamDrained{e.stream});
                   if (yamux_.ended(e.stream)) end(e.stream);
                 },
                 // Any bytes answer the keep-alive.
                 [](const YamuxPong&) {},
                 [&](const YamuxGoneAway&) {
                   going_away_ = true;
                   drop_own_streams(actions);
                 },
             },
             event);
}

void Connection::State::on_opened(StreamId id) {
  StreamState& state = streams_[id];
  state.activity = Answering{};
  set_deadline(id, state, now_ + limits().negotiation_ms);
}

void Connection::State::on_data(StreamId id, base::ByteView bytes, Actions& actions) {
  while (!bytes.empty()) {
    const auto at = streams_.find(id);
    if (at == streams_.end()) return;
    if (std::holds_alternative<Application>(at->second.activity)) {
      if (at->second.deadline) set_deadline(id, at->second, now_ + limits().half_closed_ms);
      actions.push_back(StreamData{id, base::Bytes(bytes.begin(), bytes.end())});
      return;
    }
    const std::size_t before = bytes.size();
    on_piece(id, at->second, bytes, actions);
    yamux_.consumed(id, before - bytes.size(), plain_);
  }
}

void Connection::State::on_piece(StreamId id, StreamState& state, base::ByteView& bytes,
                                 Actions& actions) {
  std::visit(base::Overloaded{
                 [](Application&) {},
                 [&](Answering&) { answer_proposals(id, state, bytes, actions); },
                 [&](Proposing&) { propose(id, state, bytes, actions); },
                 [&](IdentifyReading& reading) { read_identify(id, reading, bytes, actions); },
                 [&](Finished&) { bytes = {}; },
                 [&](PingAnswering&) {
                   yamux_.write(id, bytes, plain_);
                   bytes = {};
                   if (yamux_.unsent_bytes(id) > kPingUnsentBytesMax) drop(id, actions);
                 },
                 [&](PingAsking& asking) { read_ping_answer(id, asking, bytes, actions); },
             },
             state.activity);
}

void Connection::State::on_ended(StreamId id, Actions& actions) {
  const auto at = streams_.find(id);
  if (at == streams_.end()) return;
  at->second.remote_ended = true;
  if (std::holds_alternative<Application>(at->second.activity)) {
    actions.push_back(StreamEnded{id});
  } else if (std::holds_alternative<Answering>(at->second.activity) ||
             std::holds_alternative<Proposing>(at->second.activity)) {
    return drop(id, actions);
  } else {
    if (std::holds_alternative<PingAsking>(at->second.activity)) pinging_ = false;
    end(id);
  }
  forget_if_gone(id);
}

void Connection::State::on_gone(StreamId id, Actions& actions) {
  const auto at = streams_.find(id);
  if (at == streams_.end()) return;
  const auto* proposing = std::get_if<Proposing>(&at->second.activity);
  if (std::holds_alternative<PingAsking>(at->second.activity) ||
      (proposing && proposing->purpose == Purpose::kPing)) {
    pinging_ = false;
  }
  const bool owned = is_of_owner(at->second);
  streams_.erase(at);
  if (owned) actions.push_back(StreamReset{id});
}

void Connection::State::drop(StreamId id, Actions& actions) {
  yamux_.reset(id, plain_);
  on_gone(id, actions);
}

// Those that no owner waits for.
void Connection::State::drop_own_streams(Actions& actions) {
  std::vector<StreamId> own;
  for (const auto& [id, state] : streams_) {
    if (!is_of_owner(state)) own.push_back(id);
  }
  for (const StreamId id : own) drop(id, actions);
}

void Connection::State::end(StreamId id) {
  yamux_.end(id, plain_);
  const auto at = streams_.find(id);
  if (at != streams_.end()) set_deadline(id, at->second, now_ + limits().half_closed_ms);
  forget_if_gone(id);
}

void Connection::State::forget_if_gone(StreamId id) {
  const auto at = streams_.find(id);
  if (at != streams_.end() && at->second.remote_ended && !yamux_.contains(id)) streams_.erase(at);
}

void Connection::State::set_deadline(StreamId id, StreamState& state, TimeMs time) {
  state.deadline = time;
  state.unsent_before_bytes = yamux_.unsent_bytes(id);
  wake_at(time);
}

}  // namespace aqua::net
