#include "cli/mistakes.h"

#include <cstdio>
#include <string>

#include "cli/terminal.h"

namespace aqua::cli {

using diagnostics::Diagnostic;
using diagnostics::Source;

void Mistakes::tell(std::string_view sentence) const {
  if (form_ == Form::kText) return complain(sentence);
  Diagnostic diagnostic;
  diagnostic.message = sentence;
  tell({}, diagnostic);
}

void Mistakes::tell(std::span<const Source> sources, const Diagnostic& diagnostic) const {
  std::fflush(stdout);  // what happened first stands first
  if (form_ == Form::kText)
    return print_error(diagnostics::render(sources, diagnostic, colour_for(stderr)));
  print_out(diagnostics::to_json(sources, diagnostic) + '\n');
}

void Mistakes::tell_all(std::span<const Source> sources,
                        std::span<const Diagnostic> diagnostics) const {
  if (diagnostics.empty()) return;
  if (form_ == Form::kText)
    return print_error(diagnostics::render_all(sources, diagnostics, colour_for(stderr)));
  for (const Diagnostic& diagnostic : diagnostics) tell(sources, diagnostic);
}

}  // namespace aqua::cli
