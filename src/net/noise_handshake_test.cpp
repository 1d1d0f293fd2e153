#include "net/noise_handshake.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "net/noise_payload.h"

namespace aqua::net {
namespace {

base::Bytes from_hex(std::string_view hex) {
  base::Bytes bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<base::Byte>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

crypto::ExchangeKeyPair key_of(std::string_view hex) {
  const auto bytes = from_hex(hex);
  crypto::Seed seed;
  std::copy(bytes.begin(), bytes.end(), seed.begin());
  return crypto::ExchangeKeyPair::from_seed(seed);
}

struct Message {
  std::string_view payload;
  std::string_view ciphertext;
};

struct Vector {
  std::string_view name;
  std::string_view prologue;
  std::string_view dialer_static;
  std::string_view dialer_ephemeral;
  std::string_view listener_static;
  std::string_view listener_ephemeral;
  std::string_view hash;  // may be empty: not published
  std::vector<Message> messages;
};

// The vectors of Noise_XX_25519_ChaChaPoly_SHA256 that cacophony and snow publish, and one of noise-c.
const std::vector<Vector>& published_vectors() {
  static const std::vector<Vector> vectors = {
      {.name = "cacophony",
       .prologue = "4a6f686e2047616c74",
       .dialer_static = "e61ef9919cde45dd5f82166404bd08e38bceb5dfdfded0a34c8df7ed542214d1",
       .dialer_ephemeral = "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a",
       .listener_static = "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893",
       .listener_ephemeral = "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b",
       .hash = "c8e5f64e846193be2a834104c2a009868d6c9f3bd3c186299888b488b2f1f58e",
       .messages =
           {{"4c756477696720766f6e204d69736573",
             "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79444c756477696720766f6e2"
             "04d6973657"
             "3"},
            {"4d757272617920526f746862617264",
             "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f14480884381cbad1f276e038c48378"
             "ffce2b652"
             "85e08d6b68aaa3629a5a8639392490e5b9bd5269c2f1e4f488ed8831161f19b7815528f8982ffe09be9b5"
             "c412f8a0d"
             "b50f8814c7194e83f23dbd8d162c9326ad"},
            {"462e20412e20486179656b",
             "c7195ffacac1307ff99046f219750fc47693e23c3cb08b89c2af808b444850a80ae475b9df0f169ae80a8"
             "9be0865b5"
             "7f58c9fea0d4ec82a286427402f113e4b6ae769a1d95941d49b25030"},
            {"4361726c204d656e676572", "96763ed773f8e47bb3712f0e29b3060ffc956ffc146cee53d5e1df"},
            {"4a65616e2d426170746973746520536179",
             "3e40f15f6f3a46ae446b253bf8b1d9ffb6ed9b174d272328ff91a7e2e5c79c07f5"},
            {"457567656e2042f6686d20766f6e2042617765726b",
             "eb3f3515110702e047a6c9da4478b6ead94873c11c0f2d710ddb3f09fce024b3a58502ae3f"}}},
      {.name = "snow",
       .prologue =
           "5468657265206973206e6f20726967687420616e642077726f6e672e2054686572652773206f6e6c7920667"
           "56e20616e6420626f72696e672e",
       .dialer_static = "7dec208517a3b81a2861d7a71266d5d6dc944c5a8816634a86fe63198a0148ee",
       .dialer_ephemeral = "a32daf21e93c0131495ce1d903181fde81cc46937daaeb990bae7c992709421e",
       .listener_static = "4d0aed5098e3b4ef20357e9f686ce66204c792b358da2e475017d6c485304881",
       .listener_ephemeral = "4eece0f195d026db035ff987597c429d3ad3bcc2944df37d649528951b2a27c5",
       .hash = "",
       .messages = {{"d03c489139e645d0711a3c9e810d776b46a84912463fafa87b884eebf242dc34",
                     "f9fa868ba97ab8a2686deccfaad5a484ee10a5bb85e3d1dce015a84797f92818d03c489139e64"
                     "5d0711a3c9e810d77"
                     "6b46a84912463fafa87b884eebf242dc34"},
                    {"d8190a92f7dc0c93dbea9118ba8055751fb7c6590c416ffbd419964132b99a85",
                     "8c4e6fdb7d09d501a86f7eca5c234522751706ed409182c05cdf5f827d4dae47b81c6c5f43b02"
                     "5692c24391eefee72"
                     "5c17d8cb0fbe3e4abb8aedf42c4fd2592d4ea48ac08989d6ae8b4adae08b2c34087c808c7aa55"
                     "a63c02b0fab9e9306"
                     "12336bd43eaea04d3c670a0a146691aa9cc9d357872320dc735dbc48580cffb553db"},
                    {"77891b19dcb92ef7c055b672c4a5aa7fdf1c84146b8b303459022729473ce254",
                     "933ca6b5ed60df3df66121f0ab49a09e49efa45c613a86a3cecbf4c535cef2f83f72b42837b18"
                     "e3572f2fdc2b74c33"
                     "1e2368a545cef54bdca081678ab0e9dd5348122459e0c034c851984d88ce610963d43cde6cfe7"
                     "3a67fbd5a63e8bfca9"
                     "6d0"},
                    {"d7efdf988072881941db045a42882433817555128fbf5663e56081712ec7d212",
                     "54ef0ff0629e1aaa7685a2806ab111cba76b52331f2642276736f415868eacb69ab2577f3bda0"
                     "cbf72f879685f6ed25"
                     "f"},
                    {"dd7bf01a588bafb52c6cfba952e5d8fe35cc2b3f92b4730ae2474615157345ce",
                     "356be70f110306d5c699bb834bb9d58d909e325924dfbec972e406e6f294dc63e1daebefe8a62"
                     "a334facc8048ab4ad6"
                     "6"}}},
      {.name = "noise-c",
       .prologue = "",
       .dialer_static = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
       .dialer_ephemeral = "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f",
       .listener_static = "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
       .listener_ephemeral = "4142434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f60",
       .hash = "",
       .messages = {{"", "358072d6365880d1aeea329adf9121383851ed21a28e3b75e965d0d2cd166254"},
                    {"",
                     "64b101b1d0be5a8704bd078f9895001fc03e8e9f9522f188dd128d9846d484663414af878d3e4"
                     "6a2f58911a816d6e8"
                     "346d4ea17a6f2a0bb4ef4ed56c133cff4560a34e36ea82109f26cf2e5a5caf992b608d55c747f"
                     "615e5a3425a7a19eef"
                     "b8f"},
                    {"",
                     "87f864c11ba449f46a0a4f4e2eacbb7b0457784f4fca1937f572c93603e9c4d97e5ea11b16f39"
                     "68710b23a3be3202d"
                     "c1b5e1ce3c963347491e74f5c0768a9b42"}}},
  };
  return vectors;
}

TEST(NoiseHandshake, PublishedVectors) {
  for (const Vector& vector : published_vectors()) {
    SCOPED_TRACE(vector.name);
    const auto prologue = from_hex(vector.prologue);
    NoiseHandshake dialer(true, key_of(vector.dialer_static), key_of(vector.dialer_ephemeral),
                          prologue);
    NoiseHandshake listener(false, key_of(vector.listener_static),
                            key_of(vector.listener_ephemeral), prologue);
    for (std::size_t i = 0; i < 3; ++i) {
      NoiseHandshake& from = i % 2 == 0 ? dialer : listener;
      NoiseHandshake& to = i % 2 == 0 ? listener : dialer;
      const auto written = from.write(from_hex(vector.messages[i].payload));
      ASSERT_TRUE(written.has_value());
      EXPECT_EQ(*written, from_hex(vector.messages[i].ciphertext)) << "message " << i;
      const auto read = to.read(*written);
      ASSERT_TRUE(read.has_value());
      EXPECT_EQ(*read, from_hex(vector.messages[i].payload));
    }
    ASSERT_TRUE(dialer.done() && listener.done());
    EXPECT_EQ(dialer.hash(), listener.hash());
    if (!vector.hash.empty()) {
      EXPECT_EQ(base::Bytes(dialer.hash().begin(), dialer.hash().end()), from_hex(vector.hash));
    }
    EXPECT_EQ(dialer.remote_static_key(), key_of(vector.listener_static).public_key());
    EXPECT_EQ(listener.remote_static_key(), key_of(vector.dialer_static).public_key());
    NoiseCiphers of_dialer = dialer.split();
    NoiseCiphers of_listener = listener.split();
    for (std::size_t i = 3; i < vector.messages.size(); ++i) {
      NoiseCipher& from = i % 2 == 0 ? of_dialer.send : of_listener.send;
      NoiseCipher& to = i % 2 == 0 ? of_listener.receive : of_dialer.receive;
      base::Bytes sealed;
      from.append_sealed(sealed, {}, from_hex(vector.messages[i].payload));
      EXPECT_EQ(sealed, from_hex(vector.messages[i].ciphertext)) << "message " << i;
      base::Bytes opened;
      ASSERT_TRUE(to.append_opened(opened, {}, sealed));
      EXPECT_EQ(opened, from_hex(vector.messages[i].payload));
    }
  }
}

}  // namespace
}  // namespace aqua::net
