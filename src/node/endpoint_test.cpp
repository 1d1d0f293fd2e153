#include "node/endpoint.h"

#include <gtest/gtest.h>

namespace aqua::node {
namespace {

TEST(Endpoint, ReadsAddressesAndWritesThem) {
  for (const char* const text :
       {"/ip4/127.0.0.1/tcp/7777", "/ip6/::1/tcp/1/ws", "/dns/example.org/tcp/443/wss"}) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address.has_value()) << address.error();
    EXPECT_EQ(address_text(address->endpoint), text);
    EXPECT_EQ(address->peer_id, "");
  }
  const auto address = parse_address(
      "/dns4/a.b/tcp/9/tls/ws/p2p/12D3KooWANqfCDrV79MZdMnMqTvDdqSAPSxdgFY1L6DCq2DVGB4D");
  ASSERT_TRUE(address.has_value()) << address.error();
  EXPECT_EQ(address->endpoint.carrier, Carrier::kSecureWebSocket);
  EXPECT_EQ(address->endpoint.host, "a.b");
  EXPECT_EQ(address->endpoint.port, 9);
  EXPECT_EQ(address->peer_id, "12D3KooWANqfCDrV79MZdMnMqTvDdqSAPSxdgFY1L6DCq2DVGB4D");
}

TEST(Endpoint, RefusesWhatItCanNotDial) {
  for (const char* const text :
       {"", "/", "127.0.0.1:80", "/ip4/1.2.3/tcp/1", "/ip4/1.2.3.4/udp/1", "/ip4/1.2.3.4/tcp/65536",
        "/ip4/1.2.3.4/tcp/1/quic", "/ip4/1.2.3.4/tcp/1/p2p/x", "/ip4/1.2.3.4/tcp/1/p2p",
        "/dns4/a b/tcp/1", "/ip4/1.2.3.4/tcp/1/", "/unix/x/tcp/1", "/ip4/1.2.3.4/tcp/1/ws/ws"})
    EXPECT_FALSE(parse_address(text).has_value()) << text;
}

TEST(Endpoint, ReadsHostAndPort) {
  EXPECT_EQ(parse_host_port("18080")->host, "127.0.0.1");
  EXPECT_EQ(parse_host_port("[::1]:1")->host, "::1");
  EXPECT_EQ(parse_host_port("0.0.0.0:65535")->port, 65535);
  for (const char* const text : {"", "a:1", "1.2.3.4:", "1.2.3.4:70000", "localhost:1"})
    EXPECT_FALSE(parse_host_port(text).has_value()) << text;
}

}  // namespace
}  // namespace aqua::node
