#pragma once

#include <cstddef>
#include <cstdint>

namespace aqua::node {

// What connections may cost. Sizes are bytes, times are ms.
struct NodeLimits {
  // Of connections.
  std::size_t connections_max = 10'000;
  std::size_t connections_per_peer_max = 5;
  std::size_t handshakes_max = 1'000;   // connections that have not yet named their peer
  std::uint32_t idle_ms_max = 180'000;  // of our own making, and no stream for so long: closed

  // Of dials.
  std::uint32_t dial_ms_max = 5'000;  // of one address
  std::size_t dials_max = 256;        // at a time
  std::uint32_t reconnect_ms_min = 500;
  std::uint32_t reconnect_ms_max = 60'000;
  std::uint32_t find_ms_max = 2'000;  // asking others for the address of a peer
  // So long particles wait for a peer whose connection was lost without a goodbye, and all particles after a relay
  // was started, because those who were behind it before may come back.
  std::uint32_t return_ms_max = 5'000;

  // Of queues.
  std::size_t send_queue_bytes_max = std::size_t{64} << 20;  // of one connection
  // Of all connections and dials of one loop: then the connection on which most of it waits is cut off.
  std::size_t send_queues_bytes_max = std::size_t{512} << 20;
  std::size_t dial_queue_bytes_max = std::size_t{16} << 20;  // for one peer that is dialled
  // Read of frames not yet complete, on one loop: then the connection with most of it loses its frames.
  std::size_t stream_bytes_max = std::size_t{128} << 20;
  std::uint32_t stream_ms_max = 120'000;  // from the opening of a stream to the end of its frame

  // Runs that wait; beyond it, who brings more particles is not read from until half of them are done.
  std::size_t runs_waiting_max = 2'000;

  // Of the address book.
  std::size_t known_peers_max = 10'000;
  std::size_t known_addresses_max = 8;  // of one peer

  // Of the history that /particles/ID shows.
  std::size_t history_particles_max = 1'000;
  std::size_t history_entries_max = 200;  // of one particle

  // From the wish to stop until everything is cut off.
  std::uint32_t stop_ms_max = 5'000;
};

}  // namespace aqua::node
