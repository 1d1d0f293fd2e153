#include "net/yamux.h"

#include <gtest/gtest.h>

namespace aqua::net {
namespace {

struct Session {
  explicit Session(bool dialer, Limits limits_in = {}) : limits(limits_in), yamux(dialer, limits) {}

  // Takes all that `other` has said.
  std::optional<YamuxError> hear(Session& other) {
    base::Bytes bytes;
    bytes.swap(other.said);
    return hear(bytes);
  }
  std::optional<YamuxError> hear(base::ByteView bytes) {
    bytes_kept.emplace_back(bytes.begin(), bytes.end());
    const auto done = yamux.on_bytes(bytes_kept.back(), events, said);
    return done ? std::nullopt : std::optional(done.error());
  }
  std::optional<YamuxError> hear(const YamuxHeader& header, std::size_t body_bytes = 0) {
    base::Bytes frame;
    append_yamux_header(frame, header);
    frame.resize(frame.size() + body_bytes);
    return hear(frame);
  }
  template <class T>
  std::size_t count() const {
    std::size_t found = 0;
    for (const YamuxEvent& event : events) found += std::holds_alternative<T>(event);
    return found;
  }
  std::size_t data_bytes() const {
    std::size_t bytes = 0;
    for (const YamuxEvent& event : events) {
      if (const auto* data = std::get_if<YamuxData>(&event)) bytes += data->bytes.size();
    }
    return bytes;
  }

