#include "cli/line_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace aqua::cli {
namespace {

using Kind = LineReader::Kind;

constexpr std::size_t kLineBytesMax = 1'000'000;

// Lines as they are read from a pipe; a line that is too long shows as "...".
std::vector<std::string> lines_of(const std::vector<std::string>& writes) {
  int ends[2];
  EXPECT_EQ(pipe(ends), 0);
  std::thread writer([&] {
    for (std::string_view text : writes) {
      while (!text.empty()) {
        const ssize_t written = write(ends[1], text.data(), text.size());
        ASSERT_GT(written, 0);
        text.remove_prefix(static_cast<std::size_t>(written));
      }
    }
    close(ends[1]);
  });
  LineReader reader(ends[0], kLineBytesMax);
  std::vector<std::string> lines;
  for (auto line = reader.next(); line.kind != Kind::kEnd; line = reader.next()) {
    EXPECT_NE(line.kind, Kind::kFailed);
    lines.push_back(line.kind == Kind::kTooLong ? "..." : line.text);
  }
  writer.join();
  close(ends[0]);
  return lines;
}

using Lines = std::vector<std::string>;

TEST(LineReader, SplitsWhatComesInPieces) {
  EXPECT_EQ(lines_of({}), Lines{});
  EXPECT_EQ(lines_of({"a\nb", "c\n\nd"}), (Lines{"a", "bc", "", "d"}));
  EXPECT_EQ(lines_of({"\n"}), Lines{""});
}

TEST(LineReader, LargeLinesComeWhole) {
  const std::string large(kLineBytesMax, 'x');
  const std::string medium(kLineBytesMax / 3, 'y');
  EXPECT_EQ(lines_of({large, "\n"}), Lines{large});
  EXPECT_EQ(lines_of({"a\n", large, "\n", medium, "\nb\n", large}),
            (Lines{"a", large, medium, "b", large}));
}

TEST(LineReader, TooLongLinesAreSkipped) {
  const std::string too_long(kLineBytesMax + 1, 'x');
  const std::string much_too_long(5 * kLineBytesMax, 'x');
  EXPECT_EQ(lines_of({too_long, "\nb\n"}), (Lines{"...", "b"}));
  EXPECT_EQ(lines_of({"a\n", much_too_long, "\nb\n", much_too_long}),
            (Lines{"a", "...", "b", "..."}));
}

TEST(LineReader, SaysWhyItCanNotRead) {
  LineReader reader(-1, kLineBytesMax);
  const auto line = reader.next();
  EXPECT_EQ(line.kind, Kind::kFailed);
  EXPECT_EQ(line.text, "Bad file descriptor");
}

}  // namespace
}  // namespace aqua::cli
