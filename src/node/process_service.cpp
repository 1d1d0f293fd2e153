#include "node/process_service.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/write.hpp>
#include <cerrno>
#include <cstring>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "services/json_rpc.h"

extern char** environ;

namespace aqua::node {

namespace asio = boost::asio;

namespace {

using Error = boost::system::error_code;
using Descriptor = asio::posix::stream_descriptor;

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::uint32_t kEndLookMs = 5;

// Two ends of a pipe that children do not inherit.
struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    if (read_end >= 0) ::close(read_end);
    if (write_end >= 0) ::close(write_end);
  }
  bool open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) return false;
    read_end = ends[0];
    write_end = ends[1];
    return true;
  }
};

std::vector<std::string> environment_with(const std::map<std::string, std::string>& more) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    if (!more.contains(std::string(text.substr(0, text.find('='))))) all.emplace_back(text);
  }
  for (const auto& [name, value] : more) all.push_back(name + "=" + value);
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// The error number; 0: it runs.
int spawn(const services::ProcessService& process, const Pipe& in, const Pipe& out,
          const Pipe& error, pid_t& pid) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read_end, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write_end, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, error.write_end, STDERR_FILENO);
  if (!process.folder.empty())
    posix_spawn_file_actions_addchdir_np(&actions, process.folder.c_str());
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  posix_spawnattr_setsigdefault(&attributes, &signals);
  // This program may wait for its signals in one thread; that is not for its children.
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  // A group of its own: ctrl-C reaches this program, which ends its children itself.
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);

  std::vector<std::string> command = process.command;
  std::vector<std::string> environment = environment_with(process.environment);
  const int result = posix_spawnp(&pid, command[0].c_str(), &actions, &attributes,
                                  pointers(command).data(), pointers(environment).data());
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  return result;
}

std::string how_it_ended(int status) {
  if (WIFSIGNALED(status)) return fmt::format("signal {}", WTERMSIG(status));
  return fmt::format("exit code {}", WEXITSTATUS(status));
}

// Cuts what is read into lines.
class LineCutter {
 public:
  explicit LineCutter(std::size_t line_bytes_max) : line_bytes_max_(line_bytes_max) {}

  // False: a line is too long.
  template <class Take>
  bool add(std::string_view bytes, Take&& take) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      const std::string_view part = bytes.substr(0, end);
      if (line_.size() + part.size() > line_bytes_max_) return false;
      line_ += part;
      if (end == std::string_view::npos) return true;
      if (line_.ends_with('\r')) line_.pop_back();
      const std::string whole = std::exchange(line_, {});
      take(whole);
      bytes.remove_prefix(end + 1);
    }
    return true;
  }
  std::string take_rest() { return std::exchange(line_, {}); }

 private:
  std::size_t line_bytes_max_;
  std::string line_;
};

}  // namespace

// Outlives its owner while the loop still holds what it waits for; says nothing then.
class ProcessService::Child : public std::enable_shared_from_this<Child> {
 public:
  Child(Loop& loop, std::string name, services::ProcessService process, OutsideListener listener)
      : loop_(loop),
        name_(std::move(name)),
        process_(std::move(process)),
        listener_(std::move(listener)) {}

  void ask(std::uint64_t request_id, std::string message) {
    messages_.push_back({request_id, std::move(message) + '\n'});
    if (running_) return write_next();
    if (ending_ != 0) return;  // fails with those before it
    // Not from inside of ask(): the failure to start is told to the listener.
    if (restart_.number == 0) {
      restart_ =
          loop_.call_at(std::max(loop_.now_ms(), may_start_at_ms_), [self = shared_from_this()] {
            self->restart_ = {};
            if (!self->is_abandoned_ && !self->running_ && !self->messages_.empty()) self->start();
          });
    }
  }

  void withdraw(std::uint64_t request_id) {
    // What is being written has to be finished.
    const auto is_it = [&](const Message& message) { return message.request_id == request_id; };
    const auto first = messages_.begin() + (is_writing_ && !messages_.empty() ? 1 : 0);
    const auto waiting = std::find_if(first, messages_.end(), is_it);
    if (waiting != messages_.end()) {
      messages_.erase(waiting);
    } else if (running_) {
      messages_.push_back({0, services::encode_cancel(request_id) + '\n'});
      write_next();
    }
  }

