#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cli/aqua_sources.h"
#include "cli/run_relay.h"

namespace aqua::cli {

inline constexpr std::string_view kTextTimeline = "text";
inline constexpr std::string_view kSvgTimeline = "svg";

struct RunOptions {
  SourceOptions sources;
  std::string call;
  std::string network;
  std::string data;
  std::string data_path;
  std::optional<std::uint64_t> seed;
  std::optional<std::uint32_t> ttl_ms;
  RelayOptions relay;
  bool is_virtual = false;
  bool json = false;
  bool explain = false;
  // "text", "svg"; empty: none.
  std::string timeline;
  std::string timeline_file;  // of the picture
  bool print_air = false;
};

}  // namespace aqua::cli
