// Writes the first inputs of the fuzz targets of the VM: what a network of three peers sends while it runs
// the scripts of vm_scripts.h. Run: write_corpus tests/fuzz/corpus

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/bytes.h"
#include "base/check.h"
#include "vm/test_peer.h"
#include "vm_run_input.h"
#include "vm_scripts.h"

namespace {

using namespace aqua;

void write(const std::filesystem::path& path, base::ByteView bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(bytes.data()),
             static_cast<std::streamsize>(bytes.size()));
  AQUA_CHECK(file.good(), "cannot write {}", path.string());
}

}  // namespace

int main(int argc, char** argv) {
  AQUA_CHECK(argc == 2, "usage: write_corpus FOLDER");
  const std::filesystem::path folder(argv[1]);
  for (std::size_t i = 0; i < fuzz::kScripts.size(); ++i) {
    vm::TestNetwork network(fuzz::kScripts[i], fuzz::answer);
    network.run();
    base::Bytes before;
    std::size_t step = 0;
    for (const auto& [name, data] : network.sent()) {
      fuzz::RunInput input{.script = static_cast<std::uint8_t>(i),
                           .peer = static_cast<std::uint8_t>(name - fuzz::kPeers[0]),
                           .previous = before,
                           .current = data,
                           .call_results = {0x81, 0x04, 0x80}};
      write(folder / "vm_run" / fmt::format("script-{}-{}", i, step), fuzz::write_run_input(input));
      before = data;
      ++step;
    }
    for (const char name : fuzz::kPeers)
      write(folder / "vm_data" / fmt::format("script-{}-{}", i, name), network[name].data());
  }
}
