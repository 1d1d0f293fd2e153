// A program with three peers in it: it compiles a script, gives one peer a service, and calls a function.

#include <aqua/aqua.h>

#include <iostream>

constexpr std::string_view kScript = R"(aqua Hello declares *
export greet_all

service Greeter("greeter"):
    hello(name: string) -> string

func greet_all(names: []string, where: string, heard: string -> ()) -> []string:
    all: *string
    for name <- names:
        on where:
            words <- Greeter.hello(name)
        heard(words)
        all <<- words
    <- all
)";

int main() {
  const auto script = aqua::Script::compile(kScript);
  if (!script) {
    std::cerr << script.error().message;
    return 1;
  }
  // alice is reachable only through the relay, as a browser or a phone would be.
  const auto network = aqua::Network::start({.peers = {{"relay"}, {"bob"}, {"alice", {"relay"}}}});
  if (!network) {
    std::cerr << network.error().message << '\n';
    return 1;
  }
  const aqua::Peer alice = network->peer("alice");
  const aqua::Peer bob = network->peer("bob");
  if (const auto added =
          bob.add("greeter", {{"hello", [](std::string name) { return "Hello, " + name + "!"; }}});
      !added) {
    std::cerr << added.error().message << '\n';
    return 1;
  }

  auto waiting = alice.call<std::vector<std::string>>(
      *script, "greet_all", std::vector<std::string>{"Ann", "Ben"}, bob.id(),
      [](std::string words) { std::cout << "heard: " << words << '\n'; });
  const auto result = waiting.get();
  if (!result) {
    std::cerr << result.error().message << '\n';
    return 1;
  }
  std::cout << result->size() << " greetings came back\n";
}
