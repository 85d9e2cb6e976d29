#include "tools/bench/peers/etcd_messages.hpp"

namespace gavel::peers::etcd {
namespace {

/// https://protobuf.dev/programming-guides/encoding: how a field's value follows its tag.
enum WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kLength = 2, kFixed32 = 5 };

constexpr unsigned kTypeBits = 3;
constexpr unsigned kVarintBits = 7;
constexpr std::uint8_t kMore = 0x80;

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= kMore; value >>= kVarintBits) out += static_cast<char>(value | kMore);
  out += static_cast<char>(value);
}

void append_bytes(std::string& out, unsigned field, std::string_view bytes) {
  append_varint(out, (field << kTypeBits) | kLength);
  append_varint(out, bytes.size());
  out += bytes;
}

std::optional<std::uint64_t> take_varint(std::string_view& in) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += kVarintBits) {
    const auto byte = static_cast<std::uint8_t>(in.front());
    in.remove_prefix(1);
    value |= static_cast<std::uint64_t>(byte & (kMore - 1U)) << shift;
    if (byte < kMore) return value;
  }
  return std::nullopt;
}

struct Field {
  std::uint64_t number = 0;
  std::uint64_t value = 0;  ///< of a varint
  std::string_view bytes;   ///< of anything else
};

std::optional<Field> take_field(std::string_view& in) {
  const auto tag = take_varint(in);
  if (!tag) return std::nullopt;
  Field field{*tag >> kTypeBits, 0, {}};
  std::uint64_t size = 0;
  switch (*tag & ((1U << kTypeBits) - 1)) {
    case kVarint: {
      const auto value = take_varint(in);
      if (!value) return std::nullopt;
      field.value = *value;
      return field;
    }
    case kLength: {
      const auto length = take_varint(in);
      if (!length) return std::nullopt;
      size = *length;
      break;
    }
    case kFixed64:
      size = sizeof(std::uint64_t);
      break;
    case kFixed32:
      size = sizeof(std::uint32_t);
      break;
    default:
      return std::nullopt;
  }
  if (size > in.size()) return std::nullopt;
  field.bytes = in.substr(0, size);
  in.remove_prefix(size);
  return field;
}

/// The varint of that number; 0, protobuf's default, if the message has none.
std::optional<std::uint64_t> find_number(std::string_view message, std::uint64_t number) {
  std::uint64_t found = 0;
  while (!message.empty()) {
    const auto field = take_field(message);
    if (!field) return std::nullopt;
    if (field->number == number) found = field->value;
  }
  return found;
}

}  // namespace

std::string put_request(std::string_view key, std::string_view value) {
  std::string out;
  out.reserve(key.size() + value.size() + 16);
  append_bytes(out, 1, key);
  append_bytes(out, 2, value);
  return out;
}

std::optional<Status> read_status(std::string_view bytes) {
  const auto leader = find_number(bytes, 4);
  if (!leader) return std::nullopt;
  Status status{0, *leader};
  while (!bytes.empty()) {
    const auto field = take_field(bytes);
    if (field->number != 1) continue;
    const auto member = find_number(field->bytes, 2);
    if (!member) return std::nullopt;
    status.member = *member;
  }
  return status;
}

}  // namespace gavel::peers::etcd
