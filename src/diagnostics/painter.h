#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "diagnostics/diagnostic.h"

namespace aqua::diagnostics {

enum class Style : std::uint8_t { kError, kWarning, kFrame, kHint, kGood, kBold };

// Colours texts, where that is wanted.
class Painter {
 public:
  explicit Painter(Colour colour) : is_on_(colour == Colour::kOn) {}

  bool is_on() const { return is_on_; }
  std::string operator()(Style style, std::string_view text) const;

 private:
  bool is_on_;
};

}  // namespace aqua::diagnostics
