#include "cli/service_option.h"

#include <fmt/format.h>

#include <sstream>
#include <utility>

#include "services/http_url.h"

namespace aqua::cli {

base::Result<void, std::string> add_service(const std::string& text, services::Services& services) {
  const std::size_t equals = text.find('=');
  if (equals == 0 || equals == std::string::npos || equals + 1 == text.size())
    return std::unexpected(
        fmt::format("--service {}: write ID=http://... or ID='COMMAND ARGUMENTS'", text));
  services::Service service;
  const std::string value = text.substr(equals + 1);
  if (value.starts_with("http://")) {
    if (!services::parse_http_url(value))
      return std::unexpected(fmt::format(
          "--service {}: {} is no url; write it like http://127.0.0.1:8080/rpc", text, value));
    service.body = services::HttpService{value};
  } else {
    services::ProcessService process;
    std::istringstream words(value);
    for (std::string word; words >> word;) process.command.push_back(word);
    if (process.command.empty())
      return std::unexpected(fmt::format("--service {}: the command is empty", text));
    service.body = std::move(process);
  }
  services[text.substr(0, equals)] = std::move(service);
  return {};
}

}  // namespace aqua::cli
