#include "vm/host.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/msgpack.h"
#include "vm/envelope.h"
#include "vm/error_codes.h"
#include "vm/test_peer.h"

namespace aqua::vm {
namespace {

using base::Bytes;
using base::ByteView;

const Bytes kNoResults = {0x81, 0x04, 0x80};

InvokeParameters parameters_of(char peer) {
  const crypto::Seed seed = test_seed(std::string(1, peer));
  return {.init_peer_id = test_keys('A').peer_id(),
          .current_peer_id = test_keys(peer).peer_id(),
          .timestamp_ms = kTestTimestamp,
          .ttl_ms = kTestTtl,
          .secret_key = {seed.begin(), seed.end()},
          .particle_id = std::string(kTestParticle)};
}

struct Result {
  std::string id;
  std::int64_t ret_code;
  std::string text;
};
Bytes results(const std::vector<Result>& list) {
  Bytes out = {0x81, 0x04};
  base::MsgpackWriter writer(out);
  writer.map_head(static_cast<std::uint32_t>(list.size()));
  for (const Result& result : list) {
    writer.text(result.id);
    writer.map_head(2);
    writer.text("ret_code");
    writer.integer(result.ret_code);
    writer.text("result");
    writer.text(result.text);
  }
  return out;
}

void expect_same(const InvokeOutcome& a, const InvokeOutcome& b) {
  EXPECT_EQ(a.ret_code, b.ret_code);
  EXPECT_EQ(a.error_message, b.error_message);
  EXPECT_EQ(a.data, b.data);
  EXPECT_EQ(a.next_peer_pks, b.next_peer_pks);
  EXPECT_EQ(a.call_requests, b.call_requests);
  EXPECT_EQ(a.air_size_limit_exceeded, b.air_size_limit_exceeded);
  EXPECT_EQ(a.particle_size_limit_exceeded, b.particle_size_limit_exceeded);
  EXPECT_EQ(a.call_result_size_limit_exceeded, b.call_result_size_limit_exceeded);
}

// A peer that called a service of its own, and one of B.
class HostTest : public testing::Test {
 protected:
  const std::string script =
      with_peer_ids(R"((par (call "@A" ("s" "f") [1 "x"] y) (call "@B" ("s" "g") [] z)))");
  InvokeParameters parameters = parameters_of('A');
  Host host;

