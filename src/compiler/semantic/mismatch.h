#pragma once

#include <string>

#include "compiler/semantic/body.h"
#include "compiler/semantic/diagnostic_kinds.h"
#include "diagnostics/diagnostic.h"

namespace aqua::semantic {

// "u8, not a string": what was expected and what is there, then where in a struct they differ, and
// how the value can be made to fit if it can.
diagnostics::Diagnostic& report_mismatch(Body& body, DiagnosticKind kind, ExprId value,
                                         TypeId expected, std::string message);

}  // namespace aqua::semantic
