#pragma once

#include <cstddef>
#include <cstdint>

namespace aqua::peer {

// What one peer allows others to cost it.
struct Limits {
  // Of a particle, before its signature is looked at.
  std::size_t id_bytes_max = 1024;
  std::size_t script_bytes_max = std::size_t{16} << 20;
  std::size_t data_bytes_max = std::size_t{64} << 20;
  std::uint32_t ttl_ms_max = 600'000;
  std::uint32_t clock_skew_ms_max = 60'000;  // a timestamp may lie so far in the future

  // Of what is kept until it expires.
  std::size_t particles_max = 100'000;
  std::size_t particles_per_initiator_max = 20'000;
  // An initiator that has reached its number loses the oldest of its particles that wait for nothing here. Their
  // signatures are remembered until they expire, so that they do not begin anew; none is forgotten beyond this.
  std::size_t forgotten_max = 200'000;
  std::size_t copies_waiting_max = 64;  // of one particle, arrived and not yet run

  // Of the calls of one particle.
  std::size_t calls_in_flight_max = 1'000;  // more wait for their turn
  std::size_t result_bytes_max = std::size_t{32} << 20;
  std::uint32_t call_ms_max = 600'000;  // then the call is ended with an error

  // Delivery reports, made and passed on; what is more is not told.
  std::size_t reports_per_particle_max = 32;
  std::size_t reports_per_second_max = 200;  // of refused particles

  // Scripts that stay prepared while no particle uses them.
  std::size_t scripts_max = 64;
};

}  // namespace aqua::peer
