#include "compiler/model/dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <variant>

#include "base/overloaded.h"

namespace aqua::model {

namespace {

using base::Overloaded;

constexpr std::size_t kIndentMax = 60;

std::string_view sigil_of(NameKind kind) {
  switch (kind) {
    case NameKind::kScalar: return "";
    case NameKind::kStream: return "$";
    case NameKind::kStreamMap: return "%";
    case NameKind::kCanon: return "#$";
    case NameKind::kCanonMap: return "#%";
  }
  return "";
}

std::string describe(const Ops& ops, NameId id) {
  if (id.is_none()) return "_";
  return fmt::format("{}{}", sigil_of(ops[id].kind), ops[id].text);
}

class Dumper {
 public:
  explicit Dumper(const Ops& ops) : ops_(ops) {}

  std::string run() {
    write(ops_.root, 0);
    return std::move(out_);
  }

 private:
  void line(std::size_t level, std::string_view text) {
    out_ += fmt::format("{}{}\n", std::string(std::min(level * 2, kIndentMax), ' '), text);
  }
  void write(OpId id, std::size_t level);
  void write_all(const std::vector<OpId>& ids, std::size_t level) {
    for (const OpId id : ids) write(id, level);
  }
  std::string text(const Operand& operand) const { return model::describe(ops_, operand); }
  std::string text(NameId name) const { return describe(ops_, name); }
  std::string iterable(const Fold& fold) const {
    return std::visit([this](const auto& one) { return text(one); }, fold.iterable);
  }

  const Ops& ops_;
  std::string out_;
};

std::string_view mode_of(FoldMode mode) {
  switch (mode) {
    case FoldMode::kSequential: return "fold";
    case FoldMode::kTry: return "fold try";
    case FoldMode::kPar: return "fold par";
    case FoldMode::kParseq: return "fold parseq";
    case FoldMode::kBare: return "fold bare";
  }
  return "";
}

void Dumper::write(OpId id, std::size_t level) {
  const Op& op = ops_[id];
  std::visit(
      Overloaded{
          [&](const Seq& n) { line(level, "seq"), write_all(n.ops, level + 1); },
          [&](const Par& n) { line(level, "par"), write_all(n.branches, level + 1); },
          [&](const Xor& n) { line(level, "xor"), write_all(n.branches, level + 1); },
          [&](const Background& n) { line(level, "background"), write(n.body, level + 1); },
          [&](const Within& n) {
            line(level, "on " + model::describe(ops_, n.path)), write(n.body, level + 1);
          },
          [&](const Restrict& n) { line(level, "new " + text(n.name)), write(n.body, level + 1); },
          [&](const Match& n) {
            line(level, fmt::format("match {} {}", text(n.left), text(n.right))),
                write(n.body, level + 1);
          },
          [&](const Mismatch& n) {
            line(level, fmt::format("mismatch {} {}", text(n.left), text(n.right)));
            write(n.body, level + 1);
          },
          [&](const Fold& n) {
            line(level, fmt::format("{} {} in {}", mode_of(n.mode), text(n.iterator), iterable(n)));
            write(n.body, level + 1);
          },
          [&](const Next& n) { line(level, "next " + text(n.iterator)); },
          [&](const Call& n) {
            std::string arguments;
            for (const Operand& argument : n.arguments)
              arguments += (arguments.empty() ? "" : ", ") + text(argument);
            line(level, fmt::format("call {} {} {} [{}] {}", model::describe(ops_, op.path),
                                    text(n.service), text(n.function), arguments, text(n.output)));
          },
          [&](const Canon& n) {
            line(level, fmt::format("canon {} {} {}", model::describe(ops_, op.path),
                                    text(n.source), text(n.target)));
          },
          [&](const Ap& n) { line(level, fmt::format("ap {} {}", text(n.value), text(n.target))); },
          [&](const ApMap& n) {
            line(level, fmt::format("ap ({} {}) {}", text(n.key), text(n.value), text(n.map)));
          },
          [&](const Fail& n) { line(level, "fail " + text(n.error)); },
          [&](const Null&) { line(level, "null"); }},
      op.node);
}

}  // namespace

std::string dump(const Ops& ops) { return Dumper(ops).run(); }

std::string describe(const Ops& ops, const Operand& operand) {
  std::string text =
      std::visit(Overloaded{[](const InitPeerId&) { return std::string("%init_peer_id%"); },
                            [](const Timestamp&) { return std::string("%timestamp%"); },
                            [](const Ttl&) { return std::string("%ttl%"); },
                            [](const EmptyArray&) { return std::string("[]"); },
                            [](const ErrorSlot&) { return std::string(":error:"); },
                            [](const String& s) { return fmt::format("\"{}\"", s.text); },
                            [](const Integer& i) { return fmt::format("{}", i.value); },
                            [](const Float& f) { return fmt::format("{}", f.value); },
                            [](const Boolean& b) { return fmt::format("{}", b.value); },
                            [&](const Variable& v) { return describe(ops, v.name); }},
                 operand.base);
  if (operand.is_length) text += ".length";
  if (!operand.lens.empty()) text += ".$";
  for (const Accessor& accessor : operand.lens) {
    text += std::visit(
        Overloaded{[](const ByField& a) { return fmt::format(".{}", a.field); },
                   [](const ByIndex& a) { return fmt::format(".[{}]", a.index); },
                   [&](const ByName& a) { return fmt::format(".[{}]", describe(ops, a.scalar)); }},
        accessor);
  }
  return text;
}

std::string describe(const Ops& ops, PathId path) {
  std::string text = describe(ops, ops[path].peer);
  for (const Relay& relay : ops[path].relays) text += " via " + describe(ops, relay.peer);
  return text;
}

}  // namespace aqua::model
