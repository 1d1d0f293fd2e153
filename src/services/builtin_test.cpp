#include "services/builtin.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "services/builtin_table.h"

namespace aqua::services {
namespace {

std::string answer(std::string_view service, std::string_view function,
                   const std::vector<std::string>& arguments) {
  const auto found = computed_answer(service, function, arguments);
  if (!found) return "none";
  return found->ret_code == 0 ? found->result : "error " + found->result;
}

TEST(Builtin, Arithmetic) {
  EXPECT_EQ(answer("math", "add", {"1", "-2"}), "-1");
  EXPECT_EQ(answer("math", "sub", {"1", "2"}), "-1");
  EXPECT_EQ(answer("math", "mul", {"3", "4"}), "12");
  EXPECT_EQ(answer("math", "div", {"-7", "2"}), "-3");
  EXPECT_EQ(answer("math", "rem", {"-7", "2"}), "-1");
  EXPECT_EQ(answer("math", "pow", {"2", "10"}), "1024");
  EXPECT_EQ(answer("math", "pow", {"-1", "1000000000001"}), "-1");
  EXPECT_EQ(answer("math", "pow", {"0", "0"}), "1");
  EXPECT_EQ(answer("math", "fmul", {"2.5", "3"}), "7");
  EXPECT_EQ(answer("math", "fmul", {"-0.5", "1.0"}), "-1");
}

TEST(Builtin, ArithmeticThatFails) {
  EXPECT_EQ(answer("math", "div", {"1", "0"}), R"(error "math.div: division by 0")");
  EXPECT_EQ(answer("math", "add", {"9223372036854775807", "1"}),
            R"(error "math.add: the result does not fit i64")");
  EXPECT_EQ(answer("math", "pow", {"10", "1000000000000"}),
            R"(error "math.pow: the result does not fit i64")");
  EXPECT_EQ(answer("math", "div", {"-9223372036854775808", "-1"}),
            R"(error "math.div: the result does not fit i64")");
  EXPECT_EQ(answer("math", "rem", {"-9223372036854775808", "-1"}), "0");
  EXPECT_EQ(answer("math", "add", {"\"a\"", "1"}),
            R"(error "math.add: two integers are expected")");
  EXPECT_EQ(answer("cmp", "lt", {"1"}), R"(error "cmp.lt: two integers are expected")");
}

TEST(Builtin, Comparison) {
  EXPECT_EQ(answer("cmp", "lt", {"1", "2"}), "true");
  EXPECT_EQ(answer("cmp", "lte", {"2", "2"}), "true");
  EXPECT_EQ(answer("cmp", "gt", {"1", "2"}), "false");
  EXPECT_EQ(answer("cmp", "gte", {"1", "2"}), "false");
  EXPECT_EQ(answer("cmp", "cmp", {"1", "2"}), "-1");
}

TEST(Builtin, TextsAndArrays) {
  EXPECT_EQ(answer("op", "identity", {"{\"a\":1}"}), "{\"a\":1}");
  EXPECT_EQ(answer("op", "array", {"1", "[2]"}), "[1,[2]]");
  EXPECT_EQ(answer("op", "concat", {"[1]", "[]", "[2,3]"}), "[1,2,3]");
  EXPECT_EQ(answer("op", "concat_strings", {"\"a\\n\"", "\"b\""}), "\"a\\nb\"");
  EXPECT_EQ(answer("op", "array_length", {"[1,2]"}), "2");
  EXPECT_EQ(answer("array", "sum", {"[1,2,3]"}), "6");
  EXPECT_EQ(answer("array", "length", {"[]"}), "0");
}

TEST(Builtin, OthersAreNotThere) {
  EXPECT_EQ(answer("math", "root", {"2", "8"}), "none");
  EXPECT_EQ(answer("shop", "price", {}), "none");
  EXPECT_EQ(answer("peer", "timestamp_ms", {}), "none") << "it needs a peer";
}

TEST(Builtin, Logarithms) {
  EXPECT_EQ(answer("math", "log", {"2", "8"}), "3");
  EXPECT_EQ(answer("math", "log", {"10", "999"}), "2");
  EXPECT_EQ(answer("math", "log", {"1", "8"}), R"(error "math.log: the base is less than 2")");
  EXPECT_EQ(answer("math", "log", {"2", "0"}), R"(error "math.log: the number is less than 1")");
}

TEST(Builtin, ArraysAsSets) {
  EXPECT_EQ(answer("array", "dedup", {R"(["b","a","b"])"}), R"(["b","a"])");
  EXPECT_EQ(answer("array", "intersect", {"[1,2,3]", "[3,1]"}), "[1,3]");
  EXPECT_EQ(answer("array", "diff", {"[1,2,3]", "[3,1]"}), "[2]");
  EXPECT_EQ(answer("array", "sdiff", {"[1,2,3]", "[3,1,4]"}), "[2,4]");
  EXPECT_EQ(answer("array", "slice", {"[1,2,3]", "1", "3"}), "[2,3]");
  EXPECT_EQ(answer("array", "slice", {"[1,2,3]", "1", "4"}),
            R"(error "array.slice: the end 4 is behind the last of 3 items")");
  EXPECT_EQ(answer("array", "slice", {"[]", "1", "4"}), "[]");
}

TEST(Builtin, Base58AndHashes) {
  EXPECT_EQ(answer("op", "string_to_b58", {R"("hello")"}), R"("Cn8eVZg")");
  EXPECT_EQ(answer("op", "string_from_b58", {R"("Cn8eVZg")"}), R"("hello")");
  EXPECT_EQ(answer("op", "bytes_to_b58", {"[104,101,108,108,111]"}), R"("Cn8eVZg")");
  EXPECT_EQ(answer("op", "bytes_from_b58", {R"("Cn8eVZg")"}), "[104,101,108,108,111]");
  EXPECT_EQ(answer("op", "string_from_b58", {R"("0")"}),
            R"(error "op.string_from_b58: the string is not base58")");
  EXPECT_EQ(answer("op", "sha256_string", {R"("")"}),
            R"("QmdfTbBqBPQ7VNxZEYEj14VmRuZBkqFbiwReogJgS1zR1n")");
  EXPECT_EQ(answer("op", "sha256_string", {R"("")", "true", "[true]"}).substr(0, 14),
            "[227,176,196,6");
  EXPECT_EQ(answer("op", "sha256_string", {R"("")", "[true,false]"}),
            R"(error "op.sha256_string: argument 2 has 2 values, at most one is expected")");
}

TEST(Builtin, Json) {
  EXPECT_EQ(answer("json", "obj", {R"("b")", "1", R"("a")", "2"}), R"({"a":2,"b":1})");
  EXPECT_EQ(answer("json", "obj", {R"("b")"}),
            R"(error "json.obj: a value is missing: keys and values come in pairs")");
  EXPECT_EQ(answer("json", "put", {R"({"a":1})", R"("a")", "2"}), R"({"a":2})");
  EXPECT_EQ(answer("json", "obj_pairs", {R"([["a",1],["b",2]])"}), R"({"a":1,"b":2})");
  EXPECT_EQ(answer("json", "puts_pairs", {R"({"c":3})", R"([["a",1]])"}), R"({"a":1,"c":3})");
  EXPECT_EQ(answer("json", "parse", {R"("{\"b\": 1, \"a\": 2}")"}), R"({"a":2,"b":1})");
  EXPECT_EQ(answer("json", "parse", {R"("{")"}).substr(0, 18), R"(error "json.parse:)");
  EXPECT_EQ(answer("json", "stringify", {R"({"a":1})"}), R"("{\"a\":1}")");
  EXPECT_EQ(answer("debug", "stringify", {}), R"("<empty argument list>")");
  EXPECT_EQ(answer("debug", "stringify", {"1", "2"}), R"("[1,2]")");
}

// --- those that look at the peer --------------------------------------------------------------------

class HostedBuiltin : public testing::Test {
 protected:
  std::string array_of_signature() const {
    std::string out = "[";
    for (const base::Byte byte : key.sign(base::Bytes{1})) {
      if (out.size() > 1) out += ',';
      out += std::to_string(byte);
    }
    return out + "]";
  }

  std::string call(std::string_view service, std::string_view function,
                   const std::vector<std::string>& arguments) {
    const auto reply = call_builtin(service, function, arguments, host);
    if (!reply) return "none";
    const auto text = [](const Answer& a) {
      return a.ret_code == 0 ? a.result : "error " + a.result;
    };
    if (const auto* later = std::get_if<AnswerLater>(&*reply))
      return std::to_string(later->delay_ms) + " ms: " + text(later->answer);
    if (const auto* print = std::get_if<PrintLine>(&*reply)) return "prints " + print->text;
    if (const auto* alias = std::get_if<SetAlias>(&*reply))
      return alias->alias + " is " + alias->service_id;
    return text(std::get<Answer>(*reply));
  }

  crypto::KeyPair key = crypto::KeyPair::from_seed(crypto::Seed{1});
  std::string other = crypto::KeyPair::from_seed(crypto::Seed{2}).peer_id();
  std::vector<std::string> known{other};
  std::vector<ServiceEntry> services{{"greeter", {"hi"}}};
  Host host{.key = key,
            .now_ms = 1'700'000'000'123,
            .air_version = "1",
            .init_peer_id = key.peer_id(),
            .known_peers = known,
            .services = services};
};

TEST_F(HostedBuiltin, Peer) {
  EXPECT_EQ(call("peer", "timestamp_ms", {}), "1700000000123");
  EXPECT_EQ(call("peer", "timestamp_sec", {}), "1700000000");
  EXPECT_EQ(call("peer", "timeout", {"1000", R"("late")"}), R"(1000 ms: "late")");
  EXPECT_EQ(call("peer", "timeout", {R"("5")"}), R"(5 ms: "")");
  EXPECT_EQ(call("peer", "timeout", {"-1"}),
            R"(error "peer.timeout: argument 1: a duration in ms is expected, not -1")");
  EXPECT_EQ(call("peer", "is_connected", {"\"" + other + "\""}), "true");
  EXPECT_EQ(call("peer", "is_connected", {R"("x")"}), "false");
  EXPECT_EQ(call("peer", "get_contact", {R"("x")"}), "[]");
}

TEST_F(HostedBuiltin, Services) {
  EXPECT_EQ(call("srv", "resolve_alias", {R"("hi")"}), R"("greeter")");
  EXPECT_EQ(call("srv", "resolve_alias", {R"("ho")"}),
            R"(error "srv.resolve_alias: no service has the alias ho")");
  EXPECT_EQ(call("srv", "resolve_alias_opt", {R"("ho")"}), "[]");
  EXPECT_EQ(call("srv", "add_alias", {R"("ho")", R"("greeter")"}), "ho is greeter");
  EXPECT_EQ(call("srv", "add_alias", {R"("op")", R"("greeter")"}),
            R"(error "srv.add_alias: op can not be an alias, it already means something")");
  host.init_peer_id = other;
  EXPECT_EQ(call("srv", "add_alias", {R"("ho")", R"("greeter")"}),
            R"(error "srv.add_alias: only the owner of the peer may do this")");
}

TEST_F(HostedBuiltin, SignsForItselfOnly) {
  EXPECT_EQ(call("sig", "get_peer_id", {}), "\"" + key.peer_id() + "\"");
  EXPECT_EQ(call(key.peer_id(), "get_peer_id", {}), "\"" + key.peer_id() + "\"");
  const std::string signature = array_of_signature();
  EXPECT_EQ(call("sig", "sign", {"[1]"}),
            R"({"error":[],"signature":[)" + signature + R"(],"success":true})");
  EXPECT_EQ(call("sig", "verify", {signature, "[1]"}), "true");
  EXPECT_EQ(call("sig", "verify", {signature, "[2]"}), "false");
  host.init_peer_id = other;
  EXPECT_EQ(
      call("sig", "sign", {"[1]"}),
      R"({"error":["the peer signs for its own scripts only"],"signature":[],"success":false})");
}

TEST_F(HostedBuiltin, Neighbours) {
  const std::string own = "\"" + key.peer_id() + "\"";
  EXPECT_EQ(call("kad", "neighborhood", {own}), "[\"" + other + "\"]");
  EXPECT_EQ(call("kad", "neighborhood", {own, "[]", "[0]"}), "[]");
  EXPECT_EQ(call("kad", "merge", {own, "[\"" + other + "\"]", "[" + own + "]"}),
            "[" + own + ",\"" + other + "\"]");
  EXPECT_EQ(call("kad", "merge", {own, "[\"0\"]", "[]"}), R"(error "kad.merge: 0 is not base58")");
}

TEST_F(HostedBuiltin, Console) {
  EXPECT_EQ(call("run-console", "print", {R"("a")", "[1]"}), "prints a [1]");
}

TEST(Builtin, OnlySrvDependsOnTheServicesOfThePeer) {
  for (const Builtin& builtin : builtins())
    EXPECT_EQ(is_independent_builtin(builtin.service, builtin.function), builtin.service != "srv")
        << builtin.service << '.' << builtin.function;
  EXPECT_FALSE(is_independent_builtin("op", "of_somebody_else"));
  EXPECT_FALSE(is_independent_builtin("greeter", "greet"));
}

}  // namespace
}  // namespace aqua::services