  void abandon() {
    is_abandoned_ = true;
    loop_.cancel(restart_);
    if (running_) ending_ = running_->pid;
    running_.reset();
    if (ending_ != 0) end_at_once(std::exchange(ending_, 0));
  }

 private:
  struct Message {
    std::uint64_t request_id;  // 0: none that is answered
    std::string line;
  };
  struct Running {
    Running(asio::io_context& context, pid_t process_id, int in, int out, int error)
        : pid(process_id), input(context, in), output(context, out), errors(context, error) {}
    pid_t pid;
    Descriptor input, output, errors;
    LineCutter output_lines{kLineBytesMax};
    std::array<char, kReadBytes> output_buffer{};
    std::array<char, 4096> error_buffer{};
    std::string error_line;
  };

  void start() {
    Pipe in, out, error;
    pid_t pid = 0;
    if (!in.open() || !out.open() || !error.open()) return could_not_start(errno);
    if (const int failure = spawn(process_, in, out, error, pid); failure != 0)
      return could_not_start(failure);
    running_ = std::make_shared<Running>(loop_.context(), pid, std::exchange(in.write_end, -1),
                                         std::exchange(out.read_end, -1),
                                         std::exchange(error.read_end, -1));
    read_output();
    read_errors();
    write_next();
  }

  void could_not_start(int failure) {
    back_off();
    fail_all(fmt::format("{} can not be started: {}: {}", name_, process_.command[0],
                         std::strerror(failure)));
  }

  void back_off() {
    restart_ms_ = std::clamp(restart_ms_ * 2, kRestartMsMin, kRestartMsMax);
    may_start_at_ms_ = loop_.now_ms() + restart_ms_;
  }

  void fail_all(const std::string& why) {
    messages_.clear();
    is_writing_ = false;
    if (!is_abandoned_) listener_.all_failed(why);
  }

  // --- its three streams -------------------------------------------------------------------------------

  void write_next() {
    if (is_writing_ || messages_.empty() || !running_) return;
    is_writing_ = true;
    asio::async_write(
        running_->input, asio::buffer(messages_.front().line),
        [self = shared_from_this(), running = running_](const Error& error, std::size_t) {
          if (self->running_ != running) return;
          self->is_writing_ = false;
          if (error) return;  // its end is seen where its output ends
          self->messages_.pop_front();
          self->write_next();
        });
  }

  void read_output() {
    running_->output.async_read_some(
        asio::buffer(running_->output_buffer),
        [self = shared_from_this(), running = running_](const Error& error, std::size_t size) {
          if (self->running_ != running) return;
          if (error) return self->ended();
          const std::string_view bytes(running->output_buffer.data(), size);
          const bool fits = running->output_lines.add(
              bytes, [&](const std::string& line) { self->take_line(line); });
          if (self->running_ != running) return;
          if (!fits) return self->answered_too_much();
          self->read_output();
        });
  }

  void take_line(const std::string& line) {
    if (line.empty() || is_abandoned_) return;
    if (listener_.replied(line)) restart_ms_ = 0;
  }

  void read_errors() {
    running_->errors.async_read_some(
        asio::buffer(running_->error_buffer),
        [self = shared_from_this(), running = running_](const Error& error, std::size_t size) {
          if (self->running_ != running || error) return;
          for (const char c : std::string_view(running->error_buffer.data(), size)) {
            if (c != '\n') running->error_line += c;
            if (c == '\n' || running->error_line.size() >= kErrorLineBytesMax)
              self->say_error_line();
          }
          self->read_errors();
        });
  }

  void say_error_line() {
    const std::string line = std::exchange(running_->error_line, {});
    if (!line.empty() && !is_abandoned_) listener_.said(line);
  }

  // --- its end -------------------------------------------------------------------------------------------

  void ended() {
    take_line(running_->output_lines.take_rest());
    drain_errors();
    begin_end([this](int status) {
      return fmt::format("the process of {} ended ({})", name_, how_it_ended(status));
    });
  }

