#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "diagnostics/diagnostic.h"
#include "sim/stub.h"

namespace aqua::sim {

struct PeerMention {
  std::string name;
  diagnostics::Span span;  // of the name, or of the value that names it
};

// What all directives of a script say together.
struct Directives {
  std::vector<PeerMention> init;       // at most one in a good script
  std::vector<PeerMention> peers;      // of `peer` directives
  std::vector<PeerMention> in_values;  // that values of stubs name
  std::vector<PeerMention> on;         // that stubs are for
  std::vector<Stub> stubs;
};

// Letters, digits, '_' and '-'.
bool is_peer_name(std::string_view text);
// The name in "@name"; empty if `text` is not of this form.
std::string_view peer_name_in(std::string_view text);

// Reads the directive in bytes [comment.begin, comment.end) of `text`: a comment, from its first ';'
// to the end of its line. A comment that is no directive adds nothing.
void parse_directive(std::string_view text, diagnostics::Span comment, Directives& out,
                     std::vector<diagnostics::Diagnostic>& mistakes);

// Gives each "@name" string of a canonical JSON value to `visit(name)`.
template <class Visit>
void visit_peer_names(std::string_view json, Visit&& visit) {
  for (std::size_t at = json.find('"'); at != std::string_view::npos;) {
    std::size_t end = at + 1;
    while (end < json.size() && json[end] != '"') end += json[end] == '\\' ? 2 : 1;
    const std::string_view name = peer_name_in(json.substr(at + 1, end - at - 1));
    if (!name.empty()) visit(name);
    at = end + 1 < json.size() ? json.find('"', end + 1) : std::string_view::npos;
  }
}

}  // namespace aqua::sim
