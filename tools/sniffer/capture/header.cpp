#include "tools/sniffer/capture/header.hpp"

#include "common/wire/envelope.hpp"
#include "common/wire/tap_messages.hpp"

namespace gavel::sniffer {
namespace {

/// Reads MessagePack's numbers of 0 or more, byte strings and array heads, in any form that wire::open takes: the
/// shortest is ours, but a node that writes a longer one is to be counted like any other. Anything else ends it.
class Reader {
 public:
  explicit Reader(BytesView bytes) : rest_(bytes) {}

  std::optional<std::uint64_t> number() {
    const auto head = big_endian(1);
    if (!head || *head < 0x80) return head;
    if (*head >= 0xcc && *head <= 0xcf) return big_endian(std::size_t{1} << (*head - 0xcc));
    if (*head < 0xd0 || *head > 0xd3) return std::nullopt;
    const std::size_t bytes = std::size_t{1} << (*head - 0xd0);
    const auto value = big_endian(bytes);
    const bool negative = value && (*value >> (8 * bytes - 1)) != 0;
    return negative ? std::nullopt : value;
  }
  std::optional<BytesView> bin() {
    const auto head = big_endian(1);
    if (!head) return std::nullopt;
    std::optional<std::uint64_t> size;
    if (*head >= 0xc4 && *head <= 0xc6) size = big_endian(std::size_t{1} << (*head - 0xc4));
    if (!size || *size > rest_.size()) return std::nullopt;
    const auto taken = rest_.substr(0, *size);
    rest_.remove_prefix(*size);
    return taken;
  }
  std::optional<std::uint64_t> array() {
    const auto head = big_endian(1);
    if (!head) return std::nullopt;
    if (*head >= 0x90 && *head <= 0x9f) return *head & 0x0fU;
    if (*head != 0xdc && *head != 0xdd) return std::nullopt;
    return big_endian(*head == 0xdc ? 2 : 4);
  }

 private:
  std::optional<std::uint64_t> big_endian(std::size_t bytes) {
    if (rest_.size() < bytes) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes; ++i) value = value << 8U | static_cast<unsigned char>(rest_[i]);
    rest_.remove_prefix(bytes);
    return value;
  }

  BytesView rest_;
};

bool tells_published(std::uint64_t kind) {
  return kind == wire::Tapped::kKind || kind == wire::TappedClient::kKind || kind == wire::TapMark::kKind;
}

}  // namespace

std::optional<Header> peek(BytesView frame) {
  Reader reader(frame);
  if (reader.array() != 7 || reader.number() != wire::kProtocolVersion) return std::nullopt;
  const auto cluster = reader.bin();
  if (!cluster) return std::nullopt;
  const auto group = reader.number();
  const auto from = reader.number();
  const auto incarnation = reader.number();
  const auto kind = reader.number();
  if (!kind) return std::nullopt;  // after the first that fails, all fail or mean nothing
  if (!group || !from || !incarnation) return std::nullopt;
  Header header{*cluster, GroupId{*group}, Uid{*from}, Incarnation{*incarnation}, *kind, {}};
  if (tells_published(*kind) && reader.array()) header.published = reader.number();  // the first field of all three
  return header;
}

}  // namespace gavel::sniffer
