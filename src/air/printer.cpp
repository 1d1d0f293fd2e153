#include "air/printer.h"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "air/keyword.h"
#include "base/overloaded.h"

namespace aqua::air {

using base::Overloaded;

namespace {

constexpr std::size_t kFloatSizeMax = 11;

void append_integer(std::string& out, std::int64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
  out.append(digits, end);
}

// The shortest digits that read back as `value`, without an exponent: 1, 0.1, -0, 100000000000.
std::string shortest_float(double value) {
  std::string digits(400, '\0');
  const auto end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed)
          .ptr;
  digits.resize(static_cast<std::size_t>(end - digits.data()));
  return digits;
}

// How a float is written in a script; longer than kFloatSizeMax where AIR can not express it.
std::string script_float(double value) {
  std::string digits = shortest_float(value);
  if (digits.find('.') != std::string::npos) return digits;
  digits += digits.size() + 2 <= kFloatSizeMax ? ".0" : ".";
  return digits;
}

void append_lens(std::string& out, const Tree& tree, const Lens& lens) {
  switch (lens.kind) {
    case LensKind::kNone: return;
    case LensKind::kLength: out += ".length"; return;
    case LensKind::kPath: break;
  }
  out += ".$";
  for (const Accessor& accessor : tree.path(lens)) {
    out += '.';
    std::visit(Overloaded{[&](const ByIndex& by) {
                            out += '[';
                            append_integer(out, by.index);
                            out += ']';
                          },
                          [&](const ByField& by) { out += by.field; },
                          [&](const ByScalar& by) {
                            out += '[';
                            out += tree[by.scalar].text;
                            out += ']';
                          }},
               accessor);
  }
}

enum class FloatForm { kScript, kShortest };

void append_operand(std::string& out, const Tree& tree, const Operand& operand, FloatForm form) {
  std::visit(
      Overloaded{[&](const InitPeerId&) { out += "%init_peer_id%"; },
                 [&](const Timestamp&) { out += "%timestamp%"; },
                 [&](const Ttl&) { out += "%ttl%"; }, [&](const EmptyArray&) { out += "[]"; },
                 [&](const LastError& slot) {
                   out += "%last_error%";
                   append_lens(out, tree, slot.lens);
                 },
                 [&](const ErrorSlot& slot) {
                   out += ":error:";
                   append_lens(out, tree, slot.lens);
                 },
                 [&](const Literal& literal) {
                   out += '"';
                   out += literal.text;
                   out += '"';
                 },
                 [&](const Integer& integer) { append_integer(out, integer.value); },
                 [&](const Float& real) {
                   out += form == FloatForm::kScript ? script_float(real.value)
                                                     : shortest_float(real.value);
                 },
                 [&](const Boolean& boolean) { out += boolean.value ? "true" : "false"; },
                 [&](const Variable& variable) {
                   out += tree[variable.name].text;
                   append_lens(out, tree, variable.lens);
                 }},
      operand);
}

// Writes the head of an instruction: its word and operands, without brackets and nested
// instructions.
class HeadWriter {
 public:
  HeadWriter(std::string& out, const Tree& tree, FloatForm form)
      : out_(out), tree_(tree), form_(form) {}

  void operator()(const Call& call) {
    word(Keyword::kCall);
    operand(call.peer);
    out_ += " (";
    bare_operand(call.service);
    operand(call.function);
    out_ += ") [";
    const char* separator = "";
    for (const Operand& argument : tree_[call.arguments]) {
      out_ += separator;
      append_operand(out_, tree_, argument, form_);
      separator = " ";
    }
    out_ += ']';
    if (call.output.has_value()) {
      name(call.output);
    } else if (form_ == FloatForm::kShortest) {
      // The published VM leaves the separator of the missing output.
      out_ += ' ';
    }
  }
  void operator()(const Canon& canon) {
    word(Keyword::kCanon);
    operand(canon.peer);
    name(canon.source);
    name(canon.target);
  }
  void operator()(const Ap& ap) {
    word(Keyword::kAp);
    operand(ap.value);
    name(ap.target);
  }
  void operator()(const ApMap& ap) {
    word(Keyword::kAp);
    out_ += " (";
    bare_operand(ap.key);
    operand(ap.value);
    out_ += ')';
    name(ap.map);
  }
  void operator()(const Seq&) { word(Keyword::kSeq); }
  void operator()(const Par&) { word(Keyword::kPar); }
  void operator()(const Xor&) { word(Keyword::kXor); }
  void operator()(const Match& match) {
    word(Keyword::kMatch);
    operand(match.left);
    operand(match.right);
  }
  void operator()(const Mismatch& mismatch) {
    word(Keyword::kMismatch);
    operand(mismatch.left);
    operand(mismatch.right);
  }
  void operator()(const FoldValue& fold) {
    word(Keyword::kFold);
    operand(fold.iterable);
    name(fold.iterator);
  }
  void operator()(const FoldStream& fold) {
    word(Keyword::kFold);
    name(fold.stream);
    name(fold.iterator);
  }
  void operator()(const Next& next) {
    word(Keyword::kNext);
    name(next.iterator);
  }
  void operator()(const New& scope) {
    word(Keyword::kNew);
    name(scope.name);
  }
  void operator()(const FailLiteral& fail) {
    word(Keyword::kFail);
    out_ += ' ';
    append_integer(out_, fail.code);
    out_ += " \"";
    out_ += fail.message;
    out_ += '"';
  }
  void operator()(const FailValue& fail) {
    word(Keyword::kFail);
    operand(fail.value);
  }
  void operator()(const Never&) { word(Keyword::kNever); }
  void operator()(const Null&) { word(Keyword::kNull); }

 private:
  void word(Keyword keyword) { out_ += text_of(keyword); }
  void bare_operand(OperandId id) { append_operand(out_, tree_, tree_[id], form_); }
  void operand(OperandId id) {
    out_ += ' ';
    bare_operand(id);
  }
  void name(NameId id) {
    out_ += ' ';
    out_ += tree_[id].text;
  }

  std::string& out_;
  const Tree& tree_;
  FloatForm form_;
};

}  // namespace

bool is_expressible(double value) {
  return std::isfinite(value) && script_float(value).size() <= kFloatSizeMax;
}

std::string print(const Tree& tree) {
  std::string out;
  // Instructions still to write; none stands for the bracket that closes the innermost open one.
  std::vector<InstructionId> pending{InstructionId(std::uint32_t{0})};
  while (!pending.empty()) {
    const InstructionId id = pending.back();
    pending.pop_back();
    if (id.is_none()) {
      out += ')';
      continue;
    }
    if (!out.empty()) out += ' ';
    out += '(';
    std::visit(HeadWriter(out, tree, FloatForm::kScript), tree[id]);
    pending.push_back(InstructionId::none());
    const Children children = children_of(tree[id]);
    if (children.second.has_value()) pending.push_back(children.second);
    if (children.first.has_value()) pending.push_back(children.first);
  }
  return out;
}

std::string print_instruction(const Tree& tree, InstructionId id) {
  std::string out;
  std::visit(HeadWriter(out, tree, FloatForm::kShortest), tree[id]);
  return out;
}

std::string print_operand(const Tree& tree, const Operand& operand) {
  std::string out;
  append_operand(out, tree, operand, FloatForm::kShortest);
  return out;
}

std::string print_lens(const Tree& tree, const Lens& lens) {
  std::string out;
  append_lens(out, tree, lens);
  return out;
}

}  // namespace aqua::air
