#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <initializer_list>

#include "base/bytes.h"

namespace aqua::fuzz {

// An input of vm_run_fuzz: one byte script, one byte peer; then previous data and current data, each
// after its size in three bytes (little-endian); the rest are the call results. Any bytes are one: a
// size that is too large takes what is there.
struct RunInput {
  std::uint8_t script = 0;
  std::uint8_t peer = 0;
  base::Bytes previous;
  base::Bytes current;
  base::Bytes call_results;
};

inline RunInput read_run_input(base::ByteView bytes) {
  RunInput input;
  const auto take = [&](std::size_t size) {
    const base::ByteView taken = bytes.first(std::min(size, bytes.size()));
    bytes = bytes.subspan(taken.size());
    return taken;
  };
  const auto number = [&](std::size_t size) {
    std::size_t value = 0;
    const base::ByteView taken = take(size);
    for (std::size_t i = 0; i < taken.size(); ++i) value |= std::size_t{taken[i]} << (8 * i);
    return value;
  };
  input.script = static_cast<std::uint8_t>(number(1));
  input.peer = static_cast<std::uint8_t>(number(1));
  for (base::Bytes* data : {&input.previous, &input.current}) {
    const base::ByteView taken = take(number(3));
    data->assign(taken.begin(), taken.end());
  }
  input.call_results.assign(bytes.begin(), bytes.end());
  return input;
}

inline base::Bytes write_run_input(const RunInput& input) {
  base::Bytes out = {input.script, input.peer};
  for (const base::Bytes* data : {&input.previous, &input.current}) {
    for (int shift = 0; shift < 24; shift += 8)
      out.push_back(static_cast<base::Byte>(data->size() >> shift));
    out.insert(out.end(), data->begin(), data->end());
  }
  out.insert(out.end(), input.call_results.begin(), input.call_results.end());
  return out;
}

}  // namespace aqua::fuzz
