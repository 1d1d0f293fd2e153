#include <cstdint>
#include <cstdlib>

#include "net/attacker_for_test.h"
#include "net/noise_payload.h"

// The handshake and its payload. The first byte says what the rest is: an answer to the dialer, the first
// message to the listener, a payload, frames.

namespace {

using namespace aqua;

crypto::ExchangeKeyPair key(int number) {
  return crypto::ExchangeKeyPair::from_seed(net::attacker_seed(number));
}

void read_frames(base::ByteView bytes) {
  net::NoiseFrames whole;
  net::NoiseFrames in_pieces;
  base::ByteView rest = bytes;
  std::size_t at = 0;
  while (!rest.empty()) {
    const auto message = whole.next(rest);
    if (!message || !*message) break;
    for (;; ++at) {
      if (at == bytes.size()) std::abort();
      base::ByteView piece = bytes.subspan(at, 1);
      const auto same = in_pieces.next(piece);
      if (!same) std::abort();
      if (!*same) continue;
      if (!std::ranges::equal(**message, **same)) std::abort();
      ++at;
      break;
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const base::ByteView rest(data + 1, size - 1);
  const auto my_key = key(11);
  switch (data[0] % 4) {
    case 0: {
      net::NoiseHandshake dialer(true, my_key, key(12));
      (void)dialer.write({});
      (void)dialer.read(rest);
      break;
    }
    case 1: {
      net::NoiseHandshake listener(false, my_key, key(12));
      if (listener.read(rest)) (void)listener.write(rest);
      break;
    }
    case 2: (void)net::verify_noise_payload(rest, my_key.public_key()); break;
    case 3: read_frames(rest); break;
  }
  return 0;
}
