#include "node/pool.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/check.h"

namespace aqua::node {

namespace {

// How often connections are looked at that nothing is heard of.
constexpr std::uint32_t kTendMs = 5'000;

constexpr std::string_view kPeerSuffix = "/p2p/";

// The peer id at the end of a multiaddr, and the multiaddr without it.
std::pair<std::string, std::string> split_address(const std::string& address) {
  const std::size_t at = address.rfind(kPeerSuffix);
  if (at == std::string::npos) return {address, ""};
  return {address.substr(0, at), address.substr(at + kPeerSuffix.size())};
}

}  // namespace

Pool::Pool(Loop& loop, std::string own_peer_id, const NodeLimits& limits, Dialler dialler,
           Handlers handlers, Metrics& metrics, EventLog& log)
    : loop_(loop),
      own_peer_id_(std::move(own_peer_id)),
      limits_(limits),
      dialler_(std::move(dialler)),
      handlers_(std::move(handlers)),
      metrics_(metrics),
      log_(log),
      addresses_({limits.known_peers_max, limits.known_addresses_max}),
      started_at_ms_(loop.now_ms()) {
  link_handlers_ = {
      .on_ready = [this](Link& link) { ready(link); },
      .on_identified = [this](Link& link) { identified(link); },
      .on_particle =
          [this](Link& link, peer::Particle particle) {
            handlers_.on_particle(link.peer_id(), std::move(particle));
          },
      .on_report =
          [this](Link& link, peer::DeliveryReport report) {
            handlers_.on_report(link.peer_id(), std::move(report));
          },
      .on_question = [this](Link& link,
                            const AddressQuestion& question) { return answer(link, question); },
      .on_closed = [this](Link& link, const std::string& why) { closed(link, why); },
  };
  tend_timer_ = loop_.call_after(kTendMs, [this] { tend(); });
}

Pool::~Pool() { abort(); }

// --- connections -------------------------------------------------------------------------------

std::uint64_t Pool::begin_accept(CutOff cut_off) {
  if (is_closing_ || link_count_ + handshakes_.size() >= limits_.connections_max) {
    metrics_.count(Counter::kRefusedConnections);
    return 0;
  }
  return begin_handshake(std::move(cut_off));
}

std::uint64_t Pool::begin_handshake(CutOff cut_off) {
  if (handshakes_.size() >= limits_.handshakes_max && !handshakes_.empty()) {
    metrics_.count(Counter::kRefusedConnections);
    const CutOff oldest = std::move(handshakes_.begin()->second);
    handshakes_.erase(handshakes_.begin());
    oldest();
  }
  handshakes_.emplace(++last_handshake_, std::move(cut_off));
  return last_handshake_;
}

void Pool::end_accept(std::uint64_t accept, base::Result<std::shared_ptr<Link>, std::string> link) {
  handshakes_.erase(accept);
  if (link) return begin(std::move(*link));
  metrics_.count(Counter::kHandshakeFailures);
  if (log_.has(Level::kDebug)) log_.write(Level::kDebug, "no-connection", {{"why", link.error()}});
}

void Pool::begin(std::shared_ptr<Link> link) {
  if (is_closing_) return;  // nobody else holds it
  Link* const raw = link.get();
  const std::uint64_t handshake =
      raw->is_outgoing() ? 0 : begin_handshake([raw] { raw->cut_off("too many handshakes"); });
  pending_.emplace(raw, Pending{std::move(link), handshake});
  raw->start();
}

std::shared_ptr<Link> Pool::take_pending(Link& link) {
  const auto found = pending_.find(&link);
  if (found == pending_.end()) return nullptr;
  std::shared_ptr<Link> taken = std::move(found->second.link);
  handshakes_.erase(found->second.handshake);
  pending_.erase(found);
  return taken;
}

void Pool::ready(Link& link) {
  std::shared_ptr<Link> taken = take_pending(link);
  if (taken == nullptr) return;
  const std::string peer = link.peer_id();
  auto& of_peer = links_[peer];
  const bool is_self = peer == own_peer_id_;
  if (is_self || of_peer.size() >= limits_.connections_per_peer_max) {
    if (of_peer.empty()) links_.erase(peer);
    metrics_.count(Counter::kRefusedConnections);
    pending_.emplace(&link, Pending{std::move(taken)});  // until it has ended
    return link.abort(is_self ? "this is myself" : "this peer has too many connections");
  }
  for (const auto& older : of_peer) older->doubt();
  of_peer.push_back(std::move(taken));
  absent_.erase(peer);
  ++link_count_;
  metrics_.count(link.is_outgoing() ? Counter::kDialled : Counter::kAccepted);
  // Relays have a coming and going of clients; what matters to everybody is whether there is any connection.
  const Level level = link_count_ == 1 ? Level::kInfo : Level::kDebug;
  if (log_.has(level))
    log_.write(level, "connected",
               {{"peer", peer},
                {"address", link.remote()},
                {"direction", link.is_outgoing() ? "out" : "in"}});
  const auto paused = paused_.find(peer);
  if (paused != paused_.end()) link.pause();
  if (of_peer.size() == 1 && handlers_.on_connected) handlers_.on_connected(peer);
  for (Kept& kept : kept_) {
    if (!kept.is_connected && (kept.dialled == &link || kept.peer_id == peer)) keep(kept, peer);
  }
  const auto dial = dials_.find(peer);
  if (dial == dials_.end()) return;
  loop_.cancel(dial->second.timer);
  if (!dial->second.address.empty()) addresses_.worked(peer, dial->second.address);
  std::deque<Link::Outgoing> waiting = std::move(dial->second.waiting);
  dials_.erase(dial);
  for (Link::Outgoing& particle : waiting) queue(peer, std::move(particle));
}

void Pool::identified(Link& link) {
  // Where somebody listens is what it says; where it was seen from is a port for one connection.
  for (const std::string& address : link.listen_addresses())
    addresses_.add(link.peer_id(), split_address(address).first, AddressSource::kIdentify);
}

void Pool::closed(Link& link, const std::string& why) {
  if (const std::shared_ptr<Link> taken = take_pending(link)) {
    metrics_.count(Counter::kHandshakeFailures);
    if (log_.has(Level::kDebug))
      log_.write(Level::kDebug, "no-connection", {{"address", link.remote()}, {"why", why}});
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      if (kept_[i].dialled == &link) retry_kept(i, why);
    }
    const auto dial = std::ranges::find_if(
        dials_, [&](const auto& entry) { return entry.second.dialled == &link; });
    if (dial != dials_.end()) {
      const std::string address = dial->second.address;
      dial_failed(std::string(dial->first), address, why);
    }
  } else {
    const std::string peer = link.peer_id();
    const auto found = links_.find(peer);
    AQUA_CHECK(found != links_.end(), "a link to {} closes that nobody knows", peer);
    std::erase_if(found->second, [&](const auto& other) { return other.get() == &link; });
    --link_count_;
    const Level level = link_count_ == 0 ? Level::kInfo : Level::kDebug;
    if (log_.has(level))
      log_.write(level, "disconnected", {{"peer", peer}, {"address", link.remote()}, {"why", why}});
    const bool was_left = link.was_left();
    std::vector<Link::Outgoing> unsent = link.take_unsent();
    if (found->second.empty()) {
      links_.erase(found);
      if (!was_left && !is_closing_ && absent_.size() < limits_.known_peers_max)
        absent_[peer] = loop_.now_ms() + limits_.return_ms_max;
      if (handlers_.on_disconnected) handlers_.on_disconnected(peer);
      for (std::size_t i = 0; i < kept_.size(); ++i) {
        if (kept_[i].is_connected && kept_[i].peer_id == peer) {
          metrics_.count(Counter::kBootstrapDisconnected);
          kept_[i].is_connected = false;
          retry_kept(i, why.empty() ? "the connection was closed" : why);
        }
      }
    }
    send_again(peer, std::move(unsent), was_left, why.empty() ? "the connection was closed" : why);
  }
  if (is_closing_ && link_count_ == 0 && pending_.empty() && closed_) std::exchange(closed_, {})();
}

