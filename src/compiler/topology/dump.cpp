#include "compiler/topology/dump.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <variant>

#include "base/overloaded.h"
#include "compiler/model/dump.h"

namespace aqua::topology {

namespace {

using base::Overloaded;
using model::OpId;

constexpr std::size_t kIndentMax = 40;

class Dumper {
 public:
  Dumper(const model::Ops& ops, const Way& way, std::span<const diagnostics::Source> sources)
      : ops_(ops), way_(way), sources_(sources) {}

  std::string run() {
    write(ops_.root, 0);
    return std::move(out_);
  }

 private:
  void write(OpId id, std::size_t level);
  void write_node(OpId id, std::size_t level);
  void block(std::string_view title, const std::vector<OpId>& ids, std::size_t level) {
    line(level, {}, title);
    for (const OpId id : ids) write(id, level + 1);
  }
  void hops(HopRange range, std::string_view what, std::size_t level) {
    for (const Hop& hop : way_[range]) line(level, {}, fmt::format("{} {}", what, peer(hop.peer)));
  }
  void line(std::size_t level, model::Place place, std::string_view text);
  std::string peer(const model::Operand& operand) const;

  const model::Ops& ops_;
  const Way& way_;
  const std::span<const diagnostics::Source> sources_;
  std::string out_;
};

// As the user knows it: arguments by their names.
std::string Dumper::peer(const model::Operand& operand) const {
  if (std::holds_alternative<model::InitPeerId>(operand.base)) return "the init peer";
  std::string text = model::describe(ops_, operand);
  if (text == "-relay-") return "the relay";
  if (text.starts_with('-')) {
    const std::size_t end = text.find("-arg-");
    if (end != std::string::npos) text = text.substr(1, end - 1) + text.substr(end + 5);
  }
  return text;
}

void Dumper::line(std::size_t level, model::Place place, std::string_view text) {
  std::string where;
  if (place.source.has_value()) {
    const diagnostics::LineColumn at = sources_[place.source.value].locate(place.span.begin);
    where = fmt::format("{}:{}", at.line, at.column);
  }
  out_ +=
      fmt::format("{:>8}  {}{}\n", where, std::string(std::min(level * 2, kIndentMax), ' '), text);
}

void Dumper::write(OpId id, std::size_t level) {
  hops(way_.before[id.value], "visit", level);
  write_node(id, level);
  hops(way_.after[id.value], "visit", level);
}

void Dumper::write_node(OpId id, std::size_t level) {
  const model::Op& op = ops_[id];
  std::visit(
      Overloaded{[&](const model::Seq& n) {
                   for (const OpId inner : n.ops) write(inner, level);
                 },
                 [&](const model::Par& n) { block("beside each other", n.branches, level); },
                 [&](const model::Xor& n) {
                   block("each where the one before failed", n.branches, level);
                 },
                 [&](const model::Background& n) { block("in the background", {n.body}, level); },
                 [&](const model::Within& n) {
                   write(n.body, level);
                   hops(way_.on_error[id.value], "on an error back to", level);
                 },
                 [&](const model::Restrict& n) { write(n.body, level); },
                 [&](const model::Match& n) { write(n.body, level); },
                 [&](const model::Mismatch& n) { write(n.body, level); },
                 [&](const model::Fold& n) {
                   block("for each " + std::string(ops_[n.iterator].text), {n.body}, level);
                 },
                 [&](const model::Call& n) {
                   line(level, op.place,
                        fmt::format("call {}.{} on {}", model::describe(ops_, n.service),
                                    model::describe(ops_, n.function), peer(ops_[op.path].peer)));
                 },
                 [&](const model::Canon& n) {
                   line(
                       level, op.place,
                       fmt::format("take {} on {}", ops_[n.source].text, peer(ops_[op.path].peer)));
                 },
                 [](const model::Next&) {}, [](const model::Ap&) {}, [](const model::ApMap&) {},
                 [](const model::Fail&) {}, [](const model::Null&) {}},
      op.node);
}

}  // namespace

std::string dump(const model::Ops& ops, const Way& way,
                 std::span<const diagnostics::Source> sources) {
  return Dumper(ops, way, sources).run();
}

}  // namespace aqua::topology
