#include "cli/peer_options.h"

#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <charconv>
#include <thread>

#include "base/edit_distance.h"
#include "cli/command.h"
#include "cli/input_file.h"
#include "cli/service_option.h"
#include "cli/terminal.h"
#include "config/peer.h"
#include "node/key_file.h"
#include "node/limit_table.h"

namespace aqua::cli {

namespace {

constexpr std::string_view kHttpDefault = "127.0.0.1:0";

std::unexpected<int> usage(std::string_view sentence) {
  complain(sentence);
  return std::unexpected(kExitUsage);
}

base::Result<config::PeerFile, int> read_file(const std::string& path) {
  if (path.empty()) return config::PeerFile{};
  auto text = read_input(path);
  if (!text) return usage(text.error());
  const diagnostics::Source source(shown_name(path), std::move(*text));
  auto file = config::parse_peer(source, node::limit_names());
  if (file) return std::move(*file);
  print_error(render_all(source, file.error(), colour_for(stderr)));
  return std::unexpected(kExitUsage);
}

base::Result<node::Level, int> level_of(const std::string& word) {
  if (word == "error") return node::Level::kError;
  if (word == "warning") return node::Level::kWarning;
  if (word.empty() || word == "info") return node::Level::kInfo;
  if (word == "debug") return node::Level::kDebug;
  return usage(fmt::format("\"{}\" is no level of the log: error, warning, info or debug", word));
}

base::Result<bool, int> set_limit(const std::string& text, node::NodeOptions& options) {
  const std::size_t equals = text.find('=');
  std::uint64_t value = 0;
  const std::string_view digits =
      equals == std::string::npos ? std::string_view() : std::string_view(text).substr(equals + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (digits.empty() || error != std::errc() || end != digits.data() + digits.size())
    return usage(fmt::format("--limit {}: write NAME=NUMBER", text));
  const std::string name = text.substr(0, equals);
  std::vector<std::string> known;
  for (const node::LimitRow& row : node::limits_of(options)) {
    known.push_back(row.name);
    if (row.name == name && value > row.value_max)
      return usage(fmt::format("--limit {}: at most {}", text, row.value_max));
  }
  if (node::set_limit(options, name, value)) return true;
  return usage(fmt::format("there is no limit \"{}\"; {}", name, base::did_you_mean(name, known)));
}

}  // namespace

void add_peer_options(CLI::App& command, PeerOptions& options) {
  command.add_option("--config", options.config, "the file of the peer, TOML: docs/peer.md");
  command.add_option("--bootstrap", options.bootstrap,
                     "a multiaddr to stay connected to; may be given several times");
  command.add_option("--service", options.services,
                     "ID=http://... or ID='COMMAND ARGUMENTS'; more kinds in the file");
  command.add_option("--http", options.http,
                     "ADDRESS:PORT of /health, /metrics, /peer, /particles/ID; \"off\": none");
  command.add_option("--log", options.log, "error, warning, info or debug");
  command.add_option("--loops", options.loops, "threads; one is enough for most")
      ->check(CLI::Range(1u, config::kLoopsMax));
  command.add_option("--limit", options.limits, "NAME=NUMBER, as under [limits] in the file");
  command.add_flag("--json", options.json, "lines of JSON for programs");
}

base::Result<PeerSettings, int> peer_settings(const PeerOptions& options) {
  auto file = read_file(options.config);
  if (!file) return std::unexpected(file.error());
  PeerSettings settings;
  node::NodeOptions& node = settings.node;
  for (const auto& [name, value] : file->limits) node::set_limit(node, name, value);
  for (const std::string& limit : options.limits) {
    if (const auto good = set_limit(limit, node); !good) return std::unexpected(good.error());
  }
  node.listen = options.listen.empty() ? file->listen : options.listen;
  node.bootstrap = file->bootstrap;
  node.bootstrap.insert(node.bootstrap.end(), options.bootstrap.begin(), options.bootstrap.end());
  node.external = file->external;
  node.external.insert(node.external.end(), options.external.begin(), options.external.end());
  node.certificate = file->certificate;
  node.certificate_key = file->key;
  node.roots = file->roots;
  node.services = std::move(file->services);
  for (const std::string& service : options.services) {
    if (const auto good = add_service(service, node.services); !good) return usage(good.error());
  }
  node.http = !options.http.empty() ? options.http : file->http.value_or(std::string(kHttpDefault));
  if (node.http == "off") node.http.clear();
  settings.state = !options.state.empty() ? options.state
                   : file->state          ? *file->state
                                          : node::default_state_folder();
  settings.loops = options.loops != 0 ? options.loops : file->loops;
  const auto level = level_of(!options.log.empty() ? options.log : file->log.value_or(""));
  if (!level) return std::unexpected(level.error());
  settings.log = *level;
  return settings;
}

void run_until_signal(const std::vector<node::Loop*>& loops, const std::function<void()>& stop) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  std::atomic<bool> is_over = false;
  // Waits for signals, so that no handler runs in the middle of something.
  std::thread waiter([&] {
    int asked = 0;
    while (true) {
      int number = 0;
      sigwait(&signals, &number);
      if (is_over) return;
      if (++asked > 1) ::_exit(kExitFailed);
      loops[0]->post(stop);
    }
  });
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < loops.size(); ++i)
    threads.emplace_back([loop = loops[i]] { loop->run(); });
  loops[0]->run();
  for (std::thread& thread : threads) thread.join();
  is_over = true;
  pthread_kill(waiter.native_handle(), SIGTERM);
  waiter.join();
}

}  // namespace aqua::cli
