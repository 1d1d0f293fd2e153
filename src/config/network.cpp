#include "config/network.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <utility>

#include "base/edit_distance.h"
#include "config/diagnostic_kinds.h"
#include "config/toml_reader.h"
#include "crypto/keys.h"

namespace aqua::config {

namespace {

// A peer that is named somewhere, to be looked up when all are known.
struct Mention {
  std::string name;
  Span span;
};

class Reader : private TomlReader {
 public:
  explicit Reader(const diagnostics::Source& source) : TomlReader(source) {}

  base::Result<Network, std::vector<Diagnostic>> run() {
    const std::optional<toml::table> whole = parse();
    if (!whole) return std::unexpected(std::move(diagnostics_));
    read_all(*whole);
    check_peers();
    if (!diagnostics_.empty()) {
      std::ranges::stable_sort(diagnostics_, {},
                               [](const Diagnostic& d) { return d.labels[0].span.begin; });
      return std::unexpected(std::move(diagnostics_));
    }
    return std::move(network_);
  }

 private:
  // --- the parts of the file ---------------------------------------------------------------------

  void read_all(const toml::table& root) {
    for (const auto& [key, node] : in_order(root)) {
      if (*key == "start") {
        read(*key, *node, network_.start);
        start_span_ = span_of(*node);
      } else if (*key == "latency_ms") {
        read_number(*key, *node, 0, kLatencyMsMax, network_.latency_ms);
      } else if (*key == "peers") {
        for_each_table(
            *key, *node, "a table of peers",
            [&](const toml::key& name, const toml::node& item) { read_peer(name, item); });
      } else if (*key == "services") {
        read_services(*key, *node, network_.services);
      } else if (*key == "callbacks") {
        for_each_table(*key, *node, "a table of callbacks",
                       [&](const toml::key& name, const toml::node& item) {
                         network_.callbacks.emplace(name.str(), read_function(name, item));
                       });
      } else if (*key == "links") {
        read_links(*key, *node);
      } else {
        unknown_key(*key, "a network",
                    {"start", "latency_ms", "peers", "services", "callbacks", "links"});
      }
    }
  }

  void read_peer(const toml::key& name, const toml::node& node) {
    const auto* const table = node.as_table();
    if (table == nullptr) return wrong_type(name, node, "a table that describes the peer");
    PeerEntry& peer = network_.peers.emplace_back();
    peer.name = name.str();
    peer_spans_.push_back(span_of(name));
    for (const auto& [key, item] : in_order(*table)) {
      if (*key == "id") {
        read_id(*key, *item, peer.id);
      } else if (*key == "via") {
        read_names(*key, *item, peer.via);
        for (const std::string& via : peer.via) mentions_.push_back({via, span_of(*item)});
      } else if (*key == "latency_ms") {
        read_latency(*key, *item, peer.latency_ms);
      } else if (*key == "down") {
        read(*key, *item, peer.is_down);
      } else if (*key == "services") {
        read_services(*key, *item, peer.services);
      } else {
        unknown_key(*key, "a peer", {"id", "via", "latency_ms", "down", "services"});
      }
    }
  }

  void read_id(const toml::key& key, const toml::node& node, std::string& id) {
    read(key, node, id);
    if (node.is_string() && !crypto::public_key_of(id))
      report(DiagnosticKind::kWrongType, span_of(node), fmt::format("\"{}\" is no peer id", id), "",
             "\"aqua key show\" prints that of a peer, and the peer does when it starts");
  }

