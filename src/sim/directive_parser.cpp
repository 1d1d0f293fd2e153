#include "sim/directive_parser.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <utility>

#include "json/canonical.h"
#include "json/text.h"
#include "sim/diagnostic_kinds.h"

// directive := ";;" ( "peer" NAME+ | "init" NAME | "on" TARGET ":" PATTERN "=" ANSWERS | "run:" ... )
// TARGET    := NAME | "*"
// PATTERN   := PART "." PART [ "(" JSON ")" ]        PART := WORD | JSON string | "*"
// ANSWERS   := ANSWER | "call" N ":" ANSWER ( "," "call" N ":" ANSWER )* [ "," "else" ":" ANSWER ]
// ANSWER    := JSON | "error" N JSON | "echo" | "args" | "peer" | "tetraplets" | "compute" | "never" | "raw" ...

namespace aqua::sim {

using diagnostics::Diagnostic;
using diagnostics::Span;

namespace {

constexpr std::string_view kDirectiveHint =
    "a comment with two semicolons is a directive: ';; peer NAME', ';; init NAME' or "
    "';; on PEER: SERVICE.FUNCTION = ANSWER'; write other comments with one";
constexpr std::string_view kPatternHint =
    "';; on bob: prices.get = 3', or with the first argument ';; on bob: prices.get(\"pear\") = "
    "3'; "
    "'*' fits everything, names with other characters go into quotes";
constexpr std::string_view kAnswerHint =
    "a JSON value, 'error CODE JSON', 'echo', 'args', 'peer', 'tetraplets', 'compute', 'never', "
    "'raw TEXT', "
    "or "
    "'call 1: ANSWER, call 2: ANSWER, else: ANSWER'";

bool is_name_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

// The first mistake ends a directive.
struct Stop {};
template <class T>
using Parsed = base::Result<T, Stop>;

class DirectiveParser {
 public:
  DirectiveParser(std::string_view text, Span comment, Directives& out,
                  std::vector<Diagnostic>& mistakes)
      : text_(text), comment_(comment), at_(comment.begin), out_(out), mistakes_(mistakes) {
    end_ = comment.end;
    while (end_ > at_ && (is_blank(text_[end_ - 1]) || text_[end_ - 1] == '\r')) --end_;
  }

