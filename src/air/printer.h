#pragma once

#include <string>

#include "air/tree.h"

namespace aqua::air {

// The canonical text of a script on one line: parse(print(x)) == x for every tree that AIR can
// express.
std::string print(const Tree& tree);

// A script can write the float (in at most 11 characters, without an exponent).
bool is_expressible(double value);

// The form that error objects and messages carry (lossy: no nested instructions, unescaped
// strings).
std::string print_instruction(const Tree& tree, InstructionId id);
std::string print_operand(const Tree& tree, const Operand& operand);
// ".length" or ".$." and the accessors joined by "."; empty for no lens. This is the form in
// tetraplets.
std::string print_lens(const Tree& tree, const Lens& lens);

}  // namespace aqua::air
