#include "net/multistream.h"

#include <algorithm>

#include "base/check.h"
#include "base/varint.h"
#include "net/protocols.h"

namespace aqua::net {

namespace {

constexpr std::string_view kNotAvailable = "na";

}  // namespace

void append_multistream_line(base::Bytes& out, std::string_view text) {
  base::append_varint(out, text.size() + 1);
  out.insert(out.end(), text.begin(), text.end());
  out.push_back('\n');
}

base::Result<std::optional<std::string_view>, MultistreamError> MultistreamLines::next(
    base::ByteView& rest, std::size_t line_bytes_max) {
  for (;;) {
    const auto length = base::read_varint(partial_, line_bytes_max);
    if (!length) {
      return std::unexpected(length.error() == base::VarintError::kTooLarge
                                 ? MultistreamError::kLineTooLong
                                 : MultistreamError::kMalformed);
    }
    // The length comes byte by byte, the text in one piece as far as it is there.
    const std::size_t wanted =
        *length ? (*length)->size_bytes + static_cast<std::size_t>((*length)->value)
                : partial_.size() + 1;
    if (*length && partial_.size() == wanted) {
      if ((*length)->value == 0 || partial_.back() != '\n') {
        return std::unexpected(MultistreamError::kMalformed);
      }
      line_ = std::move(partial_);
      partial_ = base::Bytes();
      const auto text = base::ByteView(line_).subspan((*length)->size_bytes);
      return base::as_text(text.first(text.size() - 1));
    }
    const std::size_t count = std::min(wanted - partial_.size(), rest.size());
    if (count == 0) return std::nullopt;
    partial_.insert(partial_.end(), rest.begin(),
                    rest.begin() + static_cast<std::ptrdiff_t>(count));
    rest = rest.subspan(count);
  }
}

base::Result<void, MultistreamError> MultistreamListener::on_bytes(
    base::ByteView& bytes, std::span<const std::string_view> protocols, const Limits& limits,
    base::Bytes& out) {
  while (!selected_) {
    const auto line = lines_.next(bytes, limits.protocol_line_bytes_max);
    if (!line) return std::unexpected(line.error());
    if (!*line) return {};
    if (!greeted_) {
      if (**line != kMultistreamProtocol) return std::unexpected(MultistreamError::kNoMultistream);
      greeted_ = true;
      append_multistream_line(out, kMultistreamProtocol);
      continue;
    }
    if (++proposals_ > limits.proposals_max)
      return std::unexpected(MultistreamError::kTooManyProposals);
    answer(**line, protocols, out);
  }
  return {};
}

void MultistreamListener::answer(std::string_view proposal,
                                 std::span<const std::string_view> protocols, base::Bytes& out) {
  const auto found = std::ranges::find(protocols, proposal);
  if (found == protocols.end()) {
    // So is "ls": what we speak is told by identify.
    append_multistream_line(out, kNotAvailable);
    return;
  }
  append_multistream_line(out, proposal);
  selected_ = static_cast<std::size_t>(found - protocols.begin());
}

void MultistreamDialer::start(base::Bytes& out) {
  AQUA_CHECK(!protocols_.empty(), "nothing to propose");
  append_multistream_line(out, kMultistreamProtocol);
  append_multistream_line(out, protocol());
}

base::Result<void, MultistreamError> MultistreamDialer::on_bytes(base::ByteView& bytes,
                                                                 const Limits& limits,
                                                                 base::Bytes& out) {
  while (outcome_ == Outcome::kWaiting) {
    const auto line = lines_.next(bytes, limits.protocol_line_bytes_max);
    if (!line) return std::unexpected(line.error());
    if (!*line) return {};
    if (!greeted_) {
      if (**line != kMultistreamProtocol) return std::unexpected(MultistreamError::kNoMultistream);
      greeted_ = true;
    } else if (**line == protocol()) {
      outcome_ = Outcome::kSelected;
    } else if (**line != kNotAvailable) {
      return std::unexpected(MultistreamError::kMalformed);
    } else if (proposed_ + 1 == protocols_.size()) {
      outcome_ = Outcome::kRefused;
    } else {
      ++proposed_;
      append_multistream_line(out, protocol());
    }
  }
  return {};
}

std::size_t MultistreamDialer::heap_bytes() const {
  std::size_t bytes = lines_.heap_bytes() + protocols_.capacity() * sizeof(std::string);
  for (const std::string& name : protocols_) bytes += name.capacity();
  return bytes;
}

}  // namespace aqua::net
