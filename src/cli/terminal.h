#pragma once

#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include "diagnostics/diagnostic.h"

namespace aqua::cli {

// Colours where the stream is a terminal and the user has not set NO_COLOR.
diagnostics::Colour colour_for(std::FILE* stream);

void print_out(std::string_view text);
void print_error(std::string_view text);

// Lines at the end of standard error that change while something runs. Whoever prints anything else clears them
// first.
class LiveLines {
 public:
  // Only on a terminal that understands it.
  bool are_possible() const;
  std::size_t columns() const;
  void show(const std::vector<std::string>& lines);
  void clear();

 private:
  std::size_t shown_ = 0;
};

// "aqua: SENTENCE" on standard error.
void complain(std::string_view sentence);

}  // namespace aqua::cli
