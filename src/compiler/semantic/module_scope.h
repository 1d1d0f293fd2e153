#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "compiler/semantic/name_map.h"
#include "compiler/semantic/workspace.h"
#include "compiler/syntax/tree.h"
#include "diagnostics/source.h"

namespace aqua::semantic {

// Where a module has a name from: one of its imports, and there one of the listed items.
struct Origin {
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  std::uint32_t import = kNone;  // kNone: from the module itself
  std::uint32_t item = kNone;    // kNone: the import takes everything

  bool is_own() const { return import == kNone; }
};

// What another import brings under the same name; the later import holds.
struct Rival {
  Place place;  // of the definition
  Origin origin;
};

struct ValueEntry {
  Value value;
  Place place;  // of the definition
  Origin origin = {};
  std::optional<Rival> rival = {};
};

struct TypeEntry {
  enum class Kind : std::uint8_t { kAlias, kData, kAbility, kService };
  Kind kind = Kind::kAlias;
  TypeId type;
  ServiceId service = {};  // of a service
  Place place = {};
  Origin origin = {};
  std::optional<Rival> rival = {};
};

struct Scope;
// A scope below another: one segment of a dotted name.
struct ScopeLink {
  std::shared_ptr<Scope> scope;
  // Scopes of other modules are shared, not copied, until something has to be added.
  bool is_shared = false;
  Origin origin = {};
};
struct Scope {
  NameMap<ValueEntry> values;
  NameMap<TypeEntry> types;
  NameMap<ScopeLink> scopes;
};

// What one dotted name can mean: a service is a value and a type.
struct Meaning {
  const ValueEntry* value = nullptr;
  const TypeEntry* type = nullptr;
  const ScopeLink* scope = nullptr;

  bool is_nothing() const { return value == nullptr && type == nullptr && scope == nullptr; }
};

// The names of one module while it is checked, and what it shows others when that is done.
struct ModuleScope {
  diagnostics::SourceId source;
  const syntax::Tree* tree = nullptr;
  // By import; null: it could not be found, which was said already.
  std::vector<const ModuleScope*> imported;
  std::shared_ptr<Scope> own = std::make_shared<Scope>();       // all that it sees
  std::shared_ptr<Scope> declared = std::make_shared<Scope>();  // all that importers see
  // An import that leads nowhere, or text that could not be read, may have defined any name.
  bool is_incomplete = false;
  // That, or an import of it, or of what it imports, does: it may declare more than is known.
  bool lacks_names = false;
  // In the order of the text.
  std::vector<diagnostics::Span> unreadable;
  // The begin of the declaration after the one that is being checked.
  std::uint32_t next_declaration = 0;
  // By import, by item: used. An import without items has one.
  std::vector<std::vector<bool>> is_import_used;
  // Names defined in the whole text, to say of one that is used too early where it comes.
  std::optional<NameMap<diagnostics::Span>> definitions;
  // What was said of a name once is not said again.
  NameMap<bool> reported_rivals;
  NameMap<bool> reported_types;

  void mark_used(Origin origin) {
    if (origin.is_own()) return;
    is_import_used[origin.import][origin.item == Origin::kNone ? 0 : origin.item] = true;
  }
  Place place(diagnostics::Span span) const { return {source, span}; }
  bool is_unreadable_within(diagnostics::Span span) const;
};

// The longest prefix of a dotted name that means something.
struct Resolution {
  Meaning meaning;
  Origin origin;               // of the meaning, or else of the first scope
  std::size_t part_count = 0;  // of the prefix; 0: nothing found
  // The longest prefix that names a scope, and that scope.
  std::size_t scope_part_count = 0;
  const Scope* scope = nullptr;
};
Resolution resolve(const Scope& scope, std::span<const syntax::Name> parts);
// What all the parts together mean.
Meaning find(const Scope& scope, std::span<const syntax::Name> parts);

// Puts what the name means under a dotted name; merges scopes. What stands there already gives way,
// and the entry remembers it as its rival.
void put(const Workspace& workspace, Scope& scope, std::span<const syntax::Name> path,
         const Meaning& meaning, Origin origin);

// Where the text defines the name, if it does: for hints.
std::optional<diagnostics::Span> definition_in_text(ModuleScope& module, std::string_view name);

}  // namespace aqua::semantic
