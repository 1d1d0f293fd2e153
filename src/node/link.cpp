#include "node/link.h"

#include <algorithm>
#include <utility>

#include "base/overloaded.h"
#include "base/varint.h"
#include "net/protocols.h"
#include "node/key_file.h"
#include "peer/frame.h"

namespace aqua::node {

namespace {

// Particles are put on streams while less than this waits for the socket, so that both ends can go on reading
// whatever they have to write.
constexpr std::size_t kSocketBytesBusy = 262'144;
constexpr std::size_t kParticleStreamsMax = 256;
// Beyond this the other end makes us write more than it reads.
constexpr std::size_t kSocketBytesMax = std::size_t{128} << 20;
constexpr std::size_t kEarlyReportsMax = 64;

}  // namespace

Link::Link(Shared& shared, std::shared_ptr<ByteStream> stream, net::Role role,
           const std::string& expected, std::string remote, const Handlers& handlers)
    : shared_(shared),
      stream_(std::move(stream)),
      connection_(shared.local, role, random_seed(), expected, remote),
      remote_(std::move(remote)),
      handlers_(handlers) {}

Link::~Link() {
  shared_.loop.cancel(timer_);
  if (is_cut_off_) {
    stream_->abort();
  } else {
    stream_->close();
  }
}

std::uint64_t Link::now() { return shared_.loop.now_ms(); }

void Link::start() {
  last_used_ms_ = now();
  const std::weak_ptr<Link> weak = weak_from_this();
  stream_->start({.on_bytes =
                      [weak](base::ByteView bytes) {
                        if (const auto self = weak.lock()) self->read(bytes);
                      },
                  .on_sent =
                      [weak] {
                        const auto self = weak.lock();
                        if (self == nullptr || self->is_over_) return;
                        self->tell_sent();
                        self->pump();
                      },
                  .on_closed =
                      [weak](const std::string& why) {
                        if (const auto self = weak.lock()) self->end(why);
                      }});
  connection_.start(now(), actions_);
  pump();
}

bool Link::speaks(std::string_view protocol) const {
  return std::ranges::find(protocols_, protocol) != protocols_.end();
}

void Link::read(base::ByteView bytes) {
  if (is_over_) return;
  is_in_doubt_ = false;
  shared_.metrics.count(Counter::kReceivedBytes, bytes.size());
  connection_.on_bytes(bytes, now(), actions_);
  pump();
}

// --- the machine -------------------------------------------------------------------------------

void Link::pump() {
  if (is_pumping_) return;
  is_pumping_ = true;
  const std::shared_ptr<Link> self = shared_from_this();  // a handler may let go of it
  open_queued();
  for (std::size_t i = 0; i < actions_.size(); ++i) {
    net::Action action = std::move(actions_[i]);  // the list may grow meanwhile
    std::visit([&](auto& a) { on(a); }, action);
    if (i + 1 == actions_.size()) open_queued();
  }
  actions_.clear();
  is_pumping_ = false;
  flush();
  tell_sent();
  if (ending_) return abort(*std::exchange(ending_, {}));
  if (is_over_) return;
  balance_reading();
  arm();
}

void Link::flush() {
  if (!out_.empty()) {
    shared_.metrics.count(Counter::kSentBytes, out_.size());
    written_bytes_ += out_.size();
    stream_->write(std::exchange(out_, {}));
  }
  for (Outgoing& particle : given_out_) marks_.push_back({written_bytes_, std::move(particle)});
  given_out_.clear();
}

void Link::arm() {
  const auto deadline = connection_.deadline();
  const bool is_armed = timer_.number != 0;
  // Too early does no harm: what moves the deadline back costs nothing.
  if (!deadline || (is_armed && timer_.at_ms <= *deadline)) return;
  shared_.loop.cancel(timer_);
  timer_ = shared_.loop.call_at(*deadline, [this] {
    timer_ = {};
    connection_.on_time(now(), actions_);
    pump();
  });
}

void Link::balance_reading() {
  is_congested_ = stream_->unsent_bytes() > kSocketBytesMax;
  const bool wanted = pauses_ == 0 && !is_congested_;
  if (wanted == is_reading_) return;
  is_reading_ = wanted;
  if (wanted) {
    stream_->resume_reading();
  } else {
    stream_->pause_reading();
  }
}

void Link::pause() {
  ++pauses_;
  balance_reading();
}

void Link::resume() {
  --pauses_;
  balance_reading();
}

void Link::on(net::SendBytes& action) {
  if (out_.empty()) {
    out_ = std::move(action.bytes);
  } else {
    out_.insert(out_.end(), action.bytes.begin(), action.bytes.end());
  }
}

void Link::on(net::Secured&) {
  is_secured_ = true;
  handlers_.on_ready(*this);
}

void Link::on(net::PeerIdentified& action) {
  is_identified_ = true;
  protocols_ = std::move(action.protocols);
  listen_addresses_ = std::move(action.listen_addresses);
  for (base::Bytes& report : std::exchange(early_reports_, {})) send_report(std::move(report));
  handlers_.on_identified(*this);
}

void Link::on(net::PingAnswered&) {}

void Link::on(net::Failed& action) { ending_ = net::text(action.reason); }

void Link::on(net::Closed&) {
  was_left_ = true;
  ending_ = "";
}

// --- the end -----------------------------------------------------------------------------------

void Link::close() {
  if (is_closing_ || is_over_) return;
  is_closing_ = true;
  if (!is_secured_) return abort("");
  pump();
}

void Link::abort(std::string why) {
  if (is_over_) return;
  // Not from inside of a call: the owner may be in the middle of its links.
  shared_.loop.post(
      [self = shared_from_this(), why = std::move(why)]() mutable { self->end(std::move(why)); });
}

void Link::cut_off(std::string why) {
  is_cut_off_ = true;
  abort(std::move(why));
}

void Link::disown() {
  is_over_ = true;
  shared_.loop.cancel(timer_);
}

void Link::end(std::string why) {
  if (is_over_) return;
  is_over_ = true;
  shared_.loop.cancel(timer_);
  const std::shared_ptr<Link> self = shared_from_this();
  const std::string failure = why.empty() ? std::string("the connection was closed") : why;
  was_left_ = was_left_ || is_cut_off_ || connection_.is_going_away();
  for (Mark& mark : std::exchange(marks_, {})) unsent_.push_back(std::move(mark.particle));
  for (auto& [id, stream] : streams_) {
    if (auto* const sending = std::get_if<SendingParticle>(&stream))
      unsent_.push_back(std::move(sending->particle));
  }
  std::erase_if(streams_, [](const auto& entry) {
    return std::holds_alternative<SendingParticle>(entry.second);
  });
  for (Outgoing& waiting : std::exchange(queue_, {})) unsent_.push_back(std::move(waiting));
  queued_bytes_ = sending_count_ = 0;
  while (!streams_.empty()) forget(streams_.begin()->first, failure);
  handlers_.on_closed(*this, std::move(why));
  for (const Outgoing& particle : take_unsent()) particle.done(failure);
}

void Link::doubt() {
  if (is_over_ || is_closing_ || !is_secured_) return;
  is_in_doubt_ = true;
  connection_.probe(now(), actions_);
  pump();
}

// --- what leaves -------------------------------------------------------------------------------

void Link::send_particle(Outgoing particle) {
  if (is_over_ || is_closing_) {
    shared_.loop.post([done = std::move(particle.done)] { done("the connection is closing"); });
    return;
  }
  queued_bytes_ += particle.frame->size();
  queue_.push_back(std::move(particle));
  pump();
}

// Only while pumping: what it brings about is done then.
void Link::open_queued() {
  if (!is_secured_ || is_over_) return;
  while (!queue_.empty() && sending_count_ < kParticleStreamsMax &&
         stream_->unsent_bytes() + out_.size() < kSocketBytesBusy) {
    const auto opened = connection_.open_stream(net::kParticleProtocol, now(), actions_);
    if (!opened && sending_count_ > 0) break;  // when one of them has ended
    Outgoing next = std::move(queue_.front());
    queue_.pop_front();
    if (!opened) {
      queued_bytes_ -= next.frame->size();
      shared_.loop.post(
          [done = std::move(next.done)] { done("the connection takes no more streams"); });
      continue;
    }
    ++sending_count_;
    last_used_ms_ = now();
    const std::shared_ptr<const base::Bytes> frame = next.frame;
    streams_.emplace(*opened, SendingParticle{std::move(next), false});
    // A fresh stream takes one write of any size; what the window does not take waits in the machine.
    if (connection_.write(*opened, *frame, actions_)) connection_.close(*opened, now(), actions_);
  }
  if (queue_.empty() && is_closing_ && !has_said_goodbye_) {
    has_said_goodbye_ = true;
    connection_.go_away(actions_);
  }
}

// Whether the machine has given out all of a particle.
void Link::check_sent(net::StreamId id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  auto* const sending = std::get_if<SendingParticle>(&found->second);
  if (sending == nullptr || !sending->is_agreed || connection_.unsent_bytes(id) > 0) return;
  queued_bytes_ -= sending->particle.frame->size();
  given_out_.push_back(std::move(sending->particle));
  --sending_count_;
  streams_.erase(found);
  // Nothing comes back on it. The published client never ends its side, and takes only a thousand open streams.
  connection_.reset(id, actions_);
}

void Link::tell_sent() {
  const std::uint64_t sent = written_bytes_ - stream_->unsent_bytes();
  while (!marks_.empty() && marks_.front().written_bytes <= sent) {
    const Done done = std::move(marks_.front().particle.done);
    marks_.pop_front();
    done("");
  }
}

std::optional<net::StreamId> Link::write_alone(std::string_view protocol, base::ByteView frame) {
  if (!is_secured_ || is_closing_ || is_over_) return std::nullopt;
  const auto opened = connection_.open_stream(protocol, now(), actions_);
  if (!opened) return std::nullopt;
  if (connection_.write(*opened, frame, actions_)) connection_.close(*opened, now(), actions_);
  return *opened;
}

void Link::send_report(base::Bytes frame) {
  if (!is_identified_) {
    if (early_reports_.size() < kEarlyReportsMax) early_reports_.push_back(std::move(frame));
    return;
  }
  if (!speaks(peer::kDeliveryReportProtocol)) return;
  write_alone(peer::kDeliveryReportProtocol, frame);
  pump();
}

void Link::ask(const AddressQuestion& question, AnswerHandler handler) {
  base::Bytes frame;
  append_frame(frame, question);
  const auto stream = write_alone(kAddressExchangeProtocol, frame);
  if (!stream) return shared_.loop.post([handler = std::move(handler)] { handler({}); });
  streams_.emplace(*stream, Asking{std::move(handler), {}, now()});
  pump();
}

// --- streams -----------------------------------------------------------------------------------

void Link::on(net::StreamOpened& action) {
  last_used_ms_ = now();
  if (action.inbound) {
    streams_.emplace(action.stream, Receiving{std::move(action.protocol), {}, now()});
    return;
  }
  const auto found = streams_.find(action.stream);
  if (found == streams_.end()) return;
  if (auto* const sending = std::get_if<SendingParticle>(&found->second)) {
    sending->is_agreed = true;
    check_sent(action.stream);
  }
}

void Link::on(net::StreamDrained& action) { check_sent(action.stream); }

void Link::on(net::StreamData& action) {
  connection_.consumed(action.stream, action.bytes.size(), actions_);
  received(action.stream, action.bytes);
}

void Link::received(net::StreamId id, base::ByteView bytes) {
  auto found = streams_.find(id);
  if (found == streams_.end()) return;
  base::Bytes* buffer = nullptr;
  std::string_view protocol = kAddressExchangeProtocol;
  if (auto* const receiving = std::get_if<Receiving>(&found->second)) {
    buffer = &receiving->bytes;
    protocol = receiving->protocol;
  } else if (auto* const asking = std::get_if<Asking>(&found->second)) {
    buffer = &asking->bytes;
  } else {
    return;
  }
  // Mostly a frame comes in one piece.
  if (buffer->empty() && take_frame(id, protocol, bytes)) return;
  if (!has_room_for(bytes.size())) {
    shared_.make_room();
    found = streams_.find(id);
    if (found == streams_.end()) return;  // it was in the way itself
    if (!has_room_for(bytes.size())) return bad_frame(id);
  }
  shared_.buffered_bytes += bytes.size();
  buffered_bytes_ += bytes.size();
  buffer->insert(buffer->end(), bytes.begin(), bytes.end());
  if (buffer->size() > bytes.size()) take_frame(id, protocol, *buffer);
}

bool Link::take_frame(net::StreamId id, std::string_view protocol, base::ByteView bytes) {
  const bool is_particle = protocol == net::kParticleProtocol;
  const bool is_report = protocol == peer::kDeliveryReportProtocol;
  const std::size_t size_max = is_particle ? peer::kFrameBytesMax
                               : is_report ? peer::kDeliveryReportBytesMax
                                           : kExchangeBytesMax;
  const auto length = base::read_varint(bytes, size_max);
  if (!length) {
    bad_frame(id);
    return true;
  }
  if (!*length || bytes.size() < (*length)->size_bytes + (*length)->value) return false;
  const std::size_t size = (*length)->size_bytes + static_cast<std::size_t>((*length)->value);
  // The frame may lie in the stream's own buffer: it moves out of there first.
  const auto found = streams_.find(id);
  Stream stream = std::move(found->second);
  streams_.erase(found);
  base::Bytes own;
  if (auto* const receiving = std::get_if<Receiving>(&stream)) own = std::move(receiving->bytes);
  if (auto* const asking = std::get_if<Asking>(&stream)) own = std::move(asking->bytes);
  const base::ByteView frame = (own.empty() ? bytes : base::ByteView(own)).first(size);
  drop_buffer(own);
  if (const auto* const asking = std::get_if<Asking>(&stream)) {
    take_answer(frame, asking->handler);
  } else if (is_particle) {
    take_particle(frame);
    connection_.close(id, now(), actions_);
  } else if (is_report) {
    connection_.close(id, now(), actions_);
    auto report = peer::decode_delivery_report(frame);
    if (report) {
      handlers_.on_report(*this, std::move(*report));
    } else {
      shared_.metrics.count(Counter::kBadFrames);
    }
  } else {
    answer_question(id, frame);
  }
  return true;
}

void Link::take_particle(base::ByteView frame) {
  auto message = peer::decode_frame(frame);
  if (!message) {
    shared_.metrics.count(Counter::kBadFrames);
    return;
  }
  std::visit(
      base::Overloaded{
          [&](peer::Particle& particle) { handlers_.on_particle(*this, std::move(particle)); },
          [](peer::Upgrade&) {},
      },
      *message);
}

void Link::take_answer(base::ByteView frame, const AnswerHandler& handler) {
  const auto answer = decode_answer(frame);
  if (!answer) shared_.metrics.count(Counter::kBadFrames);
  handler(answer ? *answer : AddressAnswer{});
}

void Link::answer_question(net::StreamId id, base::ByteView frame) {
  const auto question = decode_question(frame);
  if (!question) return bad_frame(id);
  base::Bytes answer;
  append_frame(answer, handlers_.on_question(*this, *question));
  if (connection_.write(id, answer, actions_)) connection_.close(id, now(), actions_);
}

void Link::bad_frame(net::StreamId id) {
  shared_.metrics.count(Counter::kBadFrames);
  connection_.reset(id, actions_);
  forget(id, "the other end wrote what nobody understands");
}

void Link::on(net::StreamEnded& action) {
  const auto found = streams_.find(action.stream);
  if (found == streams_.end()) return;
  // A frame that ends before its end; a particle that is on its way to the other end may go on.
  if (std::holds_alternative<Receiving>(found->second)) {
    bad_frame(action.stream);
  } else if (std::holds_alternative<Asking>(found->second)) {
    forget(action.stream, "");
  }
}

void Link::on(net::StreamReset& action) { forget(action.stream, "the other end reset the stream"); }

void Link::on(net::ProtocolRefused& action) {
  forget(action.stream, "the other end does not speak " + action.protocol);
}

void Link::forget(net::StreamId id, const std::string& why) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  Stream stream = std::move(found->second);
  streams_.erase(found);
  std::visit(base::Overloaded{
                 [&](SendingParticle& s) {
                   queued_bytes_ -= s.particle.frame->size();
                   --sending_count_;
                   s.particle.done(why);
                 },
                 [&](Asking& s) {
                   drop_buffer(s.bytes);
                   s.handler({});
                 },
                 [&](Receiving& s) { drop_buffer(s.bytes); },
             },
             stream);
}

