#include "vm/envelope.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <expected>
#include <optional>
#include <tuple>
#include <utility>

#include "base/msgpack.h"
#include "base/utf8.h"

namespace aqua::vm {

namespace {

struct Version {
  std::uint64_t major, minor, patch;
  bool is_prerelease;
};

std::optional<Version> parse_version(std::string_view text) {
  Version version{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (std::uint64_t* part : {&version.major, &version.minor, &version.patch}) {
    if (part != &version.major && (at == end || *at++ != '.')) return std::nullopt;
    const auto [after, error] = std::from_chars(at, end, *part);
    if (error != std::errc() || (*at == '0' && after - at > 1)) return std::nullopt;
    at = after;
  }
  const auto is_identifiers = [](std::string_view s) {
    if (s.empty() || s.front() == '.' || s.back() == '.') return false;
    for (std::size_t i = 0; i < s.size(); ++i) {
      const char c = s[i];
      const bool allowed = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                           (c >= 'A' && c <= 'Z') || c == '-' || (c == '.' && s[i - 1] != '.');
      if (!allowed) return false;
    }
    return true;
  };
  std::string_view rest(at, static_cast<std::size_t>(end - at));
  if (rest.starts_with('-')) {
    const std::size_t plus = std::min(rest.find('+'), rest.size());
    if (!is_identifiers(rest.substr(1, plus - 1))) return std::nullopt;
    version.is_prerelease = true;
    rest.remove_prefix(plus);
  }
  if (rest.starts_with('+'))
    return is_identifiers(rest.substr(1)) ? std::optional(version) : std::nullopt;
  return rest.empty() ? std::optional(version) : std::nullopt;
}

base::Byte head_of(const base::MsgpackReader& reader, base::ByteView all) {
  constexpr base::Byte kNeverUsed = 0xC1;
  return reader.position() < all.size() ? all[reader.position()] : kNeverUsed;
}

// Text or binary: writers of both kinds exist.
std::optional<base::ByteView> binary_or_text(base::MsgpackReader& reader, base::ByteView all) {
  const base::Byte head = head_of(reader, all);
  const bool is_text = (head & 0xE0) == 0xA0 || (head >= 0xD9 && head <= 0xDB);
  if (!is_text) return reader.binary();
  const auto text = reader.text();
  if (!text) return std::nullopt;
  return base::as_bytes(*text);
}

// A number, nil or a truth value: as a key it names nothing.
bool is_simple(base::Byte head) {
  return head < 0x80 || head >= 0xE0 || head == 0xC0 || head == 0xC2 || head == 0xC3 ||
         (head >= 0xCA && head <= 0xD3);
}

Failure malformed(std::string_view what) {
  return {Code::kEnvelope, fmt::format("an error occurred while envelope deserialization: {}.\n"
                                       "AquaVM version is {} and it expects {} version.",
                                       what, kInterpreterVersion, kDataVersion)};
}

}  // namespace

base::Result<Envelope, Failure> read_envelope(base::ByteView bytes) {
  base::MsgpackReader reader(bytes);
  const auto count = reader.map_head();
  if (!count) return std::unexpected(malformed("the data is not a MessagePack map"));
  std::optional<std::string_view> data_version;
  std::optional<std::string_view> interpreter_version;
  std::optional<base::ByteView> inner_data;
  bool inner_data_is_malformed = false;
  for (std::uint32_t i = 0; i < *count; ++i) {
    std::string_view key;
    if (is_simple(head_of(reader, bytes))) {
      reader.skip();
    } else if (const auto name = binary_or_text(reader, bytes)) {
      key = base::as_text(*name);
    } else {
      return std::unexpected(malformed("a key of the map is missing or not a text"));
    }
    if (key == "version") {
      data_version = reader.text();
    } else if (key == "interpreter_version") {
      interpreter_version = reader.text();
    } else if (key == "inner_data") {
      base::MsgpackReader ahead = reader;
      inner_data = binary_or_text(ahead, bytes);
      inner_data_is_malformed = !inner_data;
      if (inner_data)
        reader = ahead;
      else
        reader.skip();
    } else {
      reader.skip();
    }
    if (reader.failed())
      return std::unexpected(
          malformed(fmt::format("the value of '{}' is cut off or of a wrong type", key)));
  }
  for (const auto& [name, version] : {std::pair("version", data_version),
                                      std::pair("interpreter_version", interpreter_version)}) {
    if (!version) return std::unexpected(malformed(fmt::format("missing field `{}`", name)));
    if (!base::is_utf8(*version) || !parse_version(*version))
      return std::unexpected(malformed(fmt::format("{} is not a version number", name)));
  }
  if (!inner_data) {
    return std::unexpected(Failure{
        Code::kEnvelopeVersioned,
        fmt::format(
            "an error occurred while data deserialization: {}.\n"
            "AquaVM's version is {} and it expects data of {} version.\n"
            "Supplied data version is {}, it's produced by AquaVM of {} version.",
            inner_data_is_malformed ? "inner_data is not binary" : "missing field `inner_data`",
            kInterpreterVersion, kDataVersion, *data_version, *interpreter_version)});
  }
  return Envelope{*data_version, *interpreter_version, *inner_data};
}

base::Result<void, Failure> check_version(std::string_view interpreter_version) {
  const Version version = *parse_version(interpreter_version);
  const Version min = *parse_version(kInterpreterVersionMin);
  const auto key = [](const Version& v) {
    return std::tuple(v.major, v.minor, v.patch, !v.is_prerelease);
  };
  if (key(version) >= key(min)) return {};
  return std::unexpected(Failure{
      Code::kVersion, fmt::format("supplied data was produced by `{}` version of interpreter, "
                                  "but minimum `{}` version is required",
                                  interpreter_version, kInterpreterVersionMin)});
}

namespace {

constexpr base::Byte kBinary32 = 0xC6;

}  // namespace

void write_envelope_head(base::Bytes& out, std::uint32_t inner_size) {
  base::MsgpackWriter writer(out);
  writer.map_head(3);
  writer.text("version");
  writer.text(kDataVersion);
  writer.text("interpreter_version");
  writer.text(kInterpreterVersion);
  writer.text("inner_data");
  // Always the widest form, so that the size of the head is known before that of the data.
  out.push_back(kBinary32);
  for (int shift = 24; shift >= 0; shift -= 8)
    out.push_back(static_cast<base::Byte>(inner_size >> shift));
}

std::size_t envelope_head_size() {
  static const std::size_t size = [] {
    base::Bytes head;
    write_envelope_head(head, 0);
    return head.size();
  }();
  return size;
}

}  // namespace aqua::vm
