#include "compiler/syntax/dump.h"

#include <fmt/format.h>

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/overloaded.h"
#include "base/utf8.h"
#include "compiler/syntax/lexer.h"
#include "compiler/syntax/parser.h"
#include "compiler/syntax/words.h"

namespace aqua::syntax {

using base::Overloaded;

std::string dump_tokens(const diagnostics::Source& source) {
  std::string out;
  const std::string_view text = source.text();
  if (text.size() > kSourceBytesMax || base::find_invalid_utf8(text) != std::string_view::npos) {
    return out;
  }
  Reporter reporter(diagnostics::SourceId(0u));
  // Source::locate() counts from the beginning of the line each time.
  diagnostics::LineColumn place;
  std::size_t at = 0;
  for (const Token& token : scan(text, reporter)) {
    for (; at < token.span.begin; ++at) {
      const bool continues = (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80;
      if (text[at] == '\n') {
        ++place.line;
        place.column = 1;
      } else if (!continues) {
        ++place.column;
      }
    }
    fmt::format_to(std::back_inserter(out), "{}:{} {}", place.line, place.column,
                   name_of(token.kind));
    if (token.kind != TokenKind::kEnd) {
      // A string may have line breaks.
      out += ' ';
      for (const char c : text.substr(token.span.begin, token.span.end - token.span.begin)) {
        if (c == '\n') {
          out += "\\n";
        } else if (c == '\r') {
          out += "\\r";
        } else {
          out += c;
        }
      }
    }
    out += '\n';
  }
  return out;
}

namespace {

std::string_view collection_text(CollectionKind kind) {
  switch (kind) {
    case CollectionKind::kArray: return "[]";
    case CollectionKind::kOption: return "?";
    case CollectionKind::kStream: return "*";
  }
  return {};
}

std::string_view mode_text(ForMode mode) {
  switch (mode) {
    case ForMode::kSequential: return "for";
    case ForMode::kPar: return "for par";
    case ForMode::kTry: return "for try";
    case ForMode::kRec: return "for rec";
    case ForMode::kParseq: return "parseq";
  }
  return {};
}

std::string_view closure_text(ClosureKind kind) {
  switch (kind) {
    case ClosureKind::kHere: return "closure";
    case ClosureKind::kDetached: return "closure func";
    case ClosureKind::kDo: return "closure do";
  }
  return {};
}

class Dumper {
 public:
  explicit Dumper(const Tree& tree) : tree_(tree) {}

  std::string run() {
    if (tree_.header) header(*tree_.header);
    for (const Import& line : tree_.imports) import(line);
    for (const Export& line : tree_.exports) {
      begin("export");
      items(line.items);
      end();
    }
    for (const Declaration& node : tree_.declarations) {
      std::visit([this](const auto& declared) { declaration(declared); }, node);
    }
    return std::move(out_);
  }

 private:
  // --- lines
  void begin(std::string_view word) {
    out_.append(2 * depth_, ' ');
    out_ += word;
  }
  void end() { out_ += '\n'; }
  void line(std::string_view word) {
    begin(word);
    end();
  }
  void text(std::string_view piece) {
    for (const char c : piece) {
      if (c == '\n') {
        out_ += "\\n";
      } else {
        out_ += c;
      }
    }
  }
  void name(const Name& name) {
    out_ += ' ';
    out_ += name.text.empty() ? "<none>" : name.text;
  }
  void dotted(const DottedName& name) {
    for (std::size_t i = 0; i < name.parts.size(); ++i) {
      if (i > 0) out_ += '.';
      out_ += name.parts[i].text;
    }
  }
  template <class Range, class Each>
  void list(const Range& range, Each each) {
    bool is_first = true;
    for (const auto& element : range) {
      if (!is_first) out_ += ", ";
      is_first = false;
      each(element);
    }
  }

  // --- the head of the file
  void header(const ModuleHeader& node) {
    begin(node.keyword == ModuleHeader::Keyword::kAqua ? "aqua " : "module ");
    dotted(node.name);
    if (node.has_declares) {
      out_ += " declares ";
      if (node.declares_all) out_ += '*';
      list(node.declares, [this](const DottedName& declared) { dotted(declared); });
    }
    end();
  }
  void items(const std::vector<RenamedItem>& list_of_items) {
    if (list_of_items.empty()) return;
    out_ += ' ';
    list(list_of_items, [this](const RenamedItem& item) {
      dotted(item.name);
      if (item.rename) {
        out_ += " as ";
        dotted(*item.rename);
      }
    });
  }
  void import(const Import& node) {
    begin(node.keyword == Import::Keyword::kImport ? "import" : "use");
    items(node.items);
    out_ += node.items.empty() ? " \"" : " from \"";
    text(node.path);
    out_ += '"';
    if (node.as) {
      out_ += " as ";
      dotted(*node.as);
    }
    end();
  }

  // --- declarations
  void declaration(const Constant& node) {
    begin(node.is_default ? "const?" : "const");
    name(node.name);
    out_ += " = ";
    expr(node.value);
    end();
  }
  void declaration(const Alias& node) {
    begin("alias");
    name(node.name);
    out_ += ": ";
    type(node.type);
    end();
  }
  void declaration(const Data& node) { fields("data", node.name, {}, node.fields); }
  void declaration(const AbilityDeclaration& node) {
    fields("ability", node.name, {}, node.fields);
  }
  void declaration(const ServiceDeclaration& node) {
    fields("service", node.name, node.id, node.methods);
  }
  void fields(std::string_view word, const Name& declared, ExprId id,
              const std::vector<FieldDeclaration>& list_of_fields) {
    begin(word);
    name(declared);
    if (id.has_value()) {
      out_ += " id ";
      expr(id);
    }
    end();
    ++depth_;
    for (const FieldDeclaration& field : list_of_fields) {
      begin(field.name.text);
      out_ += ": ";
      type(field.type);
      end();
    }
    --depth_;
  }
  void declaration(const Function& node) {
    begin("func");
    name(node.name);
    arrow_header(node.header);
    end();
    block(node.body);
  }
  void arrow_header(const ArrowHeader& node) {
    if (!node.abilities.empty()) {
      out_ += '{';
      list(node.abilities, [this](const DottedName& ability) { dotted(ability); });
      out_ += '}';
    }
    out_ += '(';
    list(node.parameters, [this](const Parameter& one) { parameter(one); });
    out_ += ')';
    if (node.has_results) {
      out_ += " -> ";
      list(node.results, [this](TypeExprId result) { type(result); });
      if (node.results.empty()) out_ += "()";
    }
  }

  // --- types
  void parameter(const Parameter& node) {
    if (!node.name.text.empty()) {
      out_ += node.name.text;
      out_ += ": ";
    }
    type(node.type);
  }
  void type(TypeExprId id) {
    std::visit(Overloaded{
                   [this](const TopType&) { out_ += "top"; },
                   [this](const BottomType&) { out_ += "bottom"; },
                   [this](const NamedType& node) { dotted(node.name); },
                   [this](const CollectionType& node) {
                     out_ += collection_text(node.kind);
                     type(node.element);
                   },
                   [this](const StreamMapType& node) {
                     out_ += '%';
                     type(node.element);
                   },
                   [this](const ArrowType& node) {
                     ArrowHeader shape;
                     shape.abilities = node.abilities;
                     shape.parameters = node.parameters;
                     shape.results = node.results;
                     shape.has_results = true;
                     out_ += "arrow";
                     arrow_header(shape);
                   },
                   [this](const InvalidType&) { out_ += "<invalid>"; },
               },
               tree_[id].node);
  }

  // --- expressions
  void expr(ExprId id) {
    if (id.is_none()) {
      out_ += "<none>";
      return;
    }
    std::visit(Overloaded{
                   [this](const BooleanLiteral& node) { out_ += node.value ? "true" : "false"; },
                   [this](const IntegerLiteral& node) { out_ += node.text; },
                   [this](const FloatLiteral& node) { out_ += node.text; },
                   [this](const StringLiteral& node) {
                     out_ += '"';
                     text(node.text);
                     out_ += '"';
                   },
                   [this](const InitPeerIdLiteral&) { out_ += "%init_peer_id%"; },
                   [this](const CollectionLiteral& node) {
                     if (node.kind != CollectionKind::kArray) out_ += collection_text(node.kind);
                     out_ += '[';
                     list(node.elements, [this](ExprId element) { expr(element); });
                     out_ += ']';
                   },
                   [this](const NameExpr& node) { out_ += node.text; },
                   [this](const Member& node) {
                     expr(node.object);
                     out_ += '.';
                     out_ += node.name.text;
                   },
                   [this](const Index& node) {
                     expr(node.object);
                     out_ += node.index.is_none() ? "!" : "[";
                     if (node.index.has_value()) {
                       expr(node.index);
                       out_ += ']';
                     }
                   },
                   [this](const CallExpr& node) { call(node); },
                   [this](const Not& node) {
                     out_ += '!';
                     expr(node.operand);
                   },
                   [this](const Binary& node) {
                     out_ += '(';
                     expr(node.left);
                     out_ += ' ';
                     out_ += spelling(node.op);
                     out_ += ' ';
                     expr(node.right);
                     out_ += ')';
                   },
                   [this](const InvalidExpr&) { out_ += "<invalid>"; },
               },
               tree_[id].node);
  }
  void call(const CallExpr& node) {
    expr(node.callee);
    if (!node.abilities.empty()) {
      out_ += '{';
      list(node.abilities, [this](ExprId ability) { expr(ability); });
      out_ += '}';
    }
    out_ += '(';
    list(node.arguments, [this](const Argument& argument) {
      if (argument.name) {
        out_ += argument.name->text;
        out_ += " = ";
      }
      expr(argument.value);
    });
    out_ += ')';
  }
  void exprs(const std::vector<ExprId>& values) {
    out_ += ' ';
    list(values, [this](ExprId value) { expr(value); });
  }

  // --- statements
  void block(const Block& node) {
    ++depth_;
    for (const StatementId id : node.statements) statement(id);
    --depth_;
  }
  void labelled(std::string_view word, const Block& node) {
    line(word);
    block(node);
  }
  void statement(StatementId id) {
    std::visit([this](const auto& node) { statement(node); }, tree_[id].node);
  }
  void nested(StatementId id) {
    ++depth_;
    statement(id);
    --depth_;
  }
  void statement(const BindService& node) {
    begin("bind ");
    dotted(node.service);
    out_ += ' ';
    expr(node.id);
    end();
  }
  void statement(const Push& node) {
    begin("push");
    name(node.target);
    out_ += " <<- ";
    expr(node.value);
    if (node.second.has_value()) {
      out_ += ", ";
      expr(node.second);
    }
    end();
  }
  void statement(const For& node) {
    begin(mode_text(node.mode));
    out_ += ' ';
    list(node.items, [this](const Name& item) { out_ += item.text; });
    out_ += " <- ";
    expr(node.iterable);
    if (node.on_peer.has_value()) {
      out_ += " on ";
      expr(node.on_peer);
    }
    relays(node.on_relays);
    end();
    block(node.body);
  }
  void relays(const std::vector<ExprId>& values) {
    for (const ExprId relay : values) {
      out_ += " via ";
      expr(relay);
    }
  }
  void statement(const On& node) {
    begin("on ");
    expr(node.peer);
    relays(node.relays);
    end();
    block(node.body);
  }
  void statement(const If& node) {
    begin("if ");
    expr(node.condition);
    end();
    block(node.then);
    if (node.otherwise) labelled("else", *node.otherwise);
  }
  void statement(const Try& node) {
    labelled("try", node.body);
    for (const Catch& one : node.catches) {
      begin("catch");
      name(one.error);
      end();
      block(one.body);
    }
    if (node.otherwise) labelled("otherwise", *node.otherwise);
  }
  void statement(const Otherwise& node) {
    line("guarded");
    nested(node.first);
    labelled("otherwise", node.body);
  }
  void statement(const Par& node) {
    line("par");
    for (const StatementId branch : node.branches) nested(branch);
  }
  void statement(const Co& node) {
    line("co");
    nested(node.branch);
  }
  void statement(const Join& node) {
    begin("join");
    exprs(node.values);
    end();
  }
  void statement(const Declare& node) {
    begin("declare");
    name(node.name);
    out_ += ": ";
    type(node.type);
    end();
  }
  void statement(const Closure& node) {
    begin(closure_text(node.kind));
    name(node.name);
    arrow_header(node.header);
    end();
    block(node.body);
  }
  void statement(const Assign& node) {
    begin("assign");
    name(node.target);
    out_ += " = ";
    expr(node.value);
    end();
  }
  void statement(const CallStatement& node) {
    begin("call ");
    if (!node.targets.empty()) {
      list(node.targets, [this](const Name& target) { out_ += target.text; });
      out_ += " <- ";
    }
    expr(node.value);
    end();
  }
  void statement(const Return& node) {
    begin("return");
    exprs(node.values);
    end();
  }
  void statement(const InvalidStatement&) { line("<invalid>"); }

  const Tree& tree_;
  std::string out_;
  std::size_t depth_ = 0;
};

}  // namespace

std::string dump(const Tree& tree) { return Dumper(tree).run(); }

}  // namespace aqua::syntax
