// Bytes of a stream as a particle and as a delivery report; what is accepted is the same when it is written
// and read once more.
// Run: frame_fuzz tests/fuzz/corpus/frame

#include <cstddef>
#include <cstdint>

#include "allocations.h"
#include "base/check.h"
#include "base/overloaded.h"
#include "peer/delivery_report.h"
#include "peer/frame.h"

namespace {

using namespace aqua;

// A byte of an array may become 24 of a reader's own, never more than that.
constexpr std::size_t kAllocationMax = std::size_t{4} << 20;

void check_same(const peer::Particle& a, const peer::Particle& b) {
  AQUA_CHECK(a.header->id == b.header->id && a.header->init_peer_id == b.header->init_peer_id &&
                 a.header->timestamp_ms == b.header->timestamp_ms &&
                 a.header->ttl_ms == b.header->ttl_ms && a.header->script == b.header->script &&
                 a.header->signature == b.header->signature && *a.data == *b.data,
             "a particle changes when it is written");
}

void read_particle(base::ByteView bytes) {
  const auto size = peer::frame_size(bytes);
  if (!size || !*size || **size > bytes.size()) return;
  const auto message = peer::decode_frame(bytes.first(**size));
  if (!message) return;
  const auto* const particle = std::get_if<peer::Particle>(&*message);
  if (particle == nullptr) return;
  base::Bytes written;
  peer::append_frame(written, *particle->header, *particle->data);
  const auto again = peer::decode_frame(written);
  AQUA_CHECK(again.has_value(), "what is written is refused: {}", static_cast<int>(again.error()));
  check_same(*particle, std::get<peer::Particle>(*again));
}

void read_report(base::ByteView bytes) {
  const auto report = peer::decode_delivery_report(bytes);
  if (!report) return;
  base::Bytes written;
  peer::append_frame(written, *report);
  const auto again = peer::decode_delivery_report(written);
  AQUA_CHECK(again.has_value(), "what is written is refused: {}", static_cast<int>(again.error()));
  AQUA_CHECK(again->particle == report->particle && again->detail == report->detail &&
                 again->to == report->to && again->at_ms == report->at_ms,
             "a report changes when it is written");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::AllocationLimit limit(kAllocationMax);
  read_particle({data, size});
  read_report({data, size});
  return 0;
}
