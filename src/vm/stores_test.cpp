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
  ValueId value(std::string_view json) { return stores.intern_value(json); }
  TextId text(std::string_view t) { return stores.texts.intern(t); }
  TetrapletId tetraplet(std::string_view lens = "") {
    return stores.intern({text("p"), text("s"), text("f"), text(lens)});
  }
  std::optional<std::string_view> stored(CidId cid) {
    bool malformed = false;
    const auto found = stores.value(cid, malformed);
    if (!found) return std::nullopt;
    return malformed ? "(malformed)" : stores.text(*found);
  }

  ParticleStores stores{1};
};

TEST_F(Stores, EqualValuesHaveOneId) {
  EXPECT_EQ(value("[1]"), value("[1]"));
  EXPECT_NE(value("[1]"), value("[2]"));
  EXPECT_EQ(stores.text(stores.add_value("[1]")), "[1]");
}

TEST_F(Stores, PartsOfAValueHaveOneIdEach) {
  const ValueId array = value(R"([{"a":[1,2]},"x"])");
  const ParticleStores::Items items = stores.items(array);
  ASSERT_EQ(items.count, 2u);
  EXPECT_EQ(stores.items(array).first, items.first);
  EXPECT_EQ(stores.text(ValueId(items.first.value + 1)), R"("x")");
  const std::string_view whole = stores.text(array);
  EXPECT_EQ(stores.part_of(array, whole), array);
  const ValueId inner = stores.part_of(array, whole.substr(6, 5));
  EXPECT_EQ(stores.text(inner), "[1,2]");
  EXPECT_EQ(stores.part_of(array, whole.substr(6, 5)), inner);
  EXPECT_EQ(stores.items(value("[]")).count, 0u);
}

