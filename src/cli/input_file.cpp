#include "cli/input_file.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <system_error>

namespace aqua::cli {

namespace {

struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

std::string failure(std::string_view action, const std::string& path, int error) {
  return fmt::format("can not {} {}: {}", action, path, std::strerror(error));
}

base::Result<std::string, std::string> read_all(std::FILE* file, const std::string& name) {
  std::string text;
  char block[1 << 16];
  while (const std::size_t size = std::fread(block, 1, sizeof block, file))
    text.append(block, size);
  if (std::ferror(file) != 0) return std::unexpected(failure("read", name, errno));
  return text;
}

}  // namespace

std::string shown_name(const std::string& path) {
  return path == "-" ? std::string(kStdinName) : path;
}

base::Result<std::string, std::string> read_input(const std::string& path) {
  if (path == "-") return read_all(stdin, shown_name(path));
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return std::unexpected(fmt::format("can not read {}: it is a directory", path));
  }
  const File file(std::fopen(path.c_str(), "rb"));
  if (file == nullptr) return std::unexpected(failure("read", path, errno));
  return read_all(file.get(), path);
}

base::Result<void, std::string> write_output(const std::string& path, std::string_view text) {
  // A link is written where it leads to, and the file keeps its permissions.
  std::error_code error;
  std::filesystem::path target = std::filesystem::canonical(path, error);
  if (error) target = path;
  const std::filesystem::path draft = target.string() + ".tmp";
  {
    const File file(std::fopen(draft.c_str(), "wb"));
    if (file == nullptr) return std::unexpected(failure("write", draft.string(), errno));
    const bool complete = std::fwrite(text.data(), 1, text.size(), file.get()) == text.size();
    if (!complete || std::fflush(file.get()) != 0) {
      const int reason = errno;
      std::filesystem::remove(draft, error);
      return std::unexpected(failure("write", draft.string(), reason));
    }
  }
  const auto permissions = std::filesystem::status(target, error).permissions();
  if (!error) std::filesystem::permissions(draft, permissions, error);
  std::filesystem::rename(draft, target, error);
  if (error) return std::unexpected(fmt::format("can not write {}: {}", path, error.message()));
  return {};
}

}  // namespace aqua::cli
