// Runs the real binary on every file below tests/golden that begins with a command, and compares what
// it prints and which files it leaves behind. Such a file holds the command, its input and what is
// expected:
//
//   ; $ aqua air check input.air
//   (null)
//   ;==== exit 0
//   ;==== stdout
//   ;==== stderr
//
// Everything between the first line and the first ";====" is the file input.air of the command; a line
// ";@file PATH" begins another file. There a line ";@repeat N TEXT" stands for N times TEXT, without
// line ends; ";@numbered N TEXT" for N lines of TEXT, in which # is their number from 0, #+ the next one
// and \\n a line end; a line ";@base64 TEXT" for the bytes that TEXT encodes, without line end; and a line
// ";@no-newline" takes away the line end before it. Every file that the command made or changed has a
// section "file PATH". In files of Aqua the marks begin with "-- " instead of ";", and the input is
// input.aqua. AQUA_UPDATE_GOLDEN=1 rewrites what is expected.

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
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "air/diagnostic_kinds.h"
#include "base/base64.h"
#include "compiler/diagnostic_kinds.h"
#include "compiler/model/diagnostic_kinds.h"
#include "compiler/topology/diagnostic_kinds.h"
#include "sim/diagnostic_kinds.h"

namespace aqua {
namespace {

namespace fs = std::filesystem;

// Behind ";" or "-- ".
constexpr std::string_view kSectionMark = "==== ";
constexpr std::string_view kFileMark = "@file ";
constexpr std::string_view kRepeatMark = "@repeat ";
constexpr std::string_view kNumberedMark = "@numbered ";
constexpr std::string_view kBase64Mark = "@base64 ";
constexpr std::string_view kNoNewlineMark = "@no-newline";

std::string_view comment_of(const fs::path& path) {
  return path.extension() == ".air" ? ";" : "-- ";
}
std::string_view command_mark_of(const fs::path& path) {
  return path.extension() == ".air" ? "; $ " : "-- $ ";
}

std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_file(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary)
      .write(text.data(), static_cast<std::streamsize>(text.size()));
}

using Files = std::map<std::string, std::string>;  // path: text

Files files_below(const fs::path& folder) {
  Files files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file())
      files.emplace(entry.path().lexically_relative(folder).string(), read_file(entry.path()));
  }
  return files;
}

struct Golden {
  std::string_view comment;
  std::string_view command_mark;
  std::string command;
  std::string input;     // as written, marks included
  std::string expected;  // from the first section mark on
};

Golden read_golden(const fs::path& path) {
  const std::string text = read_file(path);
  const std::string_view comment = comment_of(path);
  const std::string_view command = command_mark_of(path);
  EXPECT_TRUE(text.starts_with(command))
      << path << ": the first line is '" << command << "COMMAND'";
  const std::size_t line_end = text.find('\n');
  if (line_end == std::string::npos) return {};
  std::size_t sections = text.find(fmt::format("\n{}{}", comment, kSectionMark), line_end);
  sections = sections == std::string::npos ? text.size() : sections + 1;
  return {.comment = comment,
          .command_mark = command,
          .command = text.substr(command.size(), line_end - command.size()),
          .input = text.substr(line_end + 1, sections - line_end - 1),
          .expected = text.substr(sections)};
}

std::string numbered(std::string_view text, unsigned long number) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("\\n")) {
      result += '\n';
      ++i;
      continue;
    }
    if (text[i] != '#') {
      result += text[i];
      continue;
    }
    const bool is_next = i + 1 < text.size() && text[i + 1] == '+';
    result += std::to_string(number + (is_next ? 1 : 0));
    i += is_next ? 1 : 0;
  }
  return result;
}

