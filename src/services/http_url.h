#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace aqua::services {

struct HttpAddress {
  std::string host;
  std::string port;       // digits
  std::string authority;  // as it stands in the URL: host and port
  std::string target;     // path with query
};
// "http://host[:port][/path]"; none: it is something else.
std::optional<HttpAddress> parse_http_url(std::string_view url);

}  // namespace aqua::services
