#include "node/byte_stream.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "node/loop.h"
#include "node/transport.h"

namespace aqua::node {
namespace {

base::Bytes pattern(std::size_t size) {
  base::Bytes bytes(size);
  std::uint32_t state = 1;
  for (base::Byte& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<base::Byte>(state >> 24);
  }
  return bytes;
}

// Both ends of one connection on one loop.
class ByteStreams : public testing::TestWithParam<Carrier> {
 protected:
  using Stream = std::shared_ptr<ByteStream>;
  using Result = base::Result<Stream, std::string>;

  void connect(std::function<void()> ready) {
    ready_ = std::move(ready);
    auto listener = Listener::open(loop_, {GetParam(), "127.0.0.1", 0}, [this](const auto& a) {
      open_accepted(loop_, a.socket, {GetParam(), "", "", nullptr}, [this](Result stream) {
        ASSERT_TRUE(stream.has_value()) << stream.error();
        accepted_ = *stream;
        if (dialled_) ready_();
      });
    });
    ASSERT_TRUE(listener.has_value()) << listener.error();
    listener_ = std::move(*listener);
    connect_tcp(loop_, {GetParam(), "127.0.0.1", listener_->port()}, 5'000,
                [this](base::Result<int, std::string> socket) {
                  ASSERT_TRUE(socket.has_value()) << socket.error();
                  open_dialled(loop_, *socket, {GetParam(), "localhost", "/", nullptr},
                               [this](Result stream) {
                                 ASSERT_TRUE(stream.has_value()) << stream.error();
                                 dialled_ = *stream;
                                 if (accepted_) ready_();
                               });
                });
  }

  Loop loop_;
  std::unique_ptr<Listener> listener_;
  std::function<void()> ready_;
  Stream accepted_;
  Stream dialled_;
};

TEST_P(ByteStreams, CarryWhatIsWrittenAndThenClose) {
  const base::Bytes sent = pattern(3'000'000);
  base::Bytes got;
  std::string why = "never";
  std::string other_why = "never";
  int closed = 0;
  const auto count_closed = [&] {
    if (++closed == 2) loop_.stop();
  };
  connect([&] {
    accepted_->start(
        {.on_bytes = [&](base::ByteView b) { got.insert(got.end(), b.begin(), b.end()); },
         .on_sent = nullptr,
         .on_closed =
             [&](std::string w) {
               why = std::move(w);
               count_closed();
             }});
    dialled_->start({.on_bytes = [](base::ByteView) { FAIL(); },
                     .on_sent = nullptr,
                     .on_closed =
                         [&](std::string w) {
                           other_why = std::move(w);
                           count_closed();
                         }});
    for (std::size_t at = 0; at < sent.size(); at += 100'000)
      dialled_->write(base::Bytes(sent.begin() + static_cast<std::ptrdiff_t>(at),
                                  sent.begin() + static_cast<std::ptrdiff_t>(at + 100'000)));
    EXPECT_EQ(dialled_->unsent_bytes(), sent.size());
    dialled_->close();
  });
  loop_.run();
  EXPECT_EQ(got, sent);
  EXPECT_EQ(why, "");
  EXPECT_EQ(other_why, "");
}

TEST_P(ByteStreams, WhoDoesNotReadIsNotWrittenTo) {
  // More than the buffers of the system hold.
  constexpr std::size_t kBytes = std::size_t{64} << 20;
  std::size_t got = 0;
  connect([&] {
    accepted_->start({.on_bytes =
                          [&](base::ByteView b) {
                            got += b.size();
                            if (got == kBytes) loop_.stop();
                          },
                      .on_sent = nullptr,
                      .on_closed = [](const std::string&) {}});
    accepted_->pause_reading();
    dialled_->start({.on_bytes = [](base::ByteView) {}, .on_sent = nullptr, .on_closed = nullptr});
    for (std::size_t i = 0; i < 64; ++i) dialled_->write(base::Bytes(kBytes / 64));
    // Whatever the system takes, it takes until nothing moves any more.
    loop_.call_after(100, [&] {
      EXPECT_GT(dialled_->unsent_bytes(), 0u);
      EXPECT_LT(got, std::size_t{1} << 20);
      accepted_->resume_reading();
    });
  });
  loop_.run();
  EXPECT_EQ(got, kBytes);
  EXPECT_EQ(dialled_->unsent_bytes(), 0u);
}

TEST_P(ByteStreams, AnAbortIsHeardByTheOtherEndOnly) {
  connect([&] {
    accepted_->start({.on_bytes = [](base::ByteView) {},
                      .on_sent = nullptr,
                      .on_closed = [&](const std::string&) { loop_.stop(); }});
    dialled_->start({.on_bytes = [](base::ByteView) {},
                     .on_sent = nullptr,
                     .on_closed = [](const std::string&) { FAIL(); }});
    dialled_->abort();
  });
  loop_.run();
}

INSTANTIATE_TEST_SUITE_P(Carriers, ByteStreams,
                         testing::Values(Carrier::kTcp, Carrier::kWebSocket));

TEST(Transport, ARefusedConnectionIsAnError) {
  Loop loop;
  std::string why;
  connect_tcp(loop, {Carrier::kTcp, "127.0.0.1", 1}, 5'000, [&](base::Result<int, std::string> s) {
    ASSERT_FALSE(s.has_value());
    why = s.error();
    loop.stop();
  });
  loop.run();
  EXPECT_FALSE(why.empty());
}

TEST(Transport, APortIsListenedOnOnce) {
  Loop loop;
  auto first = Listener::open(loop, {Carrier::kTcp, "127.0.0.1", 0}, [](const auto&) {});
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(
      Listener::open(loop, {Carrier::kTcp, "127.0.0.1", (*first)->port()}, [](const auto&) {}));
}

}  // namespace
}  // namespace aqua::node
