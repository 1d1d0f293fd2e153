#include "diagnostics/diagnostic.h"

namespace aqua::diagnostics {

void add_label(Diagnostic& diagnostic, Span place, std::string text) {
  Label& label = diagnostic.labels.emplace_back();
  label.span = place;
  label.text = std::move(text);
}

}  // namespace aqua::diagnostics
