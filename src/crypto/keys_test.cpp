#include "crypto/keys.h"

#include <gtest/gtest.h>

#include "crypto/cid.h"
#include "crypto/stubbed_signatures.h"

namespace aqua::crypto {
namespace {

TEST(Keys, SignAndVerify) {
  const KeyPair pair = KeyPair::from_seed(sha256(base::as_bytes("alice")));
  const Signature signature = pair.sign(base::as_bytes("message"));
  EXPECT_TRUE(verify(pair.public_key(), base::as_bytes("message"), signature));
  EXPECT_FALSE(verify(pair.public_key(), base::as_bytes("massage"), signature));
}

TEST(Keys, StubsCountOnlyWhileTheyAreWanted) {
  const KeyPair pair = KeyPair::from_seed(sha256(base::as_bytes("alice")));
  const base::ByteView message = base::as_bytes("message");
  const Signature real = pair.sign(message);
  Signature stub;
  {
    const StubbedSignatures stubbed;
    stub = pair.sign(message);
    EXPECT_TRUE(verify(pair.public_key(), message, stub));
    EXPECT_FALSE(verify(pair.public_key(), base::as_bytes("massage"), stub));
    EXPECT_FALSE(verify(pair.public_key(), message, real));
  }
  EXPECT_FALSE(verify(pair.public_key(), message, stub));
  EXPECT_TRUE(verify(pair.public_key(), message, real));
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
