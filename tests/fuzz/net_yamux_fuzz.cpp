#include <cstdint>
#include <cstdlib>
#include <set>
#include <variant>

#include "base/overloaded.h"
#include "net/yamux.h"

// A session of yamux between what the other side sends and what the owner does. Input: commands of one byte;
// with the high bit set so many bytes (the lower seven bits) from the other side follow.

namespace {

using namespace aqua;

class Session {
 public:
  void step(std::uint8_t command, base::ByteView& rest) {
    if ((command & 0x80) != 0) {
      const auto count = std::min<std::size_t>(command & 0x7F, rest.size());
      receive(rest.first(count));
      rest = rest.subspan(count);
      return;
    }
    const std::uint32_t stream = command >> 3;
    switch (command & 7) {
      case 0: (void)yamux_.open(out_); break;
      case 1: yamux_.write(stream, base::Bytes(stream * 10'000), out_); break;
      case 2: yamux_.end(stream, out_); break;
      case 3:
        if (yamux_.reset(stream, out_)) alive_.erase(stream);
        break;
      case 4: yamux_.consumed(stream, 100'000, out_); break;
      case 5: yamux_.ping(stream, out_); break;
      case 6: yamux_.go_away(out_); break;
      case 7: yamux_.forget_idle_frames(); break;
    }
    out_.clear();
  }
  bool over() const { return over_; }

 private:
  void receive(base::ByteView bytes) {
    std::vector<net::YamuxEvent> events;
    over_ = !yamux_.on_bytes(bytes, events, out_);
    std::size_t received = 0;
    for (const net::YamuxEvent& event : events) {
      std::visit(base::Overloaded{
                     [&](const net::YamuxOpened& e) {
                       if (!alive_.insert(e.stream).second) std::abort();
                     },
                     [&](const net::YamuxData& e) { received += e.bytes.size(); },
                     [](const net::YamuxEnded&) {},
                     [&](const net::YamuxReset& e) { alive_.erase(e.stream); },
                     [](const net::YamuxDrained&) {},
                     [](const net::YamuxPong&) {},
                     [](const net::YamuxGoneAway&) {},
                 },
                 event);
    }
    if (received > bytes.size()) std::abort();
    std::erase_if(alive_, [&](std::uint32_t id) { return !yamux_.contains(id); });
    if (alive_.size() > limits_.inbound_streams_max) std::abort();
    out_.clear();
  }

  static net::Limits small_limits() {
    net::Limits limits;
    limits.inbound_streams_max = 4;
    limits.outbound_streams_max = 4;
    limits.unconsumed_bytes_max = 300;
    limits.idle_frames_max = 50;
    return limits;
  }

  net::Limits limits_ = small_limits();
  net::Yamux yamux_{false, limits_};
  std::set<std::uint32_t> alive_;  // opened by the other side
  base::Bytes out_;
  bool over_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Session session;
  base::ByteView rest(data, size);
  while (!rest.empty() && !session.over()) {
    const std::uint8_t command = rest[0];
    rest = rest.subspan(1);
    session.step(command, rest);
  }
  return 0;
}
