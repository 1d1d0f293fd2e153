#include <aqua/function.h>
#include <fmt/format.h>

namespace aqua {

FunctionResult Function::operator()(const std::vector<Value>& arguments,
                                    const CallContext& context) const {
  // Code of others: what it throws ends here.
  try {
    return body_(arguments, context);
  } catch (const std::exception& thrown) {
    return std::unexpected(std::string(thrown.what()));
  }
}

std::string Function::wrong_count(std::size_t expected, std::size_t given) {
  return fmt::format("expected {} argument{}, given {}", expected, expected == 1 ? "" : "s", given);
}

std::string Function::wrong_argument(std::size_t index, const std::string& expected,
                                     const Value& given) {
  return fmt::format("argument {}: expected {}, given {}", index + 1, expected, given.shown());
}

}  // namespace aqua
