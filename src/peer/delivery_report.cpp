#include "peer/delivery_report.h"

#include <algorithm>
#include <optional>

#include "base/msgpack.h"
#include "base/utf8.h"
#include "base/varint.h"

namespace aqua::peer {

namespace {

// Sets this signature apart from those of particles and of data.
constexpr std::string_view kSignedContext = "aqua-delivery-report:";
constexpr std::uint32_t kFieldCount = 9;
constexpr std::uint32_t kFieldsMax = 32;
constexpr std::size_t kWordBytesMax = 64;
constexpr std::size_t kIdBytesMax = 1024;

void write_fields(base::MsgpackWriter& writer, const DeliveryReport& report) {
  writer.text("particle");
  writer.binary(report.particle);
  writer.text("id");
  writer.text(report.particle_id);
  writer.text("reporter");
  writer.text(report.reporter);
  writer.text("from");
  writer.text(report.from);
  writer.text("to");
  writer.text(report.to);
  writer.text("why");
  writer.text(report.why);
  writer.text("detail");
  writer.text(report.detail);
  writer.text("at");
  writer.unsigned_integer(report.at_ms);
}

// All fields but the signature, as they are written.
base::Bytes signed_bytes(const DeliveryReport& report) {
  const base::ByteView context = base::as_bytes(kSignedContext);
  base::Bytes out(context.begin(), context.end());
  base::MsgpackWriter writer(out);
  writer.map_head(kFieldCount - 1);
  write_fields(writer, report);
  return out;
}

void cut(std::string& text, std::size_t size_bytes_max) {
  text.resize(base::utf8_prefix(text, size_bytes_max).size());
}

class FieldReader {
 public:
  explicit FieldReader(base::ByteView map) : reader_(map) {}

  base::Result<DeliveryReport, DeliveryReportError> run() {
    const auto count = reader_.map_head();
    if (!count || *count > kFieldsMax) return std::unexpected(DeliveryReportError::kMalformed);
    for (std::uint32_t i = 0; i < *count; ++i) {
      const auto key = reader_.text();
      if (!key || !read_field(*key)) return std::unexpected(DeliveryReportError::kMalformed);
    }
    if (!reader_.at_end()) return std::unexpected(DeliveryReportError::kMalformed);
    if (seen_ != kAllSeen) return std::unexpected(DeliveryReportError::kMissingField);
    return std::move(report_);
  }

 private:
  static constexpr std::uint32_t kAllSeen = (1u << kFieldCount) - 1;

  bool read_field(std::string_view key) {
    if (key == "particle") return seen(0) && read_signature(report_.particle);
    if (key == "id") return seen(1) && read_text(report_.particle_id, kIdBytesMax);
    if (key == "reporter") return seen(2) && read_text(report_.reporter, kWordBytesMax);
    if (key == "from") return seen(3) && read_text(report_.from, kWordBytesMax);
    if (key == "to") return seen(4) && read_text(report_.to, kIdBytesMax);
    if (key == "why") return seen(5) && read_text(report_.why, kWordBytesMax);
    if (key == "detail") return seen(6) && read_text(report_.detail, kDetailBytesMax);
    if (key == "at") return seen(7) && read_time();
    if (key == "signature") return seen(8) && read_signature(report_.signature);
    return reader_.skip();
  }

  // A key that comes twice is malformed.
  bool seen(std::uint32_t field) {
    const std::uint32_t bit = 1u << field;
    if ((seen_ & bit) != 0) return false;
    seen_ |= bit;
    return true;
  }
  bool read_text(std::string& out, std::size_t size_bytes_max) {
    const auto text = reader_.text();
    if (!text || text->size() > size_bytes_max) return false;
    out = *text;
    return true;
  }
  bool read_signature(crypto::Signature& out) {
    const auto bytes = reader_.binary();
    if (!bytes || bytes->size() != out.size()) return false;
    std::ranges::copy(*bytes, out.begin());
    return true;
  }
  bool read_time() {
    const auto number = reader_.integer();
    if (!number || *number < 0) return false;
    report_.at_ms = static_cast<std::uint64_t>(*number);
    return true;
  }

  base::MsgpackReader reader_;
  DeliveryReport report_;
  std::uint32_t seen_ = 0;
};

}  // namespace

void sign(DeliveryReport& report, const crypto::KeyPair& key) {
  report.reporter = key.peer_id();
  cut(report.particle_id, kIdBytesMax);
  cut(report.to, kIdBytesMax);
  cut(report.detail, kDetailBytesMax);
  report.signature = key.sign(signed_bytes(report));
}

bool has_valid_signature(const DeliveryReport& report) {
  if (report.reporter != report.from && report.reporter != report.to) return false;
  const auto key = crypto::public_key_of(report.reporter);
  return key && crypto::verify(*key, signed_bytes(report), report.signature);
}

void append_frame(base::Bytes& out, const DeliveryReport& report) {
  base::Bytes body;
  base::MsgpackWriter writer(body);
  writer.map_head(kFieldCount);
  write_fields(writer, report);
  writer.text("signature");
  writer.binary(report.signature);
  base::append_varint(out, body.size());
  out.insert(out.end(), body.begin(), body.end());
}

base::Result<DeliveryReport, DeliveryReportError> decode_delivery_report(base::ByteView frame) {
  const auto length = base::read_varint(frame, kDeliveryReportBytesMax);
  if (!length) {
    return std::unexpected(length.error() == base::VarintError::kTooLarge
                               ? DeliveryReportError::kTooLong
                               : DeliveryReportError::kMalformed);
  }
  if (!*length) return std::unexpected(DeliveryReportError::kTruncated);
  const base::ByteView body = frame.subspan((*length)->size_bytes);
  if (body.size() < (*length)->value) return std::unexpected(DeliveryReportError::kTruncated);
  if (body.size() > (*length)->value) return std::unexpected(DeliveryReportError::kMalformed);
  return FieldReader(body).run();
}

}  // namespace aqua::peer
