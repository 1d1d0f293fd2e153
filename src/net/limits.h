#pragma once

#include <cstddef>
#include <cstdint>

namespace aqua::net {

// What one connection allows the other side to cost it. Times are in milliseconds, 0 where said: off.
struct Limits {
  // From the first byte until the connection can carry streams.
  std::uint64_t handshake_ms = 10'000;
  // From the opening of a stream until both sides agree on its protocol.
  std::uint64_t negotiation_ms = 10'000;
  // A stream that was ended by us and not by the other side is reset after so long.
  std::uint64_t half_closed_ms = 120'000;
  // A connection on which nothing arrived for so long is pinged; 0: never.
  std::uint64_t keepalive_ms = 0;
  // So long may the answer to that ping take.
  std::uint64_t keepalive_answer_ms = 10'000;

  // multistream-select: one line with its newline, and what one negotiation may propose.
  std::size_t protocol_line_bytes_max = 1024;
  std::size_t proposals_max = 32;

  // Noise: one message of the handshake. (A transport message has at most 65,535 bytes by its format.)
  std::size_t handshake_message_bytes_max = 4096;

  // yamux: what the other side may send on a stream before consumed() is told of it. At least 262,144,
  // because every stream begins with that.
  std::uint32_t receive_window_bytes = 256 * 1024;
  // The same over all streams of the connection: a stream whose data go beyond is reset.
  std::size_t unconsumed_bytes_max = std::size_t{32} << 20;
  // Streams at one time, by who opened them. An inbound one too many is reset.
  std::size_t inbound_streams_max = 512;
  std::size_t outbound_streams_max = 4096;
  // Frames that move nothing (pings, needless window updates, resets, empty data, refused streams), within
  // `idle_frames_ms` and without data in between.
  std::size_t idle_frames_max = 10'000;
  std::uint64_t idle_frames_ms = 10'000;
  // write() is refused while more than so much waits for the window of its stream.
  std::size_t unsent_bytes_max = std::size_t{4} << 20;

  // identify: the message, and what is kept of it.
  std::size_t identify_bytes_max = 64 * 1024;
  std::size_t identify_addresses_max = 64;
  std::size_t identify_protocols_max = 256;
  // Of a protocol name, an agent version, a multiaddr in bytes.
  std::size_t identify_text_bytes_max = 1024;
};

}  // namespace aqua::net
