#include "vm/archive.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "vm/data_view.h"
#include "vm/envelope.h"
#include "vm/error_codes.h"
#include "vm/particle_state.h"
#include "vm/run.h"
#include "vm/test_peer.h"

namespace aqua::vm {
namespace {

using base::Bytes;
using base::ByteView;

Bytes written(const ParticleState& state) {
  Bytes out;
  write_data(out, state.data, state.stores);
  return out;
}

// --- data of any form, whether it makes sense or not --------------------------------------------

class RandomData {
 public:
  explicit RandomData(std::uint32_t seed) : random_(seed) {}

  std::unique_ptr<ParticleState> make() {
    state_ = std::make_unique<ParticleState>(1);
    Data& data = state_->data;
    data.last_call_request_id = number();
    for (std::uint32_t i = below(6); i > 0; --i) add_entries();
    for (std::uint32_t i = below(20); i > 0; --i) data.trace.states.push_back(state());
    for (std::uint32_t i = below(4); i > 0; --i) data.signatures.push_back({text(), text()});
    return std::move(state_);
  }

 private:
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_() % bound); }
  std::uint32_t number() {
    return below(4) == 0 ? static_cast<std::uint32_t>(random_() * 3) : below(10);
  }

  TextId text() {
    return state_->stores.texts.intern(std::string(below(16), static_cast<char>('a' + below(3))));
  }
  CidId cid() {
    return state_->stores.cids.intern(below(10) == 0 ? std::string()
                                                     : fmt::format("cid{}", below(12)));
  }

  void add_entries() {
    ParticleStores& stores = state_->stores;
    constexpr auto kTrust = ParticleStores::Check::kTrust;
    CidId key = cid();
    stores.receive_value(key, std::string(below(9), 'v'), kTrust);
    stores.admit(Store::kValues, key);
    key = cid();
    stores.receive(key, stores.intern({text(), text(), text(), text()}), kTrust);
    stores.admit(Store::kTetraplets, key);
    const auto kind = static_cast<ProvenanceKind>(below(3));
    key = cid();
    stores.receive(
        key, CanonElement{cid(), cid(), {kind, kind == ProvenanceKind::kLiteral ? CidId() : cid()}},
        kTrust);
    stores.admit(Store::kCanonElements, key);
    CanonResult result{cid(), {}};
    for (std::uint32_t i = below(4); i > 0; --i) result.elements.push_back(cid());
    key = cid();
    stores.receive(key, result, kTrust);
    stores.admit(Store::kCanonResults, key);
    key = cid();
    stores.receive(key, ServiceResult{cid(), cid(), cid()}, kTrust);
    stores.admit(Store::kServiceResults, key);
  }

  State state() {
    Trace& trace = state_->data.trace;
    switch (below(11)) {
      case 0: return ParState{number(), number()};
      case 1: return CallSentBy{text(), false, 0};
      case 2: return CallSentBy{text(), true, number()};
      case 3: return CallScalar{cid()};
      case 4: return CallStream{cid(), number()};
      case 5: return CallUnused{cid()};
      case 6: return CallFailed{cid()};
      case 7: {
        const FoldState fold{static_cast<std::uint32_t>(trace.lores.size()), below(4)};
        for (std::uint32_t i = 0; i < fold.count; ++i) {
          const std::uint32_t parts = below(3) == 0 ? below(5) : 2;
          trace.lores.push_back({number(), static_cast<std::uint32_t>(trace.parts.size()), parts});
          for (std::uint32_t j = 0; j < parts; ++j) trace.parts.push_back({number(), number()});
        }
        return fold;
      }
      case 8: {
        const std::uint32_t count = below(4);
        if (count == 1) return ApState{number()};
        const ApMalformed ap{static_cast<std::uint32_t>(trace.generations.size()), count};
        for (std::uint32_t i = 0; i < count; ++i) trace.generations.push_back(number());
        return ap;
      }
      case 9: return CanonSentBy{text()};
      default: return CanonExecuted{cid()};
    }
  }

  std::minstd_rand random_;
  std::unique_ptr<ParticleState> state_;
};

TEST(Archive, DataOfAnyFormIsReadAsItWasWritten) {
  for (std::uint32_t seed = 1; seed <= 2000; ++seed) {
    const auto state = RandomData(seed).make();
    const Bytes bytes = written(*state);
    ParticleState read(2);
    const auto loaded = load_previous(read, bytes);
    ASSERT_TRUE(loaded.has_value()) << "seed " << seed << ": " << loaded.error().message;
    ASSERT_EQ(data_view(read), data_view(*state)) << "seed " << seed;
    ASSERT_EQ(written(read), bytes) << "seed " << seed;
  }
}