  Limits limits;
  Yamux yamux;
  std::vector<YamuxEvent> events;
  base::Bytes said;
  std::vector<base::Bytes> bytes_kept;  // events point into them
};

YamuxHeader frame(YamuxType type, std::uint16_t flags, std::uint32_t stream, std::uint32_t length) {
  return {.type = type, .flags = flags, .stream = stream, .length = length};
}
YamuxHeader syn(std::uint32_t stream) {
  return frame(YamuxType::kWindowUpdate, yamux_flag::kSyn, stream, 0);
}

TEST(Yamux, WaitsForTheWindow) {
  Session a(true);
  Session b(false);
  const auto id = *a.yamux.open(a.said);
  a.yamux.write(id, base::Bytes(kYamuxInitialWindow + 1000), a.said);
  EXPECT_EQ(a.yamux.unsent_bytes(id), 1000U);
  ASSERT_EQ(b.hear(a), std::nullopt);
  EXPECT_EQ(b.data_bytes(), kYamuxInitialWindow);
  // Until half of it is consumed, the window stays closed.
  b.said.clear();
  b.yamux.consumed(id, kYamuxInitialWindow / 2 - 1, b.said);
  EXPECT_TRUE(b.said.empty());
  b.yamux.consumed(id, 1, b.said);
  ASSERT_EQ(a.hear(b), std::nullopt);
  EXPECT_EQ(a.yamux.unsent_bytes(id), 0U);
  EXPECT_EQ(a.count<YamuxDrained>(), 1U);
  ASSERT_EQ(b.hear(a), std::nullopt);
  EXPECT_EQ(b.data_bytes(), kYamuxInitialWindow + 1000);
}

TEST(Yamux, HalfClosedBothWays) {
  Session a(true);
  Session b(false);
  const auto id = *a.yamux.open(a.said);
  a.yamux.end(id, a.said);
  EXPECT_FALSE(a.yamux.write(id, base::Bytes(1), a.said));
  ASSERT_EQ(b.hear(a), std::nullopt);
  EXPECT_EQ(b.count<YamuxEnded>(), 1U);
  EXPECT_TRUE(b.yamux.write(id, base::Bytes(10), b.said));
  ASSERT_EQ(a.hear(b), std::nullopt);
  EXPECT_EQ(a.data_bytes(), 10U);
  b.yamux.end(id, b.said);
  EXPECT_EQ(b.yamux.streams(), 0U);
  ASSERT_EQ(a.hear(b), std::nullopt);
  EXPECT_EQ(a.yamux.streams(), 0U);
}

// FIN goes out behind what has to wait.
TEST(Yamux, EndsBehindWhatWaits) {
  Session a(true);
  Session b(false);
  const auto id = *a.yamux.open(a.said);
  a.yamux.write(id, base::Bytes(kYamuxInitialWindow + 1), a.said);
  a.yamux.end(id, a.said);
  ASSERT_EQ(b.hear(a), std::nullopt);
  EXPECT_EQ(b.count<YamuxEnded>(), 0U);
  b.yamux.consumed(id, kYamuxInitialWindow, b.said);
  ASSERT_EQ(a.hear(b), std::nullopt);
  ASSERT_EQ(b.hear(a), std::nullopt);
  EXPECT_EQ(b.data_bytes(), kYamuxInitialWindow + 1);
  EXPECT_EQ(b.count<YamuxEnded>(), 1U);
}

TEST(Yamux, FlagsRideOnData) {
  Session b(false);
  ASSERT_EQ(b.hear(frame(YamuxType::kData, yamux_flag::kSyn | yamux_flag::kFin, 1, 3), 3),
            std::nullopt);
  EXPECT_EQ(b.count<YamuxOpened>(), 1U);
  EXPECT_EQ(b.data_bytes(), 3U);
  EXPECT_EQ(b.count<YamuxEnded>(), 1U);
  ASSERT_EQ(b.hear(frame(YamuxType::kData, yamux_flag::kRst, 1, 0)), std::nullopt);
  EXPECT_EQ(b.count<YamuxReset>(), 1U);
  EXPECT_EQ(b.yamux.streams(), 0U);
}

TEST(Yamux, ALargerWindowIsAnnouncedAtOnce) {
  Limits limits;
  limits.receive_window_bytes = 2 * kYamuxInitialWindow;
  Session a(true);
  Session b(false, limits);
  const auto id = *a.yamux.open(a.said);
  ASSERT_EQ(b.hear(a), std::nullopt);
  ASSERT_EQ(a.hear(b), std::nullopt);
  a.yamux.write(id, base::Bytes(2 * kYamuxInitialWindow), a.said);
  EXPECT_EQ(a.yamux.unsent_bytes(id), 0U);
  EXPECT_EQ(b.hear(a), std::nullopt);
}

TEST(Yamux, PingsAreAnswered) {
  Session a(true);
  Session b(false);
  a.yamux.ping(0x01020304, a.said);
  ASSERT_EQ(b.hear(a), std::nullopt);
  ASSERT_EQ(a.hear(b), std::nullopt);
  ASSERT_EQ(a.count<YamuxPong>(), 1U);
  EXPECT_EQ(std::get<YamuxPong>(a.events[0]).value, 0x01020304U);
}

TEST(Yamux, MoreThanTheWindowAllows) {
  Session b(false);
  ASSERT_EQ(b.hear(syn(1)), std::nullopt);
  ASSERT_EQ(b.hear(frame(YamuxType::kData, 0, 1, kYamuxInitialWindow), kYamuxInitialWindow),
            std::nullopt);
  // The header is enough; not a byte of it is taken.
  EXPECT_EQ(b.hear(frame(YamuxType::kData, 0, 1, 1)), YamuxError::kWindowExceeded);
}

TEST(Yamux, AWindowThatOverflows) {
  Session b(false);
  ASSERT_EQ(b.hear(syn(1)), std::nullopt);
  EXPECT_EQ(b.hear(frame(YamuxType::kWindowUpdate, 0, 1, 0xffffffff)), YamuxError::kWindowExceeded);
}

TEST(Yamux, LyingLengthOnNoStream) {
  Session b(false);
  EXPECT_EQ(b.hear(frame(YamuxType::kData, 0, 1, 0xffffffff)), YamuxError::kWindowExceeded);
}

TEST(Yamux, FramesThatCannotBe) {
  const auto error_of = [](const YamuxHeader& header) { return Session(false).hear(header); };
  EXPECT_EQ(error_of(syn(2)), YamuxError::kBadFrame);  // even ids are ours
  EXPECT_EQ(error_of(syn(0)), YamuxError::kBadFrame);
  EXPECT_EQ(error_of(frame(YamuxType::kData, 0, 0, 0)), YamuxError::kBadFrame);
  Session b(false);
  EXPECT_EQ(b.hear(base::Bytes{1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
            YamuxError::kBadFrame);  // version
  Session c(false);
  EXPECT_EQ(c.hear(base::Bytes{0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}),
            YamuxError::kBadFrame);  // type
}

TEST(Yamux, AnIdIsUsedOnce) {
  Session b(false);
  ASSERT_EQ(b.hear(syn(5)), std::nullopt);
  ASSERT_EQ(b.hear(syn(1)), std::nullopt);  // overtaken
  ASSERT_EQ(b.hear(frame(YamuxType::kWindowUpdate, yamux_flag::kRst, 1, 0)), std::nullopt);
  EXPECT_EQ(b.hear(syn(1)), YamuxError::kBadFrame);
  Session c(false);
  ASSERT_EQ(c.hear(syn(0xfffffff1)), std::nullopt);
  EXPECT_EQ(c.hear(syn(1)), YamuxError::kBadFrame);
}

TEST(Yamux, StreamsTooManyAreReset) {
  Limits limits;
  limits.inbound_streams_max = 2;
  Session b(false, limits);
  for (const std::uint32_t id : {1, 3, 5}) ASSERT_EQ(b.hear(syn(id)), std::nullopt);
  EXPECT_EQ(b.count<YamuxOpened>(), 2U);
  EXPECT_EQ(b.yamux.streams(), 2U);
  Session a(true);
  for (int i = 0; i < 3; ++i) (void)a.yamux.open(a.said);
  a.said.clear();
  ASSERT_EQ(a.hear(b), std::nullopt);
  EXPECT_EQ(a.count<YamuxReset>(), 1U);
  // What is under way still is skipped.
  EXPECT_EQ(b.hear(frame(YamuxType::kData, 0, 5, 100), 100), std::nullopt);
  EXPECT_EQ(b.data_bytes(), 0U);
}

TEST(Yamux, UnconsumedDataHaveALimit) {
  Limits limits;
  limits.unconsumed_bytes_max = 300'000;
  Session b(false, limits);
  for (const std::uint32_t id : {1, 3}) {
    ASSERT_EQ(b.hear(syn(id)), std::nullopt);
    ASSERT_EQ(b.hear(frame(YamuxType::kData, 0, id, 200'000), 200'000), std::nullopt);
  }
  EXPECT_EQ(b.count<YamuxReset>(), 1U);
  EXPECT_TRUE(b.yamux.contains(1));
  EXPECT_FALSE(b.yamux.contains(3));
}

TEST(Yamux, TrafficThatMovesNothing) {
  Limits limits;
  limits.idle_frames_max = 10;
  for (const YamuxHeader& idle :
       {frame(YamuxType::kPing, yamux_flag::kSyn, 0, 1), frame(YamuxType::kWindowUpdate, 0, 1, 1),
        frame(YamuxType::kWindowUpdate, yamux_flag::kRst, 9, 0),
        frame(YamuxType::kData, 0, 1, 0)}) {
    Session b(false, limits);
    ASSERT_EQ(b.hear(syn(1)), std::nullopt);
    std::optional<YamuxError> error;
    int frames = 0;
    while (!error && frames < 100) {
      error = b.hear(idle);
      ++frames;
    }
    EXPECT_EQ(error, YamuxError::kTooManyIdleFrames);
    EXPECT_LE(frames, 11);
  }
  // Data in between, or a new period, and nothing is amiss.
  Session c(false, limits);
  ASSERT_EQ(c.hear(syn(1)), std::nullopt);
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(c.hear(frame(YamuxType::kPing, yamux_flag::kSyn, 0, 1)), std::nullopt);
    if (i % 5 != 4) continue;
    ASSERT_EQ(c.hear(frame(YamuxType::kData, 0, 1, 1), 1), std::nullopt);
  }
}

TEST(Yamux, AfterGoAwayNobodyComes) {
  Session b(false);
  b.yamux.go_away(b.said);
  ASSERT_EQ(b.hear(syn(1)), std::nullopt);
  EXPECT_EQ(b.count<YamuxOpened>(), 0U);
  Session a(true);
  ASSERT_EQ(a.hear(b), std::nullopt);
  EXPECT_EQ(a.count<YamuxGoneAway>(), 1U);
}

}  // namespace
}  // namespace aqua::net
