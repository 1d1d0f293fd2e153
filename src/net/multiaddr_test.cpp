#include "net/multiaddr.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace aqua::net {
namespace {

constexpr std::string_view kPeerId = "12D3KooWANqfCDrV79MZdMnMqTvDdqSAPSxdgFY1L6DCq2DVGB4D";

std::string with_peer(std::string_view start) {
  return std::string(start) + "/p2p/" + std::string(kPeerId);
}

TEST(Multiaddr, PrintsWhatItParsed) {
  for (const std::string& text :
       {std::string("/ip4/127.0.0.1/tcp/4001"), with_peer("/ip4/127.0.0.1/tcp/9999/ws"),
        with_peer("/dns4/example.org/tcp/443/wss"), std::string("/ip6/::1/tcp/0"),
        std::string("/dns6/a.b/tcp/65535/tls/ws"), std::string("/dns/x/tcp/1"), with_peer("")}) {
    const auto address = parse_multiaddr(text);
    ASSERT_TRUE(address.has_value()) << text;
    EXPECT_EQ(print_multiaddr(*address), text);
    const auto decoded = decode_multiaddr(encode_multiaddr(*address));
    ASSERT_TRUE(decoded.has_value()) << text;
    EXPECT_EQ(*decoded, *address);
  }
}

// The bytes as the table of multicodec has them.
TEST(Multiaddr, Binary) {
  EXPECT_EQ(encode_multiaddr(*parse_multiaddr("/ip4/127.0.0.1/tcp/4001/ws")),
            (base::Bytes{0x04, 0x7f, 0, 0, 1, 0x06, 0x0f, 0xa1, 0xdd, 0x03}));
  EXPECT_EQ(encode_multiaddr(*parse_multiaddr("/dns4/ab/tcp/443/wss")),
            (base::Bytes{0x36, 2, 'a', 'b', 0x06, 0x01, 0xbb, 0xde, 0x03}));
  const auto peer = encode_multiaddr(*parse_multiaddr(with_peer("")));
  EXPECT_EQ(base::Bytes(peer.begin(), peer.begin() + 5),
            (base::Bytes{0xa5, 0x03, 0x26, 0x00, 0x24}));
}

TEST(Multiaddr, IsCanonical) {
  EXPECT_EQ(print_multiaddr(*parse_multiaddr("/ip6/0:0:0:0:0:0:0:1/tcp/080/")), "/ip6/::1/tcp/80");
  EXPECT_EQ(print_multiaddr(*parse_multiaddr("/ipfs/" + std::string(kPeerId))), with_peer(""));
}

TEST(Multiaddr, Mistakes) {
  const auto mistake = [](std::string_view text) { return parse_multiaddr(text).error(); };
  EXPECT_EQ(mistake(""), MultiaddrError::kEmpty);
  EXPECT_EQ(mistake("/"), MultiaddrError::kEmpty);
  EXPECT_EQ(mistake("ip4/1.2.3.4"), MultiaddrError::kNoLeadingSlash);
  EXPECT_EQ(mistake("/ip4/1.2.3.4/udp/1"), MultiaddrError::kUnknownProtocol);
  EXPECT_EQ(mistake("//ip4"), MultiaddrError::kUnknownProtocol);
  EXPECT_EQ(mistake("/ip4"), MultiaddrError::kMissingValue);
  EXPECT_EQ(mistake("/ip4/1.2.3.256"), MultiaddrError::kBadValue);
  EXPECT_EQ(mistake("/ip4/1.2.3.4/tcp/65536"), MultiaddrError::kBadValue);
  EXPECT_EQ(mistake("/ip4/1.2.3.4/tcp/-1"), MultiaddrError::kBadValue);
  EXPECT_EQ(mistake("/p2p/12D3"), MultiaddrError::kBadValue);
  EXPECT_EQ(mistake("/dns/a b"), MultiaddrError::kBadValue);
  EXPECT_EQ(mistake("/" + std::string(kMultiaddrBytesMax, 'a')), MultiaddrError::kTooLong);
  std::string many;
  for (std::size_t i = 0; i <= kMultiaddrComponentsMax; ++i) many += "/ws";
  EXPECT_EQ(mistake(many), MultiaddrError::kTooLong);
}

TEST(Multiaddr, BinaryMistakes) {
  const auto mistake = [](base::Bytes bytes) { return decode_multiaddr(bytes).error(); };
  EXPECT_EQ(mistake({}), MultiaddrError::kEmpty);
  EXPECT_EQ(mistake({0x04, 1, 2, 3}), MultiaddrError::kTruncated);
  EXPECT_EQ(mistake({0x36, 5, 'a'}), MultiaddrError::kTruncated);
  EXPECT_EQ(mistake({0x36, 0xff, 0xff, 0x7f, 'a'}), MultiaddrError::kTooLong);
  EXPECT_EQ(mistake({0x36, 1, '/'}), MultiaddrError::kBadValue);
  EXPECT_EQ(mistake({0xa5, 0x03, 2, 0, 0}), MultiaddrError::kBadValue);
  EXPECT_EQ(mistake({0x91, 0x02, 0, 1}), MultiaddrError::kUnknownProtocol);
}

TEST(Multiaddr, Endpoints) {
  const auto endpoint = [](std::string_view text) { return endpoint_of(*parse_multiaddr(text)); };
  const auto wss = endpoint(with_peer("/dns4/example.org/tcp/443/wss"));
  ASSERT_TRUE(wss.has_value());
  EXPECT_TRUE(wss->websocket && wss->tls);
  EXPECT_EQ(wss->host, "example.org");
  EXPECT_EQ(wss->host_kind, HostKind::kDns4);
  EXPECT_EQ(wss->port, 443);
  EXPECT_EQ(wss->peer_id, kPeerId);
  EXPECT_EQ(print_multiaddr(multiaddr_of(*wss)), with_peer("/dns4/example.org/tcp/443/tls/ws"));
  EXPECT_FALSE(endpoint("/ip4/1.2.3.4/tcp/1")->websocket);
  EXPECT_EQ(endpoint("/ip4/1.2.3.4"), std::nullopt);
  EXPECT_EQ(endpoint("/tcp/1/ip4/1.2.3.4"), std::nullopt);
  EXPECT_EQ(endpoint("/ip4/1.2.3.4/tcp/1/tls"), std::nullopt);
  EXPECT_EQ(endpoint(with_peer("/ip4/1.2.3.4/tcp/1") + "/ws"), std::nullopt);
}

RC_GTEST_PROP(Multiaddr, AnyBytesAreReadOrRefused, (base::Bytes bytes)) {
  const auto address = decode_multiaddr(bytes);
  if (address) RC_ASSERT(encode_multiaddr(*address).size() <= bytes.size());
}

}  // namespace
}  // namespace aqua::net
