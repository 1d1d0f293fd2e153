#pragma once

#include <string>
#include <string_view>

#include "compiler/syntax/cursor.h"
#include "compiler/syntax/tree.h"

// What words look like, and what words of other languages stand for.

namespace aqua::syntax {

std::string capitalised(std::string_view word);
std::string uncapitalised(std::string_view word);
std::string upper_case(std::string_view word);

std::string_view spelling(BinaryOperator op);

// The scalar that people mean who write "int" or "strin"; empty where none is known.
std::string_view foreign_type_replacement(std::string_view word);

// Reports a name that starts with a capital letter. `what`: "a parameter"
void check_lower_case(Cursor& cursor, const Name& name, std::string_view what);
void report_last_comma(Cursor& cursor, Span comma);

}  // namespace aqua::syntax
