#include <aqua/aqua.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

// As docs/embedding.md shows it.
struct Point {
  double x, y;
  bool operator==(const Point&) const = default;
};
template <>
struct aqua::Convert<Point> {
  static Value to(const Point& p) {
    return Value::object({{"x", Value::number(p.x)}, {"y", Value::number(p.y)}});
  }
  static std::optional<Point> from(const Value& value) {
    const auto x = value.member("x"), y = value.member("y");
    if (!x || !y || !x->as_double() || !y->as_double()) return std::nullopt;
    return Point{*x->as_double(), *y->as_double()};
  }
  static std::string name() { return "Point"; }
};

namespace aqua {
namespace {

constexpr std::string_view kText = R"(aqua Test declares *
export greet, wait, tell, pair, nothing, add, first
service Greeter("greeter"):
    hello(name: string) -> string
    trusted() -> string
service Sums("sums"):
    sum(items: []u32) -> u64
service Peer("peer"):
    timeout(ms: u64, message: string) -> string
func greet(who: string, where: string) -> string:
    on where:
        words <- Greeter.hello(who)
    <- words
func wait(ms: u64) -> string:
    words <- Peer.timeout(ms, "waited")
    <- words
func tell(names: []string, where: string, heard: string -> string) -> []string:
    all: *string
    for name <- names:
        on where:
            words <- Greeter.hello(name)
        all <- heard(words)
    <- all
func pair() -> string, i32:
    <- "one", 1
func nothing(heard: -> ()):
    heard()
func add(items: []u32, where: string) -> u64:
    on where:
        total <- Sums.sum(items)
    <- total
func first(where: string) -> string:
    on where:
        who <- Greeter.trusted()
    <- who
)";

const Script& script() {
  static const Result<Script> compiled = Script::compile(kText);
  if (!compiled) ADD_FAILURE() << compiled.error().message;
  return *compiled;
}

Network network_of(std::vector<PeerOptions> peers, Clock clock = Clock::kVirtual) {
  auto network = Network::start({.peers = std::move(peers), .clock = clock});
  EXPECT_TRUE(network.has_value());
  return std::move(*network);
}

Network alice_and_bob() {
  Network network = network_of({{"alice", {}}, {"bob", {}}});
  EXPECT_TRUE(network.peer("bob").add(
      "greeter", {{"hello", [](std::string name) { return "hello " + name; }},
                  {"trusted", [](const CallContext& context) { return context.init_peer_id; }}}));
  EXPECT_TRUE(network.peer("bob").add(
      "sums",
      {{"sum",
        [](const std::vector<std::uint32_t>& items) -> std::expected<std::uint64_t, std::string> {
          if (items.empty()) return std::unexpected("there is nothing to add");
          std::uint64_t total = 0;
          for (const std::uint32_t item : items) total += item;
          return total;
        }}}));
  return network;
}

TEST(Embed, CallsServicesOnOtherPeers) {
  const Network network = alice_and_bob();
  const Peer alice = network.peer("alice");
  const std::string bob = network.peer("bob").id();
  EXPECT_EQ(alice.call<std::string>(script(), "greet", "alice", bob).get(), "hello alice");
  EXPECT_EQ(
      alice.call<std::uint64_t>(script(), "add", std::vector<std::uint32_t>{1, 2, 3}, bob).get(),
      6u);
  EXPECT_EQ(alice.call<std::string>(script(), "first", bob).get(), alice.id());
}

TEST(Embed, ErrorsOfServicesReachTheCaller) {
  const Network network = alice_and_bob();
  const Peer alice = network.peer("alice");
  const auto failed =
      alice.call(script(), "add", std::vector<std::uint32_t>{}, network.peer("bob").id()).get();
  ASSERT_FALSE(failed.has_value());
  EXPECT_EQ(failed.error().kind, ErrorKind::kScript);
  EXPECT_NE(failed.error().message.find("there is nothing to add"), std::string::npos)
      << failed.error().message;
}

TEST(Embed, ArrowsAreCalledBack) {
  const Network network = alice_and_bob();
  std::vector<std::string> heard;
  auto all = network.peer("alice").call<std::vector<std::string>>(
      script(), "tell", std::vector<std::string>{"a", "b"}, network.peer("bob").id(),
      [&](std::string words) {
        heard.push_back(words);
        return words + "!";
      });
  EXPECT_EQ(all.get(), (std::vector<std::string>{"hello a!", "hello b!"}));
  EXPECT_EQ(heard, (std::vector<std::string>{"hello a", "hello b"}));
}

TEST(Embed, NoResultAndSeveral) {
  const Network network = alice_and_bob();
  bool called = false;
  EXPECT_TRUE(network.peer("alice")
                  .call<void>(script(), "nothing", [&] { called = true; })
                  .get()
                  .has_value());
  EXPECT_TRUE(called);
  EXPECT_EQ(network.peer("alice").call(script(), "pair").get()->json(), R"(["one",1])");
}

TEST(Embed, VirtualTimeDoesNotWait) {
  const Network network = alice_and_bob();
  EXPECT_EQ(network.peer("alice").call<std::string>(script(), "wait", 9000).get(), "waited");
  const auto late = network.peer("alice").call(script(), "wait", 60'000).get();
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error().kind, ErrorKind::kDeadline);
}

TEST(Embed, RealTimeWaits) {
  const Network network = network_of({{"alice", {}}}, Clock::kReal);
  EXPECT_EQ(network.peer("alice").call<std::string>(script(), "wait", 20).get(), "waited");
}

TEST(Embed, SaysWhenNothingCanMove) {
  const Network network = alice_and_bob();
  const auto elsewhere = Network::start({.peers = {{"carol", {}}}});
  const auto lost =
      network.peer("alice").call(script(), "greet", "alice", elsewhere->peer("carol").id()).get();
  ASSERT_FALSE(lost.has_value());
  EXPECT_EQ(lost.error().kind, ErrorKind::kStalled);
  EXPECT_TRUE(lost.error().message.starts_with("error[N0102]: the script can not go on"))
      << lost.error().message;
  EXPECT_TRUE(lost.error().message.contains("there is no such peer")) << lost.error().message;
  // Afterwards others are told their own story.
  const auto again =
      network.peer("alice").call(script(), "greet", "alice", elsewhere->peer("carol").id()).get();
  EXPECT_EQ(again.error().message, lost.error().message);
}

TEST(Embed, GoesThroughRelays) {
  const Network network = network_of({{"relay", {}}, {"alice", {"relay"}}, {"bob", {}}});
  ASSERT_TRUE(network.peer("bob").add(
      "greeter", {{"hello", [](std::string name) { return "hello " + name; }}}));
  EXPECT_EQ(network.peer("alice")
                .call<std::string>(script(), "greet", "alice", network.peer("bob").id())
                .get(),
            "hello alice");
}

TEST(Embed, NamesInScriptsMeanPeers) {
  const Network network = alice_and_bob();
  const auto by_name = Script::compile(R"(aqua M declares *
export ask
service Greeter("greeter"):
    hello(name: string) -> string
func ask(name: string) -> string:
    on "bob":
        words <- Greeter.hello(name)
    <- words
)");
  ASSERT_TRUE(by_name.has_value()) << by_name.error().message;
  EXPECT_EQ(by_name->functions(), std::vector<std::string>{"ask"});
  EXPECT_NE(by_name->air("ask").find("greeter"), std::string::npos);
  std::promise<Result<Value>> promise;
  network.peer("alice").call_then(*by_name, "ask", {"alice"},
                                  [&](Result<Value> result) { promise.set_value(result); });
  EXPECT_EQ(promise.get_future().get()->as_text(), "hello alice");
}

TEST(Embed, ImportsAreAskedFor) {
  const auto script =
      Script::compile("aqua M declares *\nimport \"lib.aqua\"\nexport twice\n",
                      {.read_import = [](const std::string& path) -> std::optional<std::string> {
                        if (path != "/lib.aqua") return std::nullopt;
                        return "aqua Lib declares *\nfunc twice(n: i32) -> i32:\n    <- n * 2\n";
                      }});
  ASSERT_TRUE(script.has_value()) << script.error().message;
  const Network network = network_of({{"alice", {}}});
  EXPECT_EQ(network.peer("alice").call<int>(*script, "twice", 21).get(), 42);
}

TEST(Embed, CallbacksMayCall) {
  const Network network = alice_and_bob();
  const Peer alice = network.peer("alice");
  std::promise<Result<Value>> inner;
  const auto outer = alice
                         .call<void>(script(), "nothing",
                                     [&] {
                                       alice.call_then(script(), "pair", {}, [&](Result<Value> r) {
                                         inner.set_value(r);
                                       });
                                     })
                         .get();
  EXPECT_TRUE(outer.has_value());
  EXPECT_EQ(inner.get_future().get()->json(), R"(["one",1])");
}

TEST(Embed, WrongUseIsAnError) {
  const Network network = alice_and_bob();
  const Peer alice = network.peer("alice");
  const auto message_of = [](Result<Value> result) {
    return result ? "no error" : result.error().message;
  };
  EXPECT_EQ(message_of(network.peer("alise").call(script(), "pair").get()),
            "the network has no peer \"alise\", did you mean \"alice\"?");
  EXPECT_EQ(message_of(alice.call(script(), "pairs").get()),
            "the script has no function \"pairs\"; did you mean \"pair\"?");
  const auto unexported = Script::compile("aqua M declares *\nfunc f() -> i32:\n    <- 1\n");
  EXPECT_EQ(message_of(alice.call(*unexported, "f").get()),
            "the script exports no function; after a header \"aqua\", export it");
  EXPECT_EQ(message_of(alice.call(script(), "greet", "x").get()), "greet takes 2 arguments, not 1");
  EXPECT_EQ(message_of(alice.call(script(), "greet", "x", 3).get()),
            "where of greet: expected string, given 3");
  EXPECT_EQ(message_of(alice.call(script(), "wait", [] {}).get()),
            "ms of wait is a value, and was given a function");
  const auto wrong = alice.call<int>(script(), "wait", 1).get();
  EXPECT_EQ(wrong.error().message, "the result is \"waited\", expected was i32");
  EXPECT_FALSE(network.peer("bob").add("greeter", {}).has_value());
  EXPECT_FALSE(Network::start({.peers = {{"a", {"b"}}}}).has_value());
}

TEST(Embed, ServicesRefuseWhatDoesNotFit) {
  const Function hello([](std::string name) { return name; });
  EXPECT_EQ(hello({Value::integer(3)}, {}).error(), "argument 1: expected string, given 3");
  EXPECT_EQ(hello({}, {}).error(), "expected 1 argument, given 0");
  const Function throws([]() -> int { throw std::runtime_error("no luck"); });
  EXPECT_EQ(throws({}, {}).error(), "no luck");
}

TEST(Embed, MistakesInTheTextComeBack) {
  const auto wrong = Script::compile("aqua M declares *\nfunc f() -> string:\n    <- 1\n");
  ASSERT_FALSE(wrong.has_value());
  EXPECT_EQ(wrong.error().kind, ErrorKind::kCompile);
  EXPECT_NE(wrong.error().message.find("script.aqua:3"), std::string::npos)
      << wrong.error().message;
}

TEST(Embed, CallsThatAreNotDoneEndWithTheNetwork) {
  std::optional<Network> network = network_of({{"alice", {}}}, Clock::kReal);
  auto waiting = network->peer("alice").call(script(), "wait", 9000);
  network.reset();
  EXPECT_EQ(waiting.get().error().kind, ErrorKind::kStopped);
}

TEST(Embed, AnyThreadMayCall) {
  const Network network = alice_and_bob();
  const std::string bob = network.peer("bob").id();
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      for (int k = 0; k < 10; ++k) {
        const std::string name = std::to_string(i * 100 + k);
        if (network.peer("alice").call<std::string>(script(), "greet", name, bob).get() ==
            "hello " + name)
          ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 40);
}

TEST(Value, ConvertsThereAndBack) {
  const auto back = [](const auto& value) {
    using T = std::remove_cvref_t<decltype(value)>;
    return Convert<T>::from(Convert<T>::to(value)) == value;
  };
  EXPECT_TRUE(back(true));
  EXPECT_TRUE(back(std::int64_t{-3}));
  EXPECT_TRUE(back(UINT64_MAX));
  EXPECT_TRUE(back(1.5));
  EXPECT_TRUE(back(std::string("\"\n")));
  EXPECT_TRUE(back(std::vector<std::optional<int>>{1, std::nullopt}));
  EXPECT_TRUE(back(std::map<std::string, bool>{{"a", true}}));
  EXPECT_FALSE(Convert<std::uint8_t>::from(Value::integer(256)));
  EXPECT_FALSE(Convert<std::uint8_t>::from(Value::integer(-1)));
  EXPECT_EQ(Convert<std::optional<int>>::from(Value()),
            std::optional<std::optional<int>>(std::in_place));
  EXPECT_TRUE(back(Point{1, 2.5}));
  EXPECT_EQ(Convert<Point>::to({1, 2.5}).json(), R"({"x":1.0,"y":2.5})");
  EXPECT_FALSE(Convert<Point>::from(Value::integer(1)));
  EXPECT_FALSE(Value::parse("{").has_value());
}

}  // namespace
}  // namespace aqua
