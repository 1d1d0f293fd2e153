#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "net/connection.h"
#include "node/byte_stream.h"
#include "node/desk_calls.h"
#include "node/event_log.h"
#include "node/link.h"
#include "node/loop.h"
#include "node/loop_table.h"
#include "node/metrics.h"
#include "node/node.h"
#include "node/peer_driver.h"
#include "node/pool.h"
#include "node/posted_calls.h"

namespace aqua::node {

// What a node has on one of its loops: connections, and a peer for the particles of this loop. All of it is used on
// that loop only. The services of the node are those of its first loop; the others do built-in functions alone.
class Shard final : public ParticleNetwork, public CallPerformer {
 public:
  // What the shards of a node have in common; outlives them.
  struct Common {
    const crypto::KeyPair& key;
    const NodeOptions& options;
    const net::LocalPeer& local;
    EventLog& log;
    const Node::Client& client;
    LoopTable table;
    std::vector<std::unique_ptr<Shard>> shards;
  };

  Shard(Common& common, Loop& loop, std::size_t index);

  Loop& loop() { return loop_; }
  Pool& pool() { return pool_; }
  PeerDriver& driver() { return driver_; }

  void accepted(int socket, const Upgrade& upgrade, const std::string& from);
  void measure(Metrics& metrics) const;

  // --- ParticleNetwork, for the peer of this loop
  void send(const std::string& to, std::shared_ptr<const base::Bytes> frame, Done done) override;
  void send_report(const std::string& to, base::Bytes frame) override;
  void pause(const std::string& from) override;
  void resume(const std::string& from) override;

  // --- CallPerformer
  void call(peer::Call call, std::uint64_t now_ms, Answered answered) override;
  void cancel(peer::ParticleKey particle, std::uint32_t call_id) override;

 private:
  Pool::Handlers pool_handlers();
  CallPerformer& performer_of(const peer::Call& call);
  // The peers of the loops number their particles each on its own.
  peer::ParticleKey key_in_node(peer::ParticleKey particle) const;
  void dial(const std::string& address, const std::string& expected, const Link::Handlers& handlers,
            Pool::Opened opened);
  Shard& home_of(const crypto::Signature& signature);
  // The shard that is connected to that peer, if it is another one.
  Shard* elsewhere(const std::string& peer);

  Common& common_;
  Loop& loop_;
  std::size_t index_;
  std::shared_ptr<TlsContext> trust_;  // once wss is dialled: roots of the system take megabytes
  Metrics metrics_;
  Link::Shared links_;
  Pool pool_;
  DeskCalls calls_;
  std::optional<PostedCalls> calls_of_first_;  // none: this is the first
  PeerDriver driver_;
};

}  // namespace aqua::node
