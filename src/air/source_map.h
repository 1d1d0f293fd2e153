#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "air/tree.h"
#include "base/result.h"
#include "diagnostics/source.h"

namespace aqua::air {

using SourceFileId = base::Id<struct SourceFileTag>;

// Where an instruction comes from.
struct SourcePlace {
  SourceFileId file;
  diagnostics::Span span;

  friend bool operator==(const SourcePlace&, const SourcePlace&) = default;
};

// Leads from the instructions of a script back to the texts that it was compiled from.
class SourceMap {
 public:
  // So many instructions may lie between two with a place: it bounds what a received map allocates.
  static constexpr std::uint32_t kGapMax = 100'000;

  SourceFileId add_file(std::string name);
  // Each instruction gets at most one place. `place.file` is a file of this map.
  void set(InstructionId id, SourcePlace place);

  // None where the compiler made the instruction up.
  std::optional<SourcePlace> find(InstructionId id) const;
  const std::string& file_name(SourceFileId id) const { return files_[id.value]; }
  std::size_t file_count() const { return files_.size(); }

  friend bool operator==(const SourceMap&, const SourceMap&) = default;

 private:
  friend std::string to_json(const SourceMap& map);

  std::vector<std::string> files_;
  std::vector<SourcePlace> places_;  // by instruction; no file: none
};

// {"version":1,"files":[NAME...],"places":[INSTRUCTION,FILE,BEGIN,LENGTH,...]}: four numbers for
// each instruction with a place, in the order of instructions; INSTRUCTION, FILE and BEGIN are
// differences to the four before, the first four to zero.
std::string to_json(const SourceMap& map);

struct SourceMapError {
  std::size_t offset = 0;  // in the JSON text
  std::string_view what;
};

base::Result<SourceMap, SourceMapError> parse_source_map(std::string_view json);

}  // namespace aqua::air
