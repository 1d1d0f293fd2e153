#include "node/key_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "base/base64.h"
#include "base/check.h"

namespace aqua::node {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kKeyFileBytesMax = 256;

using Failed = std::unexpected<std::string>;

Failed failed(const std::string& path, int error) {
  return Failed(fmt::format("{}: {}", path, std::strerror(error)));
}

// Closes it.
class OpenFile {
 public:
  explicit OpenFile(int descriptor) : descriptor_(descriptor) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

}  // namespace

crypto::Seed random_seed() {
  crypto::Seed seed{};
  const ssize_t size = ::getrandom(seed.data(), seed.size(), 0);
  AQUA_CHECK(size == static_cast<ssize_t>(seed.size()), "the system has no randomness: {}",
             std::strerror(errno));
  return seed;
}

std::string default_state_folder() {
  const char* const state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && *state == '/') return (fs::path(state) / "aqua").string();
  const char* const home = std::getenv("HOME");
  const fs::path base = home != nullptr && *home != '\0' ? home : ".";
  return (base / ".local" / "state" / "aqua").string();
}

std::string key_path_in(const std::string& state_folder) {
  return (fs::path(state_folder) / "peer.key").string();
}

crypto::KeyPair random_key() { return crypto::KeyPair::from_seed(random_seed()); }

base::Result<crypto::KeyPair, std::string> load_key(const std::string& path) {
  const OpenFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return failed(path, errno);
  struct stat about{};
  if (::fstat(file.get(), &about) != 0) return failed(path, errno);
  if ((about.st_mode & 077) != 0)
    return Failed(
        fmt::format("{} can be read by others than its owner (mode {:04o}): chmod 600 it, "
                    "or make a new key if somebody else may have seen this one",
                    path, about.st_mode & 07777));
  std::array<char, kKeyFileBytesMax> buffer{};
  const ssize_t size = ::read(file.get(), buffer.data(), buffer.size());
  if (size < 0) return failed(path, errno);
  std::string_view text(buffer.data(), static_cast<std::size_t>(size));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' '))
    text.remove_suffix(1);
  const auto bytes = base::base64_decode(text);
  crypto::Seed seed{};
  if (!bytes || bytes->size() != seed.size())
    return Failed(fmt::format("{} is no key: 32 bytes in base64", path));
  std::ranges::copy(*bytes, seed.begin());
  return crypto::KeyPair::from_seed(seed);
}

base::Result<crypto::KeyPair, std::string> create_key(const std::string& path) {
  const fs::path folder = fs::path(path).parent_path();
  std::error_code error;
  if (!folder.empty() && !fs::exists(folder, error)) {
    fs::create_directories(folder, error);
    if (error) return Failed(fmt::format("{}: {}", folder.string(), error.message()));
    fs::permissions(folder, fs::perms::owner_all, error);
  }
  const crypto::Seed seed = random_seed();
  std::string text;
  base::append_base64(text, seed);
  text += '\n';
  const OpenFile file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
  if (file.get() < 0) return failed(path, errno);
  if (::write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) ||
      ::fsync(file.get()) != 0) {
    const int why = errno;
    ::unlink(path.c_str());
    return failed(path, why);
  }
  return crypto::KeyPair::from_seed(seed);
}

base::Result<crypto::KeyPair, std::string> load_or_create_key(const std::string& path) {
  std::error_code error;
  if (fs::exists(path, error)) return load_key(path);
  return create_key(path);
}

}  // namespace aqua::node
