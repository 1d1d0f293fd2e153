#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "node/address_book.h"
#include "node/event_log.h"
#include "node/link.h"
#include "node/loop.h"
#include "node/metrics.h"
#include "node/node_limits.h"

// The connections of one loop, by peer id: who is connected, who is dialled and what waits for that, and who is
// to stay connected.

namespace aqua::node {

class Pool {
 public:
  using Done = Link::Done;
  // A dial of one address; `expected`: the peer id that has to answer, or empty. The link is not yet started.
  using Opened = std::function<void(base::Result<std::shared_ptr<Link>, std::string>)>;
  using Dialler = std::function<void(const std::string& address, const std::string& expected,
                                     const Link::Handlers& handlers, Opened opened)>;
  struct Handlers {
    std::function<void(const std::string& from, peer::Particle)> on_particle;
    std::function<void(const std::string& from, peer::DeliveryReport)> on_report;
    std::function<void(const std::string& peer)> on_connected;     // the first connection
    std::function<void(const std::string& peer)> on_disconnected;  // the last one is gone
    // Kept connected: became so; or why not, and it is tried again.
    std::function<void(const std::string& address, const std::string& peer)> on_kept;
    std::function<void(const std::string& address, const std::string& why)> on_not_kept;
  };

  // All of them live on.
  Pool(Loop& loop, std::string own_peer_id, const NodeLimits& limits, Dialler dialler,
       Handlers handlers, Metrics& metrics, EventLog& log);
  ~Pool();

  // --- connections -----------------------------------------------------------------------------

  const Link::Handlers& link_handlers() const { return link_handlers_; }
  // Of a connection that another one made: `cut_off` ends its handshake. 0: there are too many connections; else
  // end_accept() follows. Of too many handshakes the oldest one is cut off: those that are honest take milliseconds.
  std::uint64_t begin_accept(CutOff cut_off);
  void end_accept(std::uint64_t accept, base::Result<std::shared_ptr<Link>, std::string> link);
  // Connects, and again whenever the connection is lost, with growing pauses. The address may end in /p2p/ID.
  void keep_connected(const std::string& address);
  struct KeptState {
    std::size_t count = 0;
    std::size_t connected = 0;
  };
  KeptState kept_state() const;
  bool is_connected(std::string_view peer) const { return links_.contains(peer); }
  std::vector<std::string> connected_peers() const;
  AddressBook& addresses() { return addresses_; }
  // What identify and others are told about this peer.
  void set_own_addresses(std::vector<std::string> addresses) { own_ = std::move(addresses); }

  // --- sending ---------------------------------------------------------------------------------

  void send(const std::string& to, std::shared_ptr<const base::Bytes> frame, Done done);
  void send_report(const std::string& to, base::Bytes frame);
  void pause(std::string_view from);
  void resume(std::string_view from);

  // --- the end ---------------------------------------------------------------------------------

  // No new connections; those that are there end when what they have to send has left.
  void close(std::function<void()> done);
  // At once.
  void abort();

  void measure(Metrics& metrics) const;
  // The connection that holds most of frames which are not complete loses them.
  void drop_incomplete();
  // False: there is none that would make room.
  bool cut_off_slowest();

 private:
  // One peer that is looked for and dialled. Whoever else wants it waits with it.
  struct Dial {
    std::deque<std::string> addresses;
    std::vector<std::string> tried;  // of them: not again, whoever tells them
    std::deque<Link::Outgoing> waiting;
    std::size_t waiting_bytes = 0;
    std::string failures;   // for people
    std::size_t asked = 0;  // peers that may know an address
    Loop::TimerId timer;    // of the answers, of the return
    bool has_asked = false;
    bool is_dialling = false;
    bool waits_for_return = false;
    Link* dialled = nullptr;  // in its handshake
    std::string address;      // of that
  };
  // One address that is to stay connected.
  struct Kept {
    std::string address;
    std::string peer_id;  // empty: whoever answers
    std::uint32_t pause_ms = 0;
    bool is_connected = false;
    Loop::TimerId timer;
    Link* dialled = nullptr;  // in its handshake
  };
  using Links = std::map<std::string, std::vector<std::shared_ptr<Link>>, std::less<>>;

  void ready(Link& link);
  void identified(Link& link);
  void closed(Link& link, const std::string& why);
  AddressAnswer answer(const Link& link, const AddressQuestion& question) const;

  Dial& find_or_begin_dial(const std::string& peer);
  void dial_next(const std::string& peer);
  void ask_around(const std::string& peer);
  void heard_around(const std::string& peer, const AddressAnswer& answer);
  void dial_failed(const std::string& peer, const std::string& address, const std::string& why);
  // Nothing more can be done to reach it; it may come by itself.
  void wait_for_return(const std::string& peer);
  std::uint64_t may_return_until_ms(const std::string& peer) const;
  void fail_dial(const std::string& peer);
  // Onto a connection, or to wait for one.
  void queue(const std::string& to, Link::Outgoing particle);
  // By what it has of that; null: there is no connection.
  std::shared_ptr<Link> link_with_most(std::size_t (Link::*bytes)() const) const;
  void send_again(const std::string& peer, std::vector<Link::Outgoing> particles, bool was_left,
                  const std::string& why);
  void open(const std::string& address, const std::string& expected, Opened opened);
  void open_next();

  void begin(std::shared_ptr<Link> link);
  std::uint64_t begin_handshake(CutOff cut_off);
  void connect_kept(std::size_t index);
  void keep(Kept& kept, const std::string& peer);
  void retry_kept(std::size_t index, const std::string& why);
  void tend();

  Link* best_link(std::string_view peer) const;
  std::shared_ptr<Link> take_pending(Link& link);

  Loop& loop_;
  std::string own_peer_id_;
  const NodeLimits& limits_;
  Dialler dialler_;
  Handlers handlers_;
  Metrics& metrics_;
  EventLog& log_;
  Link::Handlers link_handlers_;
  AddressBook addresses_;
  std::vector<std::string> own_;

  struct Pending {
    std::shared_ptr<Link> link;
    std::uint64_t handshake = 0;  // of those that others made
  };
  std::map<Link*, Pending> pending_;  // not yet ready
  // Handshakes that others began, the oldest one first.
  std::map<std::uint64_t, CutOff> handshakes_;
  std::uint64_t last_handshake_ = 0;
  Links links_;
  std::size_t link_count_ = 0;
  std::map<std::string, Dial, std::less<>> dials_;
  struct Opening {
    std::string address;
    std::string expected;
    Opened opened;
  };
  std::deque<Opening> openings_;  // that wait for their turn
  std::size_t opening_count_ = 0;
  std::vector<Kept> kept_;
  std::map<std::string, std::size_t, std::less<>> paused_;  // by peer id, counted
  // Peers that were lost without a goodbye, and until when they are waited for.
  std::map<std::string, std::uint64_t, std::less<>> absent_;
  std::uint64_t started_at_ms_;
  // Of particles that wait to be sent, wherever. Shared with what tells that one is done, which may outlive the pool.
  std::shared_ptr<std::size_t> sending_bytes_ = std::make_shared<std::size_t>(0);
  Loop::TimerId tend_timer_;
  bool is_closing_ = false;
  std::function<void()> closed_;
  std::shared_ptr<bool> is_alive_ = std::make_shared<bool>(true);
};

}  // namespace aqua::node
