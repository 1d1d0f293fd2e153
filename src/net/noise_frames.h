#pragma once

#include <cstdint>
#include <optional>

#include "base/bytes.h"
#include "base/result.h"
#include "net/noise_handshake.h"

// Each message of Noise lies on the connection behind its length, two bytes, big endian.

namespace aqua::net {

inline constexpr std::size_t kNoiseMessageBytesMax = 65535;
inline constexpr std::size_t kNoisePlainBytesMax = kNoiseMessageBytesMax - crypto::kSealBytes;

// `message` is not longer than kNoiseMessageBytesMax.
void append_noise_frame(base::Bytes& out, base::ByteView message);
// As many frames as it takes; none for no bytes.
void append_sealed_frames(base::Bytes& out, NoiseCipher& cipher, base::ByteView plain);

struct NoiseFrameTooLong {};

// Finds the messages in pieces of a connection. Holds memory only between the pieces of one message, and
// never more than has arrived.
class NoiseFrames {
 public:
  // Takes from `rest` what belongs to the next message. None: it goes on behind `rest`, which is empty now.
  // The message is valid until the next call, and as long as what `rest` points into.
  base::Result<std::optional<base::ByteView>, NoiseFrameTooLong> next(
      base::ByteView& rest, std::size_t message_bytes_max = kNoiseMessageBytesMax);
  std::size_t heap_bytes() const { return partial_.capacity() + message_.capacity(); }

 private:
  base::Bytes partial_;
  base::Bytes message_;
};

}  // namespace aqua::net
