#include "net/noise_frames.h"

#include <algorithm>

#include "base/check.h"

namespace aqua::net {

namespace {

constexpr std::size_t kLengthBytes = 2;

void append_length(base::Bytes& out, std::size_t length) {
  AQUA_CHECK(length <= kNoiseMessageBytesMax, "a message of {} bytes", length);
  out.push_back(static_cast<base::Byte>(length >> 8));
  out.push_back(static_cast<base::Byte>(length));
}

std::size_t length_at(base::ByteView bytes) { return std::size_t{bytes[0]} << 8 | bytes[1]; }

}  // namespace

void append_noise_frame(base::Bytes& out, base::ByteView message) {
  append_length(out, message.size());
  out.insert(out.end(), message.begin(), message.end());
}

void append_sealed_frames(base::Bytes& out, NoiseCipher& cipher, base::ByteView plain) {
  while (!plain.empty()) {
    const base::ByteView piece = plain.first(std::min(plain.size(), kNoisePlainBytesMax));
    plain = plain.subspan(piece.size());
    append_length(out, piece.size() + crypto::kSealBytes);
    cipher.append_sealed(out, {}, piece);
  }
}

base::Result<std::optional<base::ByteView>, NoiseFrameTooLong> NoiseFrames::next(
    base::ByteView& rest, std::size_t message_bytes_max) {
  message_ = base::Bytes();
  for (;;) {
    const bool in_pieces = !partial_.empty();
    const base::ByteView known = in_pieces ? base::ByteView(partial_) : rest;
    std::size_t wanted = kLengthBytes;
    if (known.size() >= kLengthBytes) {
      wanted += length_at(known);
      if (wanted - kLengthBytes > message_bytes_max) return std::unexpected(NoiseFrameTooLong{});
    }
    if (!in_pieces && known.size() >= kLengthBytes && rest.size() >= wanted) {
      const base::ByteView message = rest.subspan(kLengthBytes, wanted - kLengthBytes);
      rest = rest.subspan(wanted);
      return message;
    }
    if (in_pieces && known.size() >= kLengthBytes && known.size() == wanted) {
      message_ = std::move(partial_);
      partial_ = base::Bytes();
      return base::ByteView(message_).subspan(kLengthBytes);
    }
    const std::size_t count = std::min(wanted - (in_pieces ? known.size() : 0), rest.size());
    if (count == 0) return std::nullopt;
    partial_.insert(partial_.end(), rest.begin(),
                    rest.begin() + static_cast<std::ptrdiff_t>(count));
    rest = rest.subspan(count);
  }
}

}  // namespace aqua::net
