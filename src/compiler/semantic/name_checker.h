#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/semantic/body.h"

namespace aqua::semantic {

// Finds what the names in expressions stand for.
class NameChecker {
 public:
  explicit NameChecker(Body& body) : body_(body) {}

  // The names of "a.b.c"; false: the expression is no chain of names.
  bool flatten(syntax::ExprId id, std::vector<syntax::Name>& parts) const;

  // What a chain of names begins with.
  struct Root {
    enum class Kind : std::uint8_t { kUnknown, kValue, kType };
    Kind kind = Kind::kUnknown;  // kUnknown: that was reported
    ExprId value;
    TypeId type;                            // of kType
    const TypeEntry* type_entry = nullptr;  // of kType
    std::size_t part_count = 0;             // so many names are part of it
  };
  Root find_root(std::span<const syntax::Name> parts);

  // The service that a binding names; null: that was reported.
  const TypeEntry* find_service(const syntax::DottedName& name);

 private:
  Root find_local(std::span<const syntax::Name> parts);
  Root find_in_module(std::span<const syntax::Name> parts);
  ExprId reference(const Value& value, std::string_view name, syntax::Span span);
  ExprId refer_to_service(ServiceId id, std::string_view name, syntax::Span span);

  void report_unknown(std::span<const syntax::Name> parts, const Resolution& resolution);
  bool report_later_definition(std::string_view name, Place place);
  void report_not_in_scope(std::span<const syntax::Name> parts, const Resolution& resolution);
  bool report_once(std::string_view name);

  Body& body_;
};

}  // namespace aqua::semantic