  // What it wrote last says why it ended.
  void drain_errors() {
    const int descriptor = running_->errors.native_handle();
    pollfd ready{descriptor, POLLIN, 0};
    std::array<char, 4096> buffer;
    for (int i = 0; i < 64 && ::poll(&ready, 1, 0) > 0 && (ready.revents & POLLIN) != 0; ++i) {
      const ssize_t size = ::read(descriptor, buffer.data(), buffer.size());
      if (size <= 0) break;
      for (const char c : std::string_view(buffer.data(), static_cast<std::size_t>(size))) {
        if (c != '\n') running_->error_line += c;
        if (c == '\n' || running_->error_line.size() >= kErrorLineBytesMax) say_error_line();
      }
    }
    say_error_line();
  }

  void answered_too_much() {
    begin_end([this](int) {
      return fmt::format("{} answered with a line of more than {} bytes, so it was ended", name_,
                         kLineBytesMax);
    });
  }

  using Reason = std::function<std::string(int status)>;

  // With all its own children: asked first, killed after kEndMs. Nothing waits for it meanwhile.
  void begin_end(Reason reason) {
    Error ignored;
    running_->input.close(ignored);
    ending_ = running_->pid;
    running_.reset();
    int status = 0;
    if (::waitpid(ending_, &status, WNOHANG) == ending_) return has_ended(status, reason);
    ::kill(-ending_, SIGTERM);
    look_for_end(std::move(reason), loop_.now_ms() + kEndMs);
  }

  void look_for_end(Reason reason, std::uint64_t kill_at_ms) {
    loop_.call_after(kEndLookMs,
                     [self = shared_from_this(), reason = std::move(reason), kill_at_ms]() mutable {
                       if (self->ending_ == 0) return;  // abandoned meanwhile
                       int status = 0;
                       if (::waitpid(self->ending_, &status, WNOHANG) == self->ending_)
                         return self->has_ended(status, reason);
                       if (self->loop_.now_ms() >= kill_at_ms) ::kill(-self->ending_, SIGKILL);
                       self->look_for_end(std::move(reason), kill_at_ms);
                     });
  }

  void has_ended(int status, const Reason& reason) {
    ending_ = 0;
    back_off();
    fail_all(reason(status));
  }

  // Its owner goes, and the loop may not run any more: waits at most kEndMs.
  static void end_at_once(pid_t pid) {
    int status = 0;
    if (::waitpid(pid, &status, WNOHANG) == pid) return;
    ::kill(-pid, SIGTERM);
    for (std::uint64_t waited_ms = 0; waited_ms < kEndMs; waited_ms += kEndLookMs) {
      if (::waitpid(pid, &status, WNOHANG) == pid) return;
      ::usleep(kEndLookMs * 1000);
    }
    ::kill(-pid, SIGKILL);
    ::waitpid(pid, &status, 0);
  }

  Loop& loop_;
  std::string name_;
  services::ProcessService process_;
  OutsideListener listener_;
  std::shared_ptr<Running> running_;
  std::deque<Message> messages_;
  bool is_writing_ = false;  // the first of them
  Loop::TimerId restart_{};
  std::uint64_t restart_ms_ = 0;
  std::uint64_t may_start_at_ms_ = 0;
  pid_t ending_ = 0;  // 0: none
  bool is_abandoned_ = false;
};

ProcessService::ProcessService(Loop& loop, std::string name, services::ProcessService process,
                               OutsideListener listener)
    : child_(
          std::make_shared<Child>(loop, std::move(name), std::move(process), std::move(listener))) {
  // Writing to a child that has died is an error like any other.
  ::signal(SIGPIPE, SIG_IGN);
}

ProcessService::~ProcessService() { child_->abandon(); }

void ProcessService::ask(const services::CallKey&, std::uint64_t request_id, std::string message) {
  child_->ask(request_id, std::move(message));
}

void ProcessService::withdraw(std::uint64_t request_id) { child_->withdraw(request_id); }

}  // namespace aqua::node