std::vector<std::string> Pool::connected_peers() const {
  std::vector<std::string> peers;
  for (const auto& [peer, links] : links_) peers.push_back(peer);
  return peers;
}

Link* Pool::best_link(std::string_view peer) const {
  const auto found = links_.find(peer);
  if (found == links_.end()) return nullptr;
  return std::ranges::min_element(
             found->second, {},
             [](const auto& l) { return std::pair(l->is_in_doubt(), l->unsent_bytes()); })
      ->get();
}

// A connection of our own making that nobody uses is given back; who made the other ones knows what for.
void Pool::tend() {
  const std::uint64_t now = loop_.now_ms();
  std::erase_if(absent_, [&](const auto& entry) { return entry.second <= now; });
  std::vector<std::shared_ptr<Link>> all;
  for (const auto& [peer, links] : links_) all.insert(all.end(), links.begin(), links.end());
  for (const auto& link : all) link->end_late_frames(now);
  for (const auto& [peer, links] : links_) {
    const bool is_kept =
        std::ranges::any_of(kept_, [&](const Kept& k) { return k.peer_id == peer; });
    if (is_kept) continue;
    for (const auto& link : links) {
      if (link->is_outgoing() && now > link->last_used_ms() + limits_.idle_ms_max)
        loop_.post([link] { link->close(); });
    }
  }
  tend_timer_ = loop_.call_after(kTendMs, [this] { tend(); });
}

