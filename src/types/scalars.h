#pragma once

#include "types/type.h"

// The order of scalars and literals, whose types are small enough for tables.

namespace aqua::types {

bool accepts(Scalar expected, Scalar given);
bool accepts(Scalar expected, LiteralKind given);
bool accepts(LiteralKind expected, LiteralKind given);
bool accepts(LiteralKind expected, Scalar given);

bool is_integer(Scalar scalar);
bool is_signed(Scalar scalar);  // and no float
bool is_float(Scalar scalar);
// Some scalar belongs to both.
bool overlap(LiteralKind left, LiteralKind right);

}  // namespace aqua::types
