// Compiles Aqua files in this process and says how long that took, as bench/compile.mjs asks for it.
//
//   compile_bench COUNT FILE...    compiles the first file COUNT times; the others are what it may import
//
// Prints {"ns":[...],"air_bytes":N,"resident_peak":BYTES}: reading is not timed, the text of the AIR is.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/resource.h>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/heap.h"
#include "compiler/compilation.h"

namespace aqua::bench {

namespace {

std::map<std::string, std::string> read_all(int argc, char** argv) {
  std::map<std::string, std::string> files;
  for (int i = 2; i < argc; ++i) {
    std::ifstream in(argv[i], std::ios::binary);
    files.emplace(argv[i], std::string(std::istreambuf_iterator<char>(in), {}));
  }
  return files;
}

int run(int argc, char** argv) {
  if (argc < 3) {
    fmt::print(stderr, "compile_bench COUNT FILE...\n");
    return 2;
  }
  const std::map<std::string, std::string> files = read_all(argc, argv);
  const compiler::FileAccess access{[&files](const std::string& path) {
    const auto file = files.find(path);
    if (file == files.end()) return compiler::FileAccess::Answer{};
    return compiler::FileAccess::Answer{file->second, {}};
  }};
  std::vector<long long> times;
  std::size_t air_bytes = 0;
  for (int i = 0; i < std::atoi(argv[1]); ++i) {
    const auto started = std::chrono::steady_clock::now();
    const compiler::Compilation result = compiler::compile({argv[2]}, {}, access);
    air_bytes = 0;
    for (const compiler::CompiledFile& file : result.files) {
      for (const compiler::CompiledFunction& function : file.functions)
        air_bytes += compiler::readable(function.script.tree).size();
    }
    const auto ended = std::chrono::steady_clock::now();
    if (result.files.empty()) {
      fmt::print(
          stderr, "{}",
          diagnostics::render_all(result.sources, result.diagnostics, diagnostics::Colour::kOff));
      return 1;
    }
    times.push_back(std::chrono::duration_cast<std::chrono::nanoseconds>(ended - started).count());
  }
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print(R"({{"ns":[{}],"air_bytes":{},"resident_peak":{}}})"
             "\n",
             fmt::join(times, ","), air_bytes, usage.ru_maxrss * 1024);
  return 0;
}

}  // namespace

}  // namespace aqua::bench

int main(int argc, char** argv) {
  aqua::base::keep_freed_memory();
  return aqua::bench::run(argc, argv);
}