// --- damaged bytes ------------------------------------------------------------------------------

TestAnswer echo(const TestRequest& request) {
  if (request.function == "fail") return {3, R"("no")"};
  return {0, request.arguments};
}

// Data with every kind of state and entry.
const Bytes& rich_data() {
  static const Bytes data = [] {
    TestNetwork network(R"((seq (par (call "@A" ("s" "echo") ["v"] x)
                                 (par (call "@B" ("s" "echo") ["w"] $s) (xor (call "@A" ("s" "fail") []) (null))))
        (seq (seq (ap x $s) (call "@B" ("s" "echo") []))
             (seq (seq (ap ("key" x) %m) (canon "@B" %m #%m))
                  (seq (canon "@B" $s #s)
                       (seq (seq (ap #s $t) (canon "@B" $t #t))
                       (seq (fold $s i (seq (ap i $u) (next i)) (null))
                            (par (call "@C" ("s" "echo") [x] z) (canon "@C" $t #tt)))))))))",
                        echo);
    network.run();
    return network['B'].data();
  }();
  return data;
}

ByteView inner_of(ByteView data) { return read_envelope(data)->inner_data; }

// As this peer's own data and as another's: either code will do, so long as there is one or the data is fine.
void read_both_ways(ByteView data) {
  ParticleState trusting(1);
  const bool good_as_own = load_previous(trusting, data).has_value();
  ParticleState checking(1);
  const bool good_as_foreign = receive(checking, data, kTestParticle).has_value();
  EXPECT_LE(good_as_foreign, good_as_own);
}

TEST(Archive, RichDataIsGood) {
  ParticleState state(1);
  const auto received = receive(state, rich_data(), kTestParticle);
  ASSERT_TRUE(received.has_value()) << received.error().message;
  EXPECT_GE(received->data.trace.states.size(), 12u);
}

TEST(Archive, IsCutOffAnywhere) {
  const Bytes& data = rich_data();
  for (std::size_t size = 1; size < data.size(); ++size) {
    ParticleState state(1);
    EXPECT_FALSE(load_previous(state, {data.data(), size}).has_value()) << size;
    // Not only the envelope: the archive itself, in an envelope that fits.
    const ByteView inner = inner_of(data);
    if (size >= inner.size()) continue;
    for (const ByteView part : {inner.first(size), inner.last(size)}) {
      ParticleStores stores(1);
      EXPECT_FALSE(read_archive(part, stores).has_value()) << size;
    }
  }
}

TEST(Archive, AnyFlippedByteIsNoticedOrHarmless) {
  Bytes data = rich_data();
  for (std::size_t at = 0; at < data.size(); ++at) {
    const base::Byte was = data[at];
    for (const int flip : {0x01, 0x80, 0xFF}) {
      data[at] = static_cast<base::Byte>(was ^ flip);
      read_both_ways(data);
    }
    data[at] = was;
  }
}

TEST(Archive, AnyWordCanHoldAnEdge) {
  Bytes data = rich_data();
  const std::size_t inner_at = data.size() - inner_of(data).size();
  for (std::size_t at = inner_at; at + 4 <= data.size(); at += 4) {
    const Bytes was(data.begin() + static_cast<std::ptrdiff_t>(at),
                    data.begin() + static_cast<std::ptrdiff_t>(at) + 4);
    for (const std::uint32_t edge : {0u, 1u, 0x7FFFFFFFu, 0x80000000u, 0xFFFFFFFFu, 0xFFFFFFFCu}) {
      for (std::size_t i = 0; i < 4; ++i)
        data[at + i] = static_cast<base::Byte>(edge >> (24 - 8 * i));
      read_both_ways(data);
    }
    std::copy(was.begin(), was.end(), data.begin() + static_cast<std::ptrdiff_t>(at));
  }
}

// --- bent pointers ------------------------------------------------------------------------------

// The archive of two states, two values and one signature, and where things are.
class BentArchive : public testing::Test {
 protected:
  BentArchive() {
    ParticleState state(1);
    const TextId peer = state.stores.texts.intern("a peer id that is long");
    state.data.trace.states = {CallSentBy{peer, false, 0}, ApState{5}};
    state.stores.admit_value(state.stores.intern_value("1"));
    state.stores.admit_value(state.stores.intern_value("2"));
    state.data.signatures = {{peer, peer}};
    const Bytes data = written(state);
    const ByteView inner = inner_of(data);
    bent.assign(inner.begin(), inner.end());
  }

  std::size_t root() const { return bent.size() - 60; }
  std::uint32_t word(std::size_t at) const {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | bent[at + i];
    return value;
  }
  void set(std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 4; ++i)
      bent[at + i] = static_cast<base::Byte>(value >> (24 - 8 * i));
  }
  std::size_t target(std::size_t at) const {
    return at + static_cast<std::size_t>(static_cast<std::int32_t>(word(at)));
  }
  void point(std::size_t at, std::size_t to) { set(at, static_cast<std::uint32_t>(to - at)); }

  std::string read(Code code = Code::kDataDecode) const {
    ParticleStores stores(1);
    const auto archive = read_archive(bent, stores);
    if (archive) return "good";
    EXPECT_EQ(archive.error().code, code);
    return archive.error().message;
  }
  void expect(std::string_view text, Code code = Code::kDataDecode) const {
    EXPECT_TRUE(read(code).contains(text)) << read(code);
  }

  static constexpr std::size_t kTrace = 0;
  static constexpr std::size_t kValues = 12;
  static constexpr std::size_t kTetraplets = 20;
  static constexpr std::size_t kSignatures = 52;

  Bytes bent;
};

TEST_F(BentArchive, IsGoodBeforeItIsBent) { EXPECT_EQ(read(), "good"); }

TEST_F(BentArchive, PointersLeadSomewhere) {
  set(root() + kTrace, 0x7FFFFFFF);
  expect("a pointer leads out of the data");
  set(root() + kTrace, 0x80000000);
  expect("a pointer leads out of the data");
  // Behind the root, and into it.
  point(root() + kTrace, bent.size());
  expect("a pointer leads out of its bounds");
  point(root() + kTrace, root() + 8);
  expect("a pointer leads out of its bounds");
}

TEST_F(BentArchive, PointersAreAligned) {
  point(root() + kTrace, target(root() + kTrace) + 2);
  expect("misaligned");
  bent.insert(bent.begin(), 0);
  expect("misaligned");
}

TEST_F(BentArchive, LengthsAreNotTrusted) {
  for (const std::uint32_t count : {3u, 1000u, 0x40000000u, 0x7FFFFFFFu, 0xFFFFFFFFu}) {
    set(root() + kTrace + 4, count);
    EXPECT_NE(read(), "good") << count;
  }
}

TEST_F(BentArchive, StoresDoNotOverlap) {
  point(root() + kTetraplets, target(root() + kValues));
  set(root() + kTetraplets + 4, 1);
  expect("a pointer leads out of its bounds");
}

TEST_F(BentArchive, AContentHasOneContentId) {
  const std::size_t entries = target(root() + kValues);
  point(entries + 12 + 8, target(entries + 8));
  expect("two content ids are of the same content", Code::kCidStores);
  set(root() + kTrace + 4, 1000);  // the form comes first
  EXPECT_FALSE(read(Code::kDataDecode).contains("two content ids are of the same content"));
}

TEST_F(BentArchive, AnEntryCanBeThereTwice) {
  const std::size_t entries = target(root() + kValues);
  point(entries + 12, target(entries));
  point(entries + 12 + 8, target(entries + 8));
  EXPECT_EQ(read(), "good");
}

TEST_F(BentArchive, NothingPointsToItself) {
  const std::size_t entries = target(root() + kValues);
  point(entries + 8, entries);
  expect("a pointer leads out of its bounds");
  point(root() + kSignatures, root() + kSignatures);
  expect("a pointer leads out of its bounds");
}

TEST_F(BentArchive, TagsAreKnown) {
  const std::size_t state = target(root() + kTrace);
  for (const auto& [at, text] : {std::pair(state, "no such kind of state"),
                                 std::pair(state + 4, "no such kind of call state"),
                                 std::pair(state + 8, "no such kind of sender")}) {
    const base::Byte was = bent[at];
    bent[at] = 9;
    expect(text);
    bent[at] = was;
  }
}

TEST_F(BentArchive, TextIsUtf8) {
  const std::size_t peer = target(target(root() + kTrace) + 12);
  bent[peer + 7] = 0x08;
  expect("a short text is too long");
}

TEST_F(BentArchive, ShorterThanItsRoot) {
  bent.resize(59);
  expect("shorter than its root");
}

// One place, two kinds of things.
TEST_F(BentArchive, APeerIdIsNoContentId) {
  const std::size_t peer = target(target(root() + kTrace) + 12);
  const std::size_t entries = target(root() + kValues);
  point(entries, peer);
  set(entries + 4, 8);
  expect("two kinds of things share a place");
}

TEST_F(BentArchive, AnEmptyContentIdStandsSomewhereToo) {
  const std::size_t entries = target(root() + kValues);
  const std::size_t key = target(entries);
  set(entries + 4, 0);
  EXPECT_EQ(read(), "good");
  point(entries, root());
  expect("a pointer leads out of its bounds");
  point(entries, target(target(root() + kTrace) + 12));
  expect("two kinds of things share a place");
  point(entries, key);
  point(entries + 12, target(entries + 8));
  set(entries + 16, 0);
  expect("two kinds of things share a place");
}

TEST_F(BentArchive, ASharedContentIdDoesNotGrow) {
  const std::size_t entries = target(root() + kValues);
  point(entries + 12, target(entries));
  set(entries + 16, 60);
  EXPECT_EQ(read(), "good");
  set(entries + 16, 62);
  expect("a content id is longer than where it was first read");
  set(entries + 4, 0);
  set(entries + 16, 61);
  expect("a content id is longer than where it was first read");
}

TEST_F(BentArchive, ContentIdsAreNotLongerThanNeeded) {
  const std::size_t entries = target(root() + kValues);
  set(entries + 4, 257);
  EXPECT_NE(read(), "good");
}

TEST(Archive, AContentIdThatIsTooLongIsRefusedLast) {
  for (const auto& [first, code] :
       {std::pair('x', Code::kCidStores), std::pair('\xFF', Code::kDataDecode)}) {
    ParticleState state(1);
    const CidId cid = state.stores.cids.intern(first + std::string(300, 'x'));
    state.data.trace.states = {CallUnused{cid}, CallUnused{cid}};
    ParticleState read(1);
    const auto loaded = load_previous(read, written(state));
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().code, code);
  }
}

TEST(Archive, EveryTextIsCheckedForUtf8) {
  const std::string_view bad = "\xFF, too long to stand in place";
  constexpr auto kTrust = ParticleStores::Check::kTrust;
  const std::vector<std::function<void(ParticleState&)>> cases = {
      [&](ParticleState& s) { s.data.trace.states = {CanonSentBy{s.stores.texts.intern(bad)}}; },
      [&](ParticleState& s) { s.data.trace.states = {CanonSentBy{s.stores.texts.intern("\xFF")}}; },
      [&](ParticleState& s) { s.data.trace.states = {CallUnused{s.stores.cids.intern(bad)}}; },
      [&](ParticleState& s) {
        const CidId cid = s.stores.cids.intern("c");
        s.stores.receive_value(cid, bad, kTrust);
        s.stores.admit(Store::kValues, cid);
      },
      [&](ParticleState& s) {
        const CidId cid = s.stores.cids.intern("c");
        const TextId text = s.stores.texts.intern("");
        s.stores.receive(cid, s.stores.intern({text, text, text, s.stores.texts.intern(bad)}),
                         kTrust);
        s.stores.admit(Store::kTetraplets, cid);
      },
  };
  for (std::size_t i = 0; i < cases.size(); ++i) {
    ParticleState state(1);
    cases[i](state);
    ParticleState read(1);
    const auto loaded = load_previous(read, written(state));
    ASSERT_FALSE(loaded.has_value()) << i;
    EXPECT_EQ(loaded.error().code, Code::kDataDecode) << i;
    EXPECT_TRUE(loaded.error().message.contains("not UTF-8")) << i;
  }
  // Keys and signatures are bytes.
  ParticleState state(1);
  state.data.signatures = {{state.stores.texts.intern(bad), state.stores.texts.intern(bad)}};
  ParticleState read(1);
  EXPECT_TRUE(load_previous(read, written(state)).has_value());
}

// An empty text stands where the next thing begins.
TEST(Archive, AnEmptyContentIdDoesNotHideTheNext) {
  ParticleState state(1);
  const CidId next = state.stores.cids.intern("next");
  state.data.trace.states = {CallUnused{state.stores.cids.intern("")}, CallUnused{next},
                             CallUnused{next}};
  ParticleState read(1);
  ASSERT_TRUE(load_previous(read, written(state)).has_value());
  EXPECT_EQ(data_view(read), data_view(state));
}

}  // namespace
}  // namespace aqua::vm
