#include "peer/particle.h"

namespace aqua::peer {

namespace {

void append_little_endian(base::Bytes& out, std::uint64_t value, int count) {
  for (int i = 0; i < count; ++i) out.push_back(static_cast<base::Byte>(value >> (8 * i)));
}

void append_text(base::Bytes& out, std::string_view text) {
  const base::ByteView bytes = base::as_bytes(text);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

base::Bytes signed_bytes(const ParticleHeader& header) {
  base::Bytes out;
  out.reserve(header.id.size() + 12 + header.script.size());
  append_text(out, header.id);
  append_little_endian(out, header.timestamp_ms, 8);
  append_little_endian(out, header.ttl_ms, 4);
  append_text(out, header.script);
  return out;
}

void sign(ParticleHeader& header, const crypto::KeyPair& key) {
  header.signature = key.sign(signed_bytes(header));
}

bool has_valid_signature(const ParticleHeader& header) {
  const auto key = crypto::public_key_of(header.init_peer_id);
  return key && crypto::verify(*key, signed_bytes(header), header.signature);
}

std::optional<std::uint64_t> deadline_ms(const ParticleHeader& header) {
  std::uint64_t deadline = 0;
  if (__builtin_add_overflow(header.timestamp_ms, std::uint64_t{header.ttl_ms}, &deadline))
    return std::nullopt;
  return deadline;
}

bool is_expired(const ParticleHeader& header, std::uint64_t now_ms) {
  const auto deadline = deadline_ms(header);
  return !deadline || now_ms >= *deadline;
}

}  // namespace aqua::peer
