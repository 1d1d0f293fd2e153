#include "net/multistream.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <array>

#include "net/protocols.h"

namespace aqua::net {
namespace {

constexpr std::array<std::string_view, 2> kSpoken = {"/a/1", "/b/1"};

base::Bytes lines(std::initializer_list<std::string_view> texts) {
  base::Bytes bytes;
  for (const std::string_view text : texts) append_multistream_line(bytes, text);
  return bytes;
}

struct Listening {
  MultistreamListener listener;
  Limits limits;
  base::Bytes said;
  std::optional<MultistreamError> error;

  // What was left.
  base::Bytes hear(base::ByteView bytes) {
    const auto done = listener.on_bytes(bytes, kSpoken, limits, said);
    if (!done) error = done.error();
    return base::Bytes(bytes.begin(), bytes.end());
  }
};

TEST(Multistream, TheListenerRepeatsWhatItSpeaks) {
  Listening l;
  EXPECT_EQ(l.hear(lines({kMultistreamProtocol, "/b/1", "rest"})), lines({"rest"}));
  EXPECT_EQ(l.listener.selected(), 1U);
  EXPECT_EQ(l.said, lines({kMultistreamProtocol, "/b/1"}));
}

TEST(Multistream, TheListenerRefusesPolitely) {
  Listening l;
  l.hear(lines({kMultistreamProtocol, "/c/1", "ls", "/a/1"}));
  EXPECT_EQ(l.said, lines({kMultistreamProtocol, "na", "na", "/a/1"}));
  EXPECT_EQ(l.listener.selected(), 0U);
}

TEST(Multistream, TheListenerIsNotTriedForEver) {
  Listening l;
  l.limits.proposals_max = 3;
  l.hear(lines({kMultistreamProtocol, "/c", "/c", "/c"}));
  EXPECT_EQ(l.error, std::nullopt);
  l.hear(lines({"/c"}));
  EXPECT_EQ(l.error, MultistreamError::kTooManyProposals);
}

TEST(Multistream, BadLines) {
  const auto error_of = [](base::Bytes bytes) {
    Listening l;
    l.hear(bytes);
    EXPECT_TRUE(l.said.empty());
    return l.error;
  };
  EXPECT_EQ(error_of(lines({"/multistream/2.0.0"})), MultistreamError::kNoMultistream);
  EXPECT_EQ(error_of({3, 'a', 'b', 'c'}), MultistreamError::kMalformed);
  EXPECT_EQ(error_of({0}), MultistreamError::kMalformed);
  EXPECT_EQ(error_of({0x83, 0x00}), MultistreamError::kMalformed);
  // A length that lies is refused before anything of the line comes.
  EXPECT_EQ(error_of({0xff, 0xff}), MultistreamError::kLineTooLong);
  // HTTP: the length of its first line is 'G'.
  EXPECT_EQ(error_of(base::Bytes(100, 'G')), MultistreamError::kMalformed);
}

TEST(Multistream, TheDialerGoesThroughItsList) {
  const Limits limits;
  MultistreamDialer dialer({"/c/1", "/a/1"});
  base::Bytes said;
  dialer.start(said);
  EXPECT_EQ(said, lines({kMultistreamProtocol, "/c/1"}));
  said.clear();
  base::Bytes answer = lines({kMultistreamProtocol, "na"});
  base::ByteView rest(answer);
  ASSERT_TRUE(dialer.on_bytes(rest, limits, said));
  EXPECT_EQ(said, lines({"/a/1"}));
  answer = lines({"/a/1", "rest"});
  rest = answer;
  ASSERT_TRUE(dialer.on_bytes(rest, limits, said));
  EXPECT_EQ(dialer.outcome(), MultistreamDialer::Outcome::kSelected);
  EXPECT_EQ(dialer.protocol(), "/a/1");
  EXPECT_EQ(base::Bytes(rest.begin(), rest.end()), lines({"rest"}));
}

TEST(Multistream, TheDialerTakesNoOtherAnswer) {
  const Limits limits;
  base::Bytes said;
  MultistreamDialer refused({"/c/1"});
  base::Bytes answer = lines({kMultistreamProtocol, "na"});
  base::ByteView rest(answer);
  ASSERT_TRUE(refused.on_bytes(rest, limits, said));
  EXPECT_EQ(refused.outcome(), MultistreamDialer::Outcome::kRefused);
  MultistreamDialer confused({"/c/1"});
  answer = lines({kMultistreamProtocol, "/d/1"});
  rest = answer;
  EXPECT_EQ(confused.on_bytes(rest, limits, said).error(), MultistreamError::kMalformed);
}

RC_GTEST_PROP(Multistream, PiecesDoNotMatter, (bool refused_first)) {
  const base::Bytes bytes = refused_first ? lines({kMultistreamProtocol, "/x", "/b/1", "tail"})
                                          : lines({kMultistreamProtocol, "/b/1", "tail"});
  Listening l;
  base::ByteView rest(bytes);
  while (!l.listener.selected()) {
    const auto count = *rc::gen::inRange<std::size_t>(1, rest.size() + 1);
    const auto left = l.hear(rest.first(count));
    rest = rest.subspan(count - left.size());
  }
  RC_ASSERT(base::Bytes(rest.begin(), rest.end()) == lines({"tail"}));
  RC_ASSERT(l.listener.heap_bytes() < 64U);
}

}  // namespace
}  // namespace aqua::net
