#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "compiler/model/inlining.h"

namespace aqua::model {

// All values of the key, in an array; empty where there is none.
Value Inlining::map_get(LiveMap map, const Operand& key) {
  const NameId canon = canonicalise(map.name);
  const Operand wanted = fitted(key, Fit::kScalar);
  const NameId values = scalar("values");
  emit(Ap{with(variable(canon), ByName{std::get<Variable>(wanted.base).name}), values});
  return Data{variable(values)};
}

Value Inlining::map_contains(LiveMap map, const Operand& key) {
  const Operand values = data_of(map_get(map, key));
  Operand length = values;
  length.is_length = true;
  const NameId result = scalar("contains");
  const OpId is_empty =
      make(Match{std::move(length), integer(0), make(Ap{boolean(false), result})});
  emit(Xor{{is_empty, make(Ap{boolean(true), result})}});
  return Data{variable(result)};
}

Value Inlining::map_keys(LiveMap map) {
  const NameId canon = canonicalise(map.name);
  const NameId stream = build_.fresh("keys", NameKind::kStream);
  const NameId keys = build_.fresh("keys", NameKind::kCanon);
  const NameId entry = scalar("entry");
  const OpId take = make(Ap{with(variable(entry), ByField{"key"}), stream});
  const OpId all = make(Fold{FoldMode::kSequential, variable(canon), entry, take, false});
  emit(Restrict{stream, make(Seq{{all, make(Canon{stream, keys})}})});
  return Data{variable(keys)};
}

// The values of the key, or without one the keys, as they come.
Value Inlining::map_stream(LiveMap map, std::optional<Operand> key) {
  const NameId stream = declare(key ? "values" : "keys", NameKind::kStream);
  const NameId entry = scalar("entry");
  OpId take;
  if (key) {
    const OpId fits = make(Match{with(variable(entry), ByField{"key"}), *key,
                                 make(Ap{with(variable(entry), ByField{"value"}), stream})});
    take = make(Xor{{fits, make(Null{})}});
  } else {
    take = make(Ap{with(variable(entry), ByField{"key"}), stream});
  }
  const OpId next = make(Next{entry});
  emit(Background{make(Fold{FoldMode::kBare, map.name, entry, make(Seq{{take, next}}), true})});
  return LiveStream{stream};
}

}  // namespace aqua::model
