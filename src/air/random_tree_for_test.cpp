#include "air/random_tree_for_test.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

#include "air/name_table.h"

namespace aqua::air {

namespace {

constexpr std::size_t kInstructionCountMax = 60;

class Generator {
 public:
  explicit Generator(std::uint64_t seed) : state_(seed), names_(tree_.names, seed) {}

  Tree run() {
    instruction(0);
    return std::move(tree_);
  }

 private:
  // splitmix64
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  std::uint32_t below(std::uint32_t limit) { return static_cast<std::uint32_t>(next() % limit); }

  template <std::size_t N>
  std::string_view one_of(const std::string_view (&texts)[N]) {
    return texts[below(N)];
  }

  NameId name(NameKind kind) {
    static constexpr std::string_view kScalars[] = {"x",    "1a",      "-x", "+x",
                                                    "日本", "trueish", "_",  "½b"};
    static constexpr std::string_view kStreams[] = {"$s", "$a-long-name", "$é"};
    static constexpr std::string_view kMaps[] = {"%m", "%-", "%long_map"};
    static constexpr std::string_view kCanons[] = {"#cc", "#$c", "#$canon", "#é"};
    static constexpr std::string_view kCanonMaps[] = {"#%m", "x%y", "$%m", "1%z", "%%m"};
    switch (kind) {
      case NameKind::kScalar: return names_.intern(one_of(kScalars), kind);
      case NameKind::kStream: return names_.intern(one_of(kStreams), kind);
      case NameKind::kStreamMap: return names_.intern(one_of(kMaps), kind);
      case NameKind::kCanon: return names_.intern(one_of(kCanons), kind);
      case NameKind::kCanonMap: return names_.intern(one_of(kCanonMaps), kind);
    }
    return {};
  }

  Lens lens() {
    if (below(4) == 0) return {.kind = LensKind::kLength};
    Lens path{.kind = LensKind::kPath, .first = static_cast<std::uint32_t>(tree_.accessors.size())};
    path.count = 1 + below(3);
    static constexpr std::string_view kFields[] = {"a", "length", "a-b", "_", "-", "äb", "x9"};
    for (std::uint32_t i = 0; i < path.count; ++i) {
      switch (below(3)) {
        case 0: tree_.accessors.emplace_back(ByIndex{below(2) == 0 ? 0xFFFFFFFF : below(9)}); break;
        case 1: tree_.accessors.emplace_back(ByField{one_of(kFields)}); break;
        default: tree_.accessors.emplace_back(ByScalar{names_.intern("idx", NameKind::kScalar)});
      }
    }
    return path;
  }

  Lens lens_or_none() { return below(2) == 0 ? lens() : Lens{}; }

  // Any float that is written in at most eleven characters.
  double real() {
    char text[11];
    const std::size_t size = 3 + below(9);
    for (char& digit : text) digit = static_cast<char>('0' + below(10));
    text[1 + below(static_cast<std::uint32_t>(size) - 1)] = '.';
    double value = 0;
    std::from_chars(text, text + size, value);
    return below(2) == 0 && size < 11 ? -value : value;
  }

  OperandId push(Operand operand) {
    tree_.operands.push_back(operand);
    return OperandId(tree_.operands.size() - 1);
  }

  Operand literal() {
    static constexpr std::string_view kTexts[] = {"", "text", "two\nlines ;no comment", "\\ ( [ ü",
                                                  ")"};
    return Literal{one_of(kTexts)};
  }
  Operand variable(NameKind kind, Lens with) { return Variable{name(kind), with}; }

  Operand resolvable() {
    switch (below(4)) {
      case 0: return literal();
      case 1: return variable(NameKind::kScalar, lens_or_none());
      case 2: return canon_with_lens();
      default: return variable(NameKind::kCanonMap, lens_of_map());
    }
  }
  // "x%y" has its sigil second and takes a lens from three letters on, as all of these have.
  Lens lens_of_map() { return lens(); }
  Operand canon_with_lens() { return variable(NameKind::kCanon, lens()); }

  Operand peer() { return below(3) == 0 ? Operand(InitPeerId{}) : resolvable(); }

  Operand ap_value() {
    switch (below(12)) {
      case 0: return InitPeerId{};
      case 1: return LastError{lens_or_none()};
      case 2: return ErrorSlot{lens_or_none()};
      case 3: return literal();
      case 4: return Timestamp{};
      case 5: return Ttl{};
      case 6: return Integer{static_cast<std::int64_t>(next())};
      case 7: return Float{real()};
      case 8: return Boolean{below(2) == 0};
      case 9: return EmptyArray{};
      case 10: return variable(NameKind::kCanon, lens_or_none());
      default: return resolvable();
    }
  }
  Operand value() { return below(9) == 0 ? variable(NameKind::kCanonMap, {}) : ap_value(); }

