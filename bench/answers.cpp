#include "answers.h"

#include <fmt/format.h>

#include <cstdio>
#include <iostream>

#include "json/canonical.h"
#include "json/text.h"

namespace aqua::bench {

std::string error_line(std::string_view sentence) {
  std::string line = R"({"error":)";
  json::append_quoted_lossy(line, sentence);
  return line + "}";
}

void answer_lines(const std::function<std::string(const std::string& line)>& answer) {
  for (std::string line; std::getline(std::cin, line);) {
    fmt::print("{}\n", answer(line));
    std::fflush(stdout);
  }
}

void answer_json_lines(const std::function<std::string(std::string_view json)>& answer) {
  answer_lines([&answer](const std::string& line) {
    const auto is_canonical = json::check(line);
    if (!is_canonical) return error_line(is_canonical.error().text);
    return answer(*is_canonical ? line : json::canonicalize(line));
  });
}

}  // namespace aqua::bench
