// What scripts see of the errors that they can catch. The texts, the objects and the tetraplets reach
// hashes and other peers: every byte here is protocol.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "json/text.h"
#include "vm/error_codes.h"
#include "vm/run.h"
#include "vm/test_peer.h"

namespace aqua::vm {
namespace {

// Who the two objects name as the peer, and which tetraplet they carry.
enum class Pattern {
  kPlain,       // last error: the current peer; :error: nobody
  kWithPeer,    // canons, and calls whose triplet is unknown: both the current peer
  kTriplet,     // other failed calls: both the peer of the call, with the tetraplet of the call
  kComparison,  // match and mismatch: the last error stays, :error: names nobody
};

struct Row {
  Code code;
  Pattern pattern;
  std::string_view air;  // may read x, k, #cc (a canon of x and 2) and #%mm (a canon map: "k" -> x)
  std::string_view x;    // JSON
  std::string_view k;    // JSON
  std::string_view message;
  std::string_view instruction;
};

// Of the local peer and the call ("@A" ("s" "q")).
const std::string_view kNoError = R"({"error_code":0,"message":""})";

std::string error_object(Code code, std::string_view instruction, std::string_view message,
                         std::string_view peer) {
  std::string out =
      fmt::format(R"({{"error_code":{},"instruction":{},"message":{})", static_cast<int>(code),
                  json::quoted(with_peer_ids(instruction)), json::quoted(with_peer_ids(message)));
  if (!peer.empty()) out += fmt::format(R"(,"peer_id":"{}")", peer);
  return out + "}";
}

struct Seen {
  RunOutcome outcome;      // without a xor around
  std::string last_error;  // what a xor's second branch reads
  std::string error;
  std::string last_error_tetraplet;
  std::string error_tetraplet;
};

// Runs `body` after x and k are there, once bare and once in a xor that reports the slots.
Seen run_body(std::string_view body, std::string_view x, std::string_view k) {
  const auto script = [&](std::string_view inner) {
    return fmt::format(R"((seq (seq (call "@A" ("s" "x") [] x) (call "@A" ("s" "k") [] k))
                            (seq (seq (seq (ap x $ss) (ap 2 $ss)) (seq (ap ("k" x) %ms) (ap (42 k) %ms)))
                              (seq (seq (canon "@A" $ss #cc) (canon "@A" %ms #%mm)) {}))))",
                       inner);
  };
  const auto service = [&](const TestRequest& request) {
    if (request.function == "x") return TestAnswer{0, std::string(x)};
    if (request.function == "k") return TestAnswer{0, std::string(k)};
    if (request.function == "bad") return TestAnswer{7, R"("oops")"};
    if (request.function == "not_json") return TestAnswer{0, "bad"};
    return TestAnswer{0, "null"};
  };
  Seen seen;
  TestPeer bare('A');
  seen.outcome = bare.settle(script(body), service);
  TestPeer caught('A');
  caught.settle(
      script(fmt::format(R"((xor {} (call "@A" ("see" "it") [%last_error% :error:])))", body)),
      service);
  const TestRequest& last = caught.requests().back();
  EXPECT_EQ(last.service, "see") << body;
  const auto slots = json::array_items(last.arguments);
  EXPECT_EQ(slots.size(), 2u) << body;
  if (slots.size() != 2) return seen;
  seen.last_error = slots[0];
  seen.error = slots[1];
  seen.last_error_tetraplet = last.tetraplets.substr(0, last.tetraplets.find(' '));
  seen.error_tetraplet = last.tetraplets.substr(last.tetraplets.find(' ') + 1);
  return seen;
}

const std::vector<Row> kRows = {
    {Code::kLocalService, Pattern::kTriplet, R"((call "@A" ("s" "bad") [1] y))", "1", "1",
     R"(Local service error, ret_code is 7, error message is '"oops"')",
     R"(call "@A" ("s" "bad") [1] y)"},
    {Code::kLocalService, Pattern::kTriplet, R"((call %init_peer_id% ("s" "bad") [] ))", "1", "1",
     R"(Local service error, ret_code is 7, error message is '"oops"')",
     R"(call %init_peer_id% ("s" "bad") [] )"},
    {Code::kLocalService, Pattern::kTriplet, R"((call "@A" ("s" "not_json") [] $y))", "1", "1",
     "Local service error, ret_code is 2147483647, error message is 'call_service result "
     "'ret_code: 0, result: 'bad'' can't "
     "be serialized or deserialized with an error: expected value at line 1 column 1'",
     R"(call "@A" ("s" "not_json") [] $y)"},

    {Code::kMatch, Pattern::kComparison, "(match x 1 (null))", "2", "1",
     "compared values do not match", "match x 1"},
    {Code::kMatch, Pattern::kComparison, "(match x 1.0 (null))", "1", "1",
     "compared values do not match", "match x 1"},
    {Code::kMismatch, Pattern::kComparison, "(mismatch x x (null))", "[1]", "1",
     "compared values do not mismatch", "mismatch x x"},

    {Code::kVariableNotFound, Pattern::kPlain, "(fail zz)", "1", "1",
     "variable with name 'zz' wasn't defined during script execution", "fail zz"},
    {Code::kVariableNotFound, Pattern::kPlain, "(fail x.$.[zz])", "1", "1",
     "variable with name 'zz' wasn't defined during script execution", "fail x.$.[zz]"},
    {Code::kVariableNotFound, Pattern::kPlain, "(fail #zz.$.[0])", "1", "1",
     "variable with name '#zz' wasn't defined during script execution", "fail #zz.$.[0]"},

    {Code::kFoldNotArray, Pattern::kPlain, "(fold x i (next i))", R"("s")", "1",
     R"(expression 'x' returned non-array value '"s"' for fold iterable)", "fold x i"},
    {Code::kFoldNotArray, Pattern::kPlain, "(fold x.$.a i (next i) (null))", R"({"a":"q"})", "1",
     R"(expression '.$.a' returned non-array value '"q"' for fold iterable)", "fold x.$.a i"},
    {Code::kFoldNotArray, Pattern::kPlain, "(fold #%mm.$.k.[0] i (next i))", "7", "1",
     "expression '.$.k.[0]' returned non-array value '7' for fold iterable", "fold #%mm.$.k.[0] i"},

    // Lenses on values.
    {Code::kLens, Pattern::kPlain, "(ap x.$.[5] y)", R"({"a":1})", "1",
     R"(value '{"a":1}' is not an array-type to match array accessor with idx = '5')",
     "ap x.$.[5] y"},
    {Code::kLens, Pattern::kPlain, "(ap x.$.[k] y)", "1", "5",
     "value '1' is not an array-type to match array accessor with idx = '5'", "ap x.$.[k] y"},
    {Code::kLens, Pattern::kPlain, "(ap x.$.[0] $y)", "[]", "1",
     "value '[]' does not contain element for idx = '0'", "ap x.$.[0] $y"},
    {Code::kLens, Pattern::kPlain, "(ap x.$.q y)", "[1]", "1",
     "value '[1]' is not an map-type to match field accessor with field_name = 'q'", "ap x.$.q y"},
    {Code::kLens, Pattern::kPlain, "(ap x.$.q y)", R"({"b":1.0})", "1",
     R"(value '{"b":1.0}' does not contain element with field name = 'q')", "ap x.$.q y"},
    {Code::kLens, Pattern::kPlain, "(ap x.$.[k] y)", R"({"b":1})", R"("c")",
     R"(value '{"b":1}' does not contain element with field name = 'c')", "ap x.$.[k] y"},
    {Code::kLens, Pattern::kPlain, "(ap x.$.[k] y)", "[1]", "-1",
     "index accessor `-1 can't be converted to u32`", "ap x.$.[k] y"},
    {Code::kLens, Pattern::kPlain, "(ap x.$.[k] y)", "{}", "4294967296",
     "index accessor `4294967296 can't be converted to u32`", "ap x.$.[k] y"},
    {Code::kLens, Pattern::kPlain, "(ap x.$.[k] y)", "[1]", "1.5",
     "index accessor `1.5 can't be converted to u32`", "ap x.$.[k] y"},
    {Code::kLens, Pattern::kPlain, "(ap x.$.[k] y)", "[1]", R"({"q":1})",
     R"(scalar accessor `{"q":1}` should has number or string type)", "ap x.$.[k] y"},
    {Code::kLens, Pattern::kPlain, "(ap x.$.[k] y)", "[1]", "null",
     "scalar accessor `null` should has number or string type", "ap x.$.[k] y"},
    {Code::kLens, Pattern::kPlain, "(ap x.$.[k] y)", "[1]", "true",
     "scalar accessor `true` should has number or string type", "ap x.$.[k] y"},
    {Code::kLens, Pattern::kPlain, "(ap x.$.[k] y)", "[1]", "[]",
     "scalar accessor `[]` should has number or string type", "ap x.$.[k] y"},
    // On canons and canon maps.
    {Code::kLens, Pattern::kPlain, "(ap #cc.$.[3] y)", "1", "1",
     "lambda is applied to a stream that have only '2' elements, but '3' requested",
     "ap #cc.$.[3] y"},
    {Code::kLens, Pattern::kPlain, "(ap #cc.$.[k] y)", "1", "2",
     "lambda is applied to a stream that have only '2' elements, but '2' requested",
     "ap #cc.$.[k] y"},
    {Code::kLens, Pattern::kPlain, "(ap #cc.$.a y)", "1", "1",
     "field accessor (with field name = 'a') can't be applied to a stream", "ap #cc.$.a y"},
    {Code::kLens, Pattern::kPlain, "(ap #cc.$.[k] y)", "1", R"("fld")",
     R"(stream accessor `"fld"` should has number (u32) type)", "ap #cc.$.[k] y"},
    {Code::kLens, Pattern::kPlain, "(ap #cc.$.[k] y)", "1", "-1",
     "index accessor `-1 can't be converted to u32`", "ap #cc.$.[k] y"},
    {Code::kLens, Pattern::kPlain, "(ap #cc.$.[0].q y)", "1", "1",
     "value '1' is not an map-type to match field accessor with field_name = 'q'",
     "ap #cc.$.[0].q y"},
    {Code::kLens, Pattern::kPlain, "(ap #%mm.$.k.[2] y)", "1", "1",
     "lambda is applied to a stream that have only '1' elements, but '2' requested",
     "ap #%mm.$.k.[2] y"},
    {Code::kLens, Pattern::kPlain, "(ap #%mm.$.k.fld y)", "1", "1",
     "field accessor (with field name = 'fld') can't be applied to a stream", "ap #%mm.$.k.fld y"},
    {Code::kLens, Pattern::kPlain, "(ap #%mm.$.k.[0].q y)", "1", "1",
     "value '1' is not an map-type to match field accessor with field_name = 'q'",
     "ap #%mm.$.k.[0].q y"},
    {Code::kLens, Pattern::kPlain, "(ap #%mm.$.[k] y)", "1", "1.5",
     "canon stream map accessor `1.5` should be either string or number", "ap #%mm.$.[k] y"},
    {Code::kLens, Pattern::kPlain, "(fold x i (seq (ap #%mm.$.[i] y) (next i)))", "[1]", "1",
     "canon stream map accessor must not be iterable", "ap #%mm.$.[i] y"},
    {Code::kLens, Pattern::kTriplet, R"((call "@A" ("s" "q") [x.$.q]))", "[]", "1",
     "value '[]' is not an map-type to match field accessor with field_name = 'q'",
     R"(call "@A" ("s" "q") [x.$.q] )"},
    {Code::kLens, Pattern::kWithPeer, R"((call x.$.q ("s" "q") []))", "[]", "1",
     "value '[]' is not an map-type to match field accessor with field_name = 'q'",
     R"(call x.$.q ("s" "q") [] )"},
    {Code::kLens, Pattern::kWithPeer, R"((canon x.$.q $ss #dd))", "[]", "1",
     "value '[]' is not an map-type to match field accessor with field_name = 'q'",
     "canon x.$.q $ss #dd"},
    {Code::kLens, Pattern::kPlain, "(match x.$.q 1 (null))", "[]", "1",
     "value '[]' is not an map-type to match field accessor with field_name = 'q'",
     "match x.$.q 1"},

    // Error objects.
    {Code::kInvalidErrorObject, Pattern::kPlain, "(fail x)", "[1]", "1",
     "scalar should have an object type to be converted into error object, but '[1]' doesn't have",
     "fail x"},
    {Code::kInvalidErrorObject, Pattern::kPlain, "(fail x)", "{}", "1",
     "scalar '{}' must have field with name 'error_code'", "fail x"},
    {Code::kInvalidErrorObject, Pattern::kPlain, "(fail x)", R"({"error_code":"1"})", "1",
     R"(error_code of scalar '{"error_code":"1"}' must have integer type)", "fail x"},
    {Code::kInvalidErrorObject, Pattern::kPlain, "(fail x)", R"({"error_code":1.0})", "1",
     R"(error_code of scalar '{"error_code":1.0}' must have integer type)", "fail x"},
    {Code::kInvalidErrorObject, Pattern::kPlain, "(fail x)", R"({"error_code":0,"message":1})", "1",
     "error code must be non-zero, but it is zero", "fail x"},
    {Code::kInvalidErrorObject, Pattern::kPlain, "(fail x)", R"({"error_code":1})", "1",
     R"(scalar '{"error_code":1}' must have field with name 'message')", "fail x"},
    {Code::kInvalidErrorObject, Pattern::kPlain, "(fail x)", R"({"error_code":1,"message":2})", "1",
     R"(message of scalar '{"error_code":1,"message":2}' must have string type)", "fail x"},
    {Code::kInvalidErrorObject, Pattern::kPlain, "(fail %last_error%)", "1", "1",
     "error code must be non-zero, but it is zero", "fail %last_error%"},

    // Cleared by new.
    {Code::kClearedByNew, Pattern::kPlain, "(new x (ap x y))", "1", "1",
     "variable with name 'x' was cleared by new and then wasn't set", "ap x y"},
    {Code::kClearedByNew, Pattern::kPlain, "(new #cc (ap #cc y))", "1", "1",
     "variable with name '#cc' was cleared by new and then wasn't set", "ap #cc y"},
    {Code::kClearedByNew, Pattern::kTriplet, R"((new #%mm (call "@A" ("s" "q") [#%mm])))", "1", "1",
     "variable with name '#%mm' was cleared by new and then wasn't set",
     R"(call "@A" ("s" "q") [#%mm] )"},
    {Code::kClearedByNew, Pattern::kWithPeer, R"((new x (call x ("s" "q") [])))", "1", "1",
     "variable with name 'x' was cleared by new and then wasn't set", R"(call x ("s" "q") [] )"},
    {Code::kClearedByNew, Pattern::kPlain, "(new k (ap x.$.[k] y))", "[1]", "1",
     "variable with name 'k' was cleared by new and then wasn't set", "ap x.$.[k] y"},

    {Code::kLengthOfNonArray, Pattern::kPlain, "(ap x.length y)", R"({"a":1})", "1",
     R"(the length functor could applied only to an array-like value, but it's applied to '{"a":1}')",
     "ap x.length y"},
    {Code::kLengthOfNonArray, Pattern::kPlain, "(ap %last_error%.length y)", "1", "1",
     R"(the length functor could applied only to an array-like value, but it's applied to '{"error_code":0,"message":""}')",
     "ap %last_error%.length y"},

    {Code::kNonStringInTriplet, Pattern::kWithPeer, R"((call x ("s" "q") []))", "[1]", "1",
     "call cannot resolve non-String triplet variable part `x` with value '[1]'",
     R"(call x ("s" "q") [] )"},
    {Code::kNonStringInTriplet, Pattern::kWithPeer, R"((call "@A" (x.$.a "q") []))", R"({"a":1})",
     "1", "call cannot resolve non-String triplet variable part `x` with value '1'",
     R"(call "@A" (x.$.a "q") [] )"},
    {Code::kNonStringInTriplet, Pattern::kWithPeer, R"((call "@A" ("s" #cc.$.[1]) []))", "1", "1",
     "call cannot resolve non-String triplet variable part `#cc` with value '2'",
     R"(call "@A" ("s" #cc.$.[1]) [] )"},
    {Code::kNonStringInTriplet, Pattern::kWithPeer, R"((call #%mm.$.zz.[0] ("s" "q") []))", "1",
     "1", "call cannot resolve non-String triplet variable part `#%mm` with value '[]'",
     R"(call #%mm.$.zz.[0] ("s" "q") [] )"},
    {Code::kNonStringInTriplet, Pattern::kWithPeer, "(canon x $ss #dd)", "1", "1",
     "call cannot resolve non-String triplet variable part `x` with value '1'", "canon x $ss #dd"},
    {Code::kNonStringInTriplet, Pattern::kWithPeer, "(canon x %ms #%dd)", "1", "1",
     "call cannot resolve non-String triplet variable part `x` with value '1'", "canon x %ms #%dd"},

    {Code::kStreamMapKey, Pattern::kPlain, "(ap (x 1) %m)", "1.0", "1",
     "unsupported type for %m map's key", "ap (x 1) %m"},
    {Code::kStreamMapKey, Pattern::kPlain, "(ap (x.$.a x) %m)", R"({"a":null})", "1",
     "unsupported type for %m map's key", "ap (x.$.a x) %m"},
};

TEST(CatchableErrors, TextsObjectsAndTetraplets) {
  const std::string& me = test_keys('A').peer_id();
  const std::string literal = fmt::format("({}|||)", me);
  for (const Row& row : kRows) {
    SCOPED_TRACE(fmt::format("{} x = {} k = {}", row.air, row.x, row.k));
    const Seen seen = run_body(row.air, row.x, row.k);
    EXPECT_EQ(static_cast<int>(seen.outcome.code), static_cast<int>(row.code));
    EXPECT_EQ(seen.outcome.message, row.message);
    EXPECT_TRUE(seen.outcome.changed_state);
    EXPECT_FALSE(seen.outcome.complete);

    const std::string with_peer = error_object(row.code, row.instruction, row.message, me);
    const std::string without = error_object(row.code, row.instruction, row.message, "");
    switch (row.pattern) {
      case Pattern::kPlain:
        EXPECT_EQ(seen.last_error, with_peer);
        EXPECT_EQ(seen.error, without);
        break;
      case Pattern::kWithPeer:
      case Pattern::kTriplet:
        EXPECT_EQ(seen.last_error, with_peer);
        EXPECT_EQ(seen.error, with_peer);
        break;
      case Pattern::kComparison:
        EXPECT_EQ(seen.last_error, kNoError);
        EXPECT_EQ(seen.error, without);
        break;
    }
    if (row.pattern == Pattern::kTriplet) {
      EXPECT_TRUE(seen.error_tetraplet.starts_with(fmt::format("({}|s|", me)))
          << seen.error_tetraplet;
      EXPECT_TRUE(seen.error_tetraplet.ends_with("|)"));
      EXPECT_EQ(seen.last_error_tetraplet, seen.error_tetraplet);
    } else {
      EXPECT_EQ(seen.last_error_tetraplet, literal);
      EXPECT_EQ(seen.error_tetraplet, literal);
    }
  }
}

TEST(CatchableErrors, FailWithALiteral) {
  const std::string& me = test_keys('A').peer_id();
  const Seen seen = run_body(R"((fail 42 "msg"))", "1", "1");
  const std::string object = fmt::format(
      R"({{"error_code":42,"instruction":"fail 42 \"msg\"","message":"msg","peer_id":"{}"}})", me);
  const std::string message =
      fmt::format("fail with '{}' is used without corresponding xor", object);
  EXPECT_EQ(seen.outcome.code, Code::kUserError);
  EXPECT_EQ(seen.outcome.message, message);
  EXPECT_EQ(seen.last_error, object);
  EXPECT_EQ(seen.error, error_object(Code::kUserError, R"(fail 42 "msg")", message, ""));
}

TEST(CatchableErrors, FailWithAValueKeepsTheValue) {
  const std::string& me = test_keys('A').peer_id();
  const std::string x = R"({"a":null,"error_code":5,"message":"mm","z":[1.0,"q"]})";
  const Seen whole = run_body("(fail x)", x, "1");
  EXPECT_EQ(whole.outcome.message,
            fmt::format("fail with '{}' is used without corresponding xor", x));
  EXPECT_EQ(whole.last_error, x);
  EXPECT_EQ(whole.last_error_tetraplet, fmt::format("({}|s|x|)", me));
  EXPECT_EQ(whole.error, error_object(Code::kUserError, "fail x", whole.outcome.message, ""));
  const Seen part = run_body("(fail x.$.e)", fmt::format(R"({{"e":{}}})", x), "1");
  EXPECT_EQ(part.last_error, x);
  EXPECT_EQ(part.last_error_tetraplet, fmt::format("({}|s|x|.$.e)", me));
  const Seen element = run_body("(fail #cc.$.[0])", x, "1");
  EXPECT_EQ(element.last_error, x);
  EXPECT_EQ(element.last_error_tetraplet, fmt::format("({}|s|x|)", me));
}

TEST(CatchableErrors, FailAgain) {
  const std::string& me = test_keys('A').peer_id();
  const std::string service = R"(Local service error, ret_code is 7, error message is '"oops"')";
  const std::string_view instruction = R"(call "@A" ("s" "bad") [] )";

  const Seen by_last =
      run_body(R"((xor (call "@A" ("s" "bad") []) (fail %last_error%)))", "1", "1");
  const std::string object = error_object(Code::kLocalService, instruction, service, me);
  EXPECT_EQ(by_last.outcome.code, Code::kUserError);
  EXPECT_EQ(by_last.outcome.message,
            fmt::format("fail with '{}' is used without corresponding xor", object));
  EXPECT_EQ(by_last.last_error, object);

  const Seen by_slot = run_body(R"((xor (call "@A" ("s" "bad") []) (fail :error:)))", "1", "1");
  EXPECT_EQ(by_slot.outcome.code, Code::kLocalService);
  EXPECT_EQ(by_slot.outcome.message, service);
  EXPECT_EQ(by_slot.last_error, object);
  EXPECT_EQ(by_slot.error, object);

  // A comparison leaves %last_error% alone; (fail :error:) puts its object there, without a peer.
  const Seen comparison = run_body("(xor (match 1 2 (null)) (fail :error:))", "1", "1");
  EXPECT_EQ(comparison.outcome.code, Code::kMatch);
  EXPECT_EQ(comparison.last_error,
            error_object(Code::kMatch, "match 1 2", "compared values do not match", ""));
  EXPECT_EQ(comparison.error, comparison.last_error);

  const Seen nothing = run_body("(fail :error:)", "1", "1");
  EXPECT_EQ(nothing.outcome.code, Code::kInvalidErrorObject);
  EXPECT_EQ(run_body("(xor (match 1 2 (null)) (fail %last_error%))", "1", "1").outcome.code,
            Code::kInvalidErrorObject);
}

// Which of several errors the two slots keep: the number of the error, its instruction tells.
TEST(CatchableErrors, WhichErrorTheSlotsKeep) {
  struct Kept {
    std::string_view air;
    std::string_view top;
    std::string_view last_error;
    std::string_view error;
  };
  // x is {}; the field that is missing names the error.
  const std::vector<Kept> cases = {
      {"(par (ap x.$.l y) (ap x.$.r z))", "r", "ap x.$.l y", "ap x.$.l y"},
      {R"((par (fail 1 "L") (fail 2 "R")))", "R", R"(fail 2 \"R\")", R"(fail 1 \"L\")"},
      {"(par (match 1 2 (null)) (match 3 4 (null)))", "match", "", "match 1 2"},
      {"(seq (par (ap x.$.l y) (null)) (ap x.$.r z))", "r", "ap x.$.r z", "ap x.$.l y"},
      {"(seq (par (match 1 2 (null)) (null)) (ap x.$.r z))", "r", "ap x.$.r z", "match 1 2"},
      {"(seq (par (null) (ap x.$.l y)) (match 1 2 (null)))", "match", "ap x.$.l y", "ap x.$.l y"},
      {"(xor (ap x.$.l y) (ap x.$.r z))", "r", "ap x.$.r z", "ap x.$.r z"},
      {"(xor (ap x.$.l y) (match 1 2 (null)))", "match", "ap x.$.l y", "match 1 2"},
      {"(seq (xor (ap x.$.l y) (null)) (ap x.$.r z))", "r", "ap x.$.r z", "ap x.$.r z"},
      {"(seq (xor (ap x.$.l y) (null)) (match 1 2 (null)))", "match", "ap x.$.l y", "match 1 2"},
      {"(seq (fold $ss i (ap i.$.q y) (null)) (ap x.$.r z))", "r", "ap i.$.q y", "ap i.$.q y"},
      {"(seq (par (null) (fold $ss i (ap i.$.q y) (null))) (ap x.$.r z))", "r", "ap x.$.r z",
       "ap i.$.q y"},
      {"(new $t (match 1 1 (fold #cc i (ap i.$.q y))))", "q", "ap i.$.q y", "ap i.$.q y"},
  };
  for (const Kept& c : cases) {
    SCOPED_TRACE(c.air);
    const Seen seen = run_body(c.air, "{}", "1");
    EXPECT_TRUE(seen.outcome.message.contains(c.top)) << seen.outcome.message;
    if (c.last_error.empty())
      EXPECT_EQ(seen.last_error, kNoError);
    else
      EXPECT_TRUE(seen.last_error.contains(fmt::format(R"("instruction":"{}")", c.last_error)))
          << seen.last_error;
    EXPECT_TRUE(seen.error.contains(fmt::format(R"("instruction":"{}")", c.error))) << seen.error;
  }
}

// %last_error%, :error: and the message of the former, as a call sees them.
std::vector<std::string> slots_after(std::string_view before) {
  TestPeer peer('A');
  peer.settle(
      fmt::format(fmt::runtime(before),
                  R"((call "@A" ("see" "it") [%last_error% :error: %last_error%.$.message]))"),
      [](const TestRequest&) { return TestAnswer{0, "1"}; });
  std::vector<std::string> slots;
  for (const std::string_view slot : json::array_items(peer.requests().back().arguments))
    slots.emplace_back(slot);
  return slots;
}

TEST(CatchableErrors, AHandledErrorIsGoneFromOneSlot) {
  const auto handled = slots_after(R"((seq (xor (fail 1 "one") (null)) {}))");
  EXPECT_TRUE(handled[0].contains("one"));
  EXPECT_EQ(handled[1], kNoError);
  EXPECT_EQ(handled[2], R"("one")");
  const auto nested = slots_after(R"((xor (fail 2 "two") (seq (xor (fail 1 "one") (null)) {})))");
  EXPECT_TRUE(nested[0].contains("one"));
  EXPECT_EQ(nested[1], kNoError) << "the inner xor cleared the slot of the outer one";
  const auto untouched = slots_after(R"((xor (fail 2 "two") (seq (xor (null) (null)) {})))");
  EXPECT_TRUE(untouched[0].contains("two"));
  EXPECT_TRUE(untouched[1].contains("two"));
}

// A call to another peer fails here already where its arguments do.
TEST(CatchableErrors, ARemoteCallNamesItsPeer) {
  const Seen seen = run_body(R"((call "@B" ("s" "q") [x.$.q]))", "[]", "1");
  EXPECT_TRUE(seen.last_error.contains(test_keys('B').peer_id()));
  EXPECT_EQ(seen.error_tetraplet, fmt::format("({}|s|q|)", test_keys('B').peer_id()));
  EXPECT_TRUE(seen.outcome.next_peers.empty());
}

// Missing keys of a canon map are no errors; what follows them is not looked at.
TEST(CatchableErrors, AMissingKeyOfACanonMapIsAnEmptyList) {
  TestPeer peer('A');
  peer.settle(
      R"((seq (seq (ap ("k" 1) %m) (canon "@A" %m #%mm)) (call "@A" ("s" "f") [#%mm.$.zz #%mm.$.zz.[0].q #%mm.$.[7]])))",
      [](const TestRequest&) { return TestAnswer{0, "1"}; });
  EXPECT_EQ(peer.requests().back().arguments, "[[],[],[]]");
}

}  // namespace
}  // namespace aqua::vm
