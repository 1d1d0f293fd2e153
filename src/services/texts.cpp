#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/base58.h"
#include "base/utf8.h"
#include "crypto/cid.h"
#include "json/canonical.h"
#include "json/text.h"
#include "services/builtin_table.h"

// op, json and debug.

namespace aqua::services {

Computed op_noop(Arguments) { return std::string(kNoResult); }

Computed op_identity(Arguments arguments) {
  if (arguments.size() > 1) return refuse("at most one argument is expected");
  return arguments.empty() ? std::string(kNoResult) : arguments[0];
}

Computed op_array(Arguments arguments) { return array_of(arguments); }

Computed op_concat(Arguments arguments) {
  std::vector<std::string_view> all;
  for (const std::string& argument : arguments) {
    if (json::kind_of(argument) != json::Kind::kArray) return refuse("arrays are expected");
    for (const std::string_view item : json::array_items(argument)) all.push_back(item);
  }
  return array_of(all);
}

Computed op_concat_strings(Arguments arguments) {
  std::string all;
  for (const std::string& argument : arguments) {
    if (json::kind_of(argument) != json::Kind::kString) return refuse("strings are expected");
    all += json::unquote(argument);
  }
  return json::quoted(all);
}

Computed op_string_to_b58(Arguments arguments) {
  const auto text = string_argument(arguments, 0);
  if (!text) return std::unexpected(text.error());
  return json::quoted(base::base58_encode(base::as_bytes(*text)));
}

Computed op_string_from_b58(Arguments arguments) {
  const auto text = string_argument(arguments, 0);
  if (!text) return std::unexpected(text.error());
  const auto bytes = base::base58_decode(*text);
  if (!bytes) return refuse("the string is not base58");
  if (!base::is_utf8(base::as_text(*bytes))) return refuse("the bytes are not UTF-8");
  return json::quoted(base::as_text(*bytes));
}

Computed op_bytes_to_b58(Arguments arguments) {
  const auto bytes = bytes_argument(arguments, 0);
  if (!bytes) return std::unexpected(bytes.error());
  return json::quoted(base::base58_encode(*bytes));
}

Computed op_bytes_from_b58(Arguments arguments) {
  const auto text = string_argument(arguments, 0);
  if (!text) return std::unexpected(text.error());
  const auto bytes = base::base58_decode(*text);
  if (!bytes) return refuse("the string is not base58");
  return array_of_bytes(*bytes);
}

// (text, ?digest_only, ?as_bytes): a multihash in base58, unless the flags say otherwise.
Computed op_sha256_string(Arguments arguments) {
  const auto text = string_argument(arguments, 0);
  if (!text) return std::unexpected(text.error());
  const auto digest_only = optional_flag(arguments, 1);
  const auto as_bytes = optional_flag(arguments, 2);
  if (!digest_only) return std::unexpected(digest_only.error());
  if (!as_bytes) return std::unexpected(as_bytes.error());
  const crypto::Digest digest = crypto::sha256(base::as_bytes(*text));
  base::Bytes bytes;
  if (!*digest_only) bytes = {0x12, 0x20};  // sha2-256, 32 bytes
  bytes.insert(bytes.end(), digest.begin(), digest.end());
  return *as_bytes ? array_of_bytes(bytes) : json::quoted(base::base58_encode(bytes));
}

// --- json ---------------------------------------------------------------------------------------

namespace {

// Members to add to an object; later ones win.
class ObjectBuilder {
 public:
  void add_all_of(std::string_view object) {
    for (const json::Member& member : json::object_members(object)) add(member.key, member.value);
  }
  void add(std::string_view quoted_key, std::string_view value) {
    out_ += out_.empty() ? '{' : ',';
    out_ += quoted_key;
    out_ += ':';
    out_ += value;
  }
  std::string take() { return out_.empty() ? "{}" : json::canonicalize(out_ + '}'); }

 private:
  std::string out_;
};

Computed add_keys_and_values(ObjectBuilder& object, Arguments arguments) {
  if (arguments.size() % 2 != 0) return refuse("a value is missing: keys and values come in pairs");
  for (std::size_t i = 0; i < arguments.size(); i += 2) {
    if (json::kind_of(arguments[i]) != json::Kind::kString)
      return refuse(fmt::format("the key {} is not a string", arguments[i]));
    object.add(arguments[i], arguments[i + 1]);
  }
  return object.take();
}

Computed add_pairs(ObjectBuilder& object, std::string_view pairs) {
  if (json::kind_of(pairs) != json::Kind::kArray) return refuse("an array of pairs is expected");
  for (const std::string_view pair : json::array_items(pairs)) {
    if (json::kind_of(pair) != json::Kind::kArray) return refuse("an array of pairs is expected");
    const auto items = json::array_items(pair);
    if (items.size() != 2 || json::kind_of(items[0]) != json::Kind::kString)
      return refuse(fmt::format("{} is not a pair of key and value", pair));
    object.add(items[0], items[1]);
  }
  return object.take();
}

bool begins_with_object(Arguments arguments) {
  return !arguments.empty() && json::kind_of(arguments[0]) == json::Kind::kObject;
}

}  // namespace

Computed json_obj(Arguments arguments) {
  ObjectBuilder object;
  return add_keys_and_values(object, arguments);
}

Computed json_puts(Arguments arguments) {
  if (!begins_with_object(arguments)) return refuse("the first argument must be an object");
  ObjectBuilder object;
  object.add_all_of(arguments[0]);
  return add_keys_and_values(object, arguments.subspan(1));
}

Computed json_put(Arguments arguments) {
  if (arguments.size() != 3) return refuse("an object, a key and a value are expected");
  return json_puts(arguments);
}

Computed json_obj_pairs(Arguments arguments) {
  if (arguments.size() != 1) return refuse("an array of pairs is expected");
  ObjectBuilder object;
  return add_pairs(object, arguments[0]);
}

Computed json_puts_pairs(Arguments arguments) {
  if (arguments.size() != 2 || !begins_with_object(arguments))
    return refuse("an object and an array of pairs are expected");
  ObjectBuilder object;
  object.add_all_of(arguments[0]);
  return add_pairs(object, arguments[1]);
}

Computed json_parse(Arguments arguments) {
  const auto text = string_argument(arguments, 0);
  if (!text) return std::unexpected(text.error());
  const auto is_canonical = json::check(*text);
  if (!is_canonical) return refuse(is_canonical.error().text);
  return *is_canonical ? *text : json::canonicalize(*text);
}

Computed json_stringify(Arguments arguments) {
  if (arguments.size() != 1) return refuse("one value is expected");
  return json::quoted(arguments[0]);
}

Computed debug_stringify(Arguments arguments) {
  if (arguments.empty()) return json::quoted("<empty argument list>");
  return json::quoted(arguments.size() == 1 ? arguments[0] : array_of(arguments));
}

}  // namespace aqua::services