  // False: there was a mistake.
  bool parse() {
    if (!take(";;") || at_ == end_ || text_[at_] == ';') return true;
    skip_blanks();
    return at_ == end_ || directive().has_value();
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t'; }

  Parsed<void> directive() {
    const std::uint32_t begin = at_;
    const std::string_view word = take_name();
    if (word == "run" && at_ < end_ && text_[at_] == ':') return {};
    if (word == "peer") return peers();
    if (word == "init") return init();
    if (word == "on") return on();
    at_ = begin;
    return stop(DiagnosticKind::kUnknownDirective, word_here(),
                fmt::format("'{}' is no directive", slice(word_here())), kDirectiveHint);
  }

  Parsed<void> peers() {
    do {
      auto peer = peer_name();
      if (!peer) return std::unexpected(peer.error());
      out_.peers.push_back(std::move(*peer));
      skip_blanks();
    } while (at_ != end_);
    return {};
  }

  Parsed<void> init() {
    auto peer = peer_name();
    if (!peer) return std::unexpected(peer.error());
    out_.init.push_back(std::move(*peer));
    return expect_end();
  }

  Parsed<void> on() {
    Stub stub;
    skip_blanks();
    if (!take("*")) {
      auto peer = peer_name();
      if (!peer) return std::unexpected(peer.error());
      stub.peer = peer->name;
      out_.on.push_back(std::move(*peer));
    }
    if (auto colon = expect(":", DiagnosticKind::kPatternExpected, kPatternHint); !colon)
      return colon;
    if (auto pattern = parse_pattern(stub); !pattern) return pattern;
    if (auto equals = expect("=", DiagnosticKind::kAnswerExpected, kAnswerHint); !equals)
      return equals;
    if (auto answers = parse_answers(stub); !answers) return answers;
    if (auto end = expect_end(); !end) return end;
    stub.span = {comment_.begin, end_};
    stub.text = slice(stub.span);
    out_.stubs.push_back(std::move(stub));
    return {};
  }

  Parsed<void> parse_pattern(Stub& stub) {
    if (auto service = pattern_part(stub.service); !service) return service;
    if (auto dot = expect(".", DiagnosticKind::kPatternExpected, kPatternHint); !dot) return dot;
    if (auto function = pattern_part(stub.function); !function) return function;
    skip_blanks();
    if (!take("(")) return {};
    auto argument = json_value();
    if (!argument) return std::unexpected(argument.error());
    stub.first_argument = std::move(*argument);
    return expect(")", DiagnosticKind::kPatternExpected, kPatternHint);
  }

  Parsed<void> pattern_part(std::optional<std::string>& out) {
    skip_blanks();
    if (take("*")) return {};
    if (at_ < end_ && text_[at_] == '"') {
      auto quoted = json_value();
      if (!quoted) return std::unexpected(quoted.error());
      out = json::unquote(*quoted);
      return {};
    }
    const std::uint32_t begin = at_;
    while (at_ < end_ && !is_blank(text_[at_]) &&
           std::string_view(".=()\"*,:").find(text_[at_]) == std::string_view::npos)
      ++at_;
    if (at_ == begin) {
      return stop(DiagnosticKind::kPatternExpected, word_here(),
                  "the name of a service or function is missing here", kPatternHint);
    }
    out = slice({begin, at_});
    return {};
  }

  Parsed<void> parse_answers(Stub& stub) {
    skip_blanks();
    if (!at_word("call")) {
      auto answer = parse_answer();
      if (!answer) return std::unexpected(answer.error());
      stub.otherwise = std::move(*answer);
      return {};
    }
    while (true) {
      skip_blanks();
      if (at_word("else")) {
        take_name();
        if (auto colon = expect(":", DiagnosticKind::kAnswerExpected, kAnswerHint); !colon)
          return colon;
        auto answer = parse_answer();
        if (!answer) return std::unexpected(answer.error());
        stub.otherwise = std::move(*answer);
        return {};
      }
      if (!at_word("call")) {
        return stop(DiagnosticKind::kAnswerExpected, word_here(),
                    "'call N:' or 'else:' is missing here", kAnswerHint);
      }
      take_name();
      skip_blanks();
      const std::uint32_t begin = at_;
      auto number = parse_number<std::uint32_t>("the number of a call, counted from 1,");
      if (!number) return std::unexpected(number.error());
      const Span place{begin, at_};
      if (*number == 0)
        return stop(DiagnosticKind::kNumberExpected, place, "calls are counted from 1", {});
      for (const NumberedAnswer& other : stub.numbered) {
        if (other.call == *number) {
          return stop(DiagnosticKind::kSameCallTwice, place,
                      fmt::format("call {} has two answers", *number), {});
        }
      }
      if (auto colon = expect(":", DiagnosticKind::kAnswerExpected, kAnswerHint); !colon)
        return colon;
      auto answer = parse_answer();
      if (!answer) return std::unexpected(answer.error());
      stub.numbered.push_back({*number, std::move(*answer)});
      skip_blanks();
      if (!take(",")) return {};
    }
  }

  Parsed<Answer> parse_answer() {
    skip_blanks();
    const std::uint32_t begin = at_;
    const std::string_view word = take_name();
    if (word == "echo") return AnswerFirstArgument{};
    if (word == "args") return AnswerArguments{};
    if (word == "peer") return AnswerPeer{};
    if (word == "tetraplets") return AnswerTetraplets{};
    if (word == "compute") return AnswerComputed{};
    if (word == "never") return AnswerNever{};
    if (word == "raw") {
      skip_blanks();
      AnswerRaw raw{std::string(slice({at_, end_}))};
      at_ = end_;
      return raw;
    }
    if (word == "error") {
      skip_blanks();
      const std::uint32_t code_begin = at_;
      auto ret_code = parse_number<std::int32_t>("the code of an error");
      if (!ret_code) return std::unexpected(ret_code.error());
      if (*ret_code == 0) {
        return stop(DiagnosticKind::kNumberExpected, {code_begin, at_},
                    "the code of an error is not 0", {});
      }
      auto json = json_value();
      if (!json) return std::unexpected(json.error());
      return AnswerError{*ret_code, std::move(*json)};
    }
    at_ = begin;
    const bool is_word = !word.empty() && word != "true" && word != "false" && word != "null" &&
                         !(word[0] == '-' || (word[0] >= '0' && word[0] <= '9'));
    if (is_word || at_ == end_) {
      return stop(DiagnosticKind::kAnswerExpected, word_here(),
                  is_word ? fmt::format("'{}' is no answer", word) : "the answer is missing",
                  kAnswerHint);
    }
    auto json = json_value();
    if (!json) return std::unexpected(json.error());
    return AnswerValue{std::move(*json)};
  }

  template <class Integer>
  Parsed<Integer> parse_number(std::string_view what) {
    Integer number = 0;
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + end_, number);
    const auto after = static_cast<std::uint32_t>(end - text_.data());
    if (error != std::errc() || (after < end_ && is_name_char(text_[after]))) {
      return stop(DiagnosticKind::kNumberExpected, word_here(),
                  fmt::format("{} is expected here", what), {});
    }
    at_ = after;
    return number;
  }

