#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "net/limits.h"

// multistream-select 1.0: lines, each a varint length, the text and a newline. Both sides begin with
// "/multistream/1.0.0"; then the dialer proposes a protocol, and the listener repeats it or says "na".

namespace aqua::net {

enum class MultistreamError : std::uint8_t {
  kLineTooLong,
  kMalformed,      // a length that is no varint, no newline at the end, an answer to nothing
  kNoMultistream,  // the first line is another one
  kTooManyProposals,
};

void append_multistream_line(base::Bytes& out, std::string_view text);

// Collects lines from pieces. Holds memory only between the pieces of one line.
class MultistreamLines {
 public:
  // Takes from `rest` what belongs to the next line. None: it goes on behind `rest`, which is empty now.
  // The text, without its newline, is valid until the next call.
  base::Result<std::optional<std::string_view>, MultistreamError> next(base::ByteView& rest,
                                                                       std::size_t line_bytes_max);
  std::size_t heap_bytes() const { return partial_.capacity() + line_.capacity(); }

 private:
  base::Bytes partial_;
  base::Bytes line_;
};

// The side that answers.
class MultistreamListener {
 public:
  // Takes from `bytes` what belongs to the negotiation and appends the answers to `out`. Once a protocol is
  // selected, the rest of `bytes` is of that protocol.
  base::Result<void, MultistreamError> on_bytes(base::ByteView& bytes,
                                                std::span<const std::string_view> protocols,
                                                const Limits& limits, base::Bytes& out);
  // An index of `protocols`.
  std::optional<std::size_t> selected() const { return selected_; }
  std::size_t heap_bytes() const { return lines_.heap_bytes(); }

 private:
  void answer(std::string_view proposal, std::span<const std::string_view> protocols,
              base::Bytes& out);

  MultistreamLines lines_;
  bool greeted_ = false;
  std::size_t proposals_ = 0;
  std::optional<std::size_t> selected_;
};

// The side that proposes, in the order of its list.
class MultistreamDialer {
 public:
  enum class Outcome : std::uint8_t { kWaiting, kSelected, kRefused };

  // Not empty.
  explicit MultistreamDialer(std::vector<std::string> protocols)
      : protocols_(std::move(protocols)) {}

  // The first line and the first proposal in one go.
  void start(base::Bytes& out);
  // As for the listener. After kRefused nothing more is taken.
  base::Result<void, MultistreamError> on_bytes(base::ByteView& bytes, const Limits& limits,
                                                base::Bytes& out);

  Outcome outcome() const { return outcome_; }
  // What is proposed now, was selected, or was refused last.
  const std::string& protocol() const { return protocols_[proposed_]; }
  std::size_t heap_bytes() const;

 private:
  MultistreamLines lines_;
  std::vector<std::string> protocols_;
  std::size_t proposed_ = 0;
  bool greeted_ = false;
  Outcome outcome_ = Outcome::kWaiting;
};

}  // namespace aqua::net
