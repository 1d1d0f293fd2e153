#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "net/limits.h"
#include "net/yamux_frame.h"

// Both sides of a session of yamux: many streams over one. Knows nothing of what they carry.

namespace aqua::net {

// The other side has opened a stream.
struct YamuxOpened {
  std::uint32_t stream;
};
// Valid as long as the bytes given to on_bytes().
struct YamuxData {
  std::uint32_t stream;
  base::ByteView bytes;
};
struct YamuxEnded {
  std::uint32_t stream;
};
// By the other side, or by a limit of ours. The stream is gone.
struct YamuxReset {
  std::uint32_t stream;
};
// All that had to wait for the window has been sent.
struct YamuxDrained {
  std::uint32_t stream;
};
struct YamuxPong {
  std::uint32_t value;
};
struct YamuxGoneAway {};

using YamuxEvent = std::variant<YamuxOpened, YamuxData, YamuxEnded, YamuxReset, YamuxDrained,
                                YamuxPong, YamuxGoneAway>;

enum class YamuxError : std::uint8_t { kBadFrame, kWindowExceeded, kTooManyIdleFrames };

// What is to be sent is appended to `out`, which belongs to the caller.
class Yamux {
 public:
  // `limits` must outlive it. The dialer's streams are odd.
  Yamux(bool dialer, const Limits& limits)
      : limits_(&limits), dialer_(dialer), next_(dialer ? 1 : 2) {}

  // After an error the session is of no more use.
  base::Result<void, YamuxError> on_bytes(base::ByteView bytes, std::vector<YamuxEvent>& events,
                                          base::Bytes& out);

  // None: too many, or no more ids.
  std::optional<std::uint32_t> open(base::Bytes& out);
  // Streams that are gone, or ended on our side: nothing happens, and it is false.
  bool write(std::uint32_t stream, base::ByteView bytes, base::Bytes& out);
  bool end(std::uint32_t stream, base::Bytes& out);
  bool reset(std::uint32_t stream, base::Bytes& out);
  void consumed(std::uint32_t stream, std::size_t count, base::Bytes& out);
  void ping(std::uint32_t value, base::Bytes& out);
  // The other side's new streams are reset from now on.
  void go_away(base::Bytes& out, YamuxGoAway reason = YamuxGoAway::kNormal);

  bool contains(std::uint32_t stream) const { return streams_.contains(stream); }
  // Ended on our side, or gone.
  bool ended(std::uint32_t stream) const;
  std::size_t unsent_bytes(std::uint32_t stream) const;
  std::size_t streams() const { return streams_.size(); }
  // Begins a new period for `idle_frames_max`.
  void forget_idle_frames() { idle_frames_ = 0; }
  std::size_t heap_bytes() const;

 private:
  struct Stream {
    bool inbound = false;
    bool end_wanted = false;  // FIN goes out behind what is unsent
    bool end_sent = false;
    bool remote_ended = false;
    std::uint32_t receive_window = kYamuxInitialWindow;  // so much may still come
    std::uint32_t unconsumed = 0;                        // came, and waits for consumed()
    std::uint32_t credit = 0;                            // consumed, not announced yet
    std::uint32_t send_window = kYamuxInitialWindow;
    base::Bytes unsent;
    std::size_t unsent_start = 0;
  };
  using Streams = std::map<std::uint32_t, Stream>;
  using Events = std::vector<YamuxEvent>;

  base::Result<void, YamuxError> on_header(const YamuxHeader& header, Events& events,
                                           base::Bytes& out);
  base::Result<void, YamuxError> on_stream_header(const YamuxHeader& header, Events& events,
                                                  base::Bytes& out);
  base::Result<void, YamuxError> on_window_update(Streams::iterator at, std::uint32_t delta,
                                                  Events& events, base::Bytes& out);
  base::Result<void, YamuxError> on_data_header(const YamuxHeader& header);
  base::Result<void, YamuxError> accept(std::uint32_t id, base::Bytes& out, Events& events);
  [[nodiscard]] bool is_new(std::uint32_t id);
  void on_body(base::ByteView piece, Events& events, base::Bytes& out);
  void on_end(std::uint32_t id, Events& events);
  void on_ping(const YamuxHeader& header, Events& events, base::Bytes& out);
  base::Result<void, YamuxError> count_idle_frame();

  void announce_window(std::uint32_t id, std::uint16_t flag, base::Bytes& out) const;
  // True: something is left unsent no more that was so before.
  bool send_unsent(std::uint32_t id, Stream& stream, base::Bytes& out);
  base::ByteView send_now(std::uint32_t id, Stream& stream, base::ByteView bytes, base::Bytes& out);
  void send_end(std::uint32_t id, Stream& stream, base::Bytes& out);
  void erase(Streams::iterator at);
  void erase_if_over(std::uint32_t id);

  const Limits* limits_;
  bool dialer_;
  bool going_away_ = false;
  std::uint32_t next_;
  std::uint32_t last_accepted_ = 0;
  // Smaller ids that did not come: of streams that were opened at the same time.
  std::vector<std::uint32_t> skipped_;
  Streams streams_;
  std::size_t inbound_ = 0;
  std::size_t unconsumed_ = 0;
  std::size_t idle_frames_ = 0;

  std::array<base::Byte, kYamuxHeaderBytes> header_{};
  std::size_t header_size_ = 0;
  std::uint32_t body_left_ = 0;
  std::uint32_t body_stream_ = 0;
  bool body_ends_stream_ = false;
};

}  // namespace aqua::net
