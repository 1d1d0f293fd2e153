#include "report/timeline.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "json/canonical.h"

namespace aqua::report {
namespace {

// alice asks bob, whose service fails; carol is not reached.
class TimelineTest : public testing::Test {
 protected:
  TimelineTest() {
    journey.peers = {
        {"alice", 0, 0, 0}, {"bob <b>", 0, 0, 0}, {"carol", 0, 0, 0}, {"idle", 0, 0, 0}};
    Step first;
    first.peer = PeerIndex(std::size_t{0});
    first.at_ms = 100;
    first.sends_to = {PeerIndex(std::size_t{1})};
    first.sent_bytes = 42;
    first.undelivered = {{PeerIndex(std::size_t{2}), "carol is down"}};
    Step second;
    second.peer = PeerIndex(std::size_t{1});
    second.at_ms = 110;
    second.calls = {CallIndex(std::size_t{0}), CallIndex(std::size_t{1})};
    journey.steps = {first, second};
    Call failed;
    failed.peer = PeerIndex(std::size_t{1});
    failed.service = "s";
    failed.function = "f";
    failed.arguments = {R"("<&>")"};
    failed.answer = Answer{1, R"("broken")"};
    failed.asked_at_ms = 110;
    failed.answered_at_ms = 115;
    Call open = failed;
    open.answer.reset();
    journey.calls = {failed, open};
  }

  Journey journey;
  air::Tree tree;
  air::SourceMap source_map;
  air::OnFrames on_frames;
  AquaScript script{.tree = tree, .source_map = source_map, .on_frames = on_frames, .sources = {}};
};

TEST_F(TimelineTest, TextHasALaneForEachPeerThatSomethingHappensOn) {
  EXPECT_EQ(timeline_text(journey, script),
            "           alice  bob <b>  carol\n"
            "     0 ms  +------>        |      alice sends it to bob <b>\n"
            "     0 ms  +---------------x      not sent: carol is down\n"
            "    10 ms  |      *        |      s.f(\"<&>\") -> error \"broken\" after 5 ms\n"
            "    10 ms  |      *        |      s.f(\"<&>\") -> no answer\n");
}

TEST_F(TimelineTest, EveryLineOfJsonIsAValue) {
  const std::string lines = timeline_json(journey, script) + explain_json(journey, script);
  std::size_t count = 0;
  for (std::size_t at = 0; at < lines.size(); ++count) {
    const std::size_t end = lines.find('\n', at);
    EXPECT_TRUE(json::check(lines.substr(at, end - at)).has_value()) << lines.substr(at, end - at);
    at = end + 1;
  }
  EXPECT_EQ(count, 7);
  EXPECT_NE(lines.find(R"({"at_ms":0,"peer":"alice","sends_to":"bob <b>"})"), std::string::npos)
      << lines;
  EXPECT_NE(lines.find(R"("not_sent_to":"carol","why":"carol is down")"), std::string::npos)
      << lines;
  EXPECT_NE(lines.find(R"("error":"broken")"), std::string::npos) << lines;
  EXPECT_NE(lines.find(R"({"calls":2,"messages":1,"bytes":42,"not_sent":1,)"), std::string::npos)
      << lines;
}

TEST_F(TimelineTest, ThePictureHoldsNothingThatIsNoXml) {
  const std::string svg = timeline_svg(journey, script);
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"")) << svg;
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_EQ(svg.find("bob <b>"), std::string::npos);
  EXPECT_NE(svg.find(">bob &lt;b&gt;</text>"), std::string::npos);
  EXPECT_NE(svg.find("&quot;&lt;&amp;&gt;&quot;"), std::string::npos);
  EXPECT_EQ(svg.find(">idle<"), std::string::npos) << "nothing happens there";
  for (const char* const shape :
       {"class=\"hop\"", "class=\"lost\"", "class=\"error\"", "class=\"open\""})
    EXPECT_NE(svg.find(shape), std::string::npos) << shape;
  EXPECT_EQ(std::ranges::count(svg, '<'), std::ranges::count(svg, '>'));
}

TEST_F(TimelineTest, NothingHappened) {
  const Journey nothing;
  EXPECT_EQ(timeline_text(nothing, script), "");
  EXPECT_EQ(timeline_json(nothing, script), "");
  EXPECT_TRUE(timeline_svg(nothing, script).ends_with("</svg>\n"));
}

}  // namespace
}  // namespace aqua::report
