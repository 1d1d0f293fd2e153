#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace aqua::cli {

// Reads a file descriptor line by line.
class LineReader {
 public:
  // A longer line is skipped, without being kept, and reported as such.
  LineReader(int file_descriptor, std::size_t line_bytes_max)
      : file_descriptor_(file_descriptor), line_bytes_max_(line_bytes_max) {}

  enum class Kind { kLine, kTooLong, kEnd, kFailed };
  struct Line {
    Kind kind;
    std::string text;  // of kLine, without line end; of kFailed: why
  };

  // True: next() answers from what was already read.
  bool has_line() const { return line_end_ != std::string::npos; }
  Line next();

 private:
  bool read_more();  // false: the end, or failed_
  Line take(std::size_t size, std::size_t with_end);
  void find_line_end();

  int file_descriptor_;
  std::size_t line_bytes_max_;
  std::string buffer_;  // [begin_, size) is not yet handed out
  std::size_t begin_ = 0;
  std::size_t searched_ = 0;  // no line end before it
  std::size_t line_end_ = std::string::npos;
  bool too_long_ = false;  // the start of the line was dropped
  std::optional<std::string> failed_;
};

}  // namespace aqua::cli
