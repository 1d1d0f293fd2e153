#include "node/address_exchange.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/msgpack.h"
#include "base/varint.h"

namespace aqua::node {

namespace {

constexpr std::uint32_t kKeysMax = 16;

void append_body(base::Bytes& out, const base::Bytes& body) {
  base::append_varint(out, body.size());
  out.insert(out.end(), body.begin(), body.end());
}

base::Result<base::ByteView, ExchangeError> body_of(base::ByteView frame) {
  const auto length = base::read_varint(frame, kExchangeBytesMax);
  if (!length) {
    return std::unexpected(length.error() == base::VarintError::kTooLarge
                               ? ExchangeError::kTooLong
                               : ExchangeError::kMalformed);
  }
  if (!*length) return std::unexpected(ExchangeError::kTruncated);
  const base::ByteView body = frame.subspan((*length)->size_bytes);
  if (body.size() < (*length)->value) return std::unexpected(ExchangeError::kTruncated);
  if (body.size() > (*length)->value) return std::unexpected(ExchangeError::kMalformed);
  return body;
}

std::optional<std::vector<std::string>> read_texts(base::MsgpackReader& reader,
                                                   std::size_t count_max, std::size_t size_max) {
  const auto count = reader.array_head();
  if (!count || *count > count_max) return std::nullopt;
  std::vector<std::string> texts;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto text = reader.text();
    if (!text || text->size() > size_max) return std::nullopt;
    texts.emplace_back(*text);
  }
  return texts;
}

// Calls `read` with the reader at the value of `wanted`; all else is skipped.
template <class Read>
bool read_map(base::MsgpackReader& reader, std::string_view wanted, Read&& read) {
  const auto count = reader.map_head();
  if (!count || *count > kKeysMax) return false;
  for (std::uint32_t i = 0; i < *count; ++i) {
    const auto key = reader.text();
    if (!key) return false;
    if (*key == wanted ? !read() : !reader.skip()) return false;
  }
  return reader.at_end();
}

}  // namespace

void append_frame(base::Bytes& out, const AddressQuestion& question) {
  base::Bytes body;
  base::MsgpackWriter writer(body);
  const std::size_t count = std::min(question.peers.size(), kAskedPeersMax);
  writer.map_head(1);
  writer.text("ask");
  writer.array_head(static_cast<std::uint32_t>(count));
  for (std::size_t i = 0; i < count; ++i) writer.text(question.peers[i]);
  append_body(out, body);
}

void append_frame(base::Bytes& out, const AddressAnswer& answer) {
  base::Bytes body;
  base::MsgpackWriter writer(body);
  const std::size_t count = std::min(answer.peers.size(), kToldPeersMax);
  writer.map_head(1);
  writer.text("peers");
  writer.map_head(static_cast<std::uint32_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    const KnownPeer& peer = answer.peers[i];
    std::vector<std::string_view> told;
    for (const std::string& address : peer.addresses) {
      if (told.size() < kToldAddressesMax && address.size() <= kAddressBytesMax)
        told.push_back(address);
    }
    writer.text(peer.peer_id);
    writer.array_head(static_cast<std::uint32_t>(told.size()));
    for (const std::string_view address : told) writer.text(address);
  }
  append_body(out, body);
}

base::Result<AddressQuestion, ExchangeError> decode_question(base::ByteView frame) {
  const auto body = body_of(frame);
  if (!body) return std::unexpected(body.error());
  base::MsgpackReader reader(*body);
  AddressQuestion question;
  const bool is_good = read_map(reader, "ask", [&] {
    auto peers = read_texts(reader, kAskedPeersMax, kPeerIdBytesMax);
    if (peers) question.peers = std::move(*peers);
    return peers.has_value();
  });
  if (!is_good) return std::unexpected(ExchangeError::kMalformed);
  return question;
}

base::Result<AddressAnswer, ExchangeError> decode_answer(base::ByteView frame) {
  const auto body = body_of(frame);
  if (!body) return std::unexpected(body.error());
  base::MsgpackReader reader(*body);
  AddressAnswer answer;
  const bool is_good = read_map(reader, "peers", [&] {
    const auto count = reader.map_head();
    if (!count || *count > kToldPeersMax) return false;
    answer.peers.clear();
    for (std::uint32_t i = 0; i < *count; ++i) {
      const auto peer_id = reader.text();
      if (!peer_id || peer_id->size() > kPeerIdBytesMax) return false;
      auto addresses = read_texts(reader, kToldAddressesMax, kAddressBytesMax);
      if (!addresses) return false;
      answer.peers.push_back({std::string(*peer_id), std::move(*addresses)});
    }
    return true;
  });
  if (!is_good) return std::unexpected(ExchangeError::kMalformed);
  return answer;
}

}  // namespace aqua::node
