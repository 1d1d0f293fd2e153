#include "diagnostics/json_text.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <iterator>

#include "diagnostics/utf8.h"

namespace aqua::diagnostics {

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint c = decode_utf8_lossy(text.substr(at));
    switch (c.value) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case kReplacementCharacter: out += "\uFFFD"; break;
      default:
        if (c.value < 0x20) {
          fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<std::uint32_t>(c.value));
        } else {
          out += text.substr(at, c.size_bytes);
        }
    }
    at += c.size_bytes;
  }
  out += '"';
}

}  // namespace aqua::diagnostics
