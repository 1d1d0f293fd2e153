#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "services/builtin.h"

namespace aqua::services {

// The canonical JSON of the result, or why there is none.
using Computed = base::Result<std::string, std::string>;
using ComputingBody = Computed (*)(Arguments);
// With what is known of the peer.
using Hosted = base::Result<Reply, std::string>;
using HostedBody = Hosted (*)(Arguments, const Host&);

struct Builtin {
  std::string_view service;
  std::string_view function;
  std::variant<ComputingBody, HostedBody> body;
};

std::span<const Builtin> builtins();

// --- for the bodies ------------------------------------------------------------------------

std::unexpected<std::string> refuse(std::string why);

// The result of functions that have none.
inline constexpr std::string_view kNoResult = "\"\"";

// Argument `index` of a function whose last arguments are optional: missing, null and [] are none,
// [v] and v are v.
base::Result<std::optional<std::string_view>, std::string> optional_argument(Arguments arguments,
                                                                             std::size_t index);
base::Result<bool, std::string> optional_flag(Arguments arguments, std::size_t index);
base::Result<std::string, std::string> string_argument(Arguments arguments, std::size_t index);
base::Result<std::vector<std::string_view>, std::string> array_argument(Arguments arguments,
                                                                        std::size_t index);

std::string array_of(std::span<const std::string_view> values);
std::string array_of(std::span<const std::string> values);
// Bytes are arrays of numbers in JSON.
std::string array_of_bytes(base::ByteView bytes);
base::Result<base::Bytes, std::string> bytes_argument(Arguments arguments, std::size_t index);

// --- bodies, by file -------------------------------------------------------------------------

Computed math_add(Arguments), math_sub(Arguments), math_mul(Arguments), math_fmul(Arguments),
    math_div(Arguments), math_rem(Arguments), math_pow(Arguments), math_log(Arguments);
Computed cmp_lt(Arguments), cmp_lte(Arguments), cmp_gt(Arguments), cmp_gte(Arguments),
    cmp_cmp(Arguments);

Computed array_sum(Arguments), array_length(Arguments), array_slice(Arguments),
    array_dedup(Arguments), array_intersect(Arguments), array_diff(Arguments),
    array_sdiff(Arguments);

Computed op_noop(Arguments), op_identity(Arguments), op_array(Arguments), op_concat(Arguments),
    op_concat_strings(Arguments), op_string_to_b58(Arguments), op_string_from_b58(Arguments),
    op_bytes_to_b58(Arguments), op_bytes_from_b58(Arguments), op_sha256_string(Arguments);

Computed json_obj(Arguments), json_put(Arguments), json_puts(Arguments), json_obj_pairs(Arguments),
    json_puts_pairs(Arguments), json_parse(Arguments), json_stringify(Arguments),
    debug_stringify(Arguments);

Computed kad_merge(Arguments);
Hosted kad_neighborhood(Arguments, const Host&), kad_neigh_with_addrs(Arguments, const Host&);

Hosted peer_identify(Arguments, const Host&), peer_timestamp_ms(Arguments, const Host&),
    peer_timestamp_sec(Arguments, const Host&), peer_timeout(Arguments, const Host&),
    peer_is_connected(Arguments, const Host&), peer_connect(Arguments, const Host&),
    peer_get_contact(Arguments, const Host&);
Hosted srv_list(Arguments, const Host&), srv_info(Arguments, const Host&),
    srv_resolve_alias(Arguments, const Host&), srv_resolve_alias_opt(Arguments, const Host&),
    srv_add_alias(Arguments, const Host&);
Hosted sig_sign(Arguments, const Host&), sig_verify(Arguments, const Host&),
    sig_get_peer_id(Arguments, const Host&);
Hosted console_print(Arguments, const Host&);

}  // namespace aqua::services
