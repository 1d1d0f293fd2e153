#include "services/http_url.h"

#include <algorithm>

namespace aqua::services {

namespace {

constexpr std::string_view kScheme = "http://";
constexpr std::string_view kDefaultPort = "80";

}  // namespace

std::optional<HttpAddress> parse_http_url(std::string_view url) {
  if (!url.starts_with(kScheme)) return std::nullopt;
  url.remove_prefix(kScheme.size());
  // It becomes a part of the head of the request.
  const auto is_graphic = [](char c) { return c > ' ' && c < '\x7f'; };
  if (!std::ranges::all_of(url, is_graphic)) return std::nullopt;
  const std::size_t slash = std::min(url.find('/'), url.size());
  std::string_view authority = url.substr(0, slash);
  HttpAddress address;
  address.target = slash < url.size() ? url.substr(slash) : "/";
  // An IPv6 address stands in brackets.
  const std::size_t bracket =
      authority.starts_with('[') ? authority.find(']') : std::string_view::npos;
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  address.port = colon == std::string_view::npos ? kDefaultPort : authority.substr(colon + 1);
  address.host = authority.substr(0, colon);
  address.authority = authority;
  if (bracket != std::string_view::npos) address.host = authority.substr(1, bracket - 1);
  const bool is_port =
      !address.port.empty() && address.port.size() <= 5 &&
      std::ranges::all_of(address.port, [](char c) { return c >= '0' && c <= '9'; });
  if (address.host.empty() || !is_port) return std::nullopt;
  return address;
}

}  // namespace aqua::services
