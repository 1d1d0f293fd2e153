#pragma once

#include <utility>
#include <vector>

#include "base/check.h"
#include "net/connection.h"
#include "net/multistream.h"
#include "net/noise_frames.h"
#include "net/protocols.h"
#include "net/yamux_frame.h"

// A dialer without manners: it goes through an honest handshake with a listening connection, as far as it
// is told to, and then says what it likes.

namespace aqua::net {

inline crypto::Seed attacker_seed(int number) {
  crypto::Seed seed{};
  seed[0] = static_cast<base::Byte>(number);
  seed[31] = 7;
  return seed;
}

class Attacker {
 public:
  explicit Attacker(const LocalPeer& victim_peer)
      : victim(victim_peer, Role::kListener, attacker_seed(1)),
        peer_(crypto::KeyPair::from_seed(attacker_seed(2)), attacker_seed(3)),
        noise_(true, peer_.noise.static_key, crypto::ExchangeKeyPair::from_seed(attacker_seed(4))) {
    victim.start(now, heard);
  }

  void send(base::ByteView bytes) { victim.on_bytes(bytes, now, heard); }

  void select_security() {
    base::Bytes lines;
    append_multistream_line(lines, kMultistreamProtocol);
    append_multistream_line(lines, kNoiseProtocol);
    send(lines);
    answered_ = lines.size();
  }

  // The first message, and the answer to it is read.
  void begin_handshake() {
    select_security();
    base::Bytes framed;
    append_noise_frame(framed, *noise_.write({}));
    send(framed);
    const base::Bytes all = sent_by_victim();
    base::ByteView rest = base::ByteView(all).subspan(answered_);
    const auto message = frames_.next(rest);
    AQUA_CHECK(message && *message && noise_.read(**message), "the victim does not answer");
    answered_ = all.size();
  }

  base::Bytes last_message(base::ByteView payload) {
    base::Bytes framed;
    append_noise_frame(framed, *noise_.write(payload));
    return framed;
  }

  void finish_handshake() {
    send(last_message(peer_.noise.payload));
    ciphers_ = noise_.split();
  }

  // All of it: what comes now is yamux.
  void open() {
    begin_handshake();
    finish_handshake();
    base::Bytes lines;
    append_multistream_line(lines, kMultistreamProtocol);
    append_multistream_line(lines, kYamuxProtocol);
    send_sealed(lines);
  }

  base::Bytes sealed(base::ByteView plain) {
    base::Bytes bytes;
    append_sealed_frames(bytes, ciphers_.send, plain);
    return bytes;
  }
  void send_sealed(base::ByteView plain) { send(sealed(plain)); }
  void send_frame(const YamuxHeader& header, base::ByteView body = {}) {
    base::Bytes frame;
    append_yamux_header(frame, header);
    frame.insert(frame.end(), body.begin(), body.end());
    send_sealed(frame);
  }

  base::Bytes sent_by_victim() const {
    base::Bytes bytes;
    for (const Action& action : heard) {
      if (const auto* send_action = std::get_if<SendBytes>(&action)) {
        bytes.insert(bytes.end(), send_action->bytes.begin(), send_action->bytes.end());
      }
    }
    return bytes;
  }
  std::optional<FailureReason> failure() const {
    if (heard.empty()) return std::nullopt;
    const auto* failed = std::get_if<Failed>(&heard.back());
    return failed ? std::optional(failed->reason) : std::nullopt;
  }
  template <class T>
  std::size_t count() const {
    std::size_t found = 0;
    for (const Action& action : heard) found += std::holds_alternative<T>(action);
    return found;
  }

  Connection victim;
  Actions heard;
  TimeMs now = 0;

 private:
  LocalPeer peer_;
  NoiseHandshake noise_;
  NoiseFrames frames_;
  NoiseCiphers ciphers_;
  std::size_t answered_ = 0;  // bytes of the victim that are dealt with
};

}  // namespace aqua::net
