#pragma once

#include <aqua/value.h>

#include <cstddef>
#include <exception>
#include <functional>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

// C++ functions that scripts call: those of services, and callbacks.

namespace aqua {

// Where an argument comes from: what a function decides on whether to trust it.
struct Provenance {
  std::string peer_id;
  std::string service;
  std::string function;
  std::string lens;
};

// Whose call it is.
struct CallContext {
  std::string particle_id;
  std::string init_peer_id;                         // whose script it is; signed by that peer
  std::string host_peer_id;                         // where the function runs
  std::vector<std::vector<Provenance>> tetraplets;  // by argument; one for each item of a stream
};

// What a call comes to: a value, or the text of an error that the script can catch.
using FunctionResult = std::expected<Value, std::string>;

// Any callable: its arguments and its result are converted (value.h). A first parameter `const CallContext&` gets
// the context of the call. A result `std::expected<T, std::string>` and a thrown std::exception fail the call.
// It is called on the thread of the network: while it runs, nothing else does.
class Function {
 public:
  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, Function>)
  Function(F&& callable)  // NOLINT(google-explicit-constructor): lambdas in lists
      : body_(wrap(std::function(std::forward<F>(callable)))) {}

  FunctionResult operator()(const std::vector<Value>& arguments, const CallContext& context) const;

 private:
  using Body = std::function<FunctionResult(const std::vector<Value>&, const CallContext&)>;

  static std::string wrong_count(std::size_t expected, std::size_t given);
  static std::string wrong_argument(std::size_t index, const std::string& expected,
                                    const Value& given);

  template <class T>
  static FunctionResult result_of(T&& value) {
    return Convert<std::remove_cvref_t<T>>::to(value);
  }
  template <class T>
  static FunctionResult result_of(std::expected<T, std::string>&& value) {
    if (!value) return std::unexpected(std::move(value.error()));
    if constexpr (std::is_void_v<T>) return Value();
    if constexpr (!std::is_void_v<T>) return Convert<T>::to(*value);
  }

  template <class R, class Callable, class... Bound>
  static FunctionResult call(const Callable& callable, Bound&&... bound) {
    if constexpr (std::is_void_v<R>) {
      callable(std::forward<Bound>(bound)...);
      return Value();
    } else {
      return result_of(callable(std::forward<Bound>(bound)...));
    }
  }

  // Converts all arguments, then calls `use` with them.
  template <class... A, class Use, std::size_t... I>
  static FunctionResult with_arguments(const std::vector<Value>& given, std::index_sequence<I...>,
                                       const Use& use) {
    if (given.size() != sizeof...(A))
      return std::unexpected(wrong_count(sizeof...(A), given.size()));
    std::tuple<std::optional<A>...> converted{Convert<A>::from(given[I])...};
    std::string wrong;
    ((wrong.empty() && !std::get<I>(converted)
          ? void(wrong = wrong_argument(I, Convert<A>::name(), given[I]))
          : void()),
     ...);
    if (!wrong.empty()) return std::unexpected(std::move(wrong));
    return use(std::move(*std::get<I>(converted))...);
  }

  template <class R, class... A>
  static Body wrap(std::function<R(A...)> callable) {
    return [callable = std::move(callable)](const std::vector<Value>& given, const CallContext&) {
      return with_arguments<std::remove_cvref_t<A>...>(
          given, std::index_sequence_for<A...>(),
          [&](auto&&... a) { return call<R>(callable, std::forward<decltype(a)>(a)...); });
    };
  }
  template <class R, class... A>
  static Body wrap(std::function<R(const CallContext&, A...)> callable) {
    return [callable = std::move(callable)](const std::vector<Value>& given,
                                            const CallContext& context) {
      return with_arguments<std::remove_cvref_t<A>...>(
          given, std::index_sequence_for<A...>(),
          [&](auto&&... a) { return call<R>(callable, context, std::forward<decltype(a)>(a)...); });
    };
  }

  Body body_;
};

}  // namespace aqua