  InvokeOutcome invoke(ByteView previous = {}, ByteView current = {},
                       ByteView call_results = kNoResults) {
    return host.invoke(script, previous, current, parameters, call_results);
  }
  // Refused, with everything as it was; and the host is none the worse for it.
  void expect_refused(const InvokeOutcome& outcome, Code code, ByteView previous,
                      std::string_view text = "") {
    EXPECT_EQ(outcome.ret_code, static_cast<std::int64_t>(code)) << outcome.error_message;
    EXPECT_TRUE(outcome.error_message.contains(text)) << outcome.error_message;
    EXPECT_TRUE(std::ranges::equal(outcome.data, previous));
    EXPECT_TRUE(outcome.next_peer_pks.empty());
    EXPECT_EQ(outcome.call_requests, kNoResults);
  }
};

TEST_F(HostTest, RequestsAreMessagePack) {
  const InvokeOutcome outcome = invoke();
  EXPECT_EQ(outcome.ret_code, 0);
  EXPECT_EQ(outcome.error_message, "");
  EXPECT_EQ(outcome.next_peer_pks, std::vector{test_keys('B').peer_id()});
  ASSERT_GE(outcome.call_requests.size(), 2u);
  base::MsgpackReader reader(ByteView(outcome.call_requests).subspan(2));
  EXPECT_EQ(reader.map_head(), 1u);
  EXPECT_EQ(reader.integer(), 1);
  EXPECT_EQ(reader.map_head(), 4u);
  EXPECT_EQ(reader.text(), "service_id");
  EXPECT_EQ(reader.text(), "s");
  EXPECT_EQ(reader.text(), "function_name");
  EXPECT_EQ(reader.text(), "f");
  EXPECT_EQ(reader.text(), "arguments");
  const auto arguments = reader.binary();
  ASSERT_TRUE(arguments.has_value());
  EXPECT_EQ(Bytes(arguments->begin(), arguments->end()), (Bytes{0x92, 0x01, 0xA1, 'x'}));
  EXPECT_EQ(reader.text(), "tetraplets");
  const auto tetraplets = reader.binary();
  ASSERT_TRUE(tetraplets.has_value());
  EXPECT_TRUE(reader.at_end());
  base::MsgpackReader inner(*tetraplets);
  EXPECT_EQ(inner.array_head(), 2u);
  EXPECT_EQ(inner.array_head(), 1u);
  EXPECT_EQ(inner.map_head(), 4u);
  EXPECT_EQ(inner.text(), "peer_pk");
  EXPECT_EQ(inner.text(), test_keys('A').peer_id());
  EXPECT_EQ(inner.text(), "service_id");
  EXPECT_EQ(inner.text(), "");
  EXPECT_EQ(inner.text(), "function_name");
  EXPECT_EQ(inner.text(), "");
  EXPECT_EQ(inner.text(), "lens");
  EXPECT_EQ(inner.text(), "");
}

TEST_F(HostTest, AResultIsTakenByItsId) {
  const InvokeOutcome first = invoke();
  const InvokeOutcome second = invoke(first.data, {}, results({{"1", 0, "[1]"}}));
  EXPECT_EQ(second.ret_code, 0);
  EXPECT_EQ(second.call_requests, kNoResults);
  EXPECT_NE(second.data, first.data);
}

TEST_F(HostTest, ErrorsThatScriptsCouldCatchKeepWhatWasDone) {
  const std::string air =
      with_peer_ids(R"((par (call "@B" ("s" "g") [] z) (seq (null) (fail 7 "seven"))))");
  const InvokeOutcome both = host.invoke(air, {}, {}, parameters, kNoResults);
  EXPECT_EQ(both.ret_code, 0) << "one branch is enough";
  const std::string top =
      with_peer_ids(R"((seq (par (call "@B" ("s" "g") [] z) (null)) (fail 7 "seven")))");
  const InvokeOutcome outcome = host.invoke(top, {}, {}, parameters, kNoResults);
  EXPECT_EQ(outcome.ret_code, static_cast<std::int64_t>(Code::kUserError));
  EXPECT_FALSE(outcome.data.empty());
  EXPECT_EQ(outcome.next_peer_pks, std::vector{test_keys('B').peer_id()});
}

// --- refusals --------------------------------------------------------------------------------

TEST_F(HostTest, RefusesScriptsThatAreNoAir) {
  const InvokeOutcome before = invoke();
  for (const std::string_view bad : {"", "(", "(seq (null)", "nonsense", "(call", "\xFF"}) {
    const InvokeOutcome outcome = host.invoke(bad, before.data, {}, parameters, kNoResults);
    expect_refused(outcome, Code::kParse, before.data, "air can't be parsed:\n");
  }
}

TEST_F(HostTest, RefusesDataThatIsNone) {
  const InvokeOutcome before = invoke();
  const Bytes garbage = {1, 2, 3};
  expect_refused(invoke(before.data, garbage), Code::kEnvelope, before.data,
                 "envelope deserialization");
  expect_refused(invoke(garbage, {}), Code::kEnvelope, garbage, "envelope deserialization");
  Bytes archive = before.data;
  archive[archive.size() - 1] ^= 0xFF;
  archive[archive.size() - 60] ^= 0xFF;
  expect_refused(invoke(before.data, archive), Code::kDataDecode, before.data,
                 "data deserialization");
  expect_refused(invoke(archive, {}), Code::kDataDecode, archive, "data deserialization");
  Bytes no_inner;
  base::MsgpackWriter writer(no_inner);
  writer.map_head(2);
  for (const auto& [key, value] :
       {std::pair("version", "0.17.2"), std::pair("interpreter_version", "0.60.0")}) {
    writer.text(key);
    writer.text(value);
  }
  expect_refused(invoke(before.data, no_inner), Code::kEnvelopeVersioned, before.data,
                 "missing field `inner_data`");
  expect_refused(invoke(no_inner, {}), Code::kEnvelopeVersioned, no_inner,
                 "missing field `inner_data`");
}

// The version of current data is looked at, that of previous data is not.
TEST_F(HostTest, RefusesDataOfOldInterpreters) {
  const InvokeOutcome before = invoke();
  std::string old(base::as_text(before.data));
  old.replace(old.find("0.62.0"), 6, "0.60.9");
  const Bytes old_bytes(old.begin(), old.end());
  expect_refused(invoke(before.data, old_bytes), Code::kVersion, before.data,
                 "supplied data was produced by `0.60.9`");
  EXPECT_EQ(invoke(old_bytes, {}).ret_code, 0);
}

TEST_F(HostTest, RefusesForeignParticles) {
  TestNetwork network(script, [](const TestRequest&) { return TestAnswer{0, "1"}; });
  network.run();
  const Bytes data = network['B'].data();
  EXPECT_EQ(invoke({}, data).ret_code, 0);
  parameters.particle_id = "another";
  expect_refused(invoke({}, data), Code::kSignatures, {}, "signature mismatch");
}

TEST_F(HostTest, RefusesCallResultsOfOtherForms) {
  const InvokeOutcome before = invoke();
  const auto map_of = [](const std::function<void(base::MsgpackWriter&)>& write_value) {
    Bytes out = {0x81, 0x04};
    base::MsgpackWriter writer(out);
    writer.map_head(1);
    writer.text("1");
    write_value(writer);
    return out;
  };
  const std::vector<std::pair<std::string_view, Bytes>> cases = {
      {"do not start with the codec", {}},
      {"do not start with the codec", {0x80}},
      {"do not start with the codec", {0x81}},
      {"do not start with the codec", {0x81, 0x05, 0x80}},
      {"do not start with the codec", {0x80, 0x04, 0x80}},
      {"expected a map", {0x81, 0x04}},
      {"expected a map", {0x81, 0x04, 0x90}},
      {"expected a map", {0x81, 0x04, 0xC0}},
      {"a call id is not a text", {0x81, 0x04, 0x81}},
      {"a call id is not a text", {0x81, 0x04, 0x81, 0x01, 0x80}},
      {"a call id is not a text", {0x81, 0x04, 0x81, 0xA1, 0xFF, 0x80}},
      {"a call id is not a text", {0x81, 0x04, 0xDF, 0xFF, 0xFF, 0xFF, 0xFF}},
      {"a result is not a map", map_of([](auto& w) { w.integer(1); })},
      {"a result is not a map", map_of([](auto& w) { w.text("1"); })},
      {"a result is not {ret_code, result}", map_of([](auto& w) {
         w.array_head(1);
         w.integer(1);
       })},
      {"a result is not {ret_code, result}", map_of([](auto& w) { w.array_head(3); })},
      {"`ret_code` is missing", map_of([](auto& w) {
         w.array_head(2);
         w.text("x");
         w.text("y");
       })},
      {"`result` is missing", map_of([](auto& w) {
         w.array_head(2);
         w.integer(0);
         w.integer(0);
       })},
      {"`ret_code` is missing", map_of([](auto& w) { w.map_head(0); })},
      {"`ret_code` is missing", map_of([](auto& w) {
         w.map_head(1);
         w.text("result");
         w.text("1");
       })},
      {"`result` is missing", map_of([](auto& w) {
         w.map_head(1);
         w.text("ret_code");
         w.integer(0);
       })},
      {"a key is not a text", map_of([](auto& w) {
         w.map_head(1);
         w.integer(0);
       })},
      {"the value of `ret_code` has a wrong type", map_of([](auto& w) {
         w.map_head(1);
         w.text("ret_code");
         w.text("0");
       })},
      {"the value of `result` has a wrong type", map_of([](auto& w) {
         w.map_head(1);
         w.text("result");
         w.integer(0);
       })},
      {"the value of `more` has a wrong type", map_of([](auto& w) {
         w.map_head(1);
         w.text("more");
       })},
      {"not a 32-bit integer", results({{"1", std::int64_t{1} << 31, "1"}})},
      {"not a 32-bit integer", results({{"1", -(std::int64_t{1} << 31) - 1, "1"}})},
      {"`result` is missing or not a text", results({{"1", 0, "\xFF"}})},
  };
  for (const auto& [text, bytes] : cases)
    expect_refused(invoke(before.data, {}, bytes), Code::kCallResults, before.data, text);
  for (std::size_t size = 0; size < 10; ++size) {
    const Bytes whole = results({{"1", 0, "1"}});
    EXPECT_EQ(invoke(before.data, {}, ByteView(whole).first(size)).ret_code,
              static_cast<std::int64_t>(Code::kCallResults));
  }
}

TEST_F(HostTest, AcceptsTheOtherFormsOfCallResults) {
  const InvokeOutcome before = invoke();
  const InvokeOutcome expected = invoke(before.data, {}, results({{"1", 0, "1"}}));
  ASSERT_EQ(expected.ret_code, 0);
  Bytes as_array = {0x81, 0x04};
  base::MsgpackWriter array_writer(as_array);
  array_writer.map_head(1);
  array_writer.text("1");
  array_writer.array_head(2);
  array_writer.integer(0);
  array_writer.text("1");
  as_array.push_back(0xC1);  // behind the end
  EXPECT_EQ(invoke(before.data, {}, as_array).data, expected.data);
  Bytes with_more = {0x81, 0x04};
  base::MsgpackWriter more_writer(with_more);
  more_writer.map_head(1);
  more_writer.text("1");
  more_writer.map_head(3);
  more_writer.text("more");
  more_writer.array_head(1);
  more_writer.nil();
  more_writer.text("result");
  more_writer.text("1");
  more_writer.text("ret_code");
  more_writer.integer(0);
  EXPECT_EQ(invoke(before.data, {}, with_more).data, expected.data);
}

TEST_F(HostTest, RefusesOtherKeys) {
  const InvokeOutcome before = invoke();
  for (const std::uint8_t format : std::initializer_list<std::uint8_t>{1, 2, 9, 255}) {
    parameters.key_format = format;
    expect_refused(invoke(before.data), Code::kKeyPair, before.data, "malformed keypair format");
  }
  parameters.key_format = 0;
  for (const std::size_t size : {0, 31, 33, 64}) {
    parameters.secret_key.resize(size);
    expect_refused(invoke(before.data), Code::kKeyPair, before.data, "malformed keypair format");
  }
}

TEST_F(HostTest, ResultsThatNobodyWaitsForAreSaid) {
  const InvokeOutcome before = invoke();
  const InvokeOutcome outcome =
      invoke(before.data, {}, results({{"7", 0, "1"}, {"abc", 3, "q"}, {"01", 0, "2"}}));
  EXPECT_EQ(outcome.ret_code, static_cast<std::int64_t>(Code::kUnprocessedResults));
  EXPECT_EQ(
      outcome.error_message,
      "after finishing execution of supplied AIR, there are some unprocessed call results: "
      "`{\"01\": CallServiceResult { ret_code: 0, result: \"2\" }, \"7\": CallServiceResult { "
      "ret_code: 0, result: \"1\" }, "
      "\"abc\": CallServiceResult { ret_code: 3, result: \"q\" }}`, probably a wrong call_id used");
  EXPECT_FALSE(outcome.data.empty());
  // An error of the script is said first.
  const InvokeOutcome failed =
      host.invoke("(fail 1 \"x\")", {}, {}, parameters, results({{"7", 0, "1"}}));
  EXPECT_EQ(failed.ret_code, static_cast<std::int64_t>(Code::kUserError));
}

// --- limits ------------------------------------------------------------------------------------

TEST_F(HostTest, LimitsAreSaidOrKept) {
  const InvokeOutcome before = invoke();
  TestPeer b('B');
  b.settle(script, [](const TestRequest&) { return TestAnswer{0, "12345678"}; }, before.data);
  const Bytes current = b.data();
  const Bytes result = results({{"1", 0, "[1,2,3]"}});

  // At the limit: nothing.
  parameters.air_size_limit_bytes = script.size();
  parameters.particle_size_limit_bytes = current.size();
  parameters.call_result_size_limit_bytes = 7;
  for (const bool hard : {false, true}) {
    parameters.hard_limit_enabled = hard;
    const InvokeOutcome outcome = invoke(before.data, current, result);
    EXPECT_EQ(outcome.ret_code, 0) << outcome.error_message;
    EXPECT_FALSE(outcome.air_size_limit_exceeded || outcome.particle_size_limit_exceeded ||
                 outcome.call_result_size_limit_exceeded);
  }

  // Over it, soft: three flags, and the run goes on.
  parameters.air_size_limit_bytes -= 1;
  parameters.particle_size_limit_bytes -= 1;
  parameters.call_result_size_limit_bytes -= 1;
  parameters.hard_limit_enabled = false;
  const InvokeOutcome soft = invoke(before.data, current, result);
  EXPECT_EQ(soft.ret_code, 0);
  EXPECT_TRUE(soft.air_size_limit_exceeded && soft.particle_size_limit_exceeded &&
              soft.call_result_size_limit_exceeded);

  // Hard: the first of them.
  parameters.hard_limit_enabled = true;
  const InvokeOutcome by_air = invoke(before.data, current, result);
  expect_refused(by_air, Code::kSizeLimit, before.data,
                 fmt::format("air size: {} bytes is bigger than the limit allowed: {} bytes",
                             script.size(), script.size() - 1));
  EXPECT_FALSE(by_air.air_size_limit_exceeded || by_air.particle_size_limit_exceeded);
  parameters.air_size_limit_bytes += 1;
  const InvokeOutcome by_particle = invoke(before.data, current, result);
  expect_refused(
      by_particle, Code::kSizeLimit, before.data,
      fmt::format("Current_data particle size: {} bytes is bigger than the limit allowed: {} bytes",
                  current.size(), current.size() - 1));
  EXPECT_FALSE(by_particle.particle_size_limit_exceeded);
  parameters.particle_size_limit_bytes += 1;
  const InvokeOutcome by_result = invoke(before.data, current, result);
  expect_refused(by_result, Code::kSizeLimit, before.data,
                 "Call result size is bigger than the limit allowed: 6 bytes");
  EXPECT_TRUE(by_result.call_result_size_limit_exceeded);
  // Previous data has no limit.
  parameters.call_result_size_limit_bytes += 1;
  EXPECT_GT(before.data.size(), 10u);
  parameters.particle_size_limit_bytes = 10;
  EXPECT_EQ(invoke(before.data, {}, result).ret_code, 0);
}

// --- what the host remembers --------------------------------------------------------------------

// Whatever a host did before, it answers as a fresh one.
TEST(HostCaches, NeverChangeAnAnswer) {
  const std::vector<std::string> scripts = {
      with_peer_ids(
          R"((seq (call "@A" ("s" "f") [1] x) (seq (call "@B" ("s" "g") [x] $s) (seq (ap x $s) (canon "@A" $s #s)))))"),
      with_peer_ids(
          R"((seq (call "@A" ("s" "f") [1] x) (seq (call "@B" ("s" "g") [x] $s) (seq (ap x $s) (canon "@B" $s #s)))))"),
      with_peer_ids(
          R"((par (call "@A" ("s" "f") [1] $t) (fold $t i (par (call "@B" ("s" "g") [i %timestamp% %ttl%]) (next i)))))"),
      with_peer_ids(R"((seq (call "@A" ("s" "f") [2] x) (match x 1.5 (ap ("k" x) %m))))"),
      "(null)",
      "(oops",
  };
  const std::vector<std::string> texts = {"1.26932e148", "[1,2]", R"({"a":1})",
                                          "not JSON",    "1.5",   R"("s")"};
  std::minstd_rand random(1);
  const auto below = [&](std::size_t bound) { return static_cast<std::size_t>(random() % bound); };
  Host used;
  std::vector<Bytes> datas = {{}, {1, 2, 3}};
  for (int step = 0; step < 2000; ++step) {
    const char peer = below(4) == 0 ? 'B' : 'A';
    InvokeParameters parameters = parameters_of(peer);
    if (below(50) == 0) parameters.particle_id = "another";
    if (below(10) == 0) parameters.timestamp_ms += below(3);
    if (below(50) == 0) parameters.secret_key = parameters_of('C').secret_key;
    if (below(40) == 0) parameters.secret_key.clear();
    std::vector<Result> list;
    for (std::size_t i = below(3); i > 0; --i)
      list.push_back({fmt::format("{}", 1 + below(3)), static_cast<std::int64_t>(below(8) == 0),
                      texts[below(texts.size())]});
    const Bytes call_results = below(30) == 0 ? Bytes{1} : results(list);
    const std::string& air = scripts[below(3) == 0 ? below(scripts.size()) : below(3)];
    // Mostly the newest data goes on.
    const auto pick = [&]() -> const Bytes& {
      return below(2) == 0 ? datas.back() : datas[below(datas.size())];
    };
    const Bytes& previous = pick();
    Bytes current = below(2) == 0 ? Bytes() : pick();
    if (!current.empty() && below(10) == 0) current[below(current.size())] ^= 1;

    SCOPED_TRACE(step);
    const InvokeOutcome a = used.invoke(air, previous, current, parameters, call_results);
    const InvokeOutcome b = Host().invoke(air, previous, current, parameters, call_results);
    expect_same(a, b);
    if (testing::Test::HasFailure()) return;
    if (a.ret_code == 0 || is_catchable(static_cast<Code>(a.ret_code))) datas.push_back(a.data);
  }
  EXPECT_GT(datas.size(), 500u) << "most are refused";
}

// The type of a signature can be written in two ways. What a peer signs is its own writing, also where it was handed
// the other one.
TEST(HostCaches, SignAnewWhatOthersWroteDifferently) {
  const std::string air = "(ap 1 $s)";
  const InvokeParameters parameters = parameters_of('A');
  const InvokeOutcome made = Host().invoke(air, {}, {}, parameters, kNoResults);
  ASSERT_EQ(made.ret_code, 0);
  ParticleState state(1);
  ASSERT_TRUE(load_previous(state, made.data));
  ASSERT_EQ(state.data.signatures.size(), 1U);
  std::string other(state.stores.texts[state.data.signatures[0].signature]);
  other[0] = 0x02;
  state.data.signatures[0].signature = state.stores.texts.intern(other);
  Bytes rewritten;
  write_data(rewritten, state.data, state.stores);
  ASSERT_NE(rewritten, made.data);

  Host host;
  const InvokeOutcome first = host.invoke(air, rewritten, rewritten, parameters, kNoResults);
  EXPECT_EQ(first.ret_code, 0) << first.error_message;
  EXPECT_EQ(first.data, made.data);
  EXPECT_EQ(host.invoke(air, first.data, rewritten, parameters, kNoResults).data, made.data);
}

TEST(HostCaches, AreBounded) {
  Host host;
  InvokeParameters parameters = parameters_of('A');
  std::vector<Bytes> datas;
  for (std::size_t i = 0; i < Host::kStatesMax + 10; ++i) {
    parameters.particle_id = fmt::format("particle {}", i);
    const InvokeOutcome outcome =
        host.invoke(fmt::format("(ap {} $s)", i), {}, {}, parameters, kNoResults);
    ASSERT_EQ(outcome.ret_code, 0);
    datas.push_back(outcome.data);
  }
  // Forgotten or not, each goes on.
  for (std::size_t i = 0; i < datas.size(); ++i) {
    parameters.particle_id = fmt::format("particle {}", i);
    EXPECT_EQ(host.invoke(fmt::format("(ap {} $s)", i), datas[i], {}, parameters, kNoResults).data,
              datas[i]);
  }
  for (std::size_t i = 0; i < Host::kKeysMax + 10; ++i) {
    const crypto::Seed seed = test_seed(fmt::format("key {}", i));
    parameters.secret_key.assign(seed.begin(), seed.end());
    EXPECT_EQ(host.invoke("(null)", {}, {}, parameters, kNoResults).ret_code, 0);
  }
}

// A state that has grown far beyond its data is made anew from the bytes; a large one is not kept.
TEST(HostCaches, LetGoOfLargeStates) {
  Host host;
  const InvokeParameters parameters = parameters_of('A');
  const std::string air =
      with_peer_ids(R"((seq (call "@A" ("s" "f") [] x) (call "@A" ("s" "g") [])))");
  const InvokeOutcome first = host.invoke(air, {}, {}, parameters, kNoResults);
  const std::string large(Host::kKeptStateBytesMax / 2, 'a');
  const InvokeOutcome second =
      host.invoke(air, first.data, {}, parameters, results({{"1", 0, '"' + large + '"'}}));
  ASSERT_EQ(second.ret_code, 0);
  const InvokeOutcome third =
      host.invoke(air, second.data, {}, parameters, results({{"2", 0, "1"}}));
  EXPECT_EQ(third.ret_code, 0);
  // Failing runs leave values behind.
  const InvokeOutcome small = host.invoke(air, {}, {}, parameters, kNoResults);
  const std::string filler(Host::kStateSlackBytes, 'b');
  const std::string failing =
      with_peer_ids(R"((seq (call "@A" ("s" "f") [] x) (seq (ap 1 y) (ap 2 y))))");
  for (int i = 0; i < 3; ++i) {
    const InvokeOutcome refused =
        host.invoke(failing, small.data, {}, parameters,
                    results({{"1", 0, fmt::format("\"{}{}\"", filler, i)}}));
    EXPECT_EQ(refused.ret_code, static_cast<std::int64_t>(Code::kShadowing));
    EXPECT_EQ(refused.data, small.data);
  }
  EXPECT_EQ(host.invoke(air, small.data, {}, parameters, results({{"1", 0, "1"}})).ret_code, 0);
}

}  // namespace
}  // namespace aqua::vm
