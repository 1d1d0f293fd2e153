#pragma once

#include <span>
#include <string_view>

#include "diagnostics/diagnostic.h"

namespace aqua::cli {

// Tells the user what is wrong: as text on standard error, or, for programs, as lines of JSON on standard output, among
// what else is told there. A line is a diagnostic as in diagnostics/diagnostic.h; where no mistake has a code, "code" is
// empty.
class Mistakes {
 public:
  enum class Form : bool { kText, kJson };
  explicit Mistakes(Form form) : form_(form) {}

  Form form() const { return form_; }

  void tell(std::string_view sentence) const;
  void tell(std::span<const diagnostics::Source> sources,
            const diagnostics::Diagnostic& diagnostic) const;
  // As text they are counted at the end.
  void tell_all(std::span<const diagnostics::Source> sources,
                std::span<const diagnostics::Diagnostic> diagnostics) const;

 private:
  Form form_;
};

}  // namespace aqua::cli