bool Link::has_room_for(std::size_t count) {
  return shared_.buffered_bytes + count <= shared_.limits.stream_bytes_max;
}

void Link::drop_buffer(base::Bytes& bytes) {
  shared_.buffered_bytes -= bytes.size();
  buffered_bytes_ -= bytes.size();
}

void Link::drop_incomplete() {
  std::vector<net::StreamId> dropped;
  for (const auto& [id, stream] : streams_) {
    const auto* const receiving = std::get_if<Receiving>(&stream);
    if (receiving != nullptr && !receiving->bytes.empty()) dropped.push_back(id);
  }
  for (const net::StreamId id : dropped) bad_frame(id);
  pump();
}

void Link::end_late_frames(std::uint64_t now_ms) {
  if (is_over_) return;
  std::vector<net::StreamId> late;
  for (const auto& [id, stream] : streams_) {
    const std::uint64_t began_ms = std::visit(base::Overloaded{
                                                  [&](const SendingParticle&) { return now_ms; },
                                                  [](const Asking& s) { return s.began_ms; },
                                                  [](const Receiving& s) { return s.began_ms; },
                                              },
                                              stream);
    if (now_ms >= began_ms + shared_.limits.stream_ms_max) late.push_back(id);
  }
  for (const net::StreamId id : late) bad_frame(id);
  if (!late.empty()) pump();
}

}  // namespace aqua::node
