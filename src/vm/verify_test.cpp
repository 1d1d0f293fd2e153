#include "vm/verify.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "crypto/cid.h"
#include "vm/archive.h"
#include "vm/error_codes.h"
#include "vm/run.h"
#include "vm/test_peer.h"

namespace aqua::vm {
namespace {

using base::Bytes;
constexpr auto kTrust = ParticleStores::Check::kTrust;

// Data of peers A and B, decoded, to be bent and sent to C.
class Verify : public testing::Test {
 protected:
  Verify() {
    TestNetwork network(R"((seq (call "@A" ("s" "f") [1] x)
                                (seq (call "@B" ("s" "f") [x] $s) (seq (ap x $s) (seq (canon "@B" $s #s) (ap #s $t))))))",
                        [](const TestRequest&) { return TestAnswer{0, R"({"a":1})"}; });
    network.run();
    const Bytes data = network['B'].data();
    EXPECT_TRUE(load_previous(bent, data).has_value());
  }

  std::string received(std::string_view particle = kTestParticle) {
    Bytes data;
    write_data(data, bent.data, bent.stores);
    ParticleState other(2);
    const auto result = receive(other, data, particle);
    if (result) return "accepted";
    for (const Store store : {Store::kValues, Store::kTetraplets, Store::kCanonElements,
                              Store::kCanonResults, Store::kServiceResults})
      EXPECT_TRUE(other.stores.admitted(store).empty());
    refused_with = result.error().code;
    return result.error().message;
  }
  void expect(Code code, std::string_view text) {
    const std::string message = received();
    EXPECT_EQ(refused_with, code) << message;
    EXPECT_TRUE(message.contains(text)) << message;
  }

  CidId first(Store store) { return bent.stores.admitted(store)[0]; }
  TextId text(std::string_view t) { return bent.stores.texts.intern(t); }

  ParticleState bent{1};
  Code refused_with = Code::kSuccess;
};

TEST_F(Verify, GoodDataIsAccepted) {
  EXPECT_EQ(received(), "accepted");
  seal(bent, "BA");
  EXPECT_EQ(received(), "accepted");
}

// --- contents -----------------------------------------------------------------------------------

TEST_F(Verify, ContentIsWhatItsCidSays) {
  bent.stores.receive_value(first(Store::kValues), "2", kTrust);
  expect(Code::kCidStores, R"(Value mismatch in the "value" store for CID "bagaa)");
}

TEST_F(Verify, TetrapletsAreWhatTheirCidsSay) {
  bent.stores.receive(first(Store::kTetraplets),
                      bent.stores.intern({text("p"), text(""), text(""), text("")}), kTrust);
  expect(Code::kCidStores, R"(Value mismatch in the "tetraplet" store)");
}

TEST_F(Verify, CanonElementsAreWhatTheirCidsSay) {
  CanonElement entry = *bent.stores.canon_element(first(Store::kCanonElements));
  entry.provenance = {};
  bent.stores.receive(first(Store::kCanonElements), entry, kTrust);
  expect(Code::kCidStores, R"(Value mismatch in the "canon element" store)");
}

TEST_F(Verify, CanonResultsAreWhatTheirCidsSay) {
  CanonResult entry = *bent.stores.canon_result(first(Store::kCanonResults));
  entry.elements.pop_back();
  bent.stores.receive(first(Store::kCanonResults), entry, kTrust);
  expect(Code::kCidStores, R"(Value mismatch in the "canon result" store)");
}

TEST_F(Verify, ServiceResultsAreWhatTheirCidsSay) {
  ServiceResult entry = *bent.stores.service_result(first(Store::kServiceResults));
  entry.argument_hash = entry.value;
  bent.stores.receive(first(Store::kServiceResults), entry, kTrust);
  expect(Code::kCidStores, R"(Value mismatch in the "service result" store)");
}

// The multihash of the other hash that published peers accept.
std::string sha256_cid(std::string_view content) {
  constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
  Bytes bytes = {0x01, 0x80, 0x04, 0x12, 0x20};
  const crypto::Digest digest = crypto::sha256(base::as_bytes(content));
  bytes.insert(bytes.end(), digest.begin(), digest.end());
  std::string out = "b";
  unsigned bits = 0;
  int count = 0;
  for (const base::Byte b : bytes) {
    bits = bits << 8 | b;
    for (count += 8; count >= 5; count -= 5) out += kBase32[bits >> (count - 5) & 31];
  }
  if (count > 0) out += kBase32[bits << (5 - count) & 31];
  return out;
}

TEST_F(Verify, Sha256IsAccepted) {
  const CidId cid = bent.stores.cids.intern(sha256_cid("12"));
  bent.stores.receive_value(cid, "12", kTrust);
  bent.stores.admit(Store::kValues, cid);
  EXPECT_EQ(received(), "accepted");
  bent.stores.receive_value(cid, "13", kTrust);
  expect(Code::kCidStores, R"(Value mismatch in the "value" store)");
}

TEST_F(Verify, OtherWaysToWriteACidAreRefused) {
  const std::string good(crypto::view(crypto::cid_of(base::as_bytes("12"))));
  std::string unused_bits = good;
  unused_bits.back() = static_cast<char>(unused_bits.back() + 1);
  std::string other_codec = good;
  other_codec[3] = 'b';
  for (const std::string& bad :
       {std::string(), std::string("zzz"), good.substr(1), good + "=", good + "a",
        "z" + good.substr(1), unused_bits, other_codec, good.substr(0, 60)}) {
    const auto before = bent.stores.snapshot();
    const CidId cid = bent.stores.cids.intern(bad);
    bent.stores.receive_value(cid, "12", kTrust);
    bent.stores.admit(Store::kValues, cid);
    expect(Code::kCidStores, "is not a content id of JSON");
    bent.stores.rollback(before);
  }
  EXPECT_EQ(received(), "accepted");
}

// --- references ---------------------------------------------------------------------------------

TEST_F(Verify, EveryReferenceLeadsToAnEntry) {
  const CidId value = bent.stores.cids.intern(crypto::view(crypto::cid_of(base::as_bytes("1"))));
  const CidId tetraplet = first(Store::kTetraplets);
  const CidId known = first(Store::kValues);
  const auto refused = [&](const auto& entry, std::string_view from, std::string_view to) {
    const auto before = bent.stores.snapshot();
    bent.stores.admit(entry);
    expect(Code::kCidStores, fmt::format(R"(from type "{}" to "{}" was not found)", from, to));
    bent.stores.rollback(before);
  };
  refused(ServiceResult{value, value, tetraplet}, "service result", "value");
  refused(ServiceResult{known, value, known}, "service result", "tetraplet");
  refused(CanonElement{value, tetraplet, {}}, "canon element", "value");
  refused(CanonElement{known, known, {}}, "canon element", "tetraplet");
  refused(CanonElement{known, tetraplet, {ProvenanceKind::kServiceResult, known}}, "canon element",
          "service result");
  refused(CanonElement{known, tetraplet, {ProvenanceKind::kCanon, known}}, "canon element",
          "canon result");
  refused(CanonResult{known, {}}, "canon result", "tetraplet");
  refused(CanonResult{tetraplet, {known}}, "canon result", "canon element");
  const CidId nowhere = bent.stores.argument_hash({});
  bent.stores.admit(ServiceResult{known, nowhere, tetraplet});
  EXPECT_EQ(received(), "accepted") << "argument hashes lead nowhere";
}

TEST_F(Verify, TheTraceLeadsToEntries) {
  const CidId value = first(Store::kValues);
  for (const State& state : {State(CallScalar{value}), State(CallStream{value, 0}),
                             State(CallFailed{value}), State(CanonExecuted{value})}) {
    bent.data.trace.states.push_back(state);
    received();
    EXPECT_EQ(refused_with, Code::kCidStores);
    bent.data.trace.states.pop_back();
  }
  bent.data.trace.states.push_back(CallUnused{bent.stores.cids.intern("anything")});
  EXPECT_EQ(received(), "accepted");
}

// Data refers to itself only: what this peer knows from elsewhere does not count.
TEST_F(Verify, ReferencesStayInsideOfOneData) {
  TestPeer peer('C');
  peer.settle(R"((call "@C" ("s" "f") [] x))",
              [](const TestRequest&) { return TestAnswer{0, R"("only C's")"}; });
  const CidId theirs =
      bent.stores.cids.intern(crypto::view(crypto::cid_of(base::as_bytes(R"("only C's")"))));
  bent.stores.admit(ServiceResult{theirs, theirs, first(Store::kTetraplets)});
  Bytes data;
  write_data(data, bent.data, bent.stores);
  const auto result = receive(peer.state(), data, kTestParticle);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, Code::kCidStores);
}

// --- signatures ---------------------------------------------------------------------------------

TEST_F(Verify, EveryMakerNeedsAKey) {
  seal(bent, "A");
  expect(Code::kSignatures, fmt::format("peer_id doens't match any available public key: \"{}\"",
                                        test_keys('B').peer_id()));
  bent.data.signatures.clear();
  expect(Code::kSignatures, "peer_id doens't match any available public key");
}

TEST_F(Verify, SignaturesHold) {
  auto& signatures = bent.data.signatures;
  std::swap(signatures[0].signature, signatures[1].signature);
  expect(Code::kSignatures, "signature mismatch for \"12D3KooW");
}

TEST_F(Verify, SignaturesAreOverTheseCids) {
  // The same call twice is two CIDs.
  for (const State& state : bent.data.trace.states)
    if (std::holds_alternative<CallScalar>(state)) {
      bent.data.trace.states.push_back(state);
      break;
    }
  expect(Code::kSignatures, "signature mismatch");
  seal(bent, "AB");
  EXPECT_EQ(received(), "accepted");
}

TEST_F(Verify, SignaturesAreOverTheParticleId) {
  received("another");
  EXPECT_EQ(refused_with, Code::kSignatures);
  seal(bent, "AB", "another");
  EXPECT_EQ(received("another"), "accepted");
}

TEST_F(Verify, KeysAndSignaturesAreWellFormed) {
  const SignatureEntry good = bent.data.signatures[0];
  const std::string key(bent.stores.texts[good.public_key]);
  const std::string signature(bent.stores.texts[good.signature]);
  for (const std::string& bad :
       {std::string(), key.substr(1), key + "x", "\x01" + key.substr(1), std::string(100, 'k')}) {
    bent.data.signatures[0] = {text(bad), good.signature};
    expect(Code::kSignatures, "malformed key");
  }
  for (const std::string& bad :
       {std::string(), signature.substr(1), signature + "x", "\x01" + signature.substr(1)}) {
    bent.data.signatures[0] = {good.public_key, text(bad)};
    expect(Code::kSignatures, "signature mismatch");
  }
  bent.data.signatures[0] = {good.public_key, text("\x02" + signature.substr(1))};
  EXPECT_EQ(received(), "accepted") << "the type of the key counts";
}

TEST_F(Verify, OfTwoEntriesForOneKeyTheLastCounts) {
  auto& signatures = bent.data.signatures;
  const SignatureEntry good = signatures[0];
  signatures.insert(signatures.begin(), {good.public_key, signatures[1].signature});
  EXPECT_EQ(received(), "accepted");
  signatures.push_back({good.public_key, text("bad")});
  expect(Code::kSignatures, "signature mismatch");
}

TEST_F(Verify, KeysOfPeersThatMadeNothingAreWelcome) {
  seal(bent, "ABC");
  EXPECT_EQ(received(), "accepted");
}

TEST_F(Verify, TheMessageIsSortedTextWithItsSizes) {
  const std::array<CidId, 3> cids = {bent.stores.cids.intern("b"), bent.stores.cids.intern("a"),
                                     bent.stores.cids.intern("a")};
  const Bytes message = signature_message(bent.stores, cids, "salt");
  EXPECT_EQ(
      base::as_text(message),
      std::string_view("\x03\0\0\0\x01\0\0\0a\x01\0\0\0a\x01\0\0\0b\x04\0\0\0salt", 4 + 15 + 8));
  // CIDs of one kind are sorted by another way, to the same end.
  std::vector<std::string> texts;
  std::vector<CidId> many;
  for (int i = 0; i < 50; ++i) {
    texts.emplace_back(crypto::view(crypto::cid_of(base::as_bytes(fmt::format("{}", i)))));
    many.push_back(bent.stores.cids.intern(texts.back()));
  }
  std::ranges::sort(texts);
  const Bytes long_message = signature_message(bent.stores, many, "");
  std::size_t at = 4;
  for (const std::string& expected : texts) {
    EXPECT_EQ(base::as_text(base::ByteView(long_message).subspan(at + 4, 61)), expected);
    at += 65;
  }
}

// --- merging ------------------------------------------------------------------------------------

class MergeSignatures : public Verify {
 protected:
  // C has the state as its previous data and receives `other`.
  std::string merged(const ParticleState& other) {
    Bytes mine;
    write_data(mine, bent.data, bent.stores);
    Bytes theirs;
    write_data(theirs, other.data, other.stores);
    ParticleState peer(3);
    EXPECT_TRUE(load_previous(peer, mine).has_value());
    const auto incoming = receive(peer, theirs, kTestParticle);
    if (!incoming) {
      refused_with = incoming.error().code;
      return incoming.error().message;
    }
    std::string of;
    for (const SignatureEntry& entry : incoming->merged_signatures)
      for (const ParticleState* from : {static_cast<const ParticleState*>(&bent), &other})
        for (const SignatureEntry& theirs_too : from->data.signatures)
          if (peer.stores.texts[entry.signature] == from->stores.texts[theirs_too.signature])
            of += from == &bent ? 'p' : 'c';
    return of;
  }
  std::unique_ptr<ParticleState> copy() {
    auto other = std::make_unique<ParticleState>(4);
    Bytes data;
    write_data(data, bent.data, bent.stores);
    EXPECT_TRUE(load_previous(*other, data).has_value());
    return other;
  }
  // Drops the last state that B signed.
  static void shorten(ParticleState& state) {
    std::erase_if(state.data.trace.states,
                  [](const State& s) { return std::holds_alternative<CanonExecuted>(s); });
    seal(state, "AB");
  }
};

TEST_F(MergeSignatures, TheLongerListWins) {
  seal(bent, "AB");
  const auto shorter = copy();
  shorten(*shorter);
  EXPECT_EQ(merged(*shorter), "pcp") << "A signed the same in both, B more in the previous";
  std::swap(bent.data, shorter->data);
  std::swap(bent.stores, shorter->stores);
  EXPECT_EQ(merged(*shorter), "pcc");
}

TEST_F(MergeSignatures, TheShorterListIsPartOfTheLonger) {
  seal(bent, "AB");
  const auto other = copy();
  shorten(*other);
  // Another result of B, in place of the canon: as many, not the same.
  ServiceResult made =
      *other->stores.service_result(other->stores.admitted(Store::kServiceResults)[1]);
  made.value = other->stores.admit_value(other->stores.intern_value("77"));
  other->data.trace.states.push_back(CallScalar{other->stores.admit(made)});
  seal(*other, "AB");
  const std::string message = merged(*other);
  EXPECT_EQ(refused_with, Code::kSignatures);
  EXPECT_TRUE(message.contains("inconsistent CID multisets on merge for peer")) << message;
}

TEST_F(MergeSignatures, PreviousDataNeedsItsKeysToo) {
  const auto other = copy();
  bent.data.signatures.clear();
  const std::string message = merged(*other);
  EXPECT_EQ(refused_with, Code::kSignatures);
  EXPECT_TRUE(message.contains("doens't match any available public key")) << message;
}

TEST_F(MergeSignatures, PreviousDataNeedsItsEntriesToo) {
  const auto other = copy();
  bent.data.trace.states.push_back(CallScalar{bent.stores.cids.intern("nowhere")});
  merged(*other);
  EXPECT_EQ(refused_with, Code::kCidStores);
}

}  // namespace
}  // namespace aqua::vm
