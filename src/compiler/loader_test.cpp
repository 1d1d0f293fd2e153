// Files that are not on a disk.

#include "compiler/loader.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "compiler/compilation.h"
#include "compiler/diagnostic_kinds.h"
#include "diagnostics/diagnostic.h"

namespace aqua::compiler {
namespace {

using Answer = FileAccess::Answer;

std::vector<std::string_view> codes_of(const Compilation& compilation) {
  std::vector<std::string_view> codes;
  for (const diagnostics::Diagnostic& diagnostic : compilation.diagnostics)
    codes.push_back(diagnostic.code);
  return codes;
}

FileAccess holding(std::map<std::string, std::string> files) {
  return {[files = std::move(files)](const std::string& path) {
    const auto file = files.find(path);
    return file == files.end() ? Answer{} : Answer{file->second, {}};
  }};
}

TEST(Loader, TooManyFilesAreSaidOnce) {
  // Every file imports two more.
  const FileAccess access{[](const std::string& path) {
    const unsigned long number = std::stoul(path.substr(1));
    return Answer{fmt::format("aqua F{} declares *\nimport \"{}\"\nimport \"{}\"\n", number,
                              2 * number, 2 * number + 1),
                  {}};
  }};
  const Loaded loaded = load({"/1"}, {}, access);
  EXPECT_EQ(loaded.sources.size(), kFilesMax);
  ASSERT_EQ(loaded.diagnostics.size(), 1u);
  EXPECT_EQ(loaded.diagnostics[0].code, code_of(DiagnosticKind::kTooManyFiles));
}

TEST(Loader, TheLongestFittingRuleSaysWhereToLook) {
  Options options;
  options.imports = {{"/", "", {"/any"}}, {"/src", "lib/", {"/first", "/second"}}};
  const FileAccess access =
      holding({{"/src/main.aqua", "aqua Main\nimport \"lib/x\"\nimport \"y\"\nexport f, g\n"},
               {"/any/lib/x.aqua", "aqua Wrong\n"},
               {"/second/x.aqua", "aqua X declares *\nfunc f() -> u32:\n  <- 1\n"},
               {"/any/y.aqua", "aqua Y declares *\nfunc g() -> u32:\n  <- 2\n"}});
  const Compilation compilation = compile({"/src/main.aqua"}, options, access);
  EXPECT_EQ(codes_of(compilation), std::vector<std::string_view>());
  ASSERT_EQ(compilation.files.size(), 1u);
  EXPECT_EQ(compilation.files[0].functions.size(), 2u);
}

TEST(Loader, AFileComesBeforeTheBuiltInOne) {
  const std::string main = "aqua Main\nimport \"@fluencelabs/aqua-lib/builtin\"\nexport f\n";
  const FileAccess access =
      holding({{"/a/main.aqua", main},
               {"/node_modules/@fluencelabs/aqua-lib/builtin.aqua", "func f() -> u32:\n  <- 1\n"}});
  EXPECT_EQ(codes_of(compile({"/a/main.aqua"}, {}, access)), std::vector<std::string_view>());
  Options without_packages;
  without_packages.node_modules = false;
  EXPECT_FALSE(compile({"/a/main.aqua"}, without_packages, access).diagnostics.empty());
}

TEST(Loader, AnOutputFileIsAnInputFile) {
  const FileAccess access = holding(
      {{"/a.aqua", "aqua A declares *\nimport \"b\"\nexport g\nfunc g() -> u32:\n  <- f()\n"},
       {"/b.aqua", "aqua B declares *\nexport f\nfunc f() -> u32:\n  <- 1\n"}});
  EXPECT_EQ(compile({"/a.aqua"}, {}, access).files.size(), 1u);
  EXPECT_EQ(compile({"/b.aqua", "/a.aqua"}, {}, access).files.size(), 2u);
  EXPECT_EQ(compile({"/a.aqua", "/a.aqua"}, {}, access).files.size(), 1u);
}

}  // namespace
}  // namespace aqua::compiler
