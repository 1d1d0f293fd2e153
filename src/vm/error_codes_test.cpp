#include "vm/error_codes.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>

namespace aqua::vm {
namespace {

struct Row {
  std::string_view name;
  Code code;
  int number;
  std::string_view meaning;
};

constexpr Row kRows[] = {
#define X(name, number, meaning) {#name, Code::name, number, meaning},
    AQUA_VM_ERROR_CODES(X)
#undef X
};

// Codes that the host interface has and this VM never gives, with the reason.
const std::map<std::string_view, std::string_view> kNeverGiven = {
    {"kIncompatibleType", "every place that wants a type has a code of its own"},
    {"kGenerationCompaction",
     "values enter a stream together with their state, and nothing takes a state away"},
    {"kIntConversion", "numbers are as wide as what they count"},
    {"kScalarState", "the cells of a scope are pushed and popped in pairs"},
    {"kCidCalculation", "hashing does not fail"},
    {"kStreamMap", "pairs are made here; received ones are looked at by canon, with another code"},
    {"kSigning", "signing with a good key does not fail"},
    {"kTetrapletsEncode", "writing to memory does not fail"},
    {"kArgumentsEncode", "writing to memory does not fail"},
    {"kFinalSigning", "signing with a good key does not fail"},
};

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

bool names(std::string_view text, std::string_view code) {
  const std::string word = fmt::format("Code::{}", code);
  for (std::size_t at = text.find(word); at != std::string_view::npos;
       at = text.find(word, at + 1)) {
    const std::size_t end = at + word.size();
    if (end == text.size() || std::isalnum(static_cast<unsigned char>(text[end])) == 0) return true;
  }
  return false;
}

TEST(ErrorCodes, EachHasATestOrAReason) {
  std::string tests;
  for (const auto& entry : std::filesystem::directory_iterator("src/vm")) {
    if (entry.path().string().ends_with("_test.cpp") &&
        entry.path().filename() != "error_codes_test.cpp")
      tests += text_of(entry.path());
  }
  ASSERT_FALSE(tests.empty()) << "tests run from the root of the repository";
  for (const Row& row : kRows) {
    EXPECT_NE(names(tests, row.name), kNeverGiven.contains(row.name))
        << row.name << ": a test that expects it, or an entry in kNeverGiven, and not both";
  }
}

TEST(ErrorCodes, EachHasItsOwnNumberAndMeaning) {
  std::set<int> numbers;
  for (const Row& row : kRows) {
    EXPECT_TRUE(numbers.insert(row.number).second) << row.number;
    EXPECT_EQ(static_cast<int>(row.code), row.number);
    EXPECT_EQ(meaning_of(row.code), row.meaning);
    EXPECT_FALSE(row.meaning.empty());
  }
  EXPECT_EQ(meaning_of(static_cast<Code>(12345)), "");
}

TEST(ErrorCodes, TheseAreCatchable) {
  EXPECT_FALSE(is_catchable(Code::kSuccess));
  EXPECT_FALSE(is_catchable(Code::kSizeLimit));
  EXPECT_TRUE(is_catchable(Code::kLocalService));
  EXPECT_TRUE(is_catchable(Code::kStreamMapKey));
  EXPECT_FALSE(is_catchable(Code::kTrace));
  EXPECT_FALSE(is_catchable(Code::kUnprocessedResults));
}

// The table of docs/formats/host.md, row by row.
TEST(ErrorCodes, AreDocumented) {
  const std::string document = text_of("docs/formats/host.md");
  std::string rows;
  for (const Row& row : kRows) rows += fmt::format("| {} | {} |\n", row.number, row.meaning);
  EXPECT_TRUE(document.contains("| code | meaning |\n|---|---|\n" + rows + "\n"))
      << "expected in docs/formats/host.md:\n"
      << rows;
}

}  // namespace
}  // namespace aqua::vm
