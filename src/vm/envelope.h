#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/bytes.h"
#include "base/result.h"
#include "vm/error_codes.h"

namespace aqua::vm {

// Versions that we write; the interpreter version tells readers which semantics made the data.
inline constexpr std::string_view kDataVersion = "0.17.2";
inline constexpr std::string_view kInterpreterVersion = "0.62.0";
// Data of an older interpreter is refused.
inline constexpr std::string_view kInterpreterVersionMin = "0.61.0";

struct Envelope {
  std::string_view data_version;
  std::string_view interpreter_version;
  base::ByteView inner_data;
};

// Views into `bytes`. Codes kEnvelope and kEnvelopeVersioned.
base::Result<Envelope, Failure> read_envelope(base::ByteView bytes);

// Code kVersion: data of this version is not understood.
base::Result<void, Failure> check_version(std::string_view interpreter_version);

// MessagePack before the inner data; the caller appends exactly `inner_size` bytes.
void write_envelope_head(base::Bytes& out, std::uint32_t inner_size);
// Size of what write_envelope_head() appends.
std::size_t envelope_head_size();

}  // namespace aqua::vm
