#include "air/source_map.h"

#include <fmt/format.h>

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <system_error>
#include <utility>

#include "base/check.h"
#include "json/text.h"

namespace aqua::air {

namespace {

// Reads exactly what to_json writes, with blanks allowed between tokens.
class Reader {
 public:
  explicit Reader(std::string_view json) : json_(json) {}

  base::Result<SourceMap, SourceMapError> run();

 private:
  using Failure = std::optional<SourceMapError>;

  Failure read_files(SourceMap& map);
  Failure read_places(SourceMap& map);
  Failure expect(std::string_view token, std::string_view what);
  Failure read_string(std::string& out);
  Failure read_escape(std::string& out);
  Failure read_number(std::int64_t& out);
  bool skip(char c);
  void skip_blanks();
  SourceMapError error(std::string_view what) const { return {.offset = at_, .what = what}; }

  std::string_view json_;
  std::size_t at_ = 0;
};

base::Result<SourceMap, SourceMapError> Reader::run() {
  SourceMap map;
  std::int64_t version = 0;
  if (auto failure = expect("{", "a source map is a JSON object")) return std::unexpected(*failure);
  if (auto failure = expect("\"version\"", "\"version\" is missing"))
    return std::unexpected(*failure);
  if (auto failure = expect(":", "':' is missing")) return std::unexpected(*failure);
  if (auto failure = read_number(version)) return std::unexpected(*failure);
  if (version != 1) return std::unexpected(error("unknown version of the source map"));
  if (auto failure = expect(",", "\"files\" is missing")) return std::unexpected(*failure);
  if (auto failure = read_files(map)) return std::unexpected(*failure);
  if (auto failure = expect(",", "\"places\" is missing")) return std::unexpected(*failure);
  if (auto failure = read_places(map)) return std::unexpected(*failure);
  if (auto failure = expect("}", "'}' is missing")) return std::unexpected(*failure);
  skip_blanks();
  if (at_ != json_.size()) return std::unexpected(error("text after the source map"));
  return map;
}

Reader::Failure Reader::read_files(SourceMap& map) {
  if (auto failure = expect("\"files\"", "\"files\" is missing")) return failure;
  if (auto failure = expect(":", "':' is missing")) return failure;
  if (auto failure = expect("[", "\"files\" is an array")) return failure;
  if (skip(']')) return {};
  while (true) {
    std::string name;
    if (auto failure = read_string(name)) return failure;
    map.add_file(std::move(name));
    if (skip(']')) return {};
    if (auto failure = expect(",", "',' or ']' is missing")) return failure;
  }
}

Reader::Failure Reader::read_places(SourceMap& map) {
  // Instructions, texts and file lists are all counted in 32 bits.
  constexpr std::int64_t kLimit = 0xFFFFFFFF;
  if (auto failure = expect("\"places\"", "\"places\" is missing")) return failure;
  if (auto failure = expect(":", "':' is missing")) return failure;
  if (auto failure = expect("[", "\"places\" is an array")) return failure;
  if (skip(']')) return {};
  std::int64_t instruction = 0;
  std::int64_t file = 0;
  std::int64_t begin = 0;
  std::uint32_t place_count = 0;
  while (true) {
    std::int64_t numbers[4];
    for (int i = 0; i < 4; ++i) {
      if (i > 0) {
        if (auto failure = expect(",", "every place has four numbers")) return failure;
      }
      if (auto failure = read_number(numbers[i])) return failure;
      if (numbers[i] > kLimit || numbers[i] < -kLimit) return error("number out of range");
    }
    instruction += numbers[0];
    file += numbers[1];
    begin += numbers[2];
    if (place_count > 0 && numbers[0] < 1) return error("instructions are not in order");
    if (instruction < 0 || numbers[0] > SourceMap::kGapMax)
      return error("instruction out of range");
    if (file < 0 || file >= static_cast<std::int64_t>(map.file_count()))
      return error("there is no such file");
    if (begin < 0 || numbers[3] < 0 || begin + numbers[3] > kLimit)
      return error("place out of range");
    map.set(InstructionId(static_cast<std::uint32_t>(instruction)),
            SourcePlace{SourceFileId(static_cast<std::uint32_t>(file)),
                        {static_cast<std::uint32_t>(begin),
                         static_cast<std::uint32_t>(begin + numbers[3])}});
    ++place_count;
    if (skip(']')) return {};
    if (auto failure = expect(",", "',' or ']' is missing")) return failure;
  }
}

Reader::Failure Reader::expect(std::string_view token, std::string_view what) {
  skip_blanks();
  if (!json_.substr(at_).starts_with(token)) return error(what);
  at_ += token.size();
  return {};
}

Reader::Failure Reader::read_string(std::string& out) {
  if (auto failure = expect("\"", "a file name is a string")) return failure;
  while (at_ < json_.size()) {
    const char c = json_[at_++];
    if (c == '"') return {};
    if (c != '\\') {
      out += c;
    } else if (auto failure = read_escape(out)) {
      return failure;
    }
  }
  return error("a string is not closed");
}

// After the backslash. to_json writes \u only for control characters.
Reader::Failure Reader::read_escape(std::string& out) {
  if (at_ == json_.size()) return error("a string is not closed");
  switch (json_[at_++]) {
    case '"': out += '"'; return {};
    case '\\': out += '\\'; return {};
    case '/': out += '/'; return {};
    case 'n': out += '\n'; return {};
    case 'r': out += '\r'; return {};
    case 't': out += '\t'; return {};
    case 'u': {
      const std::string_view digits = json_.substr(at_, 4);
      std::uint32_t value = 0;
      const auto [rest, failure] =
          std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
      if (failure != std::errc() || rest != digits.data() + 4 || value >= 0x80) {
        return error("unknown escape in a string");
      }
      out += static_cast<char>(value);
      at_ += 4;
      return {};
    }
    default: return error("unknown escape in a string");
  }
}

Reader::Failure Reader::read_number(std::int64_t& out) {
  skip_blanks();
  const char* const begin = json_.data() + at_;
  const auto [rest, failure] = std::from_chars(begin, json_.data() + json_.size(), out);
  if (failure != std::errc()) return error("a number is missing");
  at_ += static_cast<std::size_t>(rest - begin);
  return {};
}

bool Reader::skip(char c) {
  skip_blanks();
  if (at_ == json_.size() || json_[at_] != c) return false;
  ++at_;
  return true;
}

void Reader::skip_blanks() {
  while (at_ < json_.size() &&
         (json_[at_] == ' ' || json_[at_] == '\n' || json_[at_] == '\r' || json_[at_] == '\t')) {
    ++at_;
  }
}

}  // namespace

SourceFileId SourceMap::add_file(std::string name) {
  files_.push_back(std::move(name));
  return SourceFileId(files_.size() - 1);
}

void SourceMap::set(InstructionId id, SourcePlace place) {
  AQUA_CHECK(place.file.value < files_.size(), "file {} of {}", place.file.value, files_.size());
  if (places_.size() <= id.value) places_.resize(std::size_t{id.value} + 1);
  places_[id.value] = place;
}

std::optional<SourcePlace> SourceMap::find(InstructionId id) const {
  if (id.value >= places_.size() || places_[id.value].file.is_none()) return std::nullopt;
  return places_[id.value];
}

std::string to_json(const SourceMap& map) {
  std::string out = "{\"version\":1,\"files\":[";
  for (std::size_t i = 0; i < map.files_.size(); ++i) {
    if (i > 0) out += ',';
    json::append_quoted_lossy(out, map.files_[i]);
  }
  out += "],\"places\":[";
  std::int64_t instruction = 0;
  std::int64_t file = 0;
  std::int64_t begin = 0;
  const char* separator = "";
  for (std::size_t i = 0; i < map.places_.size(); ++i) {
    const SourcePlace& place = map.places_[i];
    if (place.file.is_none()) continue;
    fmt::format_to(std::back_inserter(out), "{}{},{},{},{}", separator,
                   static_cast<std::int64_t>(i) - instruction, place.file.value - file,
                   place.span.begin - begin, place.span.end - place.span.begin);
    instruction = static_cast<std::int64_t>(i);
    file = place.file.value;
    begin = place.span.begin;
    separator = ",";
  }
  out += "]}";
  return out;
}

base::Result<SourceMap, SourceMapError> parse_source_map(std::string_view json) {
  return Reader(json).run();
}

}  // namespace aqua::air