std::shared_ptr<Link> Pool::link_with_most(std::size_t (Link::*bytes)() const) const {
  std::shared_ptr<Link> most;
  for (const auto& [peer, links] : links_) {
    for (const auto& link : links) {
      if (most == nullptr || ((*link).*bytes)() > ((*most).*bytes)()) most = link;
    }
  }
  return most;
}

void Pool::drop_incomplete() {
  const std::shared_ptr<Link> largest = link_with_most(&Link::buffered_bytes);
  if (largest == nullptr) return;
  log_.write(Level::kWarning, "incomplete-frames-dropped",
             {{"peer", largest->peer_id()}, {"bytes", largest->buffered_bytes()}});
  largest->drop_incomplete();
}

// --- sending -----------------------------------------------------------------------------------

void Pool::send(const std::string& to, std::shared_ptr<const base::Bytes> frame, Done done) {
  const std::size_t size_bytes = frame->size();
  if (*sending_bytes_ + size_bytes > limits_.send_queues_bytes_max && !cut_off_slowest()) {
    loop_.post([done = std::move(done), waiting = *sending_bytes_] {
      done(fmt::format("{} bytes wait for other connections already", waiting));
    });
    return;
  }
  *sending_bytes_ += size_bytes;
  Done counted = [sending = sending_bytes_, size_bytes,
                  done = std::move(done)](std::string failure) {
    *sending -= size_bytes;
    done(std::move(failure));
  };
  queue(to, {std::move(frame), std::move(counted)});
}

void Pool::queue(const std::string& to, Link::Outgoing particle) {
  const std::size_t size_bytes = particle.frame->size();
  const auto fail = [&](std::string why) {
    loop_.post([done = std::move(particle.done), why = std::move(why)] { done(why); });
  };
  if (Link* const link = best_link(to)) {
    if (link->unsent_bytes() + size_bytes > limits_.send_queue_bytes_max &&
        link->unsent_bytes() > 0)
      return fail(fmt::format("{} bytes wait for the connection already", link->unsent_bytes()));
    return link->send_particle(std::move(particle));
  }
  if (is_closing_) return fail("the peer stops");
  if (to == own_peer_id_) return fail("this is myself");
  Dial& dial = find_or_begin_dial(to);
  if (dial.waiting_bytes + size_bytes > limits_.dial_queue_bytes_max && !dial.waiting.empty())
    return fail(fmt::format("{} bytes wait for a connection already", dial.waiting_bytes));
  dial.waiting_bytes += size_bytes;
  dial.waiting.push_back(std::move(particle));
  if (!dial.is_dialling && dial.dialled == nullptr && dial.asked == 0 && !dial.waits_for_return)
    dial_next(to);
}

