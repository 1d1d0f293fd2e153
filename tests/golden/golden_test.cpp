// Runs the real binary on every file below tests/golden and compares what it prints. A file holds
// the command, its input and what is expected:
//
//   ; $ aqua air check input.air
//   (null)
//   ;==== exit 0
//   ;==== stdout
//   ;==== stderr
//
// Everything between the first line and the first ";====" is the file input.air of the command, or input.aqua
// if it names that.
// There a line ";@repeat N TEXT" stands for N times TEXT, without line ends; a line ";@base64 TEXT"
// for the bytes that TEXT encodes, without line end; and a line ";@no-newline" takes away the line
// end before it. AQUA_UPDATE_GOLDEN=1 rewrites what is expected.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "air/diagnostic_kinds.h"
#include "base/base64.h"
#include "sim/diagnostic_kinds.h"

namespace aqua {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kCommandMark = "; $ ";
constexpr std::string_view kSectionMark = ";==== ";
constexpr std::string_view kRepeatMark = ";@repeat ";
constexpr std::string_view kBase64Mark = ";@base64 ";
constexpr std::string_view kNoNewlineMark = ";@no-newline";

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary)
      .write(text.data(), static_cast<std::streamsize>(text.size()));
}

struct Golden {
  std::string command;
  std::string input;     // as written, marks included
  std::string expected;  // from the first section mark on
};

Golden read_golden(const fs::path& path) {
  const std::string text = read_file(path);
  EXPECT_TRUE(text.starts_with(kCommandMark)) << path << ": the first line is '; $ COMMAND'";
  const std::size_t line_end = text.find('\n');
  if (line_end == std::string::npos) return {};
  std::size_t sections = text.find(fmt::format("\n{}", kSectionMark), line_end);
  sections = sections == std::string::npos ? text.size() : sections + 1;
  return {.command = text.substr(kCommandMark.size(), line_end - kCommandMark.size()),
          .input = text.substr(line_end + 1, sections - line_end - 1),
          .expected = text.substr(sections)};
}

std::string expand(const std::string& input) {
  std::string out;
  std::size_t at = 0;
  while (at < input.size()) {
    const std::size_t end = std::min(input.find('\n', at), input.size());
    const std::string line = input.substr(at, end - at);
    at = end + 1;
    if (line.starts_with(kRepeatMark)) {
      char* rest = nullptr;
      const unsigned long count = std::strtoul(line.c_str() + kRepeatMark.size(), &rest, 10);
      const std::string_view piece = rest + 1;
      out.reserve(out.size() + count * piece.size());
      for (unsigned long i = 0; i < count; ++i) out += piece;
    } else if (line.starts_with(kBase64Mark)) {
      const auto bytes = base::base64_decode(std::string_view(line).substr(kBase64Mark.size()));
      EXPECT_TRUE(bytes) << line;
      if (bytes) out += base::as_text(*bytes);
    } else if (line == kNoNewlineMark) {
      if (out.ends_with('\n')) out.pop_back();
    } else {
      out += line;
      out += '\n';
    }
  }
  return out;
}

// Runs the command in an own directory; returns the sections as they stand in a golden file.
std::string run(const Golden& golden) {
  std::string pattern = (fs::temp_directory_path() / "aqua-golden-XXXXXX").string();
  const fs::path directory = mkdtemp(pattern.data());
  const bool is_aqua = golden.command.find("input.aqua") != std::string::npos;
  write_file(directory / (is_aqua ? "input.aqua" : "input.air"), expand(golden.input));
  EXPECT_TRUE(golden.command.starts_with("aqua ")) << golden.command;
  const std::string line =
      fmt::format("cd '{}' && {{ '{}' {}; }} >stdout 2>stderr", directory.string(), AQUA_BINARY,
                  golden.command.substr(std::string_view("aqua ").size()));
  const int status = std::system(line.c_str());
  const std::string result =
      fmt::format("{0}exit {1}\n{0}stdout\n{2}{0}stderr\n{3}", kSectionMark,
                  WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(directory / "stdout"),
                  read_file(directory / "stderr"));
  fs::remove_all(directory);
  return result;
}

std::vector<fs::path> golden_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(AQUA_GOLDEN_DIR)) {
    if (entry.path().extension() == ".air") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

class GoldenFile : public testing::TestWithParam<fs::path> {};

TEST_P(GoldenFile, PrintsWhatIsExpected) {
  const Golden golden = read_golden(GetParam());
  const std::string result = run(golden);
  const char* const update = std::getenv("AQUA_UPDATE_GOLDEN");
  if (update != nullptr && std::string_view(update) == "1") {
    if (result != golden.expected) {
      write_file(GetParam(),
                 fmt::format("{}{}\n{}{}", kCommandMark, golden.command, golden.input, result));
    }
    return;
  }
  EXPECT_EQ(result, golden.expected) << GetParam();
}

std::string test_name(const testing::TestParamInfo<fs::path>& file) {
  std::string name = file.param.stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Air, GoldenFile, testing::ValuesIn(golden_files()), test_name);

// A new kind of diagnostic needs a case here that shows it.
TEST(DiagnosticKinds, EachHasAGoldenCase) {
  std::string all;
  for (const fs::path& file : golden_files()) all += read_golden(file).expected;
  for (const std::string_view code : air::kDiagnosticCodes) {
    EXPECT_TRUE(all.find(code) != std::string::npos) << code;
  }
  for (const std::string_view code : sim::kDiagnosticCodes) {
    EXPECT_TRUE(all.find(code) != std::string::npos) << code;
  }
}

}  // namespace
}  // namespace aqua
