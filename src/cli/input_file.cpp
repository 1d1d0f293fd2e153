#include "cli/input_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

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

std::unexpected<InputError> problem(InputProblem kind, std::string sentence) {
  return std::unexpected(InputError{kind, std::move(sentence)});
}

std::string_view word_of(mode_t mode) {
  if (S_ISFIFO(mode)) return "a named pipe";
  if (S_ISSOCK(mode)) return "a socket";
  return "a device";
}

// Streams that are open already: they wait for nobody to open their other end.
bool is_open_already(std::string_view path) {
  return path == "/dev/stdin" || path.starts_with("/dev/fd/") || path.starts_with("/proc/self/fd/");
}

base::Result<std::string, InputError> read_all(std::FILE* file, const std::string& name,
                                               std::size_t bytes_max) {
  std::string text;
  std::array<char, std::size_t{1} << 16> block;
  while (text.size() <= bytes_max) {
    const std::size_t size = std::fread(block.data(), 1, block.size(), file);
    if (size == 0) break;
    text.append(block.data(), size);
  }
  if (std::ferror(file) != 0)
    return problem(InputProblem::kUnreadable, failure("read", name, errno));
  if (text.size() > bytes_max)
    return problem(InputProblem::kTooLarge,
                   fmt::format("can not read {}: it has more than {} bytes", name, bytes_max));
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

base::Result<std::string, InputError> read_file(const std::string& path, std::size_t bytes_max) {
  if (path == "-") return read_all(stdin, shown_name(path), bytes_max);
  const bool may_wait = is_open_already(path);
  // Without O_NONBLOCK, opening a named pipe waits for a writer.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | (may_wait ? 0 : O_NONBLOCK));
  if (descriptor < 0) {
    if (errno == ENXIO)
      return problem(InputProblem::kNoFile,
                     fmt::format("can not read {}: it is no file, but a socket", path));
    return problem(
        errno == ENOENT || errno == ENOTDIR ? InputProblem::kMissing : InputProblem::kUnreadable,
        failure("read", path, errno));
  }
  const File file(::fdopen(descriptor, "rb"));
  if (file == nullptr) {
    const int error = errno;
    ::close(descriptor);
    return problem(InputProblem::kUnreadable, failure("read", path, error));
  }
  struct stat status{};
  if (::fstat(descriptor, &status) != 0)
    return problem(InputProblem::kUnreadable, failure("read", path, errno));
  if (S_ISDIR(status.st_mode))
    return problem(InputProblem::kFolder, fmt::format("can not read {}: it is a directory", path));
  if (!S_ISREG(status.st_mode) && !may_wait)
    return problem(InputProblem::kNoFile, fmt::format("can not read {}: it is no file, but {}",
                                                      path, word_of(status.st_mode)));
  return read_all(file.get(), path, bytes_max);
}

base::Result<std::string, std::string> read_input(const std::string& path, std::size_t bytes_max) {
  auto text = read_file(path, bytes_max);
  if (!text) return std::unexpected(std::move(text.error().sentence));
  return std::move(*text);
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
