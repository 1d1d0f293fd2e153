#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "net/connection.h"
#include "node/byte_stream.h"
#include "node/loop.h"

// One connection with the protocols of the tests on it: one sends back what comes, one resets the stream at its
// first byte. The other end may be any libp2p.

namespace aqua::interop {

inline constexpr std::string_view kEchoProtocol = "/aqua/echo/1.0.0";
inline constexpr std::string_view kResetProtocol = "/aqua/reset/1.0.0";

class EchoLink : public std::enable_shared_from_this<EchoLink> {
 public:
  struct Handlers {
    std::function<void()> on_ready;
    // Of call(): so many bytes came back, and the other end closed its side.
    std::function<void(std::size_t count, bool is_same)> on_echoed;
    std::function<void()> on_pinged;                 // ping() was answered
    std::function<void(std::string why)> on_closed;  // the last one
  };

  EchoLink(node::Loop& loop, const net::LocalPeer& local, std::shared_ptr<node::ByteStream> stream,
           net::Role role, const std::string& expected, Handlers handlers);
  ~EchoLink() { loop_.cancel(timer_); }

  void start();
  void close() { end("closed here"); }
  // Sends so many bytes on a new stream, closes this side and waits for them.
  void call(std::size_t count);
  void ping();

 private:
  // What this end serves.
  struct Serving {
    bool resets = false;
    std::size_t held_bytes = 0;  // not told as consumed, because they wait for the way back
  };
  struct Calling {
    std::size_t count = 0;
    std::size_t sent = 0;
    std::size_t arrived = 0;
    bool is_same = true;
  };

  void pump();
  void on(net::SendBytes& action);
  void on(net::Secured& action);
  void on(net::StreamOpened& action);
  void on(net::StreamData& action);
  void on(net::StreamEnded& action);
  void on(net::StreamReset& action);
  void on(net::StreamDrained& action);
  void on(net::ProtocolRefused& action);
  void on(net::PeerIdentified& action);
  void on(net::PingAnswered& action);
  void on(net::Failed& action);
  void on(net::Closed& action);

  void arrived(Serving& serving, net::StreamData& data);
  void arrived(Calling& calling, net::StreamData& data);
  void send_more(net::StreamId id, Calling& calling);
  void close_side(net::StreamId id);
  void finished(net::StreamId id);
  void end(const std::string& why);
  void arm();

  node::Loop& loop_;
  std::shared_ptr<node::ByteStream> stream_;
  net::Connection connection_;
  Handlers handlers_;
  net::Actions actions_;
  bool is_pumping_ = false;
  bool is_over_ = false;
  std::map<net::StreamId, Serving> serving_;
  std::map<net::StreamId, Calling> calling_;
  node::Loop::TimerId timer_;
};

// Calls `ended` on a thread of its own when nothing can be read any more from the standard input.
class EndOfInput {
 public:
  explicit EndOfInput(std::function<void()> ended);

 private:
  std::jthread thread_;
};

}  // namespace aqua::interop
