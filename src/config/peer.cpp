#include "config/peer.h"

#include <array>

#include "config/toml_reader.h"

namespace aqua::config {

namespace {

constexpr std::array<std::string_view, 4> kLogLevels{"error", "warning", "info", "debug"};

class Reader : private TomlReader {
 public:
  Reader(const diagnostics::Source& source, std::span<const LimitName> limits)
      : TomlReader(source), limits_(limits) {}

  base::Result<PeerFile, std::vector<Diagnostic>> run() {
    const std::optional<toml::table> whole = parse();
    if (!whole) return std::unexpected(std::move(diagnostics_));
    for (const auto& [key, node] : in_order(*whole)) read_key(*key, *node);
    if (!diagnostics_.empty()) return std::unexpected(std::move(diagnostics_));
    return std::move(file_);
  }

 private:
  void read_key(const toml::key& key, const toml::node& node) {
    if (key == "listen") {
      read_addresses(key, node, file_.listen);
    } else if (key == "bootstrap") {
      read_addresses(key, node, file_.bootstrap);
    } else if (key == "external") {
      read_addresses(key, node, file_.external);
    } else if (key == "state") {
      read(key, node, file_.state.emplace());
    } else if (key == "http") {
      read(key, node, file_.http.emplace());
    } else if (key == "log") {
      read_level(key, node);
    } else if (key == "loops") {
      read_number(key, node, 1, kLoopsMax, file_.loops);
    } else if (key == "tls") {
      read_tls(key, node);
    } else if (key == "services") {
      read_services(key, node, file_.services);
    } else if (key == "limits") {
      for_each_table(
          key, node, "a table of limits",
          [&](const toml::key& name, const toml::node& item) { read_limit(name, item); });
    } else {
      const std::vector<std::string_view> known{"listen",   "bootstrap", "external", "state",
                                                "http",     "log",       "loops",    "tls",
                                                "services", "limits"};
      unknown_key(key, "a peer", known);
    }
  }

  void read_addresses(const toml::key& key, const toml::node& node, std::vector<std::string>& out) {
    read_names(key, node, out);
    for (const std::string& address : out) {
      if (!address.starts_with('/'))
        report(DiagnosticKind::kWrongType, span_of(node),
               fmt::format("\"{}\" is no multiaddr", address), "",
               "write it like \"/ip4/127.0.0.1/tcp/7777\" or \"/ip4/127.0.0.1/tcp/9999/ws\"");
    }
  }

  void read_level(const toml::key& key, const toml::node& node) {
    std::string level;
    read(key, node, level);
    if (std::ranges::find(kLogLevels, level) == kLogLevels.end())
      report(DiagnosticKind::kOutOfRange, span_of(node),
             fmt::format("\"{}\" is no level of the log", level), "",
             fmt::format("there are {}", fmt::join(kLogLevels, ", ")));
    file_.log = std::move(level);
  }

  void read_tls(const toml::key& tls, const toml::node& node) {
    for_each_table(tls, node, "a table", [&](const toml::key& key, const toml::node& item) {
      if (key == "certificate") {
        read(key, item, file_.certificate);
      } else if (key == "key") {
        read(key, item, file_.key);
      } else if (key == "roots") {
        read(key, item, file_.roots);
      } else {
        const std::vector<std::string_view> known{"certificate", "key", "roots"};
        unknown_key(key, "tls", known);
      }
    });
    if (file_.certificate.empty() != file_.key.empty())
      report(DiagnosticKind::kWrongType, span_of(node),
             "a certificate needs its key, and a key its certificate", "");
  }

  void read_limit(const toml::key& key, const toml::node& node) {
    const auto limit = std::ranges::find(limits_, key.str(), &LimitName::name);
    if (limit == limits_.end()) {
      std::vector<std::string_view> known;
      for (const LimitName& l : limits_) known.push_back(l.name);
      return unknown_key(key, "the list of limits", known);
    }
    std::uint64_t value = 0;
    read_number(key, node, 0, limit->value_max, value);
    file_.limits[std::string(key.str())] = value;
  }

  std::span<const LimitName> limits_;
  PeerFile file_;
};

}  // namespace

base::Result<PeerFile, std::vector<Diagnostic>> parse_peer(const diagnostics::Source& source,
                                                           std::span<const LimitName> limits) {
  if (source.text().size() > kPeerFileBytesMax) {
    Diagnostic diagnostic;
    diagnostic.code = code_of(DiagnosticKind::kOutOfRange);
    diagnostic.message = fmt::format("the file of a peer has at most {} bytes", kPeerFileBytesMax);
    diagnostics::add_label(diagnostic, Span{0, 0}, "");
    return std::unexpected(std::vector{std::move(diagnostic)});
  }
  return Reader(source, limits).run();
}

}  // namespace aqua::config
