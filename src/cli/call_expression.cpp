#include "cli/call_expression.h"

#include <fmt/format.h>

#include <cctype>
#include <utility>

#include "json/canonical.h"
#include "json/text.h"

namespace aqua::cli {

namespace {

bool is_letter(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Rewrites what Aqua writes into JSON, and leaves JSON as it is; what comes out is checked as JSON then.
class CallParser {
 public:
  explicit CallParser(std::string_view text) : text_(text) {}

  base::Result<CallExpression, CallExpressionError> run() {
    CallExpression call;
    skip_space();
    call.function = take_name();
    if (call.function.empty()) return fail("the name of a function is expected");
    skip_space();
    if (at_end()) return call;
    if (!take('(')) return fail("\"(\" is expected");
    call.has_arguments = true;
    skip_space();
    while (!take(')')) {
      if (!call.arguments.empty() && !take(',')) return fail("\",\" or \")\" is expected");
      auto argument = take_argument();
      if (!argument) return std::unexpected(argument.error());
      call.arguments.push_back(std::move(*argument));
      skip_space();
    }
    call.peers = std::move(peers_);
    skip_space();
    if (!at_end()) return fail("nothing is expected after \")\"");
    return call;
  }

 private:
  std::unexpected<CallExpressionError> fail(std::string message) const {
    return fail_at(at_, std::move(message));
  }
  static std::unexpected<CallExpressionError> fail_at(std::size_t at, std::string message) {
    return std::unexpected(CallExpressionError{at, std::move(message)});
  }

  bool at_end() const { return at_ == text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  bool take(char c) {
    if (peek() != c || at_end()) return false;
    ++at_;
    return true;
  }
  void skip_space() {
    while (!at_end() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  std::string take_name() {
    const std::size_t begin = at_;
    if (!is_letter(peek())) return {};
    while (!at_end() && (is_letter(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '.')) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  base::Result<Argument, CallExpressionError> take_argument() {
    skip_space();
    const std::size_t begin = at_;
    if (is_letter(peek())) {
      std::string name = take_name();
      if (name != "true" && name != "false" && name != "null" && name != "nil")
        return NamedArgument{std::move(name)};
      at_ = begin;
    }
    std::string json;
    int depth = 0;
    // Up to the "," or ")" that ends the argument.
    while (!at_end() && !(depth == 0 && (peek() == ',' || peek() == ')'))) {
      const char c = peek();
      if (c == '"') {
        if (!take_string(json)) return fail_at(begin, "the string does not end");
      } else if (c == '@') {
        const std::size_t at = at_++;
        std::string name;
        if (peek() != '"') {
          name = json::quoted(take_peer_name());
        } else if (!take_string(name)) {
          return fail_at(begin, "the string does not end");
        }
        json += "\"@" + name.substr(1);
        mention(name, at);
      } else if ((c == '?' || c == '*') && at_ + 1 < text_.size() && text_[at_ + 1] == '[') {
        ++at_;
      } else if (is_letter(c)) {
        const std::string word = take_name();
        json += word == "nil" ? "[]" : word;
      } else {
        if (c == '[' || c == '{') ++depth;
        if (c == ']' || c == '}') --depth;
        json += c;
        ++at_;
      }
    }
    while (!json.empty() && std::isspace(static_cast<unsigned char>(json.back())) != 0)
      json.pop_back();
    if (json.empty()) return fail_at(begin, "a value is expected");
    const auto is_canonical = json::check(json);
    if (!is_canonical)
      return fail_at(begin, fmt::format("{} is not a value: {}", json, is_canonical.error().text));
    return ValueArgument{*is_canonical ? json : json::canonicalize(json)};
  }

  bool take_string(std::string& out) {
    const std::size_t begin = at_++;
    while (!at_end() && peek() != '"') at_ += peek() == '\\' && at_ + 1 < text_.size() ? 2 : 1;
    if (!take('"')) return false;
    out += text_.substr(begin, at_ - begin);
    return true;
  }
  // `quoted` comes from the user, and may be no JSON; the argument is refused then.
  void mention(const std::string& quoted, std::size_t at) {
    if (json::check(quoted)) peers_.push_back({json::unquote(json::canonicalize(quoted)), at});
  }
  std::string take_peer_name() {
    const std::size_t begin = at_;
    while (!at_end() && (is_letter(text_[at_]) || is_digit(text_[at_]) || text_[at_] == '-')) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::vector<PeerMention> peers_;
};

}  // namespace

base::Result<CallExpression, CallExpressionError> parse_call(std::string_view text) {
  return CallParser(text).run();
}

}  // namespace aqua::cli