bool Pool::cut_off_slowest() {
  const std::shared_ptr<Link> slowest = link_with_most(&Link::unsent_bytes);
  // One that is cut off already still holds what it is about to give back.
  if (slowest == nullptr || slowest->unsent_bytes() == 0 || slowest->is_cut_off()) return false;
  log_.write(Level::kWarning, "slow-reader-cut-off",
             {{"peer", slowest->peer_id()}, {"bytes", slowest->unsent_bytes()}});
  slowest->cut_off("it takes too little of what is sent to it");
  return true;
}

// What was on a lost connection: nobody knows whether it arrived, and a second copy does no harm. Once, because a peer
// could end every connection that it gets a particle on.
void Pool::send_again(const std::string& peer, std::vector<Link::Outgoing> particles, bool was_left,
                      const std::string& why) {
  for (Link::Outgoing& particle : particles) {
    if (is_closing_ || was_left || std::exchange(particle.is_second_try, true)) {
      particle.done(why);
    } else {
      queue(peer, std::move(particle));
    }
  }
}

void Pool::send_report(const std::string& to, base::Bytes frame) {
  if (Link* const link = best_link(to)) link->send_report(std::move(frame));
}

void Pool::pause(std::string_view from) {
  const auto found = paused_.try_emplace(std::string(from), 0).first;
  if (found->second++ > 0) return;
  const auto links = links_.find(from);
  if (links == links_.end()) return;
  for (const auto& link : links->second) link->pause();
}

void Pool::resume(std::string_view from) {
  const auto found = paused_.find(from);
  AQUA_CHECK(found != paused_.end(), "{} is not paused", from);
  if (--found->second > 0) return;
  paused_.erase(found);
  const auto links = links_.find(from);
  if (links == links_.end()) return;
  for (const auto& link : links->second) link->resume();
}

// --- dialling ----------------------------------------------------------------------------------

Pool::Dial& Pool::find_or_begin_dial(const std::string& peer) {
  const auto found = dials_.find(peer);
  if (found != dials_.end()) return found->second;
  Dial& dial = dials_[peer];
  for (std::string& address : addresses_.find(peer)) dial.addresses.push_back(std::move(address));
  return dial;
}

void Pool::dial_next(const std::string& peer) {
  const auto found = dials_.find(peer);
  if (found == dials_.end()) return;
  Dial& dial = found->second;
  if (dial.addresses.empty()) {
    if (!dial.has_asked) return ask_around(peer);
    return wait_for_return(peer);
  }
  const std::string address = dial.addresses.front();
  dial.addresses.pop_front();
  dial.tried.push_back(address);
  dial.is_dialling = true;
  open(address, peer, [this, peer, address](base::Result<std::shared_ptr<Link>, std::string> link) {
    const auto still = dials_.find(peer);
    if (still != dials_.end()) still->second.is_dialling = false;
    if (!link) return dial_failed(peer, address, link.error());
    // Whether it is the right peer is seen by ready() and closed().
    if (still != dials_.end()) {
      still->second.dialled = link->get();
      still->second.address = address;
    }
  });
}

void Pool::dial_failed(const std::string& peer, const std::string& address,
                       const std::string& why) {
  addresses_.failed(peer, address);
  const auto found = dials_.find(peer);
  if (found == dials_.end()) return;
  found->second.dialled = nullptr;
  std::string& failures = found->second.failures;
  failures += fmt::format("{}{}: {}", failures.empty() ? "" : "; ", address, why);
  dial_next(peer);
}

