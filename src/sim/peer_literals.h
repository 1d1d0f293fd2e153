#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "air/tree.h"
#include "sim/identities.h"

// Where a script names peers by literals: in the places of peers, and wherever a literal flows there from,
// through streams, arrays and folds.

namespace aqua::sim {

// Where an operand stands in its instruction.
enum class Slot : std::uint8_t { kPeer, kValue, kArgument };

struct PeerLiteral {
  air::InstructionId at;
  Slot slot = Slot::kPeer;
  std::uint32_t argument = 0;  // of kArgument
  std::string_view text;       // in the tree, as written
};

std::vector<PeerLiteral> find_peer_literals(const air::Tree& tree);

// The name that a literal means: without the '@' that may stand before it.
std::string_view name_in(std::string_view literal);
bool is_peer_id(std::string_view literal);

// Names of peers that the script mentions, in the order of the text, each once: those of
// find_peer_literals(), and every "@name" anywhere.
std::vector<std::string> mentioned_names(const air::Tree& tree);

// Literals that are the name of a peer become its id. Texts stay with `written`, which outlives the tree.
air::Tree with_resolved_literals(const air::Tree& written, const Identities& identities);

// The script as it is signed: with ids for names. Literals that no peer has as its name stay. The
// instructions keep their numbers.
std::string with_peer_ids(const air::Tree& tree, const Identities& identities);

}  // namespace aqua::sim
