#include "cli/input_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>
#include <vector>

namespace aqua::cli {

namespace fs = std::filesystem;

namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

std::string failure(std::string_view action, const std::string& path, int error) {
  return fmt::format("can not {} {}: {}", action, path, std::strerror(error));
}

base::Result<std::string, std::string> read_all(std::FILE* file, const std::string& name,
                                                std::size_t bytes_max) {
  std::string text;
  char block[1 << 16];
  while (text.size() < bytes_max) {
    const std::size_t size =
        std::fread(block, 1, std::min(sizeof block, bytes_max - text.size()), file);
    if (size == 0) break;
    text.append(block, size);
  }
  if (std::ferror(file) != 0) return std::unexpected(failure("read", name, errno));
  return text;
}

// Files beside their targets. Those that were not put in place go.
class Drafts {
 public:
  Drafts() = default;
  Drafts(const Drafts&) = delete;
  Drafts& operator=(const Drafts&) = delete;
  ~Drafts() {
    std::error_code ignored;
    for (const Draft& draft : drafts_) fs::remove(draft.path, ignored);
  }

  base::Result<void, std::string> write(const OutputFile& file);
  base::Result<void, std::string> put_in_place();

 private:
  struct Draft {
    fs::path path;
    fs::path target;
  };
  std::vector<Draft> drafts_;
};

base::Result<void, std::string> Drafts::write(const OutputFile& file) {
  // A link is written where it leads to, and the file keeps its permissions.
  std::error_code error;
  fs::path target = fs::canonical(file.path, error);
  if (error) target = file.path;
  if (fs::is_directory(target, error))
    return std::unexpected(fmt::format("can not write {}: it is a directory", file.path.string()));
  const fs::path path = target.string() + ".tmp";
  const File draft(std::fopen(path.c_str(), "wb"));
  if (draft == nullptr) return std::unexpected(failure("write", path.string(), errno));
  drafts_.push_back({path, target});
  const bool is_complete =
      std::fwrite(file.text.data(), 1, file.text.size(), draft.get()) == file.text.size();
  if (!is_complete || std::fflush(draft.get()) != 0)
    return std::unexpected(failure("write", path.string(), errno));
  const auto status = fs::status(target, error);
  if (fs::exists(status)) fs::permissions(path, status.permissions(), error);
  return {};
}

base::Result<void, std::string> Drafts::put_in_place() {
  for (const Draft& draft : drafts_) {
    std::error_code error;
    fs::rename(draft.path, draft.target, error);
    if (error)
      return std::unexpected(
          fmt::format("can not write {}: {}", draft.target.string(), error.message()));
  }
  drafts_.clear();
  return {};
}

}  // namespace

std::string shown_name(const std::string& path) {
  return path == "-" ? std::string(kStdinName) : path;
}

base::Result<std::string, std::string> read_input(const std::string& path, std::size_t bytes_max) {
  if (path == "-") return read_all(stdin, shown_name(path), bytes_max);
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return std::unexpected(fmt::format("can not read {}: it is a directory", path));
  }
  const File file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return std::unexpected(failure("read", path, errno));
  return read_all(file.get(), path, bytes_max);
}

base::Result<void, std::string> write_output(const std::string& path, std::string_view text) {
  return write_outputs(std::array{OutputFile{path, std::string(text)}});
}

base::Result<void, std::string> write_outputs(std::span<const OutputFile> files) {
  Drafts drafts;
  for (const OutputFile& file : files) {
    if (auto written = drafts.write(file); !written) return written;
  }
  return drafts.put_in_place();
}

}  // namespace aqua::cli
