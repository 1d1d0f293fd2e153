#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/bytes.h"
#include "net/connection.h"
#include "node/address_exchange.h"
#include "node/byte_stream.h"
#include "node/loop.h"
#include "node/metrics.h"
#include "node/node_limits.h"
#include "peer/delivery_report.h"
#include "peer/particle.h"

namespace aqua::node {

// One connection to one other peer: a byte stream, the machine of its protocols, and what is queued for it.
class Link : public std::enable_shared_from_this<Link> {
 public:
  // What all links of a loop share; outlives them.
  struct Shared {
    Loop& loop;
    const net::LocalPeer& local;
    const NodeLimits& limits;
    Metrics& metrics;
    std::function<void()> make_room;  // drops some of the frames that are not yet complete
    std::size_t buffered_bytes = 0;   // of those
  };
  // What the owner of links hears of each. None of it from inside of a call of its own.
  struct Handlers {
    std::function<void(Link&)> on_ready;       // the other end has proven its peer id
    std::function<void(Link&)> on_identified;  // its protocols and addresses are known
    std::function<void(Link&, peer::Particle)> on_particle;
    std::function<void(Link&, peer::DeliveryReport)> on_report;
    std::function<AddressAnswer(Link&, const AddressQuestion&)> on_question;
    // The last one. All that has not left and is not taken (take_unsent) is told that it failed after that.
    std::function<void(Link&, std::string why)> on_closed;
  };
  // Empty: the system has taken the last byte.
  using Done = std::function<void(std::string failure)>;
  struct Outgoing {
    std::shared_ptr<const base::Bytes> frame;
    Done done;
    bool is_second_try = false;  // the connection that it was on first was lost
  };
  using AnswerHandler = std::function<void(const AddressAnswer&)>;  // empty where there was none

  // `expected`: the peer id that has to answer a dial, or empty. `remote`: the address, for people.
  Link(Shared& shared, std::shared_ptr<ByteStream> stream, net::Role role,
       const std::string& expected, std::string remote, const Handlers& handlers);
  ~Link();

  void start();
  bool is_outgoing() const { return connection_.role() == net::Role::kDialer; }
  const std::string& peer_id() const { return connection_.peer_id(); }  // empty until it is ready
  const std::string& remote() const { return remote_; }
  bool speaks(std::string_view protocol) const;  // as identify said
  const std::vector<std::string>& listen_addresses() const { return listen_addresses_; }

  void send_particle(Outgoing particle);
  // Lost where the other end does not speak that protocol.
  void send_report(base::Bytes frame);
  void ask(const AddressQuestion& question, AnswerHandler handler);

  // In on_closed: the particles of which nobody knows whether they arrived. Whoever takes them owes them their end.
  std::vector<Outgoing> take_unsent() { return std::exchange(unsent_, {}); }
  // One of both ends wanted it to end.
  bool was_left() const { return is_closing_ || was_left_; }

  // Of frames that are not yet complete.
  std::size_t buffered_bytes() const { return buffered_bytes_; }
  void drop_incomplete();
  // Those that took too long.
  void end_late_frames(std::uint64_t now_ms);

  // Another connection of the same peer may mean that it lost this one: until it is heard of again, other
  // connections are better, and if it is not, this one ends.
  void doubt();
  bool is_in_doubt() const { return is_in_doubt_; }

  bool is_cut_off() const { return is_cut_off_; }
  std::size_t unsent_bytes() const { return queued_bytes_ + stream_->unsent_bytes(); }
  std::uint64_t last_used_ms() const { return last_used_ms_; }  // by a stream of ours or theirs
  // Nothing more is read until resume(); they are counted.
  void pause();
  void resume();
  // What is queued leaves first.
  void close();
  // At once; still heard by on_closed.
  void abort(std::string why);
  // The same, and the other end is not waited for.
  void cut_off(std::string why);
  // At once, and nothing is heard any more.
  void disown();

 private:
  struct SendingParticle {
    Outgoing particle;
    bool is_agreed = false;
  };
  struct Asking {
    AnswerHandler handler;
    base::Bytes bytes;
    std::uint64_t began_ms = 0;
  };
  // What the other end opened, until its frame is complete.
  struct Receiving {
    std::string protocol;
    base::Bytes bytes;
    std::uint64_t began_ms = 0;
  };
  // Streams on which nothing counts any more are not among them.
  using Stream = std::variant<SendingParticle, Asking, Receiving>;
  using Streams = std::map<net::StreamId, Stream>;

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

  void read(base::ByteView bytes);
  void arm();
  void open_queued();
  // The stream that the frame went to; none: there is no room for it.
  std::optional<net::StreamId> write_alone(std::string_view protocol, base::ByteView frame);
  void flush();
  void check_sent(net::StreamId id);
  void tell_sent();
  void received(net::StreamId id, base::ByteView bytes);
  // False: the frame is not yet complete.
  bool take_frame(net::StreamId id, std::string_view protocol, base::ByteView bytes);
  void take_particle(base::ByteView frame);
  void take_answer(base::ByteView frame, const AnswerHandler& handler);
  void answer_question(net::StreamId id, base::ByteView frame);
  void forget(net::StreamId id, const std::string& why);
  bool has_room_for(std::size_t count);
  void drop_buffer(base::Bytes& bytes);
  void bad_frame(net::StreamId id);
  void balance_reading();
  void end(std::string why);
  std::uint64_t now();

  Shared& shared_;
  std::shared_ptr<ByteStream> stream_;
  net::Connection connection_;
  std::string remote_;
  const Handlers& handlers_;

  net::Actions actions_;  // in their order; what handling them brings about comes behind them
  bool is_pumping_ = false;
  base::Bytes out_;  // of this pump
  std::uint64_t written_bytes_ = 0;
  Loop::TimerId timer_;

  Streams streams_;
  std::size_t sending_count_ = 0;
  std::deque<Outgoing> queue_;    // not yet on streams
  std::size_t queued_bytes_ = 0;  // of particles that have not left the machine
  struct Mark {
    std::uint64_t written_bytes;
    Outgoing particle;
  };
  std::deque<Mark> marks_;
  std::vector<Outgoing> given_out_;         // by the machine in this pump
  std::vector<Outgoing> unsent_;            // at the end
  std::vector<base::Bytes> early_reports_;  // until identify says whether they are understood

  std::vector<std::string> protocols_;
  std::vector<std::string> listen_addresses_;
  bool is_identified_ = false;
  std::uint64_t last_used_ms_ = 0;
  std::size_t pauses_ = 0;
  std::size_t buffered_bytes_ = 0;
  bool is_congested_ = false;
  bool is_reading_ = true;
  bool is_secured_ = false;
  bool is_closing_ = false;
  bool is_in_doubt_ = false;
  bool was_left_ = false;
  bool is_cut_off_ = false;
  bool has_said_goodbye_ = false;
  bool is_over_ = false;
  std::optional<std::string> ending_;  // the machine has ended, for this reason
};

}  // namespace aqua::node
