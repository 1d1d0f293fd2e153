#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/overloaded.h"
#include "base/varint.h"
#include "crypto/hkdf.h"
#include "net/connection_state.h"
#include "net/identify.h"
#include "net/protocols.h"

namespace aqua::net {

namespace {

constexpr std::size_t kPingBytes = 32;
constexpr std::size_t kPingUnsentBytesMax = 64 * 1024;
constexpr std::size_t kProtocolBits = 64;

bool is_of_owner(const StreamState& state) {
  if (const auto* proposing = std::get_if<Proposing>(&state.activity)) {
    return proposing->purpose == Purpose::kOwner;
  }
  return std::holds_alternative<Application>(state.activity);
}

}  // namespace

std::vector<std::string_view> Connection::State::spoken_protocols() const {
  std::vector<std::string_view> names(local_->protocols.begin(), local_->protocols.end());
  names.push_back(kIdentifyProtocol);
  names.push_back(kPingProtocol);
  return names;
}

bool Connection::State::remote_speaks(std::string_view protocol) const {
  const auto found = std::ranges::find(local_->protocols, protocol);
  const auto index = static_cast<std::size_t>(found - local_->protocols.begin());
  return found != local_->protocols.end() && index < kProtocolBits &&
         (remote_protocols_ >> index & 1) != 0;
}

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

// --- negotiation

void Connection::State::answer_proposals(StreamId id, StreamState& state, base::ByteView& bytes,
                                         Actions& actions) {
  const auto names = spoken_protocols();
  MultistreamListener& listener = std::get<Answering>(state.activity).select;
  base::Bytes answers;
  const auto done = listener.on_bytes(bytes, names, limits(), answers);
  yamux_.write(id, answers, plain_);
  if (!done) return drop(id, actions);
  const auto selected = listener.selected();
  if (!selected) return;
  const std::string_view name = names[*selected];
  state.deadline.reset();
  if (name == kIdentifyProtocol) {
    state.activity = Finished{};
    write_identify(id);
  } else if (name == kPingProtocol) {
    state.activity = PingAnswering{};
  } else {
    state.activity = Application{};
    actions.push_back(StreamOpened{.stream = id, .protocol = std::string(name), .inbound = true});
  }
}

void Connection::State::propose(StreamId id, StreamState& state, base::ByteView& bytes,
                                Actions& actions) {
  auto& proposing = std::get<Proposing>(state.activity);
  base::Bytes more;
  const auto done = proposing.select.on_bytes(bytes, limits(), more);
  if (!done) return drop(id, actions);
  yamux_.write(id, more, plain_);
  switch (proposing.select.outcome()) {
    case MultistreamDialer::Outcome::kWaiting: return;
    case MultistreamDialer::Outcome::kSelected: return proposal_accepted(id, state, actions);
    case MultistreamDialer::Outcome::kRefused: break;
  }
  const Purpose purpose = proposing.purpose;
  std::string protocol = proposing.select.protocol();
  if (purpose == Purpose::kPing) pinging_ = false;
  yamux_.reset(id, plain_);
  streams_.erase(id);
  if (purpose == Purpose::kOwner) {
    actions.push_back(ProtocolRefused{.stream = id, .protocol = std::move(protocol)});
  }
}

void Connection::State::proposal_accepted(StreamId id, StreamState& state, Actions& actions) {
  Proposing proposing = std::move(std::get<Proposing>(state.activity));
  state.deadline.reset();
  switch (proposing.purpose) {
    case Purpose::kIdentify:
      state.activity = IdentifyReading{};
      return set_deadline(id, state, now_ + limits().negotiation_ms);
    case Purpose::kPing: {
      const std::string number = std::to_string(++pings_);
      const auto payload = crypto::hmac_sha256(ping_key_, base::as_bytes(number));
      static_assert(std::tuple_size_v<crypto::Digest> == kPingBytes);
      state.activity = PingAsking{.sent = now_, .payload = payload};
      yamux_.write(id, payload, plain_);
      return set_deadline(id, state, now_ + limits().negotiation_ms);
    }
    case Purpose::kOwner: break;
  }
  state.activity = Application{};
  actions.push_back(
      StreamOpened{.stream = id, .protocol = proposing.select.protocol(), .inbound = false});
  if (!proposing.waiting.empty()) {
    yamux_.write(id, proposing.waiting, plain_);
    if (yamux_.unsent_bytes(id) == 0) actions.push_back(StreamDrained{id});
  }
  if (proposing.end_wanted) end(id);
}

// --- identify and ping

void Connection::State::write_identify(StreamId id) {
  Identify identify{.public_key = local_->identity.public_key(),
                    .protocol_version = std::string(kIdentifyProtocolVersion),
                    .agent_version = local_->agent_version,
                    .protocols = {},
                    .listen_addresses = local_->listen_addresses,
                    .observed_address = remote_address_,
                    .peer_record = local_->peer_record};
  for (const std::string_view name : spoken_protocols()) identify.protocols.emplace_back(name);
  const base::Bytes message = encode_identify(identify);
  base::Bytes framed;
  base::append_varint(framed, message.size());
  framed.insert(framed.end(), message.begin(), message.end());
  yamux_.write(id, framed, plain_);
  end(id);
}

void Connection::State::read_identify(StreamId id, IdentifyReading& reading, base::ByteView& bytes,
                                      Actions& actions) {
  base::Bytes& message = reading.message;
  message.insert(message.end(), bytes.begin(), bytes.end());
  bytes = {};
  const auto length = base::read_varint(message, limits().identify_bytes_max);
  if (!length) return drop(id, actions);
  if (!*length || message.size() < (*length)->size_bytes + (*length)->value) return;
  identified(base::ByteView(message).subspan((*length)->size_bytes, (*length)->value), actions);
  streams_.at(id).activity = Finished{};
  end(id);
}

void Connection::State::identified(base::ByteView message, Actions& actions) {
  auto identify = decode_identify(message, limits());
  // One that speaks of another key than it has proved is not believed in anything.
  if (!identify) return;
  if (identify->public_key && crypto::peer_id_of(*identify->public_key) != peer_id_) return;
  for (std::size_t i = 0; i < std::min(local_->protocols.size(), kProtocolBits); ++i) {
    if (std::ranges::count(identify->protocols, local_->protocols[i]) > 0)
      remote_protocols_ |= 1ULL << i;
  }
  actions.push_back(PeerIdentified{.agent_version = std::move(identify->agent_version),
                                   .protocol_version = std::move(identify->protocol_version),
                                   .protocols = std::move(identify->protocols),
                                   .listen_addresses = std::move(identify->listen_addresses),
                                   .observed_address = std::move(identify->observed_address)});
}

void Connection::State::read_ping_answer(StreamId id, PingAsking& asking, base::ByteView& bytes,
                                         Actions& actions) {
  const std::size_t count = std::min(bytes.size(), kPingBytes - asking.answered_bytes);
  const auto expected = base::ByteView(asking.payload).subspan(asking.answered_bytes, count);
  if (!std::ranges::equal(expected, bytes.first(count))) return drop(id, actions);
  bytes = bytes.subspan(count);
  asking.answered_bytes += count;
  if (asking.answered_bytes < kPingBytes) return;
  actions.push_back(PingAnswered{now_ - asking.sent});
  pinging_ = false;
  streams_.at(id).activity = Finished{};
  end(id);
}

}  // namespace aqua::net
