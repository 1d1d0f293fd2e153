#include "crypto/keys.h"

#include <gtest/gtest.h>

#include "crypto/cid.h"

namespace aqua::crypto {
namespace {

TEST(Keys, SignAndVerify) {
  const KeyPair pair = KeyPair::from_seed(sha256(base::as_bytes("alice")));
  const Signature signature = pair.sign(base::as_bytes("message"));
  EXPECT_TRUE(verify(pair.public_key(), base::as_bytes("message"), signature));
  EXPECT_FALSE(verify(pair.public_key(), base::as_bytes("massage"), signature));
}

TEST(Keys, PeerIdNamesTheKey) {
  const KeyPair pair = KeyPair::from_seed(sha256(base::as_bytes("alice")));
  EXPECT_TRUE(pair.peer_id().starts_with("12D3Koo"));
  EXPECT_EQ(public_key_of(pair.peer_id()), pair.public_key());
  EXPECT_FALSE(public_key_of(pair.peer_id().substr(1)));
  EXPECT_FALSE(public_key_of("alice"));
}

}  // namespace
}  // namespace aqua::crypto
