#include "services/json_rpc.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "json/canonical.h"

namespace aqua::services {
namespace {

TEST(JsonRpc, ARequestIsOneLine) {
  ServiceCall call{{1, 2}, "greeter", "hello", {"\"A\\nnn\"", "[1,2]"}, {}, 0};
  call.context = {"p", "init", "host", 17, 7000, {{{"peer", "s", "f", ".$.x"}}, {}}};
  const std::string line = encode_request(7, "greeter", call);
  EXPECT_EQ(
      line,
      R"({"jsonrpc":"2.0","id":7,"method":"hello","params":["A\nnn",[1,2]],"context":{"particle_id":"p",)"
      R"("init_peer_id":"init","host_peer_id":"host","service_id":"greeter","timestamp_ms":17,"ttl_ms":7000,)"
      R"("tetraplets":[[{"peer_pk":"peer","service_id":"s","function_name":"f","lens":".$.x"}],[]]}})");
  EXPECT_TRUE(json::check(line).has_value());
  EXPECT_EQ(encode_cancel(7), R"({"jsonrpc":"2.0","method":"$/cancel","params":[7]})");
}

TEST(JsonRpc, ReadsResultsAndErrors) {
  const auto result =
      decode_reply(R"( {"result": {"b": 1.0, "a": [ ]}, "id": 7, "jsonrpc": "2.0"} )");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->id, 7);
  EXPECT_EQ(result->answer, (Answer{0, R"({"a":[],"b":1.0})"}));
  EXPECT_EQ(decode_reply(R"({"id":1,"result":null,"error":null})")->answer, (Answer{0, "null"}));
  EXPECT_EQ(decode_reply(R"({"id":1,"error":{"code":-32601,"message":"no \"x\""}})")->answer,
            (Answer{1, R"("no \"x\"")"}));
  EXPECT_EQ(decode_reply(R"({"id":1,"error":"broken"})")->answer, (Answer{1, R"("\"broken\"")"}));
}

TEST(JsonRpc, SaysWhatIsWrongWithRubbish) {
  const auto why = [](std::string_view text) {
    const auto reply = decode_reply(text);
    return reply ? "" : reply.error();
  };
  EXPECT_TRUE(why("Traceback (most recent call last)").starts_with("no JSON: \"Traceback"))
      << why("Tr");
  EXPECT_TRUE(why("[1]").starts_with("no reply of JSON-RPC"));
  EXPECT_TRUE(why(R"({"result":1})").starts_with("a reply without the id"));
  EXPECT_TRUE(why(R"({"id":"7","result":1})").starts_with("a reply without the id"));
  EXPECT_TRUE(why(R"({"id":-1,"result":1})").starts_with("a reply without the id"));
  EXPECT_TRUE(why(R"({"id":7})").starts_with("a reply with neither"));
  EXPECT_TRUE(why("\xff\xfe").starts_with("no UTF-8 at byte 0"));
  EXPECT_TRUE(why("{\"id\":7,\"result\":\"\xff\"}").starts_with("no UTF-8 at byte 18"));
  EXPECT_TRUE(why("{\"id\":7,\"error\":\"\xff\"}").starts_with("no UTF-8 at byte 17"));
  EXPECT_TRUE(why(std::string(1000, '[')).starts_with("no JSON"));
}

RC_GTEST_PROP(JsonRpc, AnyTextIsReadOrRefused, (const std::string& text)) {
  (void)decode_reply(text);
}

}  // namespace
}  // namespace aqua::services
