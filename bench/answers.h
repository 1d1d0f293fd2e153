#pragma once

#include <functional>
#include <string>
#include <string_view>

// How the programs here talk to the scripts that start them: one line of JSON in, one line of JSON out.

namespace aqua::bench {

// {"error": SENTENCE}
std::string error_line(std::string_view sentence);

// The lines of the standard input, each answered at once by a line.
void answer_lines(const std::function<std::string(const std::string& line)>& answer);

// As above for lines of JSON, of which `answer` sees the canonical text.
void answer_json_lines(const std::function<std::string(std::string_view json)>& answer);

}  // namespace aqua::bench