  void read_links(const toml::key& links_key, const toml::node& node) {
    const auto* const array = node.as_array();
    if (array == nullptr) return wrong_type(links_key, node, "an array of tables, [[links]]");
    for (const toml::node& item : *array) {
      const auto* const table = item.as_table();
      if (table == nullptr) {
        wrong_type(links_key, item, "an array of tables, [[links]]");
        continue;
      }
      LinkEntry link;
      std::vector<std::string> ends;
      for (const auto& [key, value] : in_order(*table)) {
        if (*key == "between") {
          read_names(*key, *value, ends);
          for (const std::string& end : ends) mentions_.push_back({end, span_of(*value)});
        } else if (*key == "latency_ms") {
          read_latency(*key, *value, link.latency_ms);
        } else if (*key == "down") {
          read(*key, *value, link.is_down);
        } else {
          unknown_key(*key, "a link", {"between", "latency_ms", "down"});
        }
      }
      if (ends.size() != 2) {
        report(DiagnosticKind::kWrongType, span_of(item), "a link is between two peers", "",
               R"(write between = ["a", "b"])");
        continue;
      }
      link.a = ends[0];
      link.b = ends[1];
      network_.links.push_back(std::move(link));
    }
  }

  // --- peers together ----------------------------------------------------------------------------

  void check_peers() {
    if (network_.peers.empty()) {
      report(DiagnosticKind::kNoPeers, {0, 0}, "the network has no peers", "",
             "a peer is a table: [peers.alice]");
      return;
    }
    if (network_.peers.size() > kPeersMax) {
      report(DiagnosticKind::kOutOfRange, peer_spans_[kPeersMax],
             fmt::format("a network has at most {} peers", kPeersMax), "");
      return;
    }
    std::vector<std::string> names;
    for (const PeerEntry& peer : network_.peers) names.push_back(peer.name);
    const std::set<std::string_view> known(names.begin(), names.end());
    if (!start_span_) {
      network_.start = names[0];
    } else if (!known.contains(network_.start)) {
      mentions_.push_back({network_.start, *start_span_});
    }
    for (const Mention& mention : mentions_) {
      if (known.contains(mention.name)) continue;
      report(DiagnosticKind::kUnknownPeer, mention.span,
             fmt::format("no peer is named \"{}\"", mention.name), "",
             base::did_you_mean(mention.name, names));
    }
    if (diagnostics_.empty()) check_cycles();
  }

  // A peer from which no way of `via`s leads out can not be reached by anybody.
  void check_cycles() {
    std::map<std::string_view, const PeerEntry*> by_name;
    for (const PeerEntry& peer : network_.peers) by_name.emplace(peer.name, &peer);
    std::set<std::string_view> reachable;
    bool grows = true;
    while (grows) {
      grows = false;
      for (const PeerEntry& peer : network_.peers) {
        if (reachable.contains(peer.name)) continue;
        const bool leads_out =
            peer.via.empty() || std::ranges::any_of(peer.via, [&](const std::string& via) {
              return reachable.contains(via);
            });
        if (leads_out) grows = reachable.insert(peer.name).second;
      }
    }
    for (std::size_t i = 0; i < network_.peers.size(); ++i) {
      if (reachable.contains(network_.peers[i].name)) continue;
      report(DiagnosticKind::kViaCycle, peer_spans_[i],
             fmt::format("\"{}\" is behind peers that are behind it", network_.peers[i].name), "",
             "at least one peer has to be reachable directly, without via");
    }
  }

  Network network_;
  std::vector<Mention> mentions_;
  std::vector<Span> peer_spans_;
  std::optional<Span> start_span_;
};

}  // namespace

const PeerEntry* Network::find(std::string_view name) const {
  const auto found = std::ranges::find(peers, name, &PeerEntry::name);
  return found == peers.end() ? nullptr : &*found;
}

base::Result<Network, std::vector<Diagnostic>> parse_network(const diagnostics::Source& source) {
  if (source.text().size() > kNetworkBytesMax) {
    Diagnostic diagnostic;
    diagnostic.code = code_of(DiagnosticKind::kOutOfRange);
    diagnostic.message = fmt::format("a network file has at most {} bytes", kNetworkBytesMax);
    diagnostics::add_label(diagnostic, Span{0, 0}, "");
    return std::unexpected(std::vector{std::move(diagnostic)});
  }
  return Reader(source).run();
}

}  // namespace aqua::config