  NameId scalar_or_stream() { return name(below(2) == 0 ? NameKind::kScalar : NameKind::kStream); }

  Operand iterable() {
    switch (below(4)) {
      case 0: return variable(NameKind::kScalar, lens_or_none());
      case 1: return variable(NameKind::kCanon, {});
      case 2: return variable(NameKind::kCanonMap, lens_or_none());
      default: return EmptyArray{};
    }
  }

  InstructionId instruction(std::uint32_t depth) {
    const InstructionId id(tree_.instructions.size());
    tree_.instructions.emplace_back(Null{});
    const bool is_leaf = depth > 40 || tree_.instructions.size() > kInstructionCountMax;
    tree_.instructions[id.value] = is_leaf ? leaf() : any(depth + 1);
    return id;
  }

  Instruction leaf() {
    switch (below(9)) {
      case 0: return call();
      case 1: return canon();
      case 2: return Ap{push(ap_value()), scalar_or_stream()};
      case 3: return ap_map();
      case 4: return Next{name(NameKind::kScalar)};
      case 5: return FailLiteral{static_cast<std::int64_t>(next()), "message"};
      case 6: return fail();
      case 7: return Never{};
      default: return Null{};
    }
  }

  Instruction any(std::uint32_t depth) {
    // Braces evaluate from left to right: children are numbered in the order of the text.
    switch (below(10)) {
      case 0: return Seq{instruction(depth), instruction(depth)};
      case 1: return Par{instruction(depth), instruction(depth)};
      case 2: return Xor{instruction(depth), instruction(depth)};
      case 3: return Match{push(value()), push(value()), instruction(depth)};
      case 4: return Mismatch{push(value()), push(value()), instruction(depth)};
      case 5:
        return FoldValue{push(iterable()), name(NameKind::kScalar), instruction(depth),
                         last(depth)};
      case 6:
        return FoldStream{name(below(2) == 0 ? NameKind::kStream : NameKind::kStreamMap),
                          name(NameKind::kScalar), instruction(depth), last(depth)};
      case 7: return New{name(static_cast<NameKind>(below(5))), instruction(depth)};
      default: return leaf();
    }
  }

  InstructionId last(std::uint32_t depth) {
    return below(2) == 0 ? instruction(depth) : InstructionId::none();
  }

  Instruction call() {
    Call call;
    call.peer = push(peer());
    call.service = push(resolvable());
    call.function = push(resolvable());
    std::vector<Operand> arguments(below(4));
    for (Operand& argument : arguments) argument = value();
    if (!arguments.empty()) call.arguments.first = OperandId(tree_.operands.size());
    call.arguments.count = static_cast<std::uint32_t>(arguments.size());
    std::ranges::copy(arguments, std::back_inserter(tree_.operands));
    if (below(2) == 0) call.output = scalar_or_stream();
    return call;
  }

  Instruction canon() {
    const OperandId at = push(peer());
    switch (below(3)) {
      case 0: return Canon{at, name(NameKind::kStream), name(NameKind::kCanon)};
      case 1: return Canon{at, name(NameKind::kStreamMap), name(NameKind::kCanonMap)};
      default: return Canon{at, name(NameKind::kStreamMap), name(NameKind::kScalar)};
    }
  }

  Instruction ap_map() {
    Operand key;
    switch (below(4)) {
      case 0: key = literal(); break;
      case 1: key = Integer{static_cast<std::int64_t>(next())}; break;
      case 2: key = variable(NameKind::kScalar, lens_or_none()); break;
      default: key = canon_with_lens();
    }
    return ApMap{push(key), push(ap_value()), name(NameKind::kStreamMap)};
  }

  Instruction fail() {
    switch (below(4)) {
      case 0: return FailValue{push(LastError{})};
      case 1: return FailValue{push(ErrorSlot{})};
      case 2: return FailValue{push(variable(NameKind::kScalar, lens_or_none()))};
      default: return FailValue{push(canon_with_lens())};
    }
  }

  std::uint64_t state_;
  Tree tree_;
  NameTable names_;
};

}  // namespace

Tree random_tree(std::uint64_t seed) { return Generator(seed).run(); }

}  // namespace aqua::air
