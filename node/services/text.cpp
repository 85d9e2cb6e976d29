#include "node/services/text.hpp"

#include <cstdint>
#include <cstring>
#include <optional>

#include "common/wire/services/directory_records.hpp"

namespace gavel {
namespace {

/// Bytes that a sequence with this first byte has; 0 if no sequence starts so.
std::size_t sequence_length(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  if (first >= 0xf0 && first < 0xf5) return 4;
  return 0;
}

/// Takes one code point off the front; nothing if what stands there is none.
std::optional<std::uint32_t> take_code_point(std::string_view& text) {
  constexpr std::uint32_t kLeast[] = {0, 0, 0x80, 0x800, 0x10000};
  const auto first = static_cast<unsigned char>(text.front());
  const std::size_t length = sequence_length(first);
  if (length == 0 || text.size() < length) return {};
  std::uint32_t point = length == 1 ? first : first & (0x7fU >> length);
  for (std::size_t i = 1; i < length; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0U) != 0x80U) return {};
    point = point << 6U | (byte & 0x3fU);
  }
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  if (point < kLeast[length] || point > 0x10ffff || surrogate) return {};
  text.remove_prefix(length);
  return point;
}

/// Control characters, those that turn the direction of what follows or break its line, and those that nobody sees. (A
/// joiner, U+200D, is seen in emoji.)
bool is_control(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7f && point <= 0x9f) || point == 0xad || point == 0x61c || point == 0x180e ||
         (point >= 0x200b && point <= 0x200f && point != 0x200d) || (point >= 0x2028 && point <= 0x202e) ||
         (point >= 0x2060 && point <= 0x2069) || point == 0xfeff;
}

/// How many printable ASCII letters there are at the front, in whole words of eight.
std::size_t printable_words(std::string_view text) {
  constexpr std::uint64_t kEach = 0x0101010101010101;
  constexpr std::uint64_t kTop = 0x80 * kEach;
  std::size_t at = 0;
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof word);
    // A letter's top bit stays clear, is set by what lifts ' ' over it, and is not set by what lifts DEL over it.
    const std::uint64_t low = word & ~kTop;
    const bool printable = ((word | ~(low + (0x80 - 0x20) * kEach) | (low + kEach)) & kTop) == 0;
    if (!printable) break;
  }
  return at;
}

}  // namespace

bool is_plain_text(std::string_view text, std::size_t min, std::size_t max) {
  if (text.size() < min || text.size() > max) return false;
  if (!text.empty() && (text.front() == ' ' || text.back() == ' ')) return false;
  text.remove_prefix(printable_words(text));
  while (!text.empty()) {
    const auto letter = static_cast<unsigned char>(text.front());
    if (letter >= 0x20 && letter < 0x7f) {  // most are
      text.remove_prefix(1);
      continue;
    }
    const auto point = take_code_point(text);
    if (!point || is_control(*point)) return false;
  }
  return true;
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 48;
  if (is_plain_text(text, 0, kShown)) return "'" + std::string(text) + "'";
  std::string shown;
  for (const char c : text.substr(0, kShown)) shown += c >= ' ' && c <= '~' ? c : '?';
  return "'" + shown + (text.size() > kShown ? "...'" : "'");
}

bool is_item_id(std::string_view id) {
  const auto is_letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (id.empty() || id.size() > directory::kMaxItemId || !is_letter(id.front()) || !is_letter(id.back())) return false;
  for (std::size_t i = 0; i < id.size(); ++i)
    if (!is_letter(id[i]) && (id[i] != '-' || id[i - 1] == '-')) return false;
  return true;
}

}  // namespace gavel
