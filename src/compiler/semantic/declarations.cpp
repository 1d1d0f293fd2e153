#include "compiler/semantic/declarations.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/semantic/constants.h"

namespace aqua::semantic {

using diagnostics::Diagnostic;

void DeclarationChecker::define(const syntax::Name& name, TypeEntry entry, syntax::Span span) {
  if (name.text.empty()) return;
  // Nobody knows what stands there, so nothing is said of what seems to be missing.
  const std::uint32_t end = std::max(span.end, module_.next_declaration);
  if (module_.is_unreadable_within({span.begin, end})) entry.type = workspace_.facts.error();
  entry.place = module_.place(name.span);
  const auto [slot, is_new] = module_.own->types.insert(name.text, entry);
  if (is_new) return;
  // Saying the same thing twice does no harm, and old libraries do it.
  const bool is_same = slot->type == entry.type && entry.kind != TypeEntry::Kind::kService;
  if (!is_same) {
    Diagnostic& diagnostic = workspace_.reports.add(
        DiagnosticKind::kTypeRedefined, entry.place,
        fmt::format("the type '{}' is already defined", name.text), "defined again here",
        slot->origin.is_own()
            ? "give one of them another name"
            : fmt::format(
                  "give this one another name, or the imported one: import {} as ... from ...",
                  name.text));
    add_label(diagnostic, slot->place, "defined here");
    entry.type = workspace_.facts.error();
  }
  module_.mark_used(slot->origin);
  *slot = entry;
}

void DeclarationChecker::check(const syntax::Alias& alias) {
  define(alias.name, {.kind = TypeEntry::Kind::kAlias, .type = types_.resolve(alias.type)},
         alias.span);
}

template <class IsAllowed>
std::vector<types::Field> DeclarationChecker::check_fields(
    const std::vector<syntax::FieldDeclaration>& fields, IsAllowed&& is_allowed) {
  std::vector<types::Field> out;
  NameMap<diagnostics::Span> seen;
  for (const syntax::FieldDeclaration& field : fields) {
    TypeId type = types_.resolve(field.type);
    const auto [first, is_new] = seen.insert(field.name.text, field.name.span);
    if (!is_new) {
      Diagnostic& diagnostic =
          workspace_.reports.add(DiagnosticKind::kFieldTwice, module_.place(field.name.span),
                                 fmt::format("'{}' is declared twice", field.name.text),
                                 "again here", "remove one of them");
      add_label(diagnostic, module_.place(*first), "declared here");
      continue;
    }
    if (!is_allowed(field, type)) type = workspace_.facts.error();
    out.push_back({field.name.text, type});
  }
  return out;
}

bool DeclarationChecker::check_data_field(const syntax::FieldDeclaration& field, TypeId type) {
  if (workspace_.facts.is_data(type)) return true;
  const std::string text = types::describe(workspace_.types, type);
  Diagnostic& diagnostic = workspace_.reports.add(
      DiagnosticKind::kFieldTypeNotAllowed, module_.place((*module_.tree)[field.type].span),
      fmt::format("the field '{}' of a data type cannot be {}", field.name.text, text), "not data",
      "fields of data are scalars, arrays, options and other data; an ability holds the rest");
  if (const auto* stream = workspace_.facts.as<types::Stream>(type)) {
    diagnostic.hint =
        fmt::format("a stream becomes an array when it is stored: {}: []{}", field.name.text,
                    types::describe(workspace_.types, stream->element));
  }
  return false;
}

void DeclarationChecker::check(const syntax::Data& data) {
  auto fields =
      check_fields(data.fields, [this](const syntax::FieldDeclaration& field, TypeId type) {
        return check_data_field(field, type);
      });
  define(data.name,
         {.kind = TypeEntry::Kind::kData,
          .type = workspace_.types.structure(data.name.text, std::move(fields))},
         data.span);
}

void DeclarationChecker::check(const syntax::AbilityDeclaration& ability) {
  auto fields =
      check_fields(ability.fields, [](const syntax::FieldDeclaration&, TypeId) { return true; });
  define(ability.name,
         {.kind = TypeEntry::Kind::kAbility,
          .type = workspace_.types.ability(ability.name.text, std::move(fields))},
         ability.span);
}

void DeclarationChecker::report_method_type(const syntax::FieldDeclaration& method,
                                            std::string_view what) {
  workspace_.reports.add(
      DiagnosticKind::kFieldTypeNotAllowed, module_.place((*module_.tree)[method.type].span),
      fmt::format("'{}' cannot be a method of a service: {}", method.name.text, what), {},
      fmt::format("methods take data and give at most one value: {}(key: string) -> u64",
                  method.name.text));
}

bool DeclarationChecker::check_method(const syntax::FieldDeclaration& method, TypeId type) {
  TypeFacts& facts = workspace_.facts;
  if (type == facts.error()) return true;
  const auto* const arrow = facts.as<types::Arrow>(type);
  if (arrow == nullptr) {
    report_method_type(method, "it is no function");
    return false;
  }
  if (!std::ranges::all_of(arrow->parameters, [&](const types::Field& parameter) {
        return facts.is_data_or_stream(parameter.type);
      })) {
    report_method_type(method, "services cannot be given functions, abilities or maps");
    return false;
  }
  if (arrow->results.size() <= 1) return true;
  workspace_.reports.add(DiagnosticKind::kMethodManyResults,
                         module_.place((*module_.tree)[method.type].span),
                         fmt::format("the method '{}' has {} results; services give at most one",
                                     method.name.text, arrow->results.size()),
                         {}, "declare a data type with a field for each result");
  return false;
}

void DeclarationChecker::check(const syntax::ServiceDeclaration& service) {
  auto methods =
      check_fields(service.methods, [this](const syntax::FieldDeclaration& method, TypeId type) {
        return check_method(method, type);
      });
  const TypeId type = workspace_.types.service(service.name.text, std::move(methods));
  const ExprId default_id = check_default_id(service);
  Program& program = workspace_.program;
  const ServiceId id(program.services.size());
  const Place place = module_.place(service.name.span);
  program.services.push_back(
      {.name = service.name.text, .type = type, .default_id = default_id, .place = place});
  define(service.name, {.kind = TypeEntry::Kind::kService, .type = type, .service = id},
         service.span);
  // Where the type has a mistake, it was said of that.
  const bool is_known = module_.own->types.find(service.name.text)->type == type;
  if (is_known) report_taken_value(service.name);
  const Value value = is_known ? Value{Value::Kind::kService, id.value} : Value();
  *module_.own->values.insert(service.name.text, {}).first = {value, place, {}, {}};
}

// A service is a value too: a constant may have its name.
void DeclarationChecker::report_taken_value(const syntax::Name& name) {
  const ValueEntry* const entry = module_.own->values.find(name.text);
  if (entry == nullptr || entry->value.kind == Value::Kind::kService) return;
  Diagnostic& diagnostic =
      workspace_.reports.add(DiagnosticKind::kNameRedefined, module_.place(name.span),
                             fmt::format("'{}' is already defined", name.text),
                             "defined again here", "give one of them another name");
  add_label(diagnostic, entry->place, "defined here");
}

ExprId DeclarationChecker::check_default_id(const syntax::ServiceDeclaration& service) {
  if (service.id.is_none()) return ExprId::none();
  const ExprId id =
      constant_expression(workspace_, module_, service.id,
                          fmt::format("the id of the service '{}'", service.name.text));
  const TypeId type = workspace_.type_of(id);
  if (!workspace_.facts.accepts(workspace_.types.string(), type)) {
    workspace_.reports.add(
        DiagnosticKind::kServiceIdNotString, module_.place((*module_.tree)[service.id].span),
        fmt::format("the id of the service '{}' is no string", service.name.text),
        fmt::format("this is {}", types::describe(workspace_.types, type)));
  }
  return id;
}

}  // namespace aqua::semantic
