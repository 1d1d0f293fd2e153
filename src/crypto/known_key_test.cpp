#include "crypto/known_key.h"

#include <gtest/gtest.h>
#include <sodium.h>

#include "crypto/cid.h"
#include "crypto/known_keys.h"

namespace aqua::crypto {
namespace {

bool sodium_verifies(const PublicKey& key, base::ByteView message, const Signature& signature) {
  return crypto_sign_verify_detached(signature.data(), message.data(), message.size(),
                                     key.data()) == 0;
}

KeyPair key_pair(std::uint32_t number) {
  return KeyPair::from_seed(sha256(base::as_bytes(std::to_string(number))));
}

TEST(KnownKey, SaysWhatLibsodiumSays) {
  for (std::uint32_t k = 0; k < 40; ++k) {
    const KeyPair pair = key_pair(k);
    const auto known = KnownKey::of(pair.public_key());
    ASSERT_TRUE(known);
    for (std::uint32_t m = 0; m < 40; ++m) {
      const Digest digest = sha256(base::as_bytes(std::to_string(1000 * k + m)));
      const base::ByteView message = base::ByteView(digest).first(m % 32);
      const Signature good = pair.sign(message);
      EXPECT_TRUE(known->verify(message, good));
      EXPECT_FALSE(known->verify(digest, good));
      Signature bad = good;
      bad[(k * 40 + m) % 64] ^= static_cast<base::Byte>(1 << (m % 8));
      EXPECT_EQ(known->verify(message, bad), sodium_verifies(pair.public_key(), message, bad));
      EXPECT_FALSE(known->verify(message, bad));
    }
  }
}

// s + L is the same scalar: only one of them is accepted.
TEST(KnownKey, RefusesScalarsThatAreNotReduced) {
  constexpr std::array<base::Byte, 16> kOrderLow = {0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58,
                                                    0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14};
  const KeyPair pair = key_pair(1);
  const auto known = KnownKey::of(pair.public_key());
  Signature signature = pair.sign({});
  unsigned carry = 0;
  for (std::size_t i = 0; i < 32; ++i) {
    const unsigned order = i < 16 ? kOrderLow[i] : i == 31 ? 0x10 : 0;
    carry += signature[32 + i] + order;
    signature[32 + i] = static_cast<base::Byte>(carry);
    carry >>= 8;
  }
  EXPECT_FALSE(sodium_verifies(pair.public_key(), {}, signature));
  EXPECT_FALSE(known->verify({}, signature));
  signature.fill(0xFF);
  EXPECT_FALSE(known->verify({}, signature));
}

// r = [8 torsion] with s = 0 and h * key = 0 does not happen; with r neutral and s = h * secret it can be made by the
// owner of the key only, and is refused still.
TEST(KnownKey, RefusesPointsOfSmallOrder) {
  const Digest seed = sha256(base::as_bytes("small"));
  PublicKey key;
  std::array<base::Byte, 64> secret;
  crypto_sign_seed_keypair(key.data(), secret.data(), seed.data());
  std::array<base::Byte, 64> expanded;
  crypto_hash_sha512(expanded.data(), secret.data(), 32);
  expanded[0] &= 248;
  expanded[31] = static_cast<base::Byte>((expanded[31] & 127) | 64);
  Signature signature{};
  signature[0] = 1;  // the neutral point
  std::array<base::Byte, 64> hash;
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  crypto_hash_sha512_update(&state, signature.data(), 32);
  crypto_hash_sha512_update(&state, key.data(), key.size());
  crypto_hash_sha512_final(&state, hash.data());
  std::array<base::Byte, 32> h;
  crypto_core_ed25519_scalar_reduce(h.data(), hash.data());
  std::array<base::Byte, 64> wide{};
  std::copy_n(expanded.begin(), 32, wide.begin());
  std::array<base::Byte, 32> a;
  crypto_core_ed25519_scalar_reduce(a.data(), wide.data());
  crypto_core_ed25519_scalar_mul(signature.data() + 32, h.data(), a.data());
  EXPECT_FALSE(sodium_verifies(key, {}, signature));
  const auto known = KnownKey::of(key);
  ASSERT_TRUE(known);
  EXPECT_FALSE(known->verify({}, signature));
}

TEST(KnownKey, IsNotMadeOfWhatIsNoPoint) {
  std::size_t points = 0;
  for (std::uint32_t i = 0; i < 64; ++i) {
    PublicKey key = sha256(base::as_bytes(std::to_string(i)));
    if (KnownKey::of(key)) ++points;
  }
  EXPECT_GT(points, 10);
  EXPECT_LT(points, 54);
}

TEST(FieldNumber, OneEncoding) {
  FieldBytes modulus;
  modulus.fill(0xFF);
  modulus[0] = 0xED;
  modulus[31] = 0x7F;
  EXPECT_TRUE(is_zero(field_number(modulus)));
  modulus[0] = 0xFF;  // 18 more
  EXPECT_EQ(bytes_of(field_number(modulus)), bytes_of(FieldNumber::small(18)));
  const FieldNumber minus_one = negated(FieldNumber::small(1));
  EXPECT_EQ(bytes_of(square(root_of_minus_one())), bytes_of(minus_one));
  EXPECT_EQ(bytes_of(minus_one * inverse(minus_one)), bytes_of(FieldNumber::small(1)));
}

TEST(KnownKeys, WorksOutWhatComesAgain) {
  KnownKeys keys;
  const PublicKey often = key_pair(0).public_key();
  for (int i = 0; i < 7; ++i) keys.confirm(often);
  EXPECT_EQ(keys.find(often), nullptr);
  keys.confirm(often);
  EXPECT_NE(keys.find(often), nullptr);
  // Keys that come once do not push out what is used.
  for (std::uint32_t i = 1; i < 600; ++i) {
    keys.confirm(key_pair(i).public_key());
    ASSERT_NE(keys.find(often), nullptr);
  }
  EXPECT_EQ(keys.find(key_pair(599).public_key()), nullptr);
}

TEST(KnownKeys, VerifyChangesNoAnswer) {
  const KeyPair pair = key_pair(7);
  for (std::uint32_t i = 0; i < 30; ++i) {
    const std::string text = std::to_string(i);
    Signature signature = pair.sign(base::as_bytes(text));
    EXPECT_TRUE(verify(pair.public_key(), base::as_bytes(text), signature));
    signature[5] ^= 1;
    EXPECT_FALSE(verify(pair.public_key(), base::as_bytes(text), signature));
  }
}

}  // namespace
}  // namespace aqua::crypto
