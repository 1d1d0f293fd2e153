#include <array>
#include <cstdint>
#include <cstdlib>

#include "allocations.h"
#include "net/multistream.h"
#include "net/protocols.h"

// Both sides of multistream-select; in one piece or byte by byte, the outcome is the same.

namespace {

using namespace aqua;

struct Outcome {
  bool failed = false;
  std::size_t left_bytes = 0;
  std::size_t selected = SIZE_MAX;
  base::Bytes said;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

template <class Feed>
Outcome in_pieces(base::ByteView bytes, std::size_t piece_bytes, Feed&& feed) {
  Outcome outcome;
  while (!bytes.empty() && !outcome.failed) {
    const base::ByteView piece = bytes.first(std::min(piece_bytes, bytes.size()));
    base::ByteView rest = piece;
    outcome.failed = !feed(rest, outcome);
    const std::size_t taken = piece.size() - rest.size();
    if (taken == 0) break;
    bytes = bytes.subspan(taken);
  }
  outcome.left_bytes = outcome.failed ? 0 : bytes.size();
  return outcome;
}

Outcome listen(base::ByteView bytes, std::size_t piece_bytes) {
  constexpr std::array names = {net::kNoiseProtocol, net::kParticleProtocol};
  const net::Limits limits;
  net::MultistreamListener listener;
  return in_pieces(bytes, piece_bytes, [&](base::ByteView& rest, Outcome& outcome) {
    const bool good = listener.on_bytes(rest, names, limits, outcome.said).has_value();
    if (listener.selected()) outcome.selected = *listener.selected();
    return good;
  });
}

Outcome dial(base::ByteView bytes, std::size_t piece_bytes) {
  const net::Limits limits;
  net::MultistreamDialer dialer({"/a", "/b"});
  return in_pieces(bytes, piece_bytes, [&](base::ByteView& rest, Outcome& outcome) {
    const bool good = dialer.on_bytes(rest, limits, outcome.said).has_value();
    outcome.selected = static_cast<std::size_t>(dialer.outcome());
    return good;
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A length in the input is a promise; nothing is allocated on it.
  const fuzz::AllocationLimit allocations(1 << 20);
  const base::ByteView bytes(data, size);
  if (listen(bytes, SIZE_MAX) != listen(bytes, 1)) std::abort();
  if (dial(bytes, SIZE_MAX) != dial(bytes, 1)) std::abort();
  return 0;
}
