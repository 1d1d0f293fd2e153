#include "vm/envelope.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/msgpack.h"
#include "vm/error_codes.h"

namespace aqua::vm {
namespace {

using base::Bytes;
using base::MsgpackWriter;

Bytes written(const std::function<void(MsgpackWriter&)>& write) {
  Bytes out;
  MsgpackWriter writer(out);
  write(writer);
  return out;
}

const Bytes kInner = {1, 2, 3};

void field(MsgpackWriter& w, std::string_view key, std::string_view value) {
  w.text(key);
  w.text(value);
}

Bytes envelope(std::string_view version, std::string_view interpreter) {
  return written([&](MsgpackWriter& w) {
    w.map_head(3);
    field(w, "version", version);
    field(w, "interpreter_version", interpreter);
    w.text("inner_data");
    w.binary(kInner);
  });
}

struct Malformed {
  std::string_view what;
  Code code;
  Bytes bytes;
  std::string_view text;  // in the message
};

TEST(Envelope, RefusesWhatIsMalformed) {
  const std::vector<Malformed> cases = {
      {"nothing", Code::kEnvelope, {}, "not a MessagePack map"},
      {"an integer", Code::kEnvelope, {0x01}, "not a MessagePack map"},
      {"an array", Code::kEnvelope, {0x93}, "not a MessagePack map"},
      {"an empty map", Code::kEnvelope, {0x80}, "missing field `version`"},
      {"a promised entry that is not there", Code::kEnvelope, {0x81}, "a key of the map"},
      {"billions of promised entries",
       Code::kEnvelope,
       {0xDF, 0xFF, 0xFF, 0xFF, 0xFF},
       "a key of the map"},
      {"a head that is cut off", Code::kEnvelope, {0xDF, 0xFF}, "not a MessagePack map"},
      {"a key that cannot be one", Code::kEnvelope, {0x81, 0x90, 0x01}, "a key of the map"},
      {"a key that is longer than the data",
       Code::kEnvelope,
       {0x81, 0xDB, 0xFF, 0xFF, 0xFF, 0xFF},
       "a key of the map"},
      {"no value", Code::kEnvelope, {0x81, 0xA1, 'x'}, "'x' is cut off"},
      {"no version", Code::kEnvelope, written([](MsgpackWriter& w) {
         w.map_head(2);
         field(w, "interpreter_version", "0.62.0");
         w.text("inner_data");
         w.binary(kInner);
       }),
       "missing field `version`"},
      {"no interpreter version", Code::kEnvelope, written([](MsgpackWriter& w) {
         w.map_head(2);
         field(w, "version", "0.17.2");
         w.text("inner_data");
         w.binary(kInner);
       }),
       "missing field `interpreter_version`"},
      {"a version that is a number", Code::kEnvelope, written([](MsgpackWriter& w) {
         w.map_head(1);
         w.text("version");
         w.unsigned_integer(17);
       }),
       "'version' is cut off or of a wrong type"},
      {"a version that is not UTF-8", Code::kEnvelope, envelope("0.17.\xFF", "0.62.0"),
       "version is not a version number"},
      {"no inner data", Code::kEnvelopeVersioned, written([](MsgpackWriter& w) {
         w.map_head(2);
         field(w, "version", "0.17.2");
         field(w, "interpreter_version", "0.62.0");
       }),
       "missing field `inner_data`"},
      {"inner data that is a number", Code::kEnvelopeVersioned, written([](MsgpackWriter& w) {
         w.map_head(3);
         field(w, "version", "0.17.2");
         w.text("inner_data");
         w.unsigned_integer(5);
         field(w, "interpreter_version", "0.62.0");
       }),
       "inner_data is not binary"},
      {"inner data that is cut off", Code::kEnvelope, written([](MsgpackWriter& w) {
         w.map_head(3);
         field(w, "version", "0.17.2");
         field(w, "interpreter_version", "0.62.0");
         w.text("inner_data");
         w.binary_head(100);
       }),
       "'inner_data' is cut off"},
  };
  for (const Malformed& c : cases) {
    const auto read = read_envelope(c.bytes);
    ASSERT_FALSE(read.has_value()) << c.what;
    EXPECT_EQ(read.error().code, c.code) << c.what;
    EXPECT_TRUE(read.error().message.contains(c.text)) << c.what << ": " << read.error().message;
    EXPECT_TRUE(read.error().message.contains("0.62.0") && read.error().message.contains("0.17.2"))
        << c.what;
  }
}

TEST(Envelope, RefusesTextsThatAreNotVersions) {
  for (const std::string_view bad : {"",           "z",
                                     "1",          "1.2",
                                     "1.2.",       "1.2.3.4",
                                     "1.2.x",      "01.2.3",
                                     "1.02.3",     "1.2.03",
                                     "-1.2.3",     " 1.2.3",
                                     "1.2.3 ",     "1.2.3-",
                                     "1.2.3-.a",   "1.2.3-a.",
                                     "1.2.3-a..b", "1.2.3-a_b",
                                     "1.2.3+",     "1.2.3+a_b",
                                     "1.2.3-a+",   "99999999999999999999.0.0"}) {
    EXPECT_FALSE(read_envelope(envelope(bad, "0.62.0")).has_value()) << bad;
    EXPECT_FALSE(read_envelope(envelope("0.17.2", bad)).has_value()) << bad;
  }
  for (const std::string_view good :
       {"0.0.0", "1.2.3-a", "1.2.3-a.b-C.4", "1.2.3+x", "1.2.3-a+b.1", "18446744073709551615.0.0"})
    EXPECT_TRUE(read_envelope(envelope("0.17.2", good)).has_value()) << good;
}

TEST(Envelope, AcceptsAnyOrderOtherKeysTrailingBytesAndText) {
  Bytes bytes = written([](MsgpackWriter& w) {
    w.map_head(7);
    w.unsigned_integer(7);
    w.text("a key that is a number");
    w.binary(base::as_bytes("version"));
    w.text("0.0.0");
    w.text("inner_data");
    w.text("abc");
    w.text("more");
    w.array_head(2);
    w.map_head(1);
    w.nil();
    w.boolean(true);
    w.float64(1.5);
    field(w, "interpreter_version", "9.0.0");
    field(w, "version", "0.0.1");
    field(w, "version", "0.0.2");
  });
  bytes.push_back(0xFF);
  const auto read = read_envelope(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(base::as_text(read->inner_data), "abc");
  EXPECT_EQ(read->data_version, "0.0.2");
  EXPECT_EQ(read->interpreter_version, "9.0.0");
}

TEST(Envelope, IsCutOffAnywhere) {
  const Bytes bytes = envelope("0.17.2", "0.62.0");
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(read_envelope({bytes.data(), size}).has_value()) << size;
}

TEST(Envelope, ItsOwnHeadIsReadBack) {
  Bytes bytes;
  write_envelope_head(bytes, 3);
  EXPECT_EQ(bytes.size(), envelope_head_size());
  bytes.insert(bytes.end(), {7, 8, 9});
  const auto read = read_envelope(bytes);
  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(Bytes(read->inner_data.begin(), read->inner_data.end()), (Bytes{7, 8, 9}));
  EXPECT_EQ(read->data_version, kDataVersion);
  EXPECT_EQ(read->interpreter_version, kInterpreterVersion);
}

TEST(Envelope, OlderInterpretersAreRefused) {
  for (const std::string_view old : {"0.60.9", "0.61.0-rc.1", "0.0.0", "0.60.999"}) {
    const auto checked = check_version(old);
    ASSERT_FALSE(checked.has_value()) << old;
    EXPECT_EQ(checked.error().code, Code::kVersion);
    EXPECT_EQ(checked.error().message,
              fmt::format("supplied data was produced by `{}` version of interpreter, but minimum "
                          "`0.61.0` version is required",
                          old));
  }
  for (const std::string_view good :
       {"0.61.0", "0.61.0+x", "0.61.1-rc.1", "0.62.0", "1.0.0", "9.0.0"})
    EXPECT_TRUE(check_version(good).has_value()) << good;
}

}  // namespace
}  // namespace aqua::vm
