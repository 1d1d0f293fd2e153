#pragma once

#include <aqua/function.h>
#include <aqua/script.h>
#include <aqua/value.h>

#include <cstdint>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

// Any number of peers in this process, on one thread of their own. docs/embedding.md.

namespace aqua {

struct PeerOptions {
  std::string name = {};              // what scripts call it: on "bob":
  std::vector<std::string> via = {};  // reachable, and reaching others, only through these peers
};

enum class Clock : std::uint8_t {
  kReal,
  kVirtual,  // waiting costs nothing: the clock jumps to what is due next
};

struct NetworkOptions {
  std::vector<PeerOptions> peers = {};
  std::uint32_t latency_ms = 1;  // of every message
  Clock clock = Clock::kReal;
  std::uint64_t seed = 0;         // of the keys of peers, and of what happens at the same moment
  std::uint32_t ttl_ms = 10'000;  // so long a call may take, at most 600,000
};

// An argument of a call: a value, or a callable for an arrow.
class Argument {
 public:
  template <class T>
    requires(!std::same_as<std::remove_cvref_t<T>, Argument>)
  Argument(T&& value)  // NOLINT(google-explicit-constructor): arguments are written as they are
      : body_(made_of(std::forward<T>(value))) {}

 private:
  friend class embed::NetworkThread;

  template <class T>
  static std::variant<Value, Function> made_of(T&& value) {
    using Plain = std::remove_cvref_t<T>;
    if constexpr (std::is_convertible_v<T, std::string_view>) {
      return Value::text(value);
    } else if constexpr (ConvertsTo<Plain>) {
      return Convert<Plain>::to(value);
    } else {
      return Function(std::forward<T>(value));
    }
  }

  std::variant<Value, Function> body_;
};

// One peer of a network, by its name; light to copy. The network has to be there while it is used. Every function
// may be called from any thread, those of services and callbacks included; only waiting for a future there waits
// for ever.
class Peer {
 public:
  const std::string& name() const { return name_; }
  // Its peer id, for arguments of scripts; empty: the network has no such peer.
  std::string id() const;

  // From now on scripts find this service on the peer.
  Result<void> add(std::string service_id, std::map<std::string, Function> functions) const;

  // Calls a function of the script as this peer. Arrow arguments are called on the thread of the network, maybe
  // also after the result came.
  template <class R = Value, class... A>
  std::future<Result<R>> call(const Script& script, std::string_view function,
                              A&&... arguments) const {
    auto promise = std::make_shared<std::promise<Result<R>>>();
    call_then(
        script, function, {Argument(std::forward<A>(arguments))...},
        [promise](Result<Value> value) { promise->set_value(converted<R>(std::move(value))); });
    return promise->get_future();
  }

  // The same with a function for the result, called once, on the thread of the network; on this one where the call
  // could not begin. Several results are an array, none is null.
  void call_then(const Script& script, std::string_view function, std::vector<Argument> arguments,
                 std::function<void(Result<Value>)> done) const;

 private:
  friend class Network;
  Peer(embed::NetworkThread* network, std::string name)
      : network_(network), name_(std::move(name)) {}

  static Error wrong_result(const std::string& expected, const Value& given);

  template <class R>
  static Result<R> converted(Result<Value> value) {
    if (!value) return std::unexpected(std::move(value.error()));
    if constexpr (std::is_void_v<R>) {
      return {};
    } else {
      auto result = Convert<R>::from(*value);
      if (!result) return std::unexpected(wrong_result(Convert<R>::name(), *value));
      return std::move(*result);
    }
  }

  embed::NetworkThread* network_;
  std::string name_;
};

class Network {
 public:
  // Starts its thread. A network of one peer is a peer that runs scripts on its own services.
  static Result<Network> start(const NetworkOptions& options);

  Network(Network&&) noexcept;
  Network& operator=(Network&&) noexcept;
  // Calls that are not done end with kStopped. Not from the network's own callbacks: it waits for them.
  ~Network();

  Peer peer(std::string_view name) const { return {thread_.get(), std::string(name)}; }

 private:
  explicit Network(std::unique_ptr<embed::NetworkThread> thread);

  std::unique_ptr<embed::NetworkThread> thread_;
};

}  // namespace aqua
