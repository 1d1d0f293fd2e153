#include "sim/peer_literals.h"

#include <algorithm>
#include <map>
#include <set>
#include <variant>

#include "air/printer.h"
#include "base/overloaded.h"
#include "crypto/keys.h"

namespace aqua::sim {

using air::InstructionId;

namespace {

// Walks backwards from the places of peers to what can be a value there. Names are taken by their text,
// wherever they stand: a name that is used twice for different things is followed to both.
class FlowSearch {
 public:
  explicit FlowSearch(const air::Tree& tree) : tree_(tree) {
    for (std::size_t i = 0; i < tree.instructions.size(); ++i) index(InstructionId(i));
  }

  std::vector<PeerLiteral> run() {
    for (std::size_t i = 0; i < tree_.instructions.size(); ++i) {
      const InstructionId at(i);
      if (const auto* const call = std::get_if<air::Call>(&tree_[at]))
        take(call->peer, at, Slot::kPeer, 0);
      if (const auto* const canon = std::get_if<air::Canon>(&tree_[at]))
        take(canon->peer, at, Slot::kPeer, 0);
    }
    while (!open_.empty()) {
      const std::string_view name = open_.back();
      open_.pop_back();
      const auto [begin, end] = writers_.equal_range(name);
      for (auto writer = begin; writer != end; ++writer) follow(writer->second, name);
    }
    std::ranges::sort(found_, {},
                      [](const PeerLiteral& l) { return std::tuple(l.at, l.slot, l.argument); });
    return std::move(found_);
  }

 private:
  void index(InstructionId at) {
    const auto writes = [&](air::NameId name) {
      if (name.has_value()) writers_.emplace(tree_[name].text, at);
    };
    std::visit(base::Overloaded{
                   [&](const air::Call& i) { writes(i.output); },
                   [&](const air::Canon& i) { writes(i.target); },
                   [&](const air::Ap& i) { writes(i.target); },
                   [&](const air::FoldValue& i) { writes(i.iterator); },
                   [&](const air::FoldStream& i) { writes(i.iterator); },
                   [](const air::ApMap&) {},
                   [](const air::Seq&) {},
                   [](const air::Par&) {},
                   [](const air::Xor&) {},
                   [](const air::Match&) {},
                   [](const air::Mismatch&) {},
                   [](const air::Next&) {},
                   [](const air::New&) {},
                   [](const air::FailLiteral&) {},
                   [](const air::FailValue&) {},
                   [](const air::Never&) {},
                   [](const air::Null&) {},
               },
               tree_[at]);
  }

  // What gives `name` its values.
  void follow(InstructionId at, std::string_view name) {
    if (const auto* const ap = std::get_if<air::Ap>(&tree_[at])) {
      take(ap->value, at, Slot::kValue, 0);
    } else if (const auto* const canon = std::get_if<air::Canon>(&tree_[at])) {
      want(canon->source);
    } else if (const auto* const fold = std::get_if<air::FoldValue>(&tree_[at])) {
      if (const auto* const variable = std::get_if<air::Variable>(&tree_[fold->iterable]))
        want(variable->name);
    } else if (const auto* const stream_fold = std::get_if<air::FoldStream>(&tree_[at])) {
      want(stream_fold->stream);
    } else if (const auto* const call = std::get_if<air::Call>(&tree_[at]);
               call != nullptr && gives_its_arguments(*call)) {
      for (std::uint32_t i = 0; i < call->arguments.count; ++i)
        take(air::OperandId(call->arguments.first.value + i), at, Slot::kArgument, i);
    }
    static_cast<void>(name);
  }

  bool gives_its_arguments(const air::Call& call) const {
    const auto* const service = std::get_if<air::Literal>(&tree_[call.service]);
    const auto* const function = std::get_if<air::Literal>(&tree_[call.function]);
    if (service == nullptr || function == nullptr || service->text != "op") return false;
    return function->text == "array" || function->text == "identity" || function->text == "concat";
  }

  void take(air::OperandId operand, InstructionId at, Slot slot, std::uint32_t argument) {
    if (const auto* const literal = std::get_if<air::Literal>(&tree_[operand])) {
      found_.push_back({at, slot, argument, literal->text});
    } else if (const auto* const variable = std::get_if<air::Variable>(&tree_[operand])) {
      want(variable->name);
    }
  }
  void want(air::NameId name) {
    if (wanted_.insert(tree_[name].text).second) open_.push_back(tree_[name].text);
  }

  const air::Tree& tree_;
  std::multimap<std::string_view, InstructionId> writers_;
  std::set<std::string_view> wanted_;
  std::vector<std::string_view> open_;
  std::vector<PeerLiteral> found_;
};

}  // namespace

std::vector<PeerLiteral> find_peer_literals(const air::Tree& tree) {
  return FlowSearch(tree).run();
}

std::string_view name_in(std::string_view literal) {
  return literal.starts_with('@') ? literal.substr(1) : literal;
}

bool is_peer_id(std::string_view literal) { return crypto::public_key_of(literal).has_value(); }

std::vector<std::string> mentioned_names(const air::Tree& tree) {
  std::vector<std::string> names;
  std::set<std::string_view> known;
  const auto add = [&](std::string_view name) {
    if (!name.empty() && !is_peer_id(name) && known.insert(name).second) names.emplace_back(name);
  };
  for (const PeerLiteral& literal : find_peer_literals(tree)) add(name_in(literal.text));
  for (const air::Operand& operand : tree.operands) {
    const auto* const literal = std::get_if<air::Literal>(&operand);
    if (literal != nullptr && literal->text.starts_with('@')) add(name_in(literal->text));
  }
  return names;
}

air::Tree with_resolved_literals(const air::Tree& written, const Identities& identities) {
  air::Tree tree;
  tree.instructions = written.instructions;
  tree.operands = written.operands;
  tree.accessors = written.accessors;
  tree.names = written.names;
  for (air::Operand& operand : tree.operands) {
    if (auto* const literal = std::get_if<air::Literal>(&operand))
      literal->text = identities.resolved(literal->text);
  }
  return tree;
}

std::string with_peer_ids(const air::Tree& written, const Identities& identities) {
  air::Tree tree = with_resolved_literals(written, identities);
  // One operand can stand in several places, so the places of peers get their own.
  for (const PeerLiteral& literal : find_peer_literals(written)) {
    const report::PeerIndex peer = identities.find_name(name_in(literal.text));
    if (peer.is_none()) continue;
    const air::OperandId own(tree.operands.size());
    air::Instruction& instruction = tree.instructions[literal.at.value];
    if (literal.slot == Slot::kArgument) {
      air::OperandRange& arguments = std::get<air::Call>(instruction).arguments;
      for (std::uint32_t i = 0; i < arguments.count; ++i) {
        air::Operand copy = tree.operands[arguments.first.value + i];
        tree.operands.push_back(copy);
      }
      arguments.first = own;
      tree.operands[own.value + literal.argument] = air::Literal{identities.peer_id(peer)};
      continue;
    }
    tree.operands.push_back(air::Literal{identities.peer_id(peer)});
    if (literal.slot == Slot::kValue) {
      std::get<air::Ap>(instruction).value = own;
    } else if (auto* const call = std::get_if<air::Call>(&instruction)) {
      call->peer = own;
    } else {
      std::get<air::Canon>(instruction).peer = own;
    }
  }
  return air::print(tree);
}

}  // namespace aqua::sim