// The place where a distributed table of addresses would be asked too.
void Pool::ask_around(const std::string& peer) {
  Dial& dial = dials_.find(peer)->second;
  dial.has_asked = true;
  std::vector<std::shared_ptr<Link>> links;
  for (const auto& [other, of_other] : links_) {
    if (of_other[0]->speaks(kAddressExchangeProtocol)) links.push_back(of_other[0]);
  }
  if (links.empty()) return wait_for_return(peer);
  dial.asked = links.size();
  dial.timer = loop_.call_after(limits_.find_ms_max, [this, peer] {
    const auto found = dials_.find(peer);
    if (found == dials_.end() || found->second.asked == 0) return;
    found->second.asked = 0;
    dial_next(peer);
  });
  for (const auto& link : links) {
    link->ask({{peer}}, [this, peer, alive = std::weak_ptr(is_alive_)](const AddressAnswer& told) {
      if (!alive.expired()) heard_around(peer, told);
    });
  }
}

void Pool::heard_around(const std::string& peer, const AddressAnswer& answer) {
  for (const KnownPeer& known : answer.peers) {
    for (const std::string& address : known.addresses)
      addresses_.add(known.peer_id, split_address(address).first, AddressSource::kExchange);
  }
  const auto found = dials_.find(peer);
  if (found == dials_.end() || found->second.asked == 0) return;
  Dial& dial = found->second;
  --dial.asked;
  for (std::string& address : addresses_.find(peer)) {
    if (std::ranges::count(dial.addresses, address) == 0 &&
        std::ranges::count(dial.tried, address) == 0)
      dial.addresses.push_back(std::move(address));
  }
  if (dial.asked > 0 && dial.addresses.empty()) return;
  dial.asked = 0;
  loop_.cancel(dial.timer);
  if (!dial.is_dialling && dial.dialled == nullptr) dial_next(peer);
}

void Pool::wait_for_return(const std::string& peer) {
  const std::uint64_t until_ms = may_return_until_ms(peer);
  if (until_ms <= loop_.now_ms()) return fail_dial(peer);
  Dial& dial = dials_.find(peer)->second;
  dial.waits_for_return = true;
  dial.timer = loop_.call_at(until_ms, [this, peer] {
    const auto found = dials_.find(peer);
    if (found != dials_.end() && found->second.failures.empty())
      found->second.failures = "not connected, and it did not return";
    fail_dial(peer);
  });
}

std::uint64_t Pool::may_return_until_ms(const std::string& peer) const {
  const auto absent = absent_.find(peer);
  if (absent != absent_.end()) return absent->second;
  return own_.empty() ? 0 : started_at_ms_ + limits_.return_ms_max;
}

void Pool::fail_dial(const std::string& peer) {
  const auto found = dials_.find(peer);
  if (found == dials_.end()) return;
  const Dial dial = std::move(found->second);
  dials_.erase(found);
  loop_.cancel(dial.timer);
  const std::string why = dial.failures.empty()
                              ? std::string("not connected, and no address of it is known")
                              : dial.failures;
  for (const Link::Outgoing& waiting : dial.waiting)
    loop_.post([done = waiting.done, why] { done(why); });
}

void Pool::open(const std::string& address, const std::string& expected, Opened opened) {
  openings_.push_back({address, expected, std::move(opened)});
  open_next();
}

void Pool::open_next() {
  while (!openings_.empty() && opening_count_ < limits_.dials_max) {
    const auto opening = std::make_shared<Opening>(std::move(openings_.front()));
    openings_.pop_front();
    ++opening_count_;
    dialler_(opening->address, opening->expected, link_handlers_,
             [this, opening, alive = std::weak_ptr(is_alive_)](
                 base::Result<std::shared_ptr<Link>, std::string> link) {
               if (alive.expired()) return;
               --opening_count_;
               if (!link) metrics_.count(Counter::kDialFailures);
               const std::shared_ptr<Link> dialled = link ? *link : nullptr;
               opening->opened(std::move(link));
               if (dialled != nullptr) begin(dialled);
               open_next();
             });
  }
}

// --- peers that are kept connected -------------------------------------------------------------

void Pool::keep_connected(const std::string& address) {
  auto [dialled, peer_id] = split_address(address);
  if (!peer_id.empty()) addresses_.add(peer_id, dialled, AddressSource::kConfiguration);
  kept_.push_back({address, std::move(peer_id), 0, false, {}});
  connect_kept(kept_.size() - 1);
}

