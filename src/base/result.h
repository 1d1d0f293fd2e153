#pragma once

#include <expected>

namespace aqua::base {

// An expected failure at run time travels as a value; E is a small struct of the folder that fails.
template <class T, class E>
using Result = std::expected<T, E>;

}  // namespace aqua::base
