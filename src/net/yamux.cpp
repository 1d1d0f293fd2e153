#include "net/yamux.h"

#include <algorithm>
#include <limits>

#include "net/noise_frames.h"

namespace aqua::net {

namespace {

// A frame fills one message of Noise.
constexpr std::size_t kBodyBytesMax = kNoisePlainBytesMax - kYamuxHeaderBytes;
constexpr std::uint32_t kSkippedMax = 64;
constexpr std::uint32_t kStreamIdMax = std::numeric_limits<std::uint32_t>::max() - 2;

}  // namespace

base::Result<void, YamuxError> Yamux::on_bytes(base::ByteView bytes, Events& events,
                                               base::Bytes& out) {
  while (!bytes.empty()) {
    if (body_left_ > 0) {
      const base::ByteView piece = bytes.first(std::min<std::size_t>(bytes.size(), body_left_));
      bytes = bytes.subspan(piece.size());
      on_body(piece, events, out);
      continue;
    }
    const std::size_t count = std::min(kYamuxHeaderBytes - header_size_, bytes.size());
    std::copy_n(bytes.begin(), count, header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
    bytes = bytes.subspan(count);
    header_size_ += count;
    if (header_size_ < kYamuxHeaderBytes) continue;
    header_size_ = 0;
    const auto header = parse_yamux_header(header_);
    if (!header) return std::unexpected(YamuxError::kBadFrame);
    if (const auto done = on_header(*header, events, out); !done) return done;
  }
  return {};
}

base::Result<void, YamuxError> Yamux::count_idle_frame() {
  if (++idle_frames_ > limits_->idle_frames_max)
    return std::unexpected(YamuxError::kTooManyIdleFrames);
  return {};
}

base::Result<void, YamuxError> Yamux::on_header(const YamuxHeader& header, Events& events,
                                                base::Bytes& out) {
  switch (header.type) {
    case YamuxType::kData:
    case YamuxType::kWindowUpdate: return on_stream_header(header, events, out);
    case YamuxType::kPing: on_ping(header, events, out); return count_idle_frame();
    case YamuxType::kGoAway: events.push_back(YamuxGoneAway{}); return count_idle_frame();
  }
  return std::unexpected(YamuxError::kBadFrame);
}

void Yamux::on_ping(const YamuxHeader& header, Events& events, base::Bytes& out) {
  if (header.has(yamux_flag::kSyn)) {
    append_yamux_header(out, {.type = YamuxType::kPing,
                              .flags = yamux_flag::kAck,
                              .stream = 0,
                              .length = header.length});
  } else if (header.has(yamux_flag::kAck)) {
    events.push_back(YamuxPong{header.length});
  }
}

base::Result<void, YamuxError> Yamux::on_stream_header(const YamuxHeader& header, Events& events,
                                                       base::Bytes& out) {
  if (header.stream == 0) return std::unexpected(YamuxError::kBadFrame);
  if (header.has(yamux_flag::kSyn)) {
    if (const auto done = accept(header.stream, out, events); !done) return done;
  }
  if (header.has(yamux_flag::kRst)) {
    if (const auto at = streams_.find(header.stream); at != streams_.end()) {
      erase(at);
      events.push_back(YamuxReset{header.stream});
    }
  }
  if (header.type == YamuxType::kData) {
    if (const auto done = on_data_header(header); !done) return done;
  } else if (const auto at = streams_.find(header.stream); at != streams_.end()) {
    if (const auto done = on_window_update(at, header.length, events, out); !done) return done;
  } else if (const auto done = count_idle_frame(); !done) {
    return done;
  }
  if (header.has(yamux_flag::kFin)) {
    body_ends_stream_ = body_left_ > 0;
    if (body_left_ == 0) on_end(header.stream, events);
  }
  return {};
}

// An id is used once. Ids grow, except that threads of the other side may overtake each other.
bool Yamux::is_new(std::uint32_t id) {
  const bool odd = id % 2 == 1;
  if (odd == dialer_) return false;
  if (id < last_accepted_ || id == last_accepted_) return std::erase(skipped_, id) > 0;
  const std::uint32_t first = last_accepted_ == 0 ? (odd ? 1 : 2) : last_accepted_ + 2;
  std::uint32_t skipped = id - first > 2 * kSkippedMax ? id - 2 * kSkippedMax : first;
  for (; skipped < id; skipped += 2) skipped_.push_back(skipped);
  if (skipped_.size() > kSkippedMax) {
    skipped_.erase(skipped_.begin(), skipped_.end() - static_cast<std::ptrdiff_t>(kSkippedMax));
  }
  last_accepted_ = id;
  return true;
}

base::Result<void, YamuxError> Yamux::accept(std::uint32_t id, base::Bytes& out, Events& events) {
  if (!is_new(id)) return std::unexpected(YamuxError::kBadFrame);
  if (going_away_ || inbound_ >= limits_->inbound_streams_max) {
    append_yamux_header(
        out,
        {.type = YamuxType::kWindowUpdate, .flags = yamux_flag::kRst, .stream = id, .length = 0});
    return count_idle_frame();
  }
  streams_[id].inbound = true;
  streams_[id].receive_window = std::max(limits_->receive_window_bytes, kYamuxInitialWindow);
  ++inbound_;
  announce_window(id, yamux_flag::kAck, out);
  events.push_back(YamuxOpened{id});
  return {};
}

base::Result<void, YamuxError> Yamux::on_window_update(Streams::iterator at, std::uint32_t delta,
                                                       Events& events, base::Bytes& out) {
  auto& [id, stream] = *at;
  if (delta > std::numeric_limits<std::uint32_t>::max() - stream.send_window) {
    return std::unexpected(YamuxError::kWindowExceeded);
  }
  stream.send_window += delta;
  const bool useful = delta > 0 && !stream.unsent.empty();
  if (send_unsent(id, stream, out)) events.push_back(YamuxDrained{id});
  erase_if_over(at->first);
  if (useful) return {};
  return count_idle_frame();
}

base::Result<void, YamuxError> Yamux::on_data_header(const YamuxHeader& header) {
  const auto at = streams_.find(header.stream);
  // Data of a stream that is gone may be under way still; they are skipped.
  const std::uint32_t allowed = at == streams_.end()
                                    ? std::max(limits_->receive_window_bytes, kYamuxInitialWindow)
                                    : at->second.receive_window;
  if (header.length > allowed) return std::unexpected(YamuxError::kWindowExceeded);
  body_left_ = header.length;
  body_stream_ = header.stream;
  body_ends_stream_ = false;
  if (at == streams_.end() || header.length == 0 || at->second.remote_ended)
    return count_idle_frame();
  at->second.receive_window -= header.length;
  idle_frames_ = 0;
  return {};
}

void Yamux::on_body(base::ByteView piece, Events& events, base::Bytes& out) {
  body_left_ -= static_cast<std::uint32_t>(piece.size());
  const auto at = streams_.find(body_stream_);
  if (at == streams_.end() || at->second.remote_ended) return;
  at->second.unconsumed += static_cast<std::uint32_t>(piece.size());
  unconsumed_ += piece.size();
  if (unconsumed_ > limits_->unconsumed_bytes_max) {
    reset(body_stream_, out);
    events.push_back(YamuxReset{body_stream_});
    return;
  }
  events.push_back(YamuxData{body_stream_, piece});
  if (body_left_ == 0 && body_ends_stream_) on_end(body_stream_, events);
}

void Yamux::on_end(std::uint32_t id, Events& events) {
  const auto at = streams_.find(id);
  if (at == streams_.end() || at->second.remote_ended) return;
  at->second.remote_ended = true;
  events.push_back(YamuxEnded{id});
  erase_if_over(id);
}

std::optional<std::uint32_t> Yamux::open(base::Bytes& out) {
  if (streams_.size() - inbound_ >= limits_->outbound_streams_max || next_ > kStreamIdMax) {
    return std::nullopt;
  }
  const std::uint32_t id = next_;
  next_ += 2;
  streams_[id].receive_window = std::max(limits_->receive_window_bytes, kYamuxInitialWindow);
  announce_window(id, yamux_flag::kSyn, out);
  return id;
}

void Yamux::announce_window(std::uint32_t id, std::uint16_t flag, base::Bytes& out) const {
  const std::uint32_t more =
      std::max(limits_->receive_window_bytes, kYamuxInitialWindow) - kYamuxInitialWindow;
  append_yamux_header(
      out, {.type = YamuxType::kWindowUpdate, .flags = flag, .stream = id, .length = more});
}

bool Yamux::write(std::uint32_t id, base::ByteView bytes, base::Bytes& out) {
  const auto at = streams_.find(id);
  if (at == streams_.end() || at->second.end_wanted) return false;
  Stream& stream = at->second;
  if (stream.unsent.empty()) bytes = send_now(id, stream, bytes, out);
  stream.unsent.insert(stream.unsent.end(), bytes.begin(), bytes.end());
  return true;
}

base::ByteView Yamux::send_now(std::uint32_t id, Stream& stream, base::ByteView bytes,
                               base::Bytes& out) {
  while (!bytes.empty() && stream.send_window > 0) {
    const std::size_t count =
        std::min({bytes.size(), kBodyBytesMax, std::size_t{stream.send_window}});
    append_yamux_header(out, {.type = YamuxType::kData,
                              .flags = 0,
                              .stream = id,
                              .length = static_cast<std::uint32_t>(count)});
    out.insert(out.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    bytes = bytes.subspan(count);
    stream.send_window -= static_cast<std::uint32_t>(count);
  }
  return bytes;
}

bool Yamux::send_unsent(std::uint32_t id, Stream& stream, base::Bytes& out) {
  if (stream.unsent.empty()) return false;
  const auto rest =
      send_now(id, stream, base::ByteView(stream.unsent).subspan(stream.unsent_start), out);
  stream.unsent_start = stream.unsent.size() - rest.size();
  if (!rest.empty()) return false;
  stream.unsent = base::Bytes();  // "= {}" would keep its memory
  stream.unsent_start = 0;
  if (stream.end_wanted) send_end(id, stream, out);
  return true;
}

bool Yamux::end(std::uint32_t id, base::Bytes& out) {
  const auto at = streams_.find(id);
  if (at == streams_.end() || at->second.end_wanted) return false;
  at->second.end_wanted = true;
  if (at->second.unsent.empty()) send_end(id, at->second, out);
  erase_if_over(id);
  return true;
}

void Yamux::send_end(std::uint32_t id, Stream& stream, base::Bytes& out) {
  append_yamux_header(
      out,
      {.type = YamuxType::kWindowUpdate, .flags = yamux_flag::kFin, .stream = id, .length = 0});
  stream.end_sent = true;
}

bool Yamux::reset(std::uint32_t id, base::Bytes& out) {
  const auto at = streams_.find(id);
  if (at == streams_.end()) return false;
  append_yamux_header(
      out,
      {.type = YamuxType::kWindowUpdate, .flags = yamux_flag::kRst, .stream = id, .length = 0});
  erase(at);
  return true;
}

void Yamux::consumed(std::uint32_t id, std::size_t count, base::Bytes& out) {
  const auto at = streams_.find(id);
  if (at == streams_.end()) return;
  Stream& stream = at->second;
  const auto now = static_cast<std::uint32_t>(std::min<std::size_t>(count, stream.unconsumed));
  stream.unconsumed -= now;
  unconsumed_ -= now;
  stream.credit += now;
  // Half a window at a time: each update is a frame.
  if (stream.remote_ended ||
      stream.credit < std::max(limits_->receive_window_bytes, kYamuxInitialWindow) / 2) {
    return;
  }
  append_yamux_header(
      out, {.type = YamuxType::kWindowUpdate, .flags = 0, .stream = id, .length = stream.credit});
  stream.receive_window += stream.credit;
  stream.credit = 0;
}

void Yamux::ping(std::uint32_t value, base::Bytes& out) {
  append_yamux_header(
      out, {.type = YamuxType::kPing, .flags = yamux_flag::kSyn, .stream = 0, .length = value});
}

void Yamux::go_away(base::Bytes& out, YamuxGoAway reason) {
  if (going_away_) return;
  going_away_ = true;
  append_yamux_header(out, {.type = YamuxType::kGoAway,
                            .flags = 0,
                            .stream = 0,
                            .length = static_cast<std::uint32_t>(reason)});
}

void Yamux::erase(Streams::iterator at) {
  if (at->second.inbound) --inbound_;
  unconsumed_ -= at->second.unconsumed;
  streams_.erase(at);
}

void Yamux::erase_if_over(std::uint32_t id) {
  const auto at = streams_.find(id);
  if (at != streams_.end() && at->second.end_sent && at->second.remote_ended) erase(at);
}

bool Yamux::ended(std::uint32_t id) const {
  const auto at = streams_.find(id);
  return at == streams_.end() || at->second.end_wanted;
}

std::size_t Yamux::unsent_bytes(std::uint32_t id) const {
  const auto at = streams_.find(id);
  return at == streams_.end() ? 0 : at->second.unsent.size() - at->second.unsent_start;
}

std::size_t Yamux::heap_bytes() const {
  constexpr std::size_t kTreeNodeBytes = 32;  // of std::map, besides the pair
  std::size_t bytes = skipped_.capacity() * sizeof(std::uint32_t);
  for (const auto& [id, stream] : streams_) {
    bytes += kTreeNodeBytes + sizeof(Streams::value_type) + stream.unsent.capacity();
  }
  return bytes;
}

}  // namespace aqua::net
