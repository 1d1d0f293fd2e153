#include "node/shard.h"

#include <cstring>
#include <utility>

#include "node/endpoint.h"
#include "node/key_file.h"
#include "node/transport.h"
#include "services/builtin.h"

namespace aqua::node {

namespace {

// What the peers of this version speak of AIR and its data.
constexpr std::string_view kAirVersion = "0.64.1";

std::uint64_t random_number() {
  const crypto::Seed seed = random_seed();
  std::uint64_t number = 0;
  std::memcpy(&number, seed.data(), sizeof number);
  return number;
}

PeerDriver::Options driver_options(const NodeOptions& options) {
  PeerDriver::Options out;
  out.peer.limits = options.peer_limits;
  out.peer.hash_seed = random_number();
  out.history.particles_max = options.limits.history_particles_max;
  out.history.entries_per_particle_max = options.limits.history_entries_max;
  out.runs_waiting_max = options.limits.runs_waiting_max;
  return out;
}

}  // namespace

Shard::Shard(Common& common, Loop& loop, std::size_t index)
    : common_(common),
      loop_(loop),
      index_(index),
      links_{
          loop, common.local, common.options.limits, metrics_, [this] { pool_.drop_incomplete(); },
          0},
      pool_(
          loop, common.key.peer_id(), common.options.limits,
          [this](const std::string& address, const std::string& expected,
                 const Link::Handlers& handlers,
                 Pool::Opened opened) { dial(address, expected, handlers, std::move(opened)); },
          pool_handlers(), metrics_, common.log),
      calls_(loop,
             {.key = &common.key,
              .name = common.key.peer_id(),
              .air_version = kAirVersion,
              .known_peers = [this] { return common_.table.peers(); }},
             index == 0 ? common.options.services : services::Services(),
             common.options.declarations,
             [this](std::string_view line) {
               if (common_.client.print) {
                 common_.client.print(std::string(line));
               } else {
                 common_.log.write(Level::kInfo, "printed", {{"text", line}});
               }
             }),
      driver_(loop, common.key, driver_options(common.options), *this, *this, metrics_,
              common.log) {
  if (index_ == 0) return;
  Shard& first = *common.shards[0];
  calls_of_first_.emplace(loop, first.loop_, first.calls_);
}

Pool::Handlers Shard::pool_handlers() {
  return {
      .on_particle =
          [this](const std::string& from, peer::Particle particle) {
            Shard& home = home_of(particle.header->signature);
            if (&home == this) return driver_.arrived(from, std::move(particle));
            home.loop_.post([&home, from, particle = std::move(particle)]() mutable {
              home.driver_.arrived(from, std::move(particle));
            });
          },
      .on_report =
          [this](const std::string& from, peer::DeliveryReport report) {
            Shard& home = home_of(report.particle);
            if (&home == this) return driver_.report_arrived(from, std::move(report));
            home.loop_.post([&home, from, report = std::move(report)]() mutable {
              home.driver_.report_arrived(from, std::move(report));
            });
          },
      .on_connected = [this](const std::string& peer) { common_.table.connected(peer, index_); },
      .on_disconnected =
          [this](const std::string& peer) { common_.table.disconnected(peer, index_); },
      .on_kept =
          [this](const std::string& address, const std::string& peer) {
            if (common_.client.on_bootstrap_connected)
              common_.client.on_bootstrap_connected(address, peer);
          },
      .on_not_kept =
          [this](const std::string& address, const std::string& why) {
            if (common_.client.on_bootstrap_lost) common_.client.on_bootstrap_lost(address, why);
          },
  };
}

// --- connections -------------------------------------------------------------------------------

void Shard::dial(const std::string& address, const std::string& expected,
                 const Link::Handlers& handlers, Pool::Opened opened) {
  auto parsed = parse_address(address);
  if (!parsed) {
    loop_.post(
        [opened = std::move(opened), why = parsed.error()] { opened(std::unexpected(why)); });
    return;
  }
  const Endpoint endpoint = std::move(parsed->endpoint);
  const bool is_default_port =
      endpoint.carrier == Carrier::kSecureWebSocket ? endpoint.port == 443 : endpoint.port == 80;
  if (endpoint.carrier == Carrier::kSecureWebSocket && trust_ == nullptr) {
    auto trust = trust_tls(common_.options.roots);
    if (!trust) {
      loop_.post(
          [opened = std::move(opened), why = trust.error()] { opened(std::unexpected(why)); });
      return;
    }
    trust_ = std::move(*trust);
  }
  Upgrade upgrade{endpoint.carrier, endpoint.host, "/", trust_,
                  common_.options.net_limits.handshake_ms};
  if (endpoint.carrier == Carrier::kWebSocket && !is_default_port)
    upgrade.host += ':' + std::to_string(endpoint.port);
  connect_tcp(loop_, endpoint, common_.options.limits.dial_ms_max,
              [this, address, expected, &handlers, upgrade,
               opened = std::move(opened)](base::Result<int, std::string> socket) {
                if (!socket) return opened(std::unexpected(socket.error()));
                open_dialled(
                    loop_, *socket, upgrade,
                    [this, address, expected, &handlers,
                     opened](base::Result<std::shared_ptr<ByteStream>, std::string> stream) {
                      if (!stream) return opened(std::unexpected(stream.error()));
                      opened(std::make_shared<Link>(links_, std::move(*stream), net::Role::kDialer,
                                                    expected, address, handlers));
                    });
              });
}

void Shard::accepted(int socket, const Upgrade& upgrade, const std::string& from) {
  const auto cut_off = std::make_shared<CutOff>();  // TCP has no handshake: it is open at once
  const std::uint64_t accept = pool_.begin_accept([cut_off] {
    if (*cut_off) (*cut_off)();
  });
  *cut_off = open_accepted(
      loop_, socket, upgrade,
      [this, from, accept](base::Result<std::shared_ptr<ByteStream>, std::string> s) {
        if (accept == 0) {
          if (s) (*s)->abort();
          return;
        }
        if (!s) return pool_.end_accept(accept, std::unexpected(s.error()));
        pool_.end_accept(accept, std::make_shared<Link>(links_, std::move(*s), net::Role::kListener,
                                                        "", from, pool_.link_handlers()));
      });
  if (accept == 0) (*cut_off)();
}

void Shard::measure(Metrics& metrics) const {
  metrics.add(metrics_);
  pool_.measure(metrics);
  metrics.incomplete_bytes += links_.buffered_bytes;
  driver_.measure(metrics);
}

// --- particles ---------------------------------------------------------------------------------

Shard& Shard::home_of(const crypto::Signature& signature) {
  if (common_.shards.size() == 1) return *this;
  std::uint64_t number = 0;  // signatures are evenly spread
  std::memcpy(&number, signature.data(), sizeof number);
  return *common_.shards[number % common_.shards.size()];
}

Shard* Shard::elsewhere(const std::string& peer) {
  if (common_.shards.size() == 1 || pool_.is_connected(peer)) return nullptr;
  const auto found = common_.table.find(peer);
  return found && *found != index_ ? common_.shards[*found].get() : nullptr;
}

void Shard::send(const std::string& to, std::shared_ptr<const base::Bytes> frame, Done done) {
  Shard* const other = elsewhere(to);
  if (other == nullptr) return pool_.send(to, std::move(frame), std::move(done));
  other->loop_.post([this, other, to, frame = std::move(frame), done = std::move(done)]() mutable {
    other->pool_.send(
        to, std::move(frame), [this, done = std::move(done)](std::string failure) mutable {
          loop_.post([done = std::move(done), failure = std::move(failure)] { done(failure); });
        });
  });
}

void Shard::send_report(const std::string& to, base::Bytes frame) {
  Shard* const other = elsewhere(to);
  if (other == nullptr) return pool_.send_report(to, std::move(frame));
  other->loop_.post([other, to, frame = std::move(frame)]() mutable {
    other->pool_.send_report(to, std::move(frame));
  });
}

// Where that peer is connected may change before resume(): all loops are told of both.
void Shard::pause(const std::string& from) {
  for (const auto& shard : common_.shards) {
    if (shard.get() == this) {
      pool_.pause(from);
    } else {
      shard->loop_.post([other = shard.get(), from] { other->pool_.pause(from); });
    }
  }
}

void Shard::resume(const std::string& from) {
  for (const auto& shard : common_.shards) {
    if (shard.get() == this) {
      pool_.resume(from);
    } else {
      shard->loop_.post([other = shard.get(), from] { other->pool_.resume(from); });
    }
  }
}

// --- calls -------------------------------------------------------------------------------------

void Shard::call(peer::Call call, std::uint64_t now_ms, Answered answered) {
  if (common_.client.call && call.header->init_peer_id == common_.key.peer_id() &&
      common_.client.call(call, answered))
    return;
  call.particle = key_in_node(call.particle);
  performer_of(call).call(std::move(call), now_ms, std::move(answered));
}

void Shard::cancel(peer::ParticleKey particle, std::uint32_t call_id) {
  // Where the call is not, nothing happens.
  calls_.cancel(key_in_node(particle), call_id);
  if (calls_of_first_) calls_of_first_->cancel(key_in_node(particle), call_id);
}

CallPerformer& Shard::performer_of(const peer::Call& call) {
  if (!calls_of_first_ || services::is_independent_builtin(call.service, call.function))
    return calls_;
  return *calls_of_first_;
}

peer::ParticleKey Shard::key_in_node(peer::ParticleKey particle) const {
  return {particle.value * common_.shards.size() + index_};
}

}  // namespace aqua::node
