#include "sim/scenario.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "air/lexer.h"
#include "air/parser.h"
#include "base/utf8.h"
#include "sim/diagnostic_kinds.h"
#include "sim/directive_parser.h"

namespace aqua::sim {

using diagnostics::Diagnostic;
using diagnostics::Span;

namespace {

Diagnostic mistake(DiagnosticKind kind, Span place, std::string message, std::string hint) {
  Diagnostic diagnostic;
  diagnostic.code = code_of(kind);
  diagnostic.message = std::move(message);
  diagnostic.hint = std::move(hint);
  diagnostics::add_label(diagnostic, place, {});
  return diagnostic;
}

// Comments stand between the tokens of the script.
template <class Visit>
void visit_comments(std::string_view text, Visit&& visit) {
  const auto visit_gap = [&](std::size_t begin, std::size_t end) {
    for (std::size_t at = text.find(';', begin); at < end; at = text.find(';', at)) {
      const std::size_t line_end = std::min(text.find('\n', at), text.size());
      visit(Span{static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(line_end)});
      at = line_end;
    }
  };
  air::ErrorList ignored;  // the parser reports them
  air::Lexer lexer(text, ignored);
  std::size_t gap_begin = 0;
  while (true) {
    const air::Token token = lexer.next();
    visit_gap(gap_begin, token.span.begin);
    if (token.kind == air::TokenKind::kEnd) break;
    gap_begin = token.span.end;
  }
}

class ScenarioBuilder {
 public:
  ScenarioBuilder(const Directives& directives, std::vector<Diagnostic>& mistakes)
      : directives_(directives), mistakes_(mistakes) {}

  void build(Scenario& scenario) {
    choose_init(scenario);
    for (const air::Operand& operand : scenario.tree.operands) {
      if (const auto* literal = std::get_if<air::Literal>(&operand)) {
        if (const auto name = peer_name_in(literal->text); !name.empty()) add(scenario, name, {});
      }
    }
    for (const PeerMention& peer : directives_.peers) add(scenario, peer.name, peer.span);
    for (const PeerMention& peer : directives_.in_values) add(scenario, peer.name, peer.span);
    for (const PeerMention& peer : directives_.on) check_known(peer);
    check_patterns();
  }

 private:
  void choose_init(Scenario& scenario) {
    if (directives_.init.size() > 1) {
      mistakes_.push_back(mistake(DiagnosticKind::kSecondInit, directives_.init[1].span,
                                  "a script is started by one peer", {}));
    }
    if (!directives_.init.empty()) {
      add(scenario, directives_.init[0].name, directives_.init[0].span);
      return;
    }
    // Who speaks of the init peer apart from the named ones means somebody else.
    for (const air::Operand& operand : scenario.tree.operands) {
      if (std::holds_alternative<air::InitPeerId>(operand))
        return add(scenario, kDefaultInitPeer, {});
    }
    for (const air::Operand& operand : scenario.tree.operands) {
      const auto* literal = std::get_if<air::Literal>(&operand);
      if (literal == nullptr) continue;
      const std::string_view name = peer_name_in(literal->text);
      if (!name.empty()) return add(scenario, name, {});
    }
    add(scenario, directives_.peers.empty() ? kDefaultInitPeer : directives_.peers[0].name, {});
  }

  void add(Scenario& scenario, std::string_view name, Span place) {
    if (!known_.emplace(name).second) return;
    scenario.peers.emplace_back(name);
    if (scenario.peers.size() == kPeersMax + 1) {
      mistakes_.push_back(mistake(DiagnosticKind::kTooManyPeers, place,
                                  fmt::format("a script names at most {} peers", kPeersMax), {}));
    }
  }

  void check_known(const PeerMention& peer) {
    if (known_.contains(peer.name)) return;
    std::string names;
    std::size_t count = 0;
    for (const std::string& name : known_) {
      if (++count > kPeersInHintMax) {
        names += ", ...";
        break;
      }
      names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
    }
    mistakes_.push_back(mistake(
        DiagnosticKind::kUnknownPeer, peer.span, fmt::format("no peer is called '{}'", peer.name),
        fmt::format("the script names {}; ';; peer {}' adds one", names, peer.name)));
  }

  void check_patterns() {
    std::set<std::tuple<std::optional<std::string>, std::optional<std::string>,
                        std::optional<std::string>, std::optional<std::string>>>
        seen;
    for (const Stub& stub : directives_.stubs) {
      if (seen.emplace(stub.peer, stub.service, stub.function, stub.first_argument).second)
        continue;
      mistakes_.push_back(mistake(
          DiagnosticKind::kSamePatternTwice, stub.span, "an earlier line answers the same calls",
          "'= call 1: ANSWER, call 2: ANSWER' gives different answers to one kind of call"));
    }
  }

  static constexpr std::size_t kPeersInHintMax = 10;

  const Directives& directives_;
  std::vector<Diagnostic>& mistakes_;
  std::set<std::string, std::less<>> known_;
};

}  // namespace

base::Result<Scenario, std::vector<Diagnostic>> parse_scenario(std::string_view text) {
  if (text.size() > kScenarioBytesMax) {
    return std::unexpected(
        std::vector{mistake(DiagnosticKind::kScriptTooLong, {0, 0},
                            fmt::format("the script has {} bytes, a simulation takes at most {}",
                                        text.size(), kScenarioBytesMax),
                            {})});
  }
  std::vector<Diagnostic> mistakes;
  Scenario scenario;
  auto tree = air::parse(text);
  if (tree) {
    scenario.tree = std::move(*tree);
  } else {
    mistakes = std::move(tree.error());
  }
  if (base::is_utf8(text)) {
    Directives directives;
    const std::string terminated(text);  // as the lexer wants it
    visit_comments(terminated,
                   [&](Span comment) { parse_directive(text, comment, directives, mistakes); });
    // Without a script nobody knows which peers there are.
    if (tree) ScenarioBuilder(directives, mistakes).build(scenario);
    scenario.stubs = std::move(directives.stubs);
  }
  if (mistakes.empty()) return scenario;
  std::ranges::stable_sort(mistakes, {}, [](const Diagnostic& one) {
    return one.labels.empty() ? 0 : one.labels[0].span.begin;
  });
  return std::unexpected(std::move(mistakes));
}

}  // namespace aqua::sim
