// Beginning a run at the checkpoint of the last one: everything must come out as if it had been replayed from
// its start.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "vm/run.h"
#include "vm/test_peer.h"

namespace aqua::vm {
namespace {

// In which order results come: gives the index of the next one among `waiting`.
struct Order {
  std::string_view name;
  std::function<std::size_t(std::size_t waiting, std::size_t step)> next;
  std::size_t at_once = 1;
};

const Order kOrders[] = {
    {"first", [](std::size_t, std::size_t) { return 0; }},
    {"last", [](std::size_t waiting, std::size_t) { return waiting - 1; }},
    {"mixed", [](std::size_t waiting, std::size_t step) { return step * 7 % waiting; }},
    {"two at once", [](std::size_t waiting, std::size_t step) { return step * 5 % waiting; }, 2},
};

// What a run said, without the ids of the state.
std::string describe(TestPeer& peer, const RunOutcome& outcome) {
  std::string text = fmt::format("{} {} {} {}", static_cast<int>(outcome.code), outcome.message,
                                 outcome.complete, outcome.failed_at.value);
  for (const TextId id : outcome.next_peers)
    text += fmt::format(" next {}", peer.state().stores.texts[id]);
  for (const Waiting& waiting : outcome.waiting)
    text += fmt::format(" waits {}/{}/{}", waiting.at.value, waiting.what.index(),
                        waiting.in_background);
  return text;
}

TestAnswer answer(const TestRequest& request) {
  if (request.function == "list") return {0, "[1,2,3,4,5,6]"};
  if (request.function == "fail") return {7, "no"};
  if (request.function == "float") return {0, "0.30000000000000004"};
  return {0, request.arguments};
}

// Runs a script on one peer, once resumed and once replayed, until no call waits. Gives how many states
// the longest resumed part had.
std::size_t run_both(std::string_view air, const Order& order) {
  TestPeer resumed('A');
  TestPeer replayed('A');
  const auto script = prepared(air);
  std::size_t seen = 0;
  std::vector<TestRequest> waiting;
  std::size_t longest = 0;
  std::vector<CallResult> results;
  std::deque<std::string> texts;
  for (std::size_t step = 0; step < 200; ++step) {
    replayed.state().checkpoint.reset();
    if (const auto& checkpoint = resumed.state().checkpoint; checkpoint != nullptr)
      longest = std::max<std::size_t>(longest, checkpoint->trace.state_count);
    const RunOutcome a = resumed.run(script, {}, results);
    const RunOutcome b = replayed.run(script, {}, results);
    EXPECT_EQ(describe(resumed, a), describe(replayed, b)) << order.name << " " << step << air;
    EXPECT_EQ(resumed.data(), replayed.data()) << order.name << " " << step << air;
    EXPECT_EQ(resumed.requests().size(), replayed.requests().size());
    if (testing::Test::HasFailure()) return longest;
    for (; seen < resumed.requests().size(); ++seen) {
      const TestRequest& one = resumed.requests()[seen];
      const TestRequest& other = replayed.requests()[seen];
      EXPECT_EQ(one.id, other.id);
      EXPECT_EQ(one.function + one.arguments + one.tetraplets,
                other.function + other.arguments + other.tetraplets);
      waiting.push_back(one);
    }
    if (waiting.empty()) break;
    results.clear();
    texts.clear();
    for (std::size_t i = 0; i < order.at_once && !waiting.empty(); ++i) {
      const auto at =
          waiting.begin() + static_cast<std::ptrdiff_t>(order.next(waiting.size(), step));
      TestAnswer given = answer(*at);
      const std::string& id = texts.emplace_back(fmt::format("{}", at->id));
      const std::string& text = texts.emplace_back(std::move(given.result));
      results.push_back({id, given.ret_code, text});
      waiting.erase(at);
    }
  }
  return longest;
}

std::string call(std::string_view arguments, std::string_view output = "",
                 std::string_view function = "f") {
  return fmt::format(R"((call "@A" ("s" "{}") [{}] {}))", function, arguments, output);
}
std::string list(std::string_view name) { return call("", name, "list"); }

std::string seq(std::string_view a, std::string_view b) { return fmt::format("(seq {} {})", a, b); }
std::string par(std::string_view a, std::string_view b) { return fmt::format("(par {} {})", a, b); }

// $s gets the items of xs in three generations: before the fold, in the fold, and by calls.
const std::string kFill = "(fold xs x (seq (ap x $s) (next x)))";

const std::string kScripts[] = {
    seq(list("xs"), "(fold xs x " + seq(call("x", "v"), "(next x)") + ")"),
    seq(list("xs"), "(fold xs x " + par(call("x", "v"), "(next x)") + ")"),
    seq(list("xs"), "(fold xs x " + seq("(next x)", call("x", "v")) + ")"),
    seq(list("xs"), "(fold xs x " + seq(call("x", "v"), "(next x)") + " " + call("9") + ")"),
    seq(list("xs"), seq(kFill, "(fold $s y " + seq(call("y", "v"), "(next y)") + ")")),
    seq(list("xs"), seq(kFill, "(fold $s y " + seq(call("y", "v"), "(next y)") + " (null))")),
    seq(list("xs"), seq(kFill, "(fold $s y " + par(call("y", "v"), "(next y)") + " (never))")),
    seq(list("xs"), seq(kFill, "(fold $s y " + seq("(null)", "(next y)") + " " +
                                   seq(call("7", "v"), call("v")) + ")")),
    seq(list("xs"), seq(kFill, "(fold $s y " + seq(call("y"), seq(call("y", "w"), "(next y)")) +
                                   " " + seq(call("8", "u"), call("u")) + ")")),
    // results that go to streams, and folds over them
    seq(par(call("1", "$s"), par(call("2", "$s"), call("3", "$s"))),
        seq("(fold $s y " + seq(call("y", "$t"), "(next y)") + " (null))",
            seq(R"((canon "@A" $t #t))", call("#t", "z")))),
    // a fold that feeds itself
    seq(list("xs"),
        seq("(ap 1 $s)",
            "(fold $s y " +
                seq(seq(call("y", "v"), "(xor (match y 1 (ap 2 $s)) (null))"), "(next y)") +
                " (null))")),
    // scopes, folds in folds, streams of their own
    seq(list("xs"), "(fold xs x (new $s " +
                        seq(seq(par(call("x", "$s"), "(ap 0 $s)"),
                                "(fold $s y " + seq(call("y", "v"), "(next y)") + " (null))"),
                            "(next x)") +
                        "))"),
    seq(list("xs"),
        "(fold xs x " + seq("(fold xs y " + seq(call("x y", "v"), "(next y)") + ")", "(next x)") +
            ")"),
    seq(list("xs"),
        seq(kFill,
            "(fold $s x " +
                seq("(fold $s y " + seq(call("x y", "v"), "(next y)") + " (null))", "(next x)") +
                " (null))")),
    // pars in pars, other peers on the way
    par(seq(call("1", "a"), call("a", "b")),
        par(seq(call("2", "c"), call("c", "d")), seq(call("3", "e"), call("e b d", "f")))),
    seq(call("1", "a"), seq(par(R"((call "@B" ("s" "f") [] x))", call("a", "b")),
                            seq(call("b", "c"), call("c", "d")))),
    par(seq(call("0"), R"((call "@B" ("s" "f") [] x))"),
        seq(call("1", "a"), seq(call("a", "b"), call("b x")))),
    // errors that are caught, and one that is not
    seq(call("1", "a"),
        seq("(xor " + call("a", "b", "fail") + " " + call("%last_error% :error:", "b") + ")",
            seq(call("b", "c"), call("c %last_error%", "d")))),
    seq(call("1", "a"), seq("(xor (match a 2 (null)) " + call("a", "b") + ")",
                            seq(call("b", "c"), seq(call("c", "d", "fail"), call("d"))))),
    par(seq(call("1", "a"), call("a", "b", "fail")),
        seq(call("2", "c"), seq(call("c", "d"), call("d b", "e")))),
    // canons and maps
    seq(seq(call("1", "a"), R"((ap ("k" a) %m))"),
        seq(seq(R"((canon "@A" %m #%m))", call("#%m.$.k", "b")), call("b #%m", "c"))),
    seq(call("1", "a"), seq(seq("(ap a $s)", R"((canon "@B" $s #s))"), call("#s", "c"))),
    // a value that reads as another one the second time
    seq(call("1", "a", "float"), seq(call("a", "b"), seq(call("b", "c"), call("c", "d")))),
};

TEST(Resume, ComesOutAsReplayed) {
  std::size_t longest = 0;
  for (const std::string& script : kScripts) {
    if (!Script::prepare(with_peer_ids(script))) {
      ADD_FAILURE() << script;
      continue;
    }
    for (const Order& order : kOrders) {
      longest = std::max(longest, run_both(script, order));
      if (HasFailure()) return;
    }
  }
  EXPECT_GT(longest, 20u);
}

TEST(Resume, BeginsWhereTheLastRunGotStuck) {
  EXPECT_GE(run_both(kScripts[0], kOrders[0]), 5u);
  EXPECT_GE(run_both(kScripts[4], kOrders[0]), 12u);
}

// Whatever a run depends on, beside the results: with another one the run is replayed.
TEST(Resume, OnlyForTheSameArguments) {
  TestPeer peer('A');
  const auto script =
      prepared(seq(seq(call("1", "a"), "(ap a $s)"),
                   seq(seq("(ap a $s)", "(ap a $s)"), seq(call("%ttl% a", "b"), call("b")))));
  const std::vector<CallResult> first = {{"1", 0, "1"}};
  peer.run(script);
  peer.run(script, {}, first);
  peer.run(script);
  ASSERT_NE(peer.state().checkpoint, nullptr);
  EXPECT_EQ(peer.state().checkpoint->trace.state_count, 4u);
  RunParameters later = peer.parameters();
  ++later.ttl_ms;
  EXPECT_EQ(run(script, peer.state(), {}, {}, later).code, Code::kSuccess);
  ASSERT_NE(peer.state().checkpoint, nullptr);
  EXPECT_EQ(peer.state().checkpoint->ttl_ms, later.ttl_ms);
  // Data from another peer: nothing is kept, it may settle what was read before.
  const base::Bytes data = peer.data();
  peer.run(script, data);
  EXPECT_EQ(peer.state().checkpoint, nullptr);
}

}  // namespace
}  // namespace aqua::vm
