// Any text: check() answers; what it accepts has a canonical text that is accepted as well, whose
// parts can all be read.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/check.h"
#include "base/utf8.h"
#include "json/canonical.h"
#include "json/text.h"

namespace {

using namespace aqua;

void read_all(std::string_view root) {
  std::vector<std::string_view> pending = {root};
  while (!pending.empty()) {
    const std::string_view value = pending.back();
    pending.pop_back();
    AQUA_CHECK(json::skip_value(value, 0) == value.size(), "{}", value);
    switch (json::kind_of(value)) {
      case json::Kind::kNull:
      case json::Kind::kBoolean:
      case json::Kind::kFloat: break;
      case json::Kind::kInteger:
        json::as_int64(value);
        json::as_uint32(value);
        break;
      case json::Kind::kString: {
        const std::string text = json::unquote(value);
        AQUA_CHECK(json::quoted(text) == value, "{}", value);
        break;
      }
      case json::Kind::kArray:
        for (const std::string_view item : json::array_items(value)) pending.push_back(item);
        break;
      case json::Kind::kObject:
        for (const json::Member& member : json::object_members(value)) {
          AQUA_CHECK(json::find_member(value, json::unquote(member.key)) == member.value, "{}",
                     value);
          pending.push_back(member.value);
        }
        break;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = base::as_text({data, size});
  if (!base::is_utf8(text)) return 0;
  const auto is_canonical = json::check(text);
  if (!is_canonical) return 0;
  const std::string canonical = json::canonicalize(text);
  AQUA_CHECK(!*is_canonical || canonical == text, "{} {}", text, canonical);
  AQUA_CHECK(json::check(canonical).has_value(), "{}", canonical);
  AQUA_CHECK(json::equal(canonical, canonical), "{}", canonical);
  read_all(canonical);
  base::Bytes packed;
  json::append_msgpack(packed, canonical);
  return 0;
}
