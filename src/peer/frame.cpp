#include "peer/frame.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/msgpack.h"
#include "base/varint.h"

namespace aqua::peer {

namespace {

constexpr base::Byte kMsgpackCodec[] = {0x81, 0x04};  // varint 0x0201
constexpr std::uint32_t kFieldsMax = 64;              // keys of a map; more are not of a particle

std::unexpected<FrameError> fail(FrameError error) { return std::unexpected(error); }

FrameError as_frame_error(base::VarintError error) {
  return error == base::VarintError::kTooLarge ? FrameError::kTooLong : FrameError::kBadLength;
}

// Reads the fields of the map; what is missing stays empty.
class MapReader {
 public:
  explicit MapReader(base::ByteView map) : map_(map), reader_(map) {}

  base::Result<Message, FrameError> run() {
    const auto count = reader_.map_head();
    if (!count || *count > kFieldsMax) return fail(FrameError::kMalformed);
    for (std::uint32_t i = 0; i < *count; ++i) {
      const auto key = reader_.text();
      if (!key || !read_field(*key)) return fail(FrameError::kMalformed);
    }
    if (!reader_.at_end()) return fail(FrameError::kTrailingBytes);
    return message();
  }

 private:
  bool read_field(std::string_view key) {
    if (key == "action") return read_text(action_);
    if (key == "id") return read_text(id_);
    if (key == "init_peer_id") return read_text(init_peer_id_);
    if (key == "script") return read_text(script_);
    if (key == "timestamp") return read_number(timestamp_ms_);
    if (key == "ttl") return read_number(ttl_ms_);
    if (key == "signature") return read_bytes(signature_);
    if (key == "data") return read_bytes(data_);
    return reader_.skip();
  }

  bool read_text(std::optional<std::string_view>& out) {
    out = reader_.text();
    return out.has_value();
  }
  bool read_number(std::optional<std::uint64_t>& out) {
    const auto number = reader_.integer();
    if (!number || *number < 0) return false;
    out = static_cast<std::uint64_t>(*number);
    return true;
  }
  bool read_bytes(std::optional<base::Bytes>& out) {
    const std::size_t at = reader_.position();
    if (at >= map_.size()) return false;
    if (map_[at] >= 0xC4 && map_[at] <= 0xC6) {
      const auto bytes = reader_.binary();
      if (!bytes) return false;
      out.emplace(bytes->begin(), bytes->end());
      return true;
    }
    const auto count = reader_.array_head();
    if (!count || *count > map_.size() - reader_.position())
      return false;  // a byte takes a byte at least
    base::Bytes& bytes = out.emplace();
    bytes.reserve(*count);
    for (std::uint32_t i = 0; i < *count; ++i) {
      const auto byte = reader_.integer();
      if (!byte || *byte < 0 || *byte > 0xFF) return false;
      bytes.push_back(static_cast<base::Byte>(*byte));
    }
    return true;
  }

  base::Result<Message, FrameError> message() const {
    if (!action_) return fail(FrameError::kMissingField);
    if (*action_ == "Upgrade") return Upgrade{};
    if (*action_ != "Particle") return fail(FrameError::kUnknownAction);
    if (!id_ || !init_peer_id_ || !script_ || !timestamp_ms_ || !ttl_ms_ || !signature_ || !data_)
      return fail(FrameError::kMissingField);
    auto header = std::make_shared<ParticleHeader>();
    if (signature_->size() != header->signature.size() || *ttl_ms_ > UINT32_MAX)
      return fail(FrameError::kMalformed);
    header->id = *id_;
    header->init_peer_id = *init_peer_id_;
    header->timestamp_ms = *timestamp_ms_;
    header->ttl_ms = static_cast<std::uint32_t>(*ttl_ms_);
    header->script = *script_;
    std::ranges::copy(*signature_, header->signature.begin());
    return Particle{.header = std::move(header), .data = std::make_shared<base::Bytes>(*data_)};
  }

  base::ByteView map_;
  base::MsgpackReader reader_;
  std::optional<std::string_view> action_, id_, init_peer_id_, script_;
  std::optional<std::uint64_t> timestamp_ms_, ttl_ms_;
  std::optional<base::Bytes> signature_, data_;
};

}  // namespace

void append_frame(base::Bytes& out, const ParticleHeader& header, base::ByteView data) {
  base::Bytes body(std::begin(kMsgpackCodec), std::end(kMsgpackCodec));
  base::MsgpackWriter writer(body);
  writer.map_head(8);
  writer.text("action");
  writer.text("Particle");
  writer.text("id");
  writer.text(header.id);
  writer.text("init_peer_id");
  writer.text(header.init_peer_id);
  writer.text("timestamp");
  writer.unsigned_integer(header.timestamp_ms);
  writer.text("ttl");
  writer.unsigned_integer(header.ttl_ms);
  writer.text("script");
  writer.text(header.script);
  writer.text("signature");
  writer.binary(header.signature);
  writer.text("data");
  writer.binary(data);
  base::append_varint(out, body.size());
  out.insert(out.end(), body.begin(), body.end());
}

base::Result<std::optional<std::size_t>, FrameError> frame_size(base::ByteView bytes) {
  const auto length = base::read_varint(bytes, kFrameBytesMax);
  if (!length) return fail(as_frame_error(length.error()));
  if (!*length) return std::nullopt;
  return (*length)->size_bytes + static_cast<std::size_t>((*length)->value);
}

base::Result<Message, FrameError> decode_frame(base::ByteView frame) {
  const auto length = base::read_varint(frame, kFrameBytesMax);
  if (!length) return fail(as_frame_error(length.error()));
  if (!*length) return fail(FrameError::kTruncated);
  const base::ByteView body = frame.subspan((*length)->size_bytes);
  if (body.size() < (*length)->value) return fail(FrameError::kTruncated);
  if (body.size() > (*length)->value) return fail(FrameError::kTrailingBytes);
  if (body.size() < std::size(kMsgpackCodec) ||
      !std::ranges::equal(body.first(std::size(kMsgpackCodec)), kMsgpackCodec))
    return fail(FrameError::kUnknownCodec);
  return MapReader(body.subspan(std::size(kMsgpackCodec))).run();
}

}  // namespace aqua::peer
