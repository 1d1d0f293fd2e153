// Whole runs: sizes and depths, and what a run leaves and says.

#include "vm/run.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "air/parser.h"
#include "base/bytes.h"
#include "json/canonical.h"
#include "vm/archive.h"
#include "vm/data_view.h"
#include "vm/error_codes.h"
#include "vm/stream.h"
#include "vm/test_peer.h"

namespace aqua::vm {
namespace {

using base::Bytes;

TestAnswer echo(const TestRequest& request) { return {0, request.arguments}; }

std::string repeat(std::string_view text, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

// --- depth --------------------------------------------------------------------------------------

constexpr std::size_t kDeep = 100'000;

struct Nesting {
  std::string_view open;
  std::string_view close;
};

TEST(Depth, ScriptsNestAHundredThousandLevels) {
  for (const auto& [open, close] :
       {Nesting{"(seq (null) ", ")"}, Nesting{"(seq ", " (null))"}, Nesting{"(par (null) ", ")"},
        Nesting{"(par ", " (null))"}, Nesting{"(xor ", " (null))"},
        Nesting{"(xor (fail 1 \"x\") ", ")"}, Nesting{"(new x ", ")"}, Nesting{"(new $s ", ")"},
        Nesting{"(new #c ", ")"}, Nesting{"(match 1 1 ", ")"}, Nesting{"(mismatch 1 2 ", ")"}}) {
    TestPeer peer('A');
    const RunOutcome outcome = peer.run(repeat(open, kDeep) + "(null)" + repeat(close, kDeep));
    EXPECT_EQ(outcome.code, Code::kSuccess) << open << outcome.message;
    EXPECT_TRUE(outcome.complete) << open;
    const Bytes data = peer.data();
    TestPeer other('B');
    EXPECT_EQ(other.run("(null)", data).code, Code::kSuccess) << open;
  }
}

TEST(Depth, ErrorsComeUpAHundredThousandLevels) {
  for (const auto& [open, close] :
       {Nesting{"(seq ", " (null))"}, Nesting{"(xor (fail 1 \"x\") ", ")"}, Nesting{"(new x ", ")"},
        Nesting{"(par (fail 2 \"y\") ", ")"}, Nesting{"(match 1 1 ", ")"}}) {
    TestPeer peer('A');
    EXPECT_EQ(peer.run(repeat(open, kDeep) + "(fail 3 \"z\")" + repeat(close, kDeep)).code,
              Code::kUserError)
        << open;
  }
}

TEST(Depth, FoldsNestInTheirBodies) {
  std::string script = R"((seq (call "@A" ("s" "f") [] x) )";
  for (std::size_t i = 0; i < kDeep; ++i) script += fmt::format("(fold x i{} ", i);
  script += "(null)" + repeat(")", kDeep) + ")";
  TestPeer peer('A');
  const RunOutcome outcome =
      peer.settle(script, [](const TestRequest&) { return TestAnswer{0, "[1]"}; });
  EXPECT_EQ(outcome.code, Code::kSuccess) << outcome.message;
}

TEST(Depth, AFoldVisitsAHundredThousandItems) {
  TestPeer peer('A');
  const RunOutcome outcome = peer.settle(
      R"((seq (call "@A" ("s" "f") [] x) (fold x i (par (match i 1 (null)) (next i)))))",
      [](const TestRequest&) { return TestAnswer{0, "[" + repeat("0,", kDeep) + "0]"}; });
  EXPECT_EQ(outcome.code, Code::kSuccess) << outcome.message;
  EXPECT_EQ(peer.state().data.trace.states.size(), kDeep + 2);
}

TEST(Depth, BeyondTheLimitIsAMistakeOfTheScript) {
  const std::string script = repeat("(new x ", air::kNestingDepthMax + 1) + "(null)" +
                             repeat(")", air::kNestingDepthMax + 1);
  const auto prepared = Script::prepare(script);
  ASSERT_FALSE(prepared.has_value());
  EXPECT_TRUE(prepared.error().front().message.contains(fmt::format("{}", air::kNestingDepthMax)) ||
              prepared.error().front().message.contains("deep"))
      << prepared.error().front().message;
}

TEST(Depth, JsonNestsAsDeepAsElsewhere) {
  for (const auto& [depth, good] : {std::pair(127, true), std::pair(128, false)}) {
    TestPeer peer('A');
    const RunOutcome outcome =
        peer.settle(R"((call "@A" ("s" "f") [] x))", [depth = depth](const TestRequest&) {
          return TestAnswer{0, repeat("[", static_cast<std::size_t>(depth)) +
                                   repeat("]", static_cast<std::size_t>(depth))};
        });
    EXPECT_EQ(outcome.code == Code::kSuccess, good);
    EXPECT_EQ(outcome.message.contains("recursion limit exceeded at line 1 column 128"), !good);
  }
}

// A value that the script itself wrapped too deep cannot be read by anybody's next run.
TEST(Depth, AValueThatGrewTooDeepEndsTheNextRun) {
  const std::string script =
      R"((seq (call "@A" ("s" "f") [] x) (seq (ap ("k" x) %m) (canon "@A" %m #%m))))";
  TestPeer peer('A');
  EXPECT_EQ(peer.settle(script,
                        [](const TestRequest&) {
                          return TestAnswer{0, repeat("[", 127) + repeat("]", 127)};
                        })
                .code,
            Code::kSuccess);
  TestPeer restarted('A');
  ASSERT_TRUE(load_previous(restarted.state(), peer.data()).has_value());
  const RunOutcome again = restarted.run(script);
  EXPECT_EQ(again.code, Code::kTrace);
  EXPECT_TRUE(again.message.contains("is not JSON")) << again.message;
  EXPECT_EQ(peer.run(script).code, Code::kTrace) << "the same without a restart";
}

// --- size ---------------------------------------------------------------------------------------

TEST(Size, ACallResultOf20Megabytes) {
  TestPeer peer('A');
  const std::string large = '"' + std::string(20u << 20, 'x') + '"';
  const std::string script =
      R"((seq (call "@A" ("s" "f") [] x) (seq (ap x $s) (canon "@A" $s #c))))";
  EXPECT_EQ(peer.settle(script, [&](const TestRequest&) { return TestAnswer{0, large}; }).code,
            Code::kSuccess);
  const Bytes data = peer.data();
  EXPECT_LT(data.size(), large.size() + 4096) << "it stands once in the data";
  TestPeer other('B');
  EXPECT_EQ(other.run(script, data).code, Code::kSuccess);
}

// --- generations ----------------------------------------------------------------------------------

// Rows are counted, not made: a generation number costs nothing. Numbers that no honest peer writes are
// refused.
TEST(Generations, LargeNumbersCompactToSmallOnes) {
  const std::string script =
      R"((seq (seq (ap 1 $s) (ap 2 $s)) (fold $s i (seq (call "@A" ("s" "f") [i]) (next i)) (null))))";
  TestPeer peer('A');
  peer.settle(script, echo);
  for (const std::uint32_t generation :
       {1024u, kGenerationLimit - 1, kGenerationLimit, 0x80000000u, 0xCAFEBABEu, 0xFFFFFFFFu}) {
    TestPeer other('A');
    ASSERT_TRUE(load_previous(other.state(), peer.data()).has_value());
    std::get<ApState>(other.state().data.trace.states[0]).generation = generation;
    const RunOutcome outcome = other.run(script);
    if (generation >= kGenerationLimit) {
      EXPECT_EQ(outcome.code, Code::kNoGeneration);
      EXPECT_EQ(outcome.message, fmt::format("the stream has no generation {}", generation));
      continue;
    }
    EXPECT_TRUE(outcome.changed_state) << outcome.message;
    for (const State& state : other.state().data.trace.states) {
      if (const auto* ap = std::get_if<ApState>(&state)) {
        EXPECT_LT(ap->generation, 2u);
      }
    }
  }
}

// --- call results --------------------------------------------------------------------------------

TEST(Results, AllIdsInOneRun) {
  TestPeer peer('A');
  const std::string script =
      R"((par (call "@A" ("s" "f") [1] x) (par (call "@A" ("s" "f") [2] y) (call "@A" ("s" "f") [3] z))))";
  peer.run(script);
  ASSERT_EQ(peer.requests().size(), 3u);
  const std::vector<CallResult> some = {{"2", 0, "2"}, {"2", 0, "22"}, {"3", -2147483647 - 1, ""}};
  const RunOutcome outcome = peer.run(script, {}, some);
  EXPECT_EQ(outcome.code, Code::kSuccess) << outcome.message;
  EXPECT_TRUE(data_view(peer.state()).contains("-2147483648"));
  EXPECT_TRUE(std::holds_alternative<CallSentBy>(peer.state().data.trace.states[1]));
  EXPECT_EQ(peer.run(script, {}, some).code, Code::kUnprocessedResults);
}

// Data can have a call of another peer wait for a result of this one. The result is taken, and what comes
// of it is nobody's: data that no key in it vouches for.
TEST(Results, AResultForACallOfAnotherPeer) {
  const std::string script = R"((call "@B" ("s" "f") [] x))";
  TestPeer peer('A');
  peer.state().data.trace.states = {
      CallSentBy{peer.state().stores.texts.intern(peer.id()), true, 1}};
  const std::vector<CallResult> result = {{"1", 0, "1"}};
  EXPECT_EQ(peer.run(script, {}, result).code, Code::kSuccess);
  const RunOutcome again = peer.run(script);
  EXPECT_EQ(again.code, Code::kSignatures) << again.message;
  TestPeer restarted('A');
  ASSERT_TRUE(load_previous(restarted.state(), peer.data()).has_value());
  EXPECT_EQ(restarted.run(script).code, Code::kSignatures);
}

// --- joins --------------------------------------------------------------------------------------

// Wherever a value is missing the run waits, and says for what; nothing is left in the trace.
TEST(Joins, AMissingValueIsWaitedFor) {
  // y is defined, and never set.
  constexpr std::string_view kFrame =
      R"((par (seq (never) (seq (ap 1 y) (seq (canon "@A" $n #yy) (canon "@A" %n #%yy)))) (seq (ap "s" x) {})))";
  for (const std::string_view waits : {R"((call y ("s" "f") []))",
                                       R"((call "@A" (y "f") []))",
                                       R"((call "@A" ("s" y) []))",
                                       R"((call y.$.a ("s" "f") [x] z))",
                                       R"((call "@A" ("s" "f") [y]))",
                                       R"((call "@A" ("s" "f") [x y.$.[0]] z))",
                                       R"((call "@A" ("s" "f") [y.length] $z))",
                                       R"((call "@A" ("s" "f") [#yy]))",
                                       R"((call "@A" ("s" "f") [#yy.length #%yy.length]))",
                                       R"((call "@A" ("s" "f") [#%yy.$.k]))",
                                       "(ap y z)",
                                       "(ap y.$.a z)",
                                       "(ap y $z)",
                                       "(ap #yy z)",
                                       "(ap #yy.$.[0] $z)",
                                       R"((ap ("k" y) %z))",
                                       "(match y 1 (null))",
                                       "(match 1 y.$.a (null))",
                                       "(mismatch y x (null))",
                                       "(fold y i (next i))",
                                       "(fold y.$.a i (next i))",
                                       "(fold #yy i (next i))",
                                       "(fold #%yy i (next i))",
                                       "(canon y $z #z)",
                                       "(canon y.$.p %z #%z)",
                                       "(canon y %z zz)"}) {
    SCOPED_TRACE(waits);
    TestPeer peer('A');
    const RunOutcome outcome = peer.run(fmt::format(kFrame, waits));
    EXPECT_EQ(outcome.code, Code::kSuccess) << outcome.message;
    EXPECT_FALSE(outcome.complete);
    EXPECT_TRUE(outcome.requests.empty());
    EXPECT_TRUE(outcome.next_peers.empty());
    EXPECT_EQ(peer.state().data.trace.states.size(), 1u) << "only the par";
    EXPECT_TRUE(std::ranges::any_of(outcome.waiting, [](const Waiting& w) {
      return std::holds_alternative<WaitsForVariable>(w.what);
    }));
  }
}

// A call to another peer is sent all the same: that peer may know more.
TEST(Joins, ARemoteCallDoesNotWaitForItsArguments) {
  TestPeer peer('A');
  const RunOutcome outcome =
      peer.run(R"((par (seq (never) (ap 1 y)) (call "@B" ("s" "f") [y] z)))");
  EXPECT_EQ(outcome.next_peers.size(), 1u);
  EXPECT_EQ(peer.state().data.trace.states.size(), 2u);
}

// --- stream maps ------------------------------------------------------------------------------------

TEST(Maps, IntegerAndStringKeysAreTwoKeys) {
  const auto seen = [](std::string_view pairs, std::string_view arguments) {
    TestPeer peer('A');
    const RunOutcome outcome = peer.settle(
        fmt::format(
            R"((seq (seq (ap "42" k) (ap 42 n)) (seq {} (seq (seq (canon "@A" %m #%mm) (canon "@A" %m o)) (call "@A" ("s" "f") [{}])))))",
            pairs, arguments),
        [](const TestRequest&) { return TestAnswer{0, "1"}; });
    EXPECT_EQ(outcome.code, Code::kSuccess) << outcome.message;
    return peer.requests().empty() ? std::string() : peer.requests().back().arguments;
  };
  const std::string_view both =
      R"((seq (ap (42 "i") %m) (seq (ap ("42" "s") %m) (ap (42 "j") %m))))";
  EXPECT_EQ(seen(both, "#%mm.$.[42] #%mm.$.[k] #%mm.$.[n] #%mm.length"),
            R"([["i","j"],["s"],["i","j"],3])");
  EXPECT_EQ(seen(both, "#%mm o"), R"([{"42":["s"]},{"42":"i"}])")
      << "one of them as a whole; the first as a scalar";
  EXPECT_EQ(seen(R"((seq (ap ("42" "s") %m) (ap (42 "i") %m)))", "#%mm o"),
            R"([{"42":["s"]},{"42":"s"}])");
  EXPECT_EQ(
      seen(R"((seq (ap ("b" 1) %m) (seq (ap ("a" 2) %m) (ap ("b" 3) %m))))", "#%mm o #%mm.$.b.[1]"),
      R"([{"a":[2],"b":[1,3]},{"a":2,"b":1},3])");
  EXPECT_EQ(seen("(null)", "#%mm o #%mm.length"), "[{},{},0]");
}

// --- multiple peers --------------------------------------------------------------------------------

TEST(Peers, StaleAndOwnDataChangeNothing) {
  TestNetwork network(R"((seq (par (call "@B" ("s" "f") ["b"] $s) (call "@C" ("s" "f") ["c"] $s))
                              (seq (canon "@A" $s #s) (call "@A" ("s" "f") [#s] x))))",
                      echo);
  network.run();
  TestPeer& a = network['A'];
  const Bytes done = a.data();
  for (const auto& [name, data] : network.sent()) {
    const RunOutcome outcome =
        a.run(R"((seq (par (call "@B" ("s" "f") ["b"] $s) (call "@C" ("s" "f") ["c"] $s))
                              (seq (canon "@A" $s #s) (call "@A" ("s" "f") [#s] x))))",
              data);
    EXPECT_EQ(outcome.code, Code::kSuccess) << outcome.message;
    EXPECT_TRUE(outcome.next_peers.empty());
    EXPECT_TRUE(outcome.complete);
  }
  ParticleState before(1);
  ASSERT_TRUE(load_previous(before, done).has_value());
  EXPECT_EQ(data_view(a.state()), data_view(before));
}

// Running a state on is the same as writing it, and reading it again for every run.
TEST(Peers, AKeptStateIsAsGoodAsItsBytes) {
  const std::string script = R"((seq (call "@A" ("s" "f") [12.5 %ttl%] x)
      (seq (par (call "@B" ("s" "f") [x] $s) (ap x $s)) (seq (canon "@B" $s #s) (fold #s i (seq (call "@A" ("s" "f") [i #s] ) (next i)))))))";
  const auto float_answers = [](const TestRequest& request) {
    return request.id % 2 == 1 ? TestAnswer{0, "[1.26932e148,2]"}
                               : TestAnswer{0, request.arguments};
  };
  TestNetwork network(script, float_answers);
  network.run();
  TestPeer kept('A');
  Bytes stored;
  for (const auto& [name, data] : network.sent()) {
    if (name != 'A') continue;
    TestPeer fresh('A');
    ASSERT_TRUE(load_previous(fresh.state(), stored).has_value());
    const RunOutcome a = kept.settle(script, float_answers, data);
    const RunOutcome b = fresh.settle(script, float_answers, data);
    EXPECT_EQ(a.code, b.code);
    EXPECT_EQ(a.message, b.message);
    EXPECT_EQ(kept.data(), fresh.data());
    stored = fresh.data();
  }
}

// Copies that went to several peers bring an older signature of this one back, also after it has signed more.
TEST(Peers, VerifiesOtherPeersOnly) {
  const auto there_and_back = [](char peer) {
    return fmt::format(
        R"((seq (call "@{0}" ("s" "f") ["{0}"] {1}) (call "@A" ("s" "f") [{1}] {1}2)))", peer,
        static_cast<char>(peer + 'a' - 'A'));
  };
  const std::string script =
      fmt::format(R"((seq (call "@A" ("s" "f") [1] x) (par {} (par {} {}))))", there_and_back('B'),
                  there_and_back('C'), there_and_back('D'));
  TestPeer a('A');
  a.settle(script, echo);
  const Bytes sent = a.data();
  std::vector<Bytes> returned;
  for (const char name : {'B', 'C', 'D'}) {
    TestPeer peer(name);
    peer.settle(script, echo, sent);
    returned.push_back(peer.data());
  }
  crypto::SignatureTally tally{.now_ns = [] { return std::uint64_t{0}; }};
  crypto::set_signature_tally(&tally);
  for (const Bytes& data : returned) {
    EXPECT_EQ(a.settle(script, echo, data).code, Code::kSuccess);
    a.data();
  }
  crypto::set_signature_tally(nullptr);
  EXPECT_EQ(tally.made, 3);
  EXPECT_EQ(tally.verified, 3);
}

}  // namespace
}  // namespace aqua::vm