// The files that stand in the input.
Files expand(const Golden& golden) {
  Files files;
  std::string* out = &files[golden.comment == ";" ? "input.air" : "input.aqua"];
  std::size_t at = 0;
  while (at < golden.input.size()) {
    const std::size_t end = std::min(golden.input.find('\n', at), golden.input.size());
    const std::string line = golden.input.substr(at, end - at);
    at = end + 1;
    const bool is_comment = line.starts_with(golden.comment);
    const std::string mark = is_comment ? line.substr(golden.comment.size()) : std::string();
    if (mark.starts_with(kFileMark)) {
      out = &files[mark.substr(kFileMark.size())];
    } else if (mark.starts_with(kRepeatMark)) {
      char* rest = nullptr;
      const unsigned long count = std::strtoul(mark.c_str() + kRepeatMark.size(), &rest, 10);
      const std::string_view piece = rest + 1;
      out->reserve(out->size() + count * piece.size());
      for (unsigned long i = 0; i < count; ++i) *out += piece;
    } else if (mark.starts_with(kNumberedMark)) {
      char* rest = nullptr;
      const unsigned long count = std::strtoul(mark.c_str() + kNumberedMark.size(), &rest, 10);
      for (unsigned long i = 0; i < count; ++i) *out += numbered(rest + 1, i) + '\n';
    } else if (mark.starts_with(kBase64Mark)) {
      const auto bytes = base::base64_decode(std::string_view(mark).substr(kBase64Mark.size()));
      EXPECT_TRUE(bytes) << line;
      if (bytes) *out += base::as_text(*bytes);
    } else if (mark == kNoNewlineMark) {
      if (out->ends_with('\n')) out->pop_back();
    } else {
      *out += line;
      *out += '\n';
    }
  }
  return files;
}

// Runs the command in an own directory; returns the sections as they stand in a golden file.
std::string run(const Golden& golden) {
  std::string pattern = (fs::temp_directory_path() / "aqua-golden-XXXXXX").string();
  const fs::path directory = mkdtemp(pattern.data());
  const fs::path work = directory / "work";
  fs::create_directory(work);
  const Files given = expand(golden);
  for (const auto& [path, text] : given) write_file(work / path, text);
  EXPECT_TRUE(golden.command.starts_with("aqua ")) << golden.command;
  const std::string line =
      fmt::format("cd '{}' && {{ '{}' {}; }} >../stdout 2>../stderr", work.string(), AQUA_BINARY,
                  golden.command.substr(std::string_view("aqua ").size()));
  const int status = std::system(line.c_str());
  const std::string mark = fmt::format("{}{}", golden.comment, kSectionMark);
  std::string result =
      fmt::format("{0}exit {1}\n{0}stdout\n{2}{0}stderr\n{3}", mark,
                  WIFEXITED(status) ? WEXITSTATUS(status) : -1, read_file(directory / "stdout"),
                  read_file(directory / "stderr"));
  for (const auto& [path, text] : files_below(work)) {
    const auto before = given.find(path);
    if (before != given.end() && before->second == text) continue;
    result += fmt::format("{}file {}\n{}", mark, path, text);
    if (!text.empty() && !text.ends_with('\n')) result += '\n';
  }
  fs::remove_all(directory);
  return result;
}

// Other files of Aqua here are read by the tests of the compiler.
bool begins_with_command(const fs::path& path) {
  if (path.extension() == ".air") return true;
  if (path.extension() != ".aqua") return false;
  std::ifstream file(path, std::ios::binary);
  std::string line;
  std::getline(file, line);
  return line.starts_with(fmt::format("{}aqua ", command_mark_of(path)));
}

std::vector<fs::path> golden_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(AQUA_GOLDEN_DIR)) {
    if (begins_with_command(entry.path())) files.push_back(entry.path());
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
      write_file(GetParam(), fmt::format("{}{}\n{}{}", golden.command_mark, golden.command,
                                         golden.input, result));
    }
    return;
  }
  EXPECT_EQ(result, golden.expected) << GetParam();
}

std::string test_name(const testing::TestParamInfo<fs::path>& file) {
  std::string name =
      file.param.parent_path().filename().string() + "-" + file.param.stem().string();
  std::ranges::replace(name, '-', '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Command, GoldenFile, testing::ValuesIn(golden_files()), test_name);

// A new kind of diagnostic needs a case here that shows it.
TEST(DiagnosticKinds, EachHasAGoldenCase) {
  std::string all;
  for (const fs::path& file : golden_files()) all += read_golden(file).expected;
  const std::span<const std::string_view> lists[] = {
      air::kDiagnosticCodes, sim::kDiagnosticCodes, topology::kDiagnosticCodes,
      model::kDiagnosticCodes, compiler::kDiagnosticCodes};
  for (const auto& list : lists) {
    for (const std::string_view code : list) {
      // So many files are only read by loader_test.cpp.
      if (code == compiler::code_of(compiler::DiagnosticKind::kTooManyFiles)) continue;
      EXPECT_TRUE(all.find(code) != std::string::npos) << code;
    }
  }
}

}  // namespace
}  // namespace aqua
