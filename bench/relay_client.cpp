// relay_client LOAD --relay MULTIADDR [--script FILE] [--count N] [--in-flight N] [--bytes N]
#include "relay_client.h"

#include <fmt/format.h>

#include <charconv>
#include <cstdlib>
#include <span>
#include <string_view>

namespace aqua::bench {

void fail(const std::string& why) {
  fmt::print(stderr, "relay_client: {}\n", why);
  std::exit(1);
}

std::string json_numbers(const std::vector<double>& numbers) {
  std::string text;
  for (const double number : numbers)
    text += fmt::format("{}{:.4f}", text.empty() ? "" : ",", number);
  return "[" + text + "]";
}

namespace {

std::size_t count_in(std::string_view text) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) fail("a number was expected");
  return value;
}

RelayOptions read_options(std::span<char*> words) {
  if (words.size() % 2 != 1) fail("a load, then options with their values");
  RelayOptions options;
  options.load = words[0];
  for (std::size_t i = 1; i < words.size(); i += 2) {
    const std::string_view name = words[i];
    const std::string_view value = words[i + 1];
    if (name == "--relay") {
      options.relay = value;
    } else if (name == "--script") {
      options.script = value;
    } else if (name == "--count") {
      options.count = count_in(value);
    } else if (name == "--in-flight") {
      options.in_flight = count_in(value);
    } else if (name == "--bytes") {
      options.bytes = count_in(value);
    } else {
      fail(fmt::format("there is no option {}", name));
    }
  }
  return options;
}

}  // namespace
}  // namespace aqua::bench

int main(int count, char** words) {
  using namespace aqua::bench;
  const RelayOptions options =
      read_options(std::span(words, static_cast<std::size_t>(count)).subspan(1));
  if (options.load == "tc1" || options.load == "flood") {
    run_round_trips(options);
  } else if (options.load == "connect") {
    run_handshakes(options);
  } else if (options.load == "idle") {
    keep_connections(options);
  } else {
    fail("there is no load of that name");
  }
  return 0;
}
