#include "cli/line_reader.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace aqua::cli {

namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 18;

}  // namespace

LineReader::Line LineReader::next() {
  while (!has_line()) {
    if (buffer_.size() - begin_ > line_bytes_max_) {
      too_long_ = true;
      buffer_ = {};
      begin_ = searched_ = 0;
    }
    if (read_more()) continue;
    if (failed_) return {Kind::kFailed, *failed_};
    // The last line may lack its end.
    if (begin_ == buffer_.size() && !too_long_) return {Kind::kEnd, {}};
    return take(buffer_.size() - begin_, buffer_.size() - begin_);
  }
  const std::size_t size = line_end_ - begin_;
  return take(size, size + 1);
}

LineReader::Line LineReader::take(std::size_t size, std::size_t with_end) {
  Line line{Kind::kLine, {}};
  if (std::exchange(too_long_, false) || size > line_bytes_max_) {
    line.kind = Kind::kTooLong;
  } else if (begin_ == 0 && with_end == buffer_.size() && size > kBlockBytes) {
    line.text = std::move(buffer_);  // large lines are not copied
    line.text.resize(size);
    buffer_ = {};
    begin_ = searched_ = 0;
    line_end_ = std::string::npos;
    return line;
  } else {
    line.text = buffer_.substr(begin_, size);
  }
  begin_ += with_end;
  searched_ = begin_;
  find_line_end();
  return line;
}

void LineReader::find_line_end() {
  line_end_ = buffer_.find('\n', searched_);
  searched_ = buffer_.size();
}

bool LineReader::read_more() {
  buffer_.erase(0, std::exchange(begin_, 0));
  const std::size_t kept = buffer_.size();
  searched_ = kept;
  if (buffer_.capacity() < kept + kBlockBytes) buffer_.reserve(2 * kept + kBlockBytes);
  ssize_t read_bytes = 0;
  buffer_.resize_and_overwrite(kept + kBlockBytes, [&](char* data, std::size_t) {
    do {
      read_bytes = ::read(file_descriptor_, data + kept, kBlockBytes);
    } while (read_bytes < 0 && errno == EINTR);
    return kept + (read_bytes > 0 ? static_cast<std::size_t>(read_bytes) : 0);
  });
  if (read_bytes < 0) failed_ = std::strerror(errno);
  if (read_bytes <= 0) return false;
  find_line_end();
  return true;
}

}  // namespace aqua::cli
