#include "common/wire/describe.hpp"

namespace gavel::wire {
namespace {

/// Bytes of the UTF-8 character that begins here, or 0 if none does or it is a control character.
std::size_t character_at(BytesView bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7f ? 1 : 0;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || bytes.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0U) != 0x80) return 0;
  return first == 0xc2 && byte(1) < 0xa0 ? 0 : length;
}

std::string with_point(std::uint64_t micros) {
  const std::string fraction = std::to_string(micros % 1'000'000);
  return std::to_string(micros / 1'000'000) + "." + std::string(6 - fraction.size(), '0') + fraction;
}

}  // namespace

std::string shown(BytesView bytes) {
  std::string out = "\"";
  bool cut = false;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = character_at(bytes.substr(at));
    if (length == 0) return "<" + std::to_string(bytes.size()) + " bytes>";
    cut = cut || at + length > kShownText;
    if (!cut) out += (bytes[at] == '"' || bytes[at] == '\\' ? "\\" : "") + std::string(bytes.substr(at, length));
    at += length;
  }
  return out + (cut ? "…\"" : "\"");
}

std::string shown(Duration duration) {
  const auto micros = duration.count();
  return micros % 1000 == 0 ? std::to_string(micros / 1000) + "ms" : std::to_string(micros) + "us";
}

std::string shown(WallTime time) {
  const auto micros = static_cast<std::uint64_t>(time.micros);
  return time.micros < 0 ? "-" + with_point(0 - micros) : with_point(micros);
}

}  // namespace gavel::wire
