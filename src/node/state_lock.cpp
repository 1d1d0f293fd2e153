#include "node/state_lock.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <utility>

namespace aqua::node {

base::Result<StateLock, std::string> StateLock::take(const std::string& folder) {
  const std::string path = folder + "/lock";
  const auto failed = [&](int error) {
    return std::unexpected(fmt::format("{}: {}", path, std::strerror(error)));
  };
  std::error_code error;
  if (!std::filesystem::exists(folder, error)) {
    std::filesystem::create_directories(folder, error);
    if (error) return failed(error.value());
    std::filesystem::permissions(folder, std::filesystem::perms::owner_all, error);
  }
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return failed(errno);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return StateLock(descriptor);
  const int why = errno;
  ::close(descriptor);
  if (why != EWOULDBLOCK) return failed(why);
  return std::unexpected(fmt::format(
      "another peer runs with the state folder {}: two peers with one key would take each other's "
      "particles; give this one a folder of its own with --state",
      folder));
}

StateLock::StateLock(StateLock&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)) {}

StateLock::~StateLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

}  // namespace aqua::node
