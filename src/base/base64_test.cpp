#include "base/base64.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace aqua::base {
namespace {

std::string encoded(std::string_view text) {
  std::string out;
  append_base64(out, as_bytes(text));
  return out;
}

TEST(Base64, KnownTexts) {
  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("f"), "Zg==");
  EXPECT_EQ(encoded("fo"), "Zm8=");
  EXPECT_EQ(encoded("foo"), "Zm9v");
  EXPECT_EQ(encoded("foobar"), "Zm9vYmFy");
  EXPECT_EQ(encoded("\xFB\xEF\xBE\xFF"), "++++/w==");
}

TEST(Base64, OtherFormsAreRefused) {
  for (const std::string_view text : {"Z", "Zg", "Zg=", "Zm8", "=", "====", "Zm9v====", "Zg==Zm9v",
                                      "Zm9v\n", "Z-9v", "Zm9 ", "Zh==", "Zm9=", "Zm\xC3\xA9"})
    EXPECT_FALSE(base64_decode(text)) << text;
}

RC_GTEST_PROP(Base64, ReadsBack, (const Bytes& bytes)) {
  std::string text;
  append_base64(text, bytes);
  RC_ASSERT(base64_decode(text) == bytes);
}

}  // namespace
}  // namespace aqua::base