void Pool::connect_kept(std::size_t index) {
  Kept& kept = kept_[index];
  if (is_closing_) return;
  if (!kept.peer_id.empty() && is_connected(kept.peer_id)) return keep(kept, kept.peer_id);
  open(split_address(kept.address).first, kept.peer_id,
       [this, index](base::Result<std::shared_ptr<Link>, std::string> link) {
         if (!link) return retry_kept(index, link.error());
         kept_[index].dialled = link->get();  // how it goes on is seen by ready() and closed()
       });
}

void Pool::keep(Kept& kept, const std::string& peer) {
  kept.dialled = nullptr;
  kept.peer_id = peer;
  kept.is_connected = true;
  kept.pause_ms = 0;
  loop_.cancel(kept.timer);
  metrics_.count(Counter::kBootstrapConnected);
  if (handlers_.on_kept) handlers_.on_kept(kept.address, peer);
}

void Pool::retry_kept(std::size_t index, const std::string& why) {
  if (is_closing_) return;
  Kept& kept = kept_[index];
  kept.dialled = nullptr;
  kept.pause_ms = std::min(std::max(2 * kept.pause_ms, limits_.reconnect_ms_min),
                           std::max(limits_.reconnect_ms_min, limits_.reconnect_ms_max));
  log_.write(Level::kWarning, "not-connected",
             {{"address", kept.address}, {"why", why}, {"again_in_ms", kept.pause_ms}});
  loop_.cancel(kept.timer);
  kept.timer = loop_.call_after(kept.pause_ms, [this, index] { connect_kept(index); });
  if (handlers_.on_not_kept) handlers_.on_not_kept(kept.address, why);
}

Pool::KeptState Pool::kept_state() const {
  const auto connected = std::ranges::count(kept_, true, &Kept::is_connected);
  return {kept_.size(), static_cast<std::size_t>(connected)};
}

// --- what is told about it ---------------------------------------------------------------------

AddressAnswer Pool::answer(const Link& link, const AddressQuestion& question) const {
  AddressAnswer told;
  const std::vector<std::string> asked =
      question.peers.empty() ? addresses_.recent_peers(kToldPeersMax) : question.peers;
  for (const std::string& peer : asked) {
    std::vector<std::string> addresses = peer == own_peer_id_ ? own_ : addresses_.find(peer);
    if (!addresses.empty() && peer != link.peer_id())
      told.peers.push_back({peer, std::move(addresses)});
  }
  return told;
}

void Pool::measure(Metrics& metrics) const {
  metrics.connected_peers += links_.size();
  metrics.connections += link_count_;
  metrics.known_peers += addresses_.peer_count();
  for (const auto& [peer, links] : links_) {
    for (const auto& link : links) metrics.unsent_bytes += link->unsent_bytes();
  }
}

// --- the end -----------------------------------------------------------------------------------

void Pool::close(std::function<void()> done) {
  is_closing_ = true;
  closed_ = std::move(done);
  for (Kept& kept : kept_) loop_.cancel(kept.timer);
  openings_.clear();
  while (!dials_.empty()) fail_dial(std::string(dials_.begin()->first));
  for (const auto& [raw, pending] : pending_) pending.link->abort("");
  for (const auto& [peer, links] : Links(links_)) {
    for (const auto& link : links) link->close();
  }
  if (link_count_ == 0 && pending_.empty() && closed_) loop_.post(std::exchange(closed_, {}));
}

void Pool::abort() {
  is_closing_ = true;
  closed_ = {};
  is_alive_.reset();
  loop_.cancel(tend_timer_);
  for (Kept& kept : kept_) loop_.cancel(kept.timer);
  for (auto& [peer, dial] : dials_) loop_.cancel(dial.timer);
  for (const auto& [raw, pending] : pending_) pending.link->disown();
  for (const auto& [peer, links] : links_) {
    for (const auto& link : links) link->disown();
  }
  pending_.clear();
  links_.clear();
  link_count_ = 0;
}

}  // namespace aqua::node
