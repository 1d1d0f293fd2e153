#include "echo_link.h"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "base/overloaded.h"
#include "node/key_file.h"

namespace aqua::interop {

namespace {

constexpr std::size_t kUnsentBytesMax = 64 * 1024;
constexpr std::size_t kChunkBytes = 50'000;
constexpr std::size_t kPeriod = 251;

base::Byte byte_at(std::size_t position) { return static_cast<base::Byte>(position % kPeriod); }

}  // namespace

EchoLink::EchoLink(node::Loop& loop, const net::LocalPeer& local,
                   std::shared_ptr<node::ByteStream> stream, net::Role role,
                   const std::string& expected, Handlers handlers)
    : loop_(loop),
      stream_(std::move(stream)),
      connection_(local, role, node::random_seed(), expected),
      handlers_(std::move(handlers)) {}

void EchoLink::start() {
  // The stream keeps the link, until it is closed.
  const std::shared_ptr<EchoLink> self = shared_from_this();
  stream_->start({.on_bytes =
                      [self](base::ByteView bytes) {
                        self->connection_.on_bytes(bytes, self->loop_.now_ms(), self->actions_);
                        self->pump();
                      },
                  .on_sent = [] {},
                  .on_closed = [self](const std::string& why) { self->end(why); }});
  connection_.start(loop_.now_ms(), actions_);
  pump();
}

void EchoLink::call(std::size_t count) {
  const auto id = connection_.open_stream(kEchoProtocol, loop_.now_ms(), actions_);
  if (!id) return end("no stream could be opened");
  calling_.emplace(*id, Calling{.count = count});
  pump();
}

void EchoLink::pump() {
  if (is_pumping_ || is_over_) return;
  is_pumping_ = true;
  // Handling an action may bring about more of them.
  while (!actions_.empty() && !is_over_) {
    net::Actions actions = std::exchange(actions_, {});
    for (net::Action& action : actions) {
      std::visit([this](auto& one) { on(one); }, action);
    }
  }
  is_pumping_ = false;
  if (!is_over_) arm();
}

void EchoLink::ping() {
  connection_.ping(loop_.now_ms(), actions_);
  pump();
}

void EchoLink::arm() {
  loop_.cancel(timer_);
  timer_ = {};
  const auto at = connection_.deadline();
  if (!at) return;
  timer_ = loop_.call_at(*at, [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self == nullptr) return;
    self->connection_.on_time(self->loop_.now_ms(), self->actions_);
    self->pump();
  });
}

void EchoLink::end(const std::string& why) {
  if (is_over_) return;
  is_over_ = true;
  stream_->close();
  handlers_.on_closed(why);
}

// --- what the machine wants --------------------------------------------------------------------

void EchoLink::on(net::SendBytes& action) { stream_->write(std::move(action.bytes)); }

void EchoLink::on(net::Secured&) { handlers_.on_ready(); }

void EchoLink::on(net::StreamOpened& action) {
  if (action.inbound) {
    serving_.emplace(action.stream, Serving{.resets = action.protocol == kResetProtocol});
  } else if (const auto found = calling_.find(action.stream); found != calling_.end()) {
    send_more(found->first, found->second);
  }
}

void EchoLink::on(net::StreamData& action) {
  if (const auto found = serving_.find(action.stream); found != serving_.end()) {
    arrived(found->second, action);
  } else if (const auto calling = calling_.find(action.stream); calling != calling_.end()) {
    arrived(calling->second, action);
  }
}

void EchoLink::arrived(Serving& serving, net::StreamData& data) {
  if (serving.resets) {
    connection_.reset(data.stream, actions_);
    serving_.erase(data.stream);
    return;
  }
  if (!connection_.write(data.stream, data.bytes, actions_)) return;
  // Who does not read what comes back may not send more.
  if (connection_.unsent_bytes(data.stream) > kUnsentBytesMax) {
    serving.held_bytes += data.bytes.size();
  } else {
    connection_.consumed(data.stream, data.bytes.size(), actions_);
  }
}

void EchoLink::arrived(Calling& calling, net::StreamData& data) {
  for (const base::Byte byte : data.bytes) calling.is_same &= byte == byte_at(calling.arrived++);
  connection_.consumed(data.stream, data.bytes.size(), actions_);
}

void EchoLink::on(net::StreamDrained& action) {
  if (const auto found = serving_.find(action.stream); found != serving_.end()) {
    connection_.consumed(action.stream, std::exchange(found->second.held_bytes, 0), actions_);
  } else if (const auto calling = calling_.find(action.stream); calling != calling_.end()) {
    send_more(calling->first, calling->second);
  }
}

void EchoLink::send_more(net::StreamId id, Calling& calling) {
  while (calling.sent < calling.count && connection_.unsent_bytes(id) <= kUnsentBytesMax) {
    base::Bytes chunk(std::min(kChunkBytes, calling.count - calling.sent));
    for (std::size_t i = 0; i < chunk.size(); ++i) chunk[i] = byte_at(calling.sent + i);
    if (!connection_.write(id, chunk, actions_)) return end("a write was refused");
    calling.sent += chunk.size();
  }
  if (calling.sent == calling.count) {
    close_side(id);
  }
}

void EchoLink::on(net::StreamEnded& action) {
  if (serving_.erase(action.stream) > 0) {
    close_side(action.stream);
  } else {
    finished(action.stream);
  }
}

void EchoLink::close_side(net::StreamId id) {
  if (!connection_.close(id, loop_.now_ms(), actions_)) end("a stream could not be closed");
}

void EchoLink::finished(net::StreamId id) {
  const auto found = calling_.find(id);
  if (found == calling_.end()) return;
  const Calling calling = found->second;
  calling_.erase(found);
  handlers_.on_echoed(calling.arrived, calling.is_same);
}

void EchoLink::on(net::StreamReset& action) {
  serving_.erase(action.stream);
  if (calling_.contains(action.stream)) end("the other end reset a stream");
}

void EchoLink::on(net::ProtocolRefused& action) {
  if (calling_.contains(action.stream)) end("the other end does not echo");
}

void EchoLink::on(net::PeerIdentified&) {}
void EchoLink::on(net::PingAnswered&) { handlers_.on_pinged(); }
void EchoLink::on(net::Failed& action) { end(std::string(net::text(action.reason))); }
void EchoLink::on(net::Closed&) { end("closed"); }

EndOfInput::EndOfInput(std::function<void()> ended)
    : thread_([ended = std::move(ended)] {
        while (std::getchar() != EOF) {
        }
        ended();
      }) {}

}  // namespace aqua::interop