  // Canonical; also records the peers that it names.
  Parsed<std::string> json_value() {
    skip_blanks();
    const std::uint32_t begin = at_;
    at_ = json_end(at_);
    const std::string_view value = slice({begin, at_});
    const Span place = at_ > begin ? Span{begin, at_} : word_here();
    const auto checked = json::check(value);
    if (!checked) {
      return stop(DiagnosticKind::kMalformedJson, place,
                  value.empty()
                      ? "a JSON value is expected here"
                      : fmt::format("this is not JSON: {}", without_place(checked.error().text)),
                  "texts are in double quotes, also the keys of objects");
    }
    std::string canonical = json::canonicalize(value);
    visit_peer_names(canonical, [&](std::string_view name) {
      out_.in_values.push_back({std::string(name), place});
    });
    return canonical;
  }

  static std::string_view without_place(std::string_view error) {
    return error.substr(0, error.find(" at line "));
  }

  // Where a value that starts at `at` would end: after its closing bracket or quote, or before what
  // can not be part of a number or word.
  std::uint32_t json_end(std::uint32_t at) const {
    std::uint32_t depth = 0;
    while (at < end_) {
      const char c = text_[at];
      if (c == '"') {
        ++at;
        while (at < end_ && text_[at] != '"') at += text_[at] == '\\' ? 2 : 1;
        at = std::min(at + 1, end_);
        if (depth == 0) return at;
      } else if (c == '[' || c == '{') {
        ++depth;
        ++at;
      } else if (c == ']' || c == '}') {
        if (depth == 0) return at;
        ++at;
        if (--depth == 0) return at;
      } else if (depth == 0 && (is_blank(c) || c == ',' || c == ')')) {
        return at;
      } else {
        ++at;
      }
    }
    return end_;
  }

  Parsed<PeerMention> peer_name() {
    skip_blanks();
    const std::uint32_t begin = at_;
    const std::string_view name = take_name();
    if (name.empty()) {
      return stop(DiagnosticKind::kPeerNameExpected, word_here(),
                  "the name of a peer is expected here",
                  "letters, digits, '_' and '-'; '@' stands before it in the script only");
    }
    return PeerMention{std::string(name), {begin, at_}};
  }

  Parsed<void> expect(std::string_view mark, DiagnosticKind kind, std::string_view hint) {
    skip_blanks();
    if (take(mark)) return {};
    return stop(kind, word_here(), fmt::format("'{}' is expected here", mark), hint);
  }

  Parsed<void> expect_end() {
    skip_blanks();
    if (at_ == end_) return {};
    return stop(DiagnosticKind::kTextAfterDirective, {at_, end_}, "the directive should end here",
                {});
  }

  std::unexpected<Stop> stop(DiagnosticKind kind, Span place, std::string message,
                             std::string_view hint) {
    Diagnostic& diagnostic = mistakes_.emplace_back();
    diagnostic.code = code_of(kind);
    diagnostic.message = std::move(message);
    diagnostic.hint = hint;
    diagnostics::add_label(diagnostic, place, {});
    return std::unexpected(Stop{});
  }

  void skip_blanks() {
    while (at_ < end_ && is_blank(text_[at_])) ++at_;
  }
  bool take(std::string_view mark) {
    if (!text_.substr(at_, end_ - at_).starts_with(mark)) return false;
    at_ += static_cast<std::uint32_t>(mark.size());
    return true;
  }
  std::string_view take_name() {
    const std::uint32_t begin = at_;
    while (at_ < end_ && is_name_char(text_[at_])) ++at_;
    return slice({begin, at_});
  }
  // Call and else are words of their own, followed by a number or a colon.
  bool at_word(std::string_view word) const {
    const std::string_view rest = text_.substr(at_, end_ - at_);
    return rest.starts_with(word) &&
           (rest.size() == word.size() || !is_name_char(rest[word.size()]));
  }
  // For carets: what stands at `at_` up to the next blank, or the end of the line.
  Span word_here() const {
    std::uint32_t end = at_;
    while (end < end_ && !is_blank(text_[end])) ++end;
    return {at_, end};
  }
  std::string_view slice(Span span) const {
    return text_.substr(span.begin, span.end - span.begin);
  }

  std::string_view text_;
  Span comment_;
  std::uint32_t at_;
  std::uint32_t end_;
  Directives& out_;
  std::vector<Diagnostic>& mistakes_;
};

}  // namespace

bool is_peer_name(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, is_name_char);
}

std::string_view peer_name_in(std::string_view text) {
  return text.starts_with('@') && is_peer_name(text.substr(1)) ? text.substr(1)
                                                               : std::string_view();
}

void parse_directive(std::string_view text, Span comment, Directives& out,
                     std::vector<Diagnostic>& mistakes) {
  DirectiveParser(text, comment, out, mistakes).parse();
}

}  // namespace aqua::sim
