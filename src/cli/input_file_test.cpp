#include "cli/input_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace aqua::cli {
namespace {

namespace fs = std::filesystem;

class InputFile : public testing::Test {
 protected:
  InputFile() {
    std::string pattern = (fs::temp_directory_path() / "aqua-input-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~InputFile() override { fs::remove_all(folder_); }
  std::string path(std::string_view name) const { return (folder_ / name).string(); }

  fs::path folder_;
};

TEST_F(InputFile, HasAtMostTheBytesThatAreAllowed) {
  std::ofstream(path("a")) << "12345";
  EXPECT_EQ(read_file(path("a"), 5).value(), "12345");
  EXPECT_EQ(read_file(path("a"), 4).error().problem, InputProblem::kTooLarge);
}

// Nobody ever writes to it: whoever reads it would wait forever.
TEST_F(InputFile, IsNoNamedPipe) {
  ASSERT_EQ(::mkfifo(path("pipe").c_str(), 0600), 0);
  const auto text = read_file(path("pipe"), 5);
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().problem, InputProblem::kNoFile);
  EXPECT_TRUE(text.error().sentence.ends_with("it is no file, but a named pipe"));
}

TEST_F(InputFile, IsNoFolderAndNoDevice) {
  EXPECT_EQ(read_file(folder_.string(), 5).error().problem, InputProblem::kFolder);
  EXPECT_EQ(read_file("/dev/zero", 5).error().problem, InputProblem::kNoFile);
  EXPECT_EQ(read_file(path("nothing"), 5).error().problem, InputProblem::kMissing);
}

}  // namespace
}  // namespace aqua::cli
