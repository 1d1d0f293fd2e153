#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "services/builtin.h"
#include "services/service_call.h"

// JSON-RPC 2.0 with services that are not in this process. A request:
//
//   {"jsonrpc":"2.0","id":7,"method":"hello","params":["Ann"],"context":{...}}
//
// and its answer, one of
//
//   {"jsonrpc":"2.0","id":7,"result":"Hi, Ann"}
//   {"jsonrpc":"2.0","id":7,"error":{"code":1,"message":"no such user"}}
//
// `context` tells whose call it is: {"particle_id","init_peer_id","host_peer_id","service_id","timestamp_ms","ttl_ms",
// "tetraplets":[[{"peer_pk","service_id","function_name","lens"}]]}, tetraplets by argument.
// A call that nobody waits for any more is told by {"jsonrpc":"2.0","method":"$/cancel","params":[7]}.

namespace aqua::services {

inline constexpr std::size_t kReplyBytesMax = std::size_t{32} << 20;

std::string encode_request(std::uint64_t id, std::string_view service_id, const ServiceCall& call);
std::string encode_cancel(std::uint64_t id);

struct RpcReply {
  std::uint64_t id = 0;
  Answer answer;
};
// Hostile text. The error says what is wrong with it, in a sentence for people.
base::Result<RpcReply, std::string> decode_reply(std::string_view text);

}  // namespace aqua::services
