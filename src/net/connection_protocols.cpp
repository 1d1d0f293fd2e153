#include <algorithm>
#include <array>
#include <string>

#include "base/varint.h"
#include "crypto/hkdf.h"
#include "net/connection_state.h"
#include "net/identify.h"
#include "net/protocols.h"

namespace aqua::net {

namespace {

constexpr std::size_t kPingBytes = 32;
constexpr std::size_t kProtocolBits = 64;

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
