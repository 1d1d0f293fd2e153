#include "cli/vm_request.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "base/base64.h"
#include "base/utf8.h"
#include "json/canonical.h"
#include "json/text.h"

namespace aqua::cli {

namespace {

constexpr std::size_t kMistakesMax = 20;
constexpr std::size_t kShownNameBytesMax = 60;

// Takes the fields of an object one by one, each by its name; what is left over is unknown.
class Fields {
 public:
  Fields(std::string_view object, std::string path, std::vector<std::string>& mistakes)
      : members_(json::object_members(object)), path_(std::move(path)), mistakes_(mistakes) {}

  std::optional<std::string_view> any(std::string_view name) {
    const std::string quoted = json::quoted(name);
    const auto found = std::ranges::find(members_, quoted, &json::Member::key);
    if (found == members_.end()) {
      complain(name, "missing");
      return std::nullopt;
    }
    const std::string_view value = found->value;
    members_.erase(found);
    return value;
  }

  void text(std::string_view name, std::string& out) {
    if (const auto value = of_kind(name, json::Kind::kString, "a string"))
      out = json::unquote(*value);
  }

  void bytes(std::string_view name, base::Bytes& out) {
    const auto value = of_kind(name, json::Kind::kString, "a string of base64");
    if (!value) return;
    // Base64 has no characters that JSON escapes in its canonical text.
    auto decoded = base::base64_decode(value->substr(1, value->size() - 2));
    if (!decoded) return complain(name, "not base64 (standard alphabet, padded)");
    out = std::move(*decoded);
  }

  void boolean(std::string_view name, bool& out) {
    if (const auto value = of_kind(name, json::Kind::kBoolean, "true or false"))
      out = *value == "true";
  }

  template <class Integer>
  void integer(std::string_view name, Integer& out) {
    const auto value = any(name);
    if (!value) return;
    const char* const end = value->data() + value->size();
    const auto [read_to, error] = std::from_chars(value->data(), end, out);
    if (error != std::errc() || read_to != end)
      complain(name, fmt::format("expected an integer from 0 to {}",
                                 std::numeric_limits<Integer>::max()));
  }

  std::optional<std::string_view> object(std::string_view name) {
    return of_kind(name, json::Kind::kObject, "an object");
  }

  void no_others() {
    for (const json::Member& member : members_) {
      if (mistakes_.size() > kMistakesMax) return;
      std::string name = json::unquote(member.key);
      if (name.size() > kShownNameBytesMax) name = name.substr(0, kShownNameBytesMax) + "...";
      complain(name, "no such field");
    }
  }

 private:
  std::optional<std::string_view> of_kind(std::string_view name, json::Kind kind,
                                          std::string_view expected) {
    const auto value = any(name);
    if (!value || json::kind_of(*value) == kind) return value;
    complain(name, fmt::format("expected {}", expected));
    return std::nullopt;
  }

  void complain(std::string_view name, std::string_view what) {
    mistakes_.push_back(fmt::format("{}{}: {}", path_, name, what));
  }

  std::vector<json::Member> members_;
  std::string path_;
  std::vector<std::string>& mistakes_;
};

void read_parameters(std::string_view object, vm::InvokeParameters& out,
                     std::vector<std::string>& mistakes) {
  Fields fields(object, "params.", mistakes);
  fields.text("init_peer_id", out.init_peer_id);
  fields.text("current_peer_id", out.current_peer_id);
  fields.integer("timestamp", out.timestamp_ms);
  fields.integer("ttl", out.ttl_ms);
  fields.text("particle_id", out.particle_id);
  fields.bytes("secret_key", out.secret_key);
  fields.integer("air_size_limit", out.air_size_limit_bytes);
  fields.integer("particle_size_limit", out.particle_size_limit_bytes);
  fields.integer("call_result_size_limit", out.call_result_size_limit_bytes);
  fields.boolean("hard_limit_enabled", out.hard_limit_enabled);
  fields.no_others();
}

}  // namespace

base::Result<VmRequest, BadVmRequest> parse_vm_request(std::string line) {
  if (!base::is_utf8(line)) return std::unexpected(BadVmRequest{.error = "the line is not UTF-8"});
  const auto is_canonical = json::check(line);
  if (!is_canonical)
    return std::unexpected(
        BadVmRequest{.error = fmt::format("the line is not JSON: {}", is_canonical.error().text)});
  if (!*is_canonical) line = json::canonicalize(line);
  if (json::kind_of(line) != json::Kind::kObject)
    return std::unexpected(BadVmRequest{.error = "the line is not a JSON object"});

  VmRequest request;
  std::vector<std::string> mistakes;
  Fields fields(line, "", mistakes);
  const auto id = fields.any("id");
  request.id = id.value_or("null");
  fields.text("air", request.air);
  fields.bytes("prev_data", request.prev_data);
  fields.bytes("data", request.data);
  fields.bytes("call_results", request.call_results);
  if (const auto parameters = fields.object("params"))
    read_parameters(*parameters, request.parameters, mistakes);
  fields.no_others();
  if (mistakes.empty()) return request;

  BadVmRequest bad{.id = std::move(request.id), .error = {}};
  const std::size_t shown = std::min(mistakes.size(), kMistakesMax);
  bad.error = fmt::format("{}", fmt::join(mistakes.begin(), mistakes.begin() + shown, "; "));
  if (mistakes.size() > shown) bad.error += "; ...";
  return std::unexpected(std::move(bad));
}

}  // namespace aqua::cli
