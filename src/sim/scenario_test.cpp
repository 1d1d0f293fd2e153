#include "sim/scenario.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "sim/identities.h"

namespace aqua::sim {
namespace {

using Names = std::vector<std::string>;

Scenario parse_or_fail(std::string_view text) {
  auto scenario = parse_scenario(text);
  EXPECT_TRUE(scenario.has_value()) << text << "\n"
                                    << (scenario ? "" : scenario.error()[0].message);
  return scenario ? std::move(*scenario) : Scenario{};
}

std::vector<std::string> codes(std::string_view text) {
  std::vector<std::string> found;
  const auto scenario = parse_scenario(text);
  if (scenario) return found;
  for (const auto& diagnostic : scenario.error()) found.emplace_back(diagnostic.code);
  return found;
}

TEST(Scenario, TheFirstPeerStarts) {
  EXPECT_EQ(parse_or_fail("(null)").peers, (Names{"init"}));
  EXPECT_EQ(parse_or_fail(R"((ap "@bob" x))").peers, (Names{"bob"}));
  EXPECT_EQ(parse_or_fail(R"((seq (ap "@bob" x) (ap %init_peer_id% y)))").peers,
            (Names{"init", "bob"}));
  EXPECT_EQ(parse_or_fail(";; peer dave\n(null)").peers, (Names{"dave"}));
  EXPECT_EQ(parse_or_fail(";; peer dave\n;; init carol\n(ap \"@bob\" x)").peers,
            (Names{"carol", "bob", "dave"}));
}

TEST(Scenario, StubsNamePeersInTheirValues) {
  const Scenario scenario =
      parse_or_fail(";; on *: a.b(\"@eve\") = [\"@dave\", {\"@fred\": \"@ greg\"}]\n(null)");
  EXPECT_EQ(scenario.peers, (Names{"init", "eve", "dave", "fred"}));
}

TEST(Scenario, OnlyWholeTextsArePeers) {
  EXPECT_EQ(parse_or_fail(R"((seq (ap "to @bob" x) (seq (ap "@" y) (ap "@bob!" z))))").peers,
            (Names{"init"}));
}

TEST(Scenario, DirectivesStandInCommentsOnly) {
  EXPECT_EQ(parse_or_fail("(ap \"\n;; peer eve\n\" x)").peers, (Names{"init"}));
  EXPECT_EQ(parse_or_fail("; ;; peer eve\n;;; peer fred\n;;\n(null) ;; peer dave").peers,
            (Names{"dave"}));
  EXPECT_EQ(parse_or_fail(";; run: ./aqua air run this = that\n(null)").peers, (Names{"init"}));
  EXPECT_EQ(parse_or_fail("(null) ;; peer dave\r\n").peers, (Names{"dave"}));
}

TEST(Scenario, ReportsMistakesOfScriptAndDirectivesInTheirOrder) {
  EXPECT_EQ(codes(";; onn\n(seq (null))\n;; peer"),
            (std::vector<std::string>{"S0001", "R0026", "S0002"}));
  EXPECT_EQ(codes("(ap \"\xFF\" x)\n;; onn"), (std::vector<std::string>{"R0001"}));
}

TEST(Scenario, KeepsWhatStubsSay) {
  const Scenario scenario = parse_or_fail(
      ";; on *: \"a.b\".*( [1 , 2] ) = call 2: error -3 \"x\", else: raw  a, b \n(null)");
  ASSERT_EQ(scenario.stubs.size(), 1u);
  const Stub& stub = scenario.stubs[0];
  EXPECT_EQ(stub.peer, std::nullopt);
  EXPECT_EQ(stub.service, "a.b");
  EXPECT_EQ(stub.function, std::nullopt);
  EXPECT_EQ(stub.first_argument, "[1,2]");
  ASSERT_EQ(stub.numbered.size(), 1u);
  EXPECT_EQ(stub.numbered[0].call, 2u);
  EXPECT_EQ(std::get<AnswerError>(stub.numbered[0].answer).ret_code, -3);
  EXPECT_EQ(std::get<AnswerRaw>(*stub.otherwise).text, "a, b");
}

TEST(Identities, DependOnNameAndSeedOnly) {
  const Names names{"alice", "bob"};
  const Names turned{"bob", "alice"};
  const Identities one(names, 1);
  const Identities other(turned, 1);
  EXPECT_EQ(one.peer_id(report::PeerIndex(0u)), other.peer_id(report::PeerIndex(1u)));
  EXPECT_NE(one.peer_id(report::PeerIndex(0u)),
            Identities(names, 2).peer_id(report::PeerIndex(0u)));
  EXPECT_EQ(key_text("alice", 1), "aqua simulation, seed 1, peer alice");
}

TEST(Identities, TranslateNamesAndPeerIds) {
  const Names names{"alice", "bob"};
  const Identities identities(names, 0);
  const std::string bob(identities.peer_id(report::PeerIndex(1u)));
  EXPECT_EQ(identities.resolved("@bob"), bob);
  EXPECT_EQ(identities.resolved("@eve"), "@eve");
  EXPECT_EQ(identities.resolved_json(R"(["@bob","x@bob","@eve"])"),
            "[\"" + bob + "\",\"x@bob\",\"@eve\"]");
  EXPECT_EQ(identities.shown("to " + bob + bob + " and " + bob.substr(0, 20)),
            "to @bob@bob and " + bob.substr(0, 20));
}

}  // namespace
}  // namespace aqua::sim
