#pragma once

#include <cstddef>
#include <cstdint>

// What peers and particles of an embedded network take, as blocks that the allocator gave out.

namespace aqua::bench {

// Of a peer that nothing has reached, its share of the network around it included.
std::size_t idle_peer_bytes(std::size_t peers);

// Of a particle of a small script that went to a second peer and waits there for a service, both peers together.
std::size_t waiting_particle_bytes(std::size_t particles);

// Particles of a small script, one after the other, each forgotten after a while; signatures stubbed.
struct Growth {
  std::size_t bytes_after_first = 0;  // when a tenth of them is done
  std::size_t bytes_at_end = 0;
  std::uint64_t processor_ns = 0;
};
Growth growth_over(std::size_t particles);

}  // namespace aqua::bench