TEST_F(Stores, StringsResolveTheirEscapes) {
  EXPECT_EQ(stores.texts[stores.string_of(value(R"("a\"\u0001")"))], "a\"\x01");
  EXPECT_TRUE(stores.string_of(value("1")).is_none());
}

TEST_F(Stores, PairsAreMadeOnce) {
  const ValueId pair = stores.pair(value(R"("k")"), value("1"));
  EXPECT_EQ(stores.text(pair), R"({"key":"k","value":1})");
  EXPECT_EQ(stores.pair(value(R"("k")"), value("1")), pair);
}

TEST_F(Stores, ContentIdsHashTheCanonicalText) {
  EXPECT_EQ(stores.cids[stores.cid_of(value(R"({"a":1})"))], cid_of_text(R"({"a":1})"));
  EXPECT_EQ(stores.cids[stores.cid_of(tetraplet(".$.a"))],
            cid_of_text(R"({"peer_pk":"p","service_id":"s","function_name":"f","lens":".$.a"})"));
  const std::array<ValueId, 2> arguments = {value("1"), value(R"("x")")};
  EXPECT_EQ(stores.cids[stores.argument_hash(arguments)], cid_of_text(R"([1,"x"])"));
  EXPECT_EQ(stores.argument_hash(arguments), stores.argument_hash(arguments));
  EXPECT_EQ(stores.cids[stores.argument_hash({})], cid_of_text("[]"));
}

TEST_F(Stores, AggregatesHashTheirJson) {
  const CidId v = stores.admit_value(value("1"));
  const CidId t = stores.admit_tetraplet(tetraplet());
  const CidId hash = stores.argument_hash({});
  const CidId result = stores.admit(ServiceResult{v, hash, t});
  EXPECT_EQ(
      stores.cids[result],
      cid_of_text(fmt::format(R"({{"value_cid":"{}","argument_hash":"{}","tetraplet_cid":"{}"}})",
                              stores.cids[v], stores.cids[hash], stores.cids[t])));
  const auto element = [&](Provenance provenance) {
    return stores.admit(CanonElement{v, t, provenance});
  };
  const auto element_json = [&](std::string_view provenance) {
    return cid_of_text(fmt::format(R"({{"value":"{}","tetraplet":"{}","provenance":{}}})",
                                   stores.cids[v], stores.cids[t], provenance));
  };
  const std::string_view cid = stores.cids[result];
  const CidId literal = element({});
  EXPECT_EQ(stores.cids[literal], element_json(R"({"type":"literal"})"));
  EXPECT_EQ(stores.cids[element({ProvenanceKind::kServiceResult, result})],
            element_json(fmt::format(R"({{"type":"service_result","cid":"{}"}})", cid)));
  EXPECT_EQ(stores.cids[element({ProvenanceKind::kCanon, result})],
            element_json(fmt::format(R"({{"type":"canon","cid":"{}"}})", cid)));
  EXPECT_EQ(stores.cids[stores.admit(CanonResult{t, {literal, literal}})],
            cid_of_text(fmt::format(R"({{"tetraplet":"{}","values":["{}","{}"]}})", stores.cids[t],
                                    stores.cids[literal], stores.cids[literal])));
  EXPECT_EQ(stores.admit(ServiceResult{v, hash, t}), result);
  EXPECT_EQ(stores.admitted(Store::kServiceResults).size(), 1u);
}

TEST_F(Stores, RollbackForgetsWhatWasAdmittedSince) {
  const CidId before = stores.admit_value(value("1"));
  const auto snapshot = stores.snapshot();
  const CidId after = stores.admit_value(value("2"));
  EXPECT_EQ(stored(after), "2");
  stores.rollback(snapshot);
  EXPECT_EQ(stored(after), std::nullopt);
  EXPECT_EQ(stored(before), "1");
  EXPECT_FALSE(stores.is_admitted(Store::kValues, after));
  EXPECT_EQ(stores.admitted(Store::kValues).size(), 1u);
  stores.admit(Store::kValues, after);
  EXPECT_EQ(stored(after), "2");
}

TEST_F(Stores, ReceivedContentMustBeWhatItsCidSays) {
  const CidId cid = stores.cids.intern(cid_of_text("1"));
  EXPECT_FALSE(stores.receive_value(cid, "2", Check::kHash));
  EXPECT_TRUE(stores.receive_value(cid, "1", Check::kHash));
  EXPECT_FALSE(stores.receive_value(cid, "2", Check::kHash));
  stores.admit(Store::kValues, cid);
  EXPECT_EQ(stored(cid), "1");
  EXPECT_FALSE(stores.receive(cid, tetraplet(), Check::kHash));
  EXPECT_FALSE(stores.receive(cid, ServiceResult{cid, cid, cid}, Check::kHash));
  EXPECT_FALSE(stores.receive(cid, CanonElement{cid, cid, {}}, Check::kHash));
  EXPECT_FALSE(stores.receive(cid, CanonResult{cid, {}}, Check::kHash));
  EXPECT_FALSE(stores.receive_value(stores.cids.intern("no CID"), "1", Check::kHash));
}

// Our own data is taken on trust, also if somebody has bent it. Then true content replaces it, and a
// rollback brings the bent one back: it is what the bytes say that the host keeps.
TEST_F(Stores, RollbackGivesReplacedContentBack) {
  const CidId value_cid = stores.cids.intern(cid_of_text("1"));
  const CidId tetraplet_cid = stores.cid_of(tetraplet());
  const ServiceResult true_result{value_cid, value_cid, tetraplet_cid};
  const ServiceResult bent_result{value_cid, tetraplet_cid, tetraplet_cid};
  const auto nothing = stores.snapshot();
  const CidId result_cid = stores.admit(true_result);
  stores.rollback(nothing);
  stores.receive_value(value_cid, "bent", Check::kTrust);
  stores.receive(tetraplet_cid, tetraplet("bent"), Check::kTrust);
  stores.receive(result_cid, bent_result, Check::kTrust);
  stores.admit(Store::kValues, value_cid);
  stores.admit(Store::kTetraplets, tetraplet_cid);
  stores.admit(Store::kServiceResults, result_cid);

  const auto snapshot = stores.snapshot();
  EXPECT_TRUE(stores.receive_value(value_cid, "1", Check::kHash));
  EXPECT_TRUE(stores.receive(tetraplet_cid, tetraplet(), Check::kHash));
  EXPECT_TRUE(stores.receive(result_cid, true_result, Check::kHash));
  EXPECT_EQ(stores.raw_value(value_cid), "1");
  EXPECT_EQ(*stores.tetraplet(tetraplet_cid), tetraplet());
  EXPECT_EQ(*stores.service_result(result_cid), true_result);
  stores.rollback(snapshot);
  EXPECT_EQ(stores.raw_value(value_cid), "bent");
  EXPECT_EQ(*stores.tetraplet(tetraplet_cid), tetraplet("bent"));
  EXPECT_EQ(*stores.service_result(result_cid), bent_result);

  stores.admit_tetraplet(tetraplet());
  EXPECT_EQ(*stores.tetraplet(tetraplet_cid), tetraplet());
  stores.rollback(snapshot);
  EXPECT_EQ(*stores.tetraplet(tetraplet_cid), tetraplet("bent"));
}

TEST_F(Stores, ReceivedValuesAreReadWhenAskedFor) {
  const auto receive = [&](std::string_view raw) {
    const CidId cid = stores.cids.intern(cid_of_text(raw));
    EXPECT_TRUE(stores.receive_value(cid, raw, Check::kHash));
    stores.admit(Store::kValues, cid);
    return cid;
  };
  EXPECT_EQ(stored(receive("[1]")), "[1]");
  EXPECT_EQ(stored(receive(R"({ "b": 1, "a": 1e2 })")), R"({"a":100.0,"b":1})");
  const CidId bad = receive("not JSON");
  bool malformed = false;
  stores.value(bad, malformed);
  EXPECT_TRUE(malformed);
  malformed = false;
  stores.value(bad, malformed);
  EXPECT_TRUE(malformed);
  EXPECT_EQ(stores.raw_value(bad), "not JSON");
}

// 1.26932e148 reads as its upper neighbour, and that one reads as 1.26932e148.
TEST_F(Stores, UnstableFloatsAreReadAgainBetweenRuns) {
  const CidId unstable = stores.admit_value(value("1.2693200000000001e148"));
  const CidId stable = stores.admit_value(value("1.5"));
  EXPECT_EQ(stored(unstable), "1.2693200000000001e148");
  EXPECT_TRUE(stores.reread_unstable_values());
  EXPECT_EQ(stored(unstable), "1.26932e148");
  EXPECT_EQ(stores.raw_value(unstable), "1.2693200000000001e148");
  EXPECT_EQ(stored(stable), "1.5");
  EXPECT_FALSE(stores.reread_unstable_values());
  EXPECT_EQ(stored(unstable), "1.26932e148");
}

TEST_F(Stores, TetrapletsGrowByTheirLens) {
  EXPECT_EQ(stores.item_tetraplet(tetraplet(), 3), tetraplet(".$.[3]"));
  EXPECT_EQ(stores.with_lens_suffix(tetraplet(".$.a"), ".b"), tetraplet(".$.a.b"));
}

TEST_F(Stores, EveryEntryCountsAsMemory) {
  const std::size_t before = stores.size_bytes();
  value(std::string(1000, '1'));
  EXPECT_GE(stores.size_bytes(), before + 1000);
}

}  // namespace
}  // namespace aqua::vm
