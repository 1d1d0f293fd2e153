#include "vm/stores.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "crypto/cid.h"

namespace aqua::vm {
namespace {

using Check = ParticleStores::Check;

class Stores : public testing::Test {
 protected:
  std::string cid_of_text(std::string_view json) const {
    return std::string(crypto::view(crypto::cid_of(base::as_bytes(json))));
  }
  ValueId value(std::string_view json) { return stores_.intern_value(json); }
  TextId text(std::string_view t) { return stores_.texts.intern(t); }
  TetrapletId tetraplet(std::string_view lens = "") {
    return stores_.intern({text("p"), text("s"), text("f"), text(lens)});
  }
  std::optional<std::string_view> stored(CidId cid) {
    bool malformed = false;
    const auto found = stores_.value(cid, malformed);
    if (!found) return std::nullopt;
    return malformed ? "(malformed)" : stores_.text(*found);
  }

  ParticleStores stores_{1};
};

TEST_F(Stores, EqualValuesHaveOneId) {
  EXPECT_EQ(value("[1]"), value("[1]"));
  EXPECT_NE(value("[1]"), value("[2]"));
  EXPECT_EQ(stores_.text(stores_.add_value("[1]")), "[1]");
}

TEST_F(Stores, PartsOfAValueHaveOneIdEach) {
  const ValueId array = value(R"([{"a":[1,2]},"x"])");
  const ParticleStores::Items items = stores_.items(array);
  ASSERT_EQ(items.count, 2u);
  EXPECT_EQ(stores_.items(array).first, items.first);
  EXPECT_EQ(stores_.text(ValueId(items.first.value + 1)), R"("x")");
  const std::string_view whole = stores_.text(array);
  EXPECT_EQ(stores_.part_of(array, whole), array);
  const ValueId inner = stores_.part_of(array, whole.substr(6, 5));
  EXPECT_EQ(stores_.text(inner), "[1,2]");
  EXPECT_EQ(stores_.part_of(array, whole.substr(6, 5)), inner);
  EXPECT_EQ(stores_.items(value("[]")).count, 0u);
}

TEST_F(Stores, StringsResolveTheirEscapes) {
  EXPECT_EQ(stores_.texts[stores_.string_of(value(R"("a\"\u0001")"))], "a\"\x01");
  EXPECT_TRUE(stores_.string_of(value("1")).is_none());
}

TEST_F(Stores, PairsAreMadeOnce) {
  const ValueId pair = stores_.pair(value(R"("k")"), value("1"));
  EXPECT_EQ(stores_.text(pair), R"({"key":"k","value":1})");
  EXPECT_EQ(stores_.pair(value(R"("k")"), value("1")), pair);
}

TEST_F(Stores, ContentIdsHashTheCanonicalText) {
  EXPECT_EQ(stores_.cids[stores_.cid_of(value(R"({"a":1})"))], cid_of_text(R"({"a":1})"));
  EXPECT_EQ(stores_.cids[stores_.cid_of(tetraplet(".$.a"))],
            cid_of_text(R"({"peer_pk":"p","service_id":"s","function_name":"f","lens":".$.a"})"));
  const std::array<ValueId, 2> arguments = {value("1"), value(R"("x")")};
  EXPECT_EQ(stores_.cids[stores_.argument_hash(arguments)], cid_of_text(R"([1,"x"])"));
  EXPECT_EQ(stores_.argument_hash(arguments), stores_.argument_hash(arguments));
  EXPECT_EQ(stores_.cids[stores_.argument_hash({})], cid_of_text("[]"));
}

TEST_F(Stores, AggregatesHashTheirJson) {
  const CidId v = stores_.admit_value(value("1"));
  const CidId t = stores_.admit_tetraplet(tetraplet());
  const CidId hash = stores_.argument_hash({});
  const CidId result = stores_.admit(ServiceResult{v, hash, t});
  EXPECT_EQ(
      stores_.cids[result],
      cid_of_text(fmt::format(R"({{"value_cid":"{}","argument_hash":"{}","tetraplet_cid":"{}"}})",
                              stores_.cids[v], stores_.cids[hash], stores_.cids[t])));
  const auto element = [&](Provenance provenance) {
    return stores_.admit(CanonElement{v, t, provenance});
  };
  const auto element_json = [&](std::string_view provenance) {
    return cid_of_text(fmt::format(R"({{"value":"{}","tetraplet":"{}","provenance":{}}})",
                                   stores_.cids[v], stores_.cids[t], provenance));
  };
  const std::string_view cid = stores_.cids[result];
  const CidId literal = element({});
  EXPECT_EQ(stores_.cids[literal], element_json(R"({"type":"literal"})"));
  EXPECT_EQ(stores_.cids[element({ProvenanceKind::kServiceResult, result})],
            element_json(fmt::format(R"({{"type":"service_result","cid":"{}"}})", cid)));
  EXPECT_EQ(stores_.cids[element({ProvenanceKind::kCanon, result})],
            element_json(fmt::format(R"({{"type":"canon","cid":"{}"}})", cid)));
  EXPECT_EQ(stores_.cids[stores_.admit(CanonResult{t, {literal, literal}})],
            cid_of_text(fmt::format(R"({{"tetraplet":"{}","values":["{}","{}"]}})", stores_.cids[t],
                                    stores_.cids[literal], stores_.cids[literal])));
  EXPECT_EQ(stores_.admit(ServiceResult{v, hash, t}), result);
  EXPECT_EQ(stores_.admitted(Store::kServiceResults).size(), 1u);
}

TEST_F(Stores, RollbackForgetsWhatWasAdmittedSince) {
  const CidId before = stores_.admit_value(value("1"));
  const auto snapshot = stores_.snapshot();
  const CidId after = stores_.admit_value(value("2"));
  EXPECT_EQ(stored(after), "2");
  stores_.rollback(snapshot);
  EXPECT_EQ(stored(after), std::nullopt);
  EXPECT_EQ(stored(before), "1");
  EXPECT_FALSE(stores_.is_admitted(Store::kValues, after));
  EXPECT_EQ(stores_.admitted(Store::kValues).size(), 1u);
  stores_.admit(Store::kValues, after);
  EXPECT_EQ(stored(after), "2");
}

TEST_F(Stores, ReceivedContentMustBeWhatItsCidSays) {
  const CidId cid = stores_.cids.intern(cid_of_text("1"));
  EXPECT_FALSE(stores_.receive_value(cid, "2", Check::kHash));
  EXPECT_TRUE(stores_.receive_value(cid, "1", Check::kHash));
  EXPECT_FALSE(stores_.receive_value(cid, "2", Check::kHash));
  stores_.admit(Store::kValues, cid);
  EXPECT_EQ(stored(cid), "1");
  EXPECT_FALSE(stores_.receive(cid, tetraplet(), Check::kHash));
  EXPECT_FALSE(stores_.receive(cid, ServiceResult{cid, cid, cid}, Check::kHash));
  EXPECT_FALSE(stores_.receive(cid, CanonElement{cid, cid, {}}, Check::kHash));
  EXPECT_FALSE(stores_.receive(cid, CanonResult{cid, {}}, Check::kHash));
  EXPECT_FALSE(stores_.receive_value(stores_.cids.intern("no CID"), "1", Check::kHash));
}

// Our own data is taken on trust, also if somebody has bent it. Then true content replaces it, and a
// rollback brings the bent one back: it is what the bytes say that the host keeps.
TEST_F(Stores, RollbackGivesReplacedContentBack) {
  const CidId value_cid = stores_.cids.intern(cid_of_text("1"));
  const CidId tetraplet_cid = stores_.cid_of(tetraplet());
  const ServiceResult true_result{value_cid, value_cid, tetraplet_cid};
  const ServiceResult bent_result{value_cid, tetraplet_cid, tetraplet_cid};
  const auto nothing = stores_.snapshot();
  const CidId result_cid = stores_.admit(true_result);
  stores_.rollback(nothing);
  stores_.receive_value(value_cid, "bent", Check::kTrust);
  stores_.receive(tetraplet_cid, tetraplet("bent"), Check::kTrust);
  stores_.receive(result_cid, bent_result, Check::kTrust);
  stores_.admit(Store::kValues, value_cid);
  stores_.admit(Store::kTetraplets, tetraplet_cid);
  stores_.admit(Store::kServiceResults, result_cid);

  const auto snapshot = stores_.snapshot();
  EXPECT_TRUE(stores_.receive_value(value_cid, "1", Check::kHash));
  EXPECT_TRUE(stores_.receive(tetraplet_cid, tetraplet(), Check::kHash));
  EXPECT_TRUE(stores_.receive(result_cid, true_result, Check::kHash));
  EXPECT_EQ(stores_.raw_value(value_cid), "1");
  EXPECT_EQ(*stores_.tetraplet(tetraplet_cid), tetraplet());
  EXPECT_EQ(*stores_.service_result(result_cid), true_result);
  stores_.rollback(snapshot);
  EXPECT_EQ(stores_.raw_value(value_cid), "bent");
  EXPECT_EQ(*stores_.tetraplet(tetraplet_cid), tetraplet("bent"));
  EXPECT_EQ(*stores_.service_result(result_cid), bent_result);

  stores_.admit_tetraplet(tetraplet());
  EXPECT_EQ(*stores_.tetraplet(tetraplet_cid), tetraplet());
  stores_.rollback(snapshot);
  EXPECT_EQ(*stores_.tetraplet(tetraplet_cid), tetraplet("bent"));
}

TEST_F(Stores, ReceivedValuesAreReadWhenAskedFor) {
  const auto receive = [&](std::string_view raw) {
    const CidId cid = stores_.cids.intern(cid_of_text(raw));
    EXPECT_TRUE(stores_.receive_value(cid, raw, Check::kHash));
    stores_.admit(Store::kValues, cid);
    return cid;
  };
  EXPECT_EQ(stored(receive("[1]")), "[1]");
  EXPECT_EQ(stored(receive(R"({ "b": 1, "a": 1e2 })")), R"({"a":100.0,"b":1})");
  const CidId bad = receive("not JSON");
  bool malformed = false;
  stores_.value(bad, malformed);
  EXPECT_TRUE(malformed);
  malformed = false;
  stores_.value(bad, malformed);
  EXPECT_TRUE(malformed);
  EXPECT_EQ(stores_.raw_value(bad), "not JSON");
}

// 1.26932e148 reads as its upper neighbour, and that one reads as 1.26932e148.
TEST_F(Stores, UnstableFloatsAreReadAgainBetweenRuns) {
  const CidId unstable = stores_.admit_value(value("1.2693200000000001e148"));
  const CidId stable = stores_.admit_value(value("1.5"));
  EXPECT_EQ(stored(unstable), "1.2693200000000001e148");
  EXPECT_TRUE(stores_.reread_unstable_values());
  EXPECT_EQ(stored(unstable), "1.26932e148");
  EXPECT_EQ(stores_.raw_value(unstable), "1.2693200000000001e148");
  EXPECT_EQ(stored(stable), "1.5");
  EXPECT_FALSE(stores_.reread_unstable_values());
  EXPECT_EQ(stored(unstable), "1.26932e148");
}

TEST_F(Stores, TetrapletsGrowByTheirLens) {
  EXPECT_EQ(stores_.item_tetraplet(tetraplet(), 3), tetraplet(".$.[3]"));
  EXPECT_EQ(stores_.with_lens_suffix(tetraplet(".$.a"), ".b"), tetraplet(".$.a.b"));
}

TEST_F(Stores, EveryEntryCountsAsMemory) {
  const std::size_t before = stores_.size_bytes();
  value(std::string(1000, '1'));
  EXPECT_GE(stores_.size_bytes(), before + 1000);
}

}  // namespace
}  // namespace aqua::vm
