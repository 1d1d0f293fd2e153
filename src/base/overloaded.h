#pragma once

namespace aqua::base {

// A visitor made of lambdas: std::visit(Overloaded{[](A) {...}, [](B) {...}}, variant).
template <class... Fs>
struct Overloaded : Fs... {
  using Fs::operator()...;
};

}  // namespace aqua::base
