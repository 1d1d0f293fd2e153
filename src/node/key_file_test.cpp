#include "node/key_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace aqua::node {
namespace {

namespace fs = std::filesystem;

class KeyFile : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "aqua-key-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { fs::remove_all(folder_); }
  std::string path() const { return (folder_ / "state" / "peer.key").string(); }
  void write(const std::string& text, ::mode_t mode) const {
    fs::create_directories(folder_ / "state");
    std::ofstream(path()) << text;
    ASSERT_EQ(::chmod(path().c_str(), mode), 0);
  }

  fs::path folder_;
};

TEST_F(KeyFile, IsMadeOnceAndOnlyForItsOwner) {
  const auto made = load_or_create_key(path());
  ASSERT_TRUE(made.has_value()) << made.error();
  struct stat about{};
  ASSERT_EQ(::stat(path().c_str(), &about), 0);
  EXPECT_EQ(about.st_mode & 0777, 0600u);
  const auto again = load_or_create_key(path());
  ASSERT_TRUE(again.has_value()) << again.error();
  EXPECT_EQ(again->peer_id(), made->peer_id());
  EXPECT_FALSE(create_key(path()).has_value());
}

TEST_F(KeyFile, ReadsTheSecretOfThePublishedVector) {
  write("7h48PQ/f1rS9TxacmgODxbD42Il9B3KC117jvOPppPE=\n", 0600);
  const auto key = load_key(path());
  ASSERT_TRUE(key.has_value()) << key.error();
  EXPECT_EQ(key->peer_id(), "12D3KooWANqfCDrV79MZdMnMqTvDdqSAPSxdgFY1L6DCq2DVGB4D");
}

TEST_F(KeyFile, RefusesWhatOthersCanRead) {
  write("7h48PQ/f1rS9TxacmgODxbD42Il9B3KC117jvOPppPE=\n", 0640);
  const auto key = load_or_create_key(path());
  ASSERT_FALSE(key.has_value());
  EXPECT_NE(key.error().find("mode 0640"), std::string::npos);
}

TEST_F(KeyFile, RefusesWhatIsNoKey) {
  for (const char* const text :
       {"", "\n", "7h48PQ/f1rS9TxacmgODxbD42Il9B3KC117jvOPp", "not base64 at all !"}) {
    write(text, 0600);
    EXPECT_FALSE(load_key(path()).has_value()) << text;
  }
}

TEST_F(KeyFile, RandomKeysDiffer) { EXPECT_NE(random_key().peer_id(), random_key().peer_id()); }

}  // namespace
}  // namespace aqua::node
