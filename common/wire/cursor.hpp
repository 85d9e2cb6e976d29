// Reads msgpack values where they lie, one after the other, without building anything. It takes what the Writer of this
// project writes and refuses the rest without a word: whoever reads falls back on a Document then, which decides
// whether the bytes are good and says what is wrong with them. So a cursor never accepts what a document would refuse;
// that it refuses more costs time alone (tests/property holds the two against each other).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "common/base/bytes.hpp"
#include "common/wire/limits.hpp"

namespace gavel::wire {

class Cursor {
 public:
  explicit Cursor(BytesView bytes, Limits limits = {})
      : at_(bytes.data()),
        end_(bytes.data() + bytes.size()),
        elements_(limits.elements),
        left_(std::min(bytes.size(), limits.values)) {
    if (left_ > 0) --left_;  // the outermost value
  }

  // Each takes the next value, if that is one of its kind.
  bool array(std::size_t& elements);
  bool number(std::uint64_t& value);
  bool signed_number(std::int64_t& value);
  bool boolean(bool& value);
  bool nil();
  /// Into the bytes.
  bool bin(BytesView& value);
  /// Takes one value, whatever it is, with all that it holds.
  bool skip();

  bool done() const { return at_ == end_; }
  std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

 private:
  int peek() const { return at_ == end_ ? -1 : static_cast<unsigned char>(*at_); }
  /// A big-endian number of so many bytes after the head.
  bool tail(std::size_t size, std::uint64_t& value);
  bool at_array() const;
  /// Takes one value without its elements, of which there are so many.
  bool skip_head(std::size_t& elements);

  const char* at_;
  const char* end_;
  std::size_t elements_;
  std::size_t left_;  ///< values that may still follow
};

inline bool Cursor::tail(std::size_t size, std::uint64_t& value) {
  if (left() < size + 1) return false;
  ++at_;
  value = 0;
  for (std::size_t i = 0; i < size; ++i) value = value << 8U | static_cast<unsigned char>(*at_++);
  return true;
}

inline bool Cursor::array(std::size_t& elements) {
  const int head = peek();
  std::uint64_t claimed = 0;
  if (head >= 0x90 && head <= 0x9f) {
    claimed = static_cast<std::uint64_t>(head & 0x0f);
    ++at_;
  } else if (head == 0xdc ? !tail(2, claimed) : head != 0xdd || !tail(4, claimed)) {
    return false;
  }
  if (claimed > elements_ || claimed > left_) return false;
  left_ -= claimed;
  elements = claimed;
  return true;
}

inline bool Cursor::number(std::uint64_t& value) {
  const int head = peek();
  if (head >= 0 && head < 0x80) {
    value = static_cast<std::uint64_t>(head);
    ++at_;
    return true;
  }
  return head >= 0xcc && head <= 0xcf && tail(std::size_t{1} << static_cast<unsigned>(head - 0xcc), value);
}

inline bool Cursor::signed_number(std::int64_t& value) {
  const int head = peek();
  if (head >= 0xe0) {
    value = head - 0x100;
    ++at_;
    return true;
  }
  std::uint64_t raw = 0;
  if (head >= 0xd0 && head <= 0xd3) {
    const auto size = std::size_t{1} << static_cast<unsigned>(head - 0xd0);
    if (!tail(size, raw)) return false;
    const auto unused = static_cast<unsigned>(64 - 8 * size);
    value = static_cast<std::int64_t>(raw << unused) >> unused;
    return true;
  }
  if (!number(raw) || raw > INT64_MAX) return false;
  value = static_cast<std::int64_t>(raw);
  return true;
}

inline bool Cursor::boolean(bool& value) {
  const int head = peek();
  if (head != 0xc2 && head != 0xc3) return false;
  value = head == 0xc3;
  ++at_;
  return true;
}

inline bool Cursor::nil() {
  if (peek() != 0xc0) return false;
  ++at_;
  return true;
}

inline bool Cursor::bin(BytesView& value) {
  const int head = peek();
  std::uint64_t size = 0;
  if (head < 0xc4 || head > 0xc6 || !tail(std::size_t{1} << static_cast<unsigned>(head - 0xc4), size)) return false;
  if (size > left()) return false;
  value = BytesView(at_, size);
  at_ += size;
  return true;
}

inline bool Cursor::at_array() const {
  const int head = peek();
  return (head >= 0x90 && head <= 0x9f) || head == 0xdc || head == 0xdd;
}

inline bool Cursor::skip_head(std::size_t& elements) {
  elements = 0;
  if (at_array()) return array(elements);
  const int head = peek();
  BytesView bytes;
  std::int64_t number = 0;
  if (head < 0) return false;
  if (head == 0xc0 || head == 0xc2 || head == 0xc3) return ++at_, true;
  if (head >= 0xc4 && head <= 0xc6) return bin(bytes);
  if (head == 0xcf) {
    std::uint64_t any = 0;
    return tail(8, any);
  }
  return signed_number(number);
}

inline bool Cursor::skip() {
  std::array<std::size_t, kMaxDepth> open{};  // elements that follow, of each array that is open
  std::size_t depth = 0;
  do {
    if (depth > 0) --open[depth - 1];
    std::size_t elements = 0;
    if ((depth == kMaxDepth && at_array()) || !skip_head(elements)) return false;
    if (elements > 0) open[depth++] = elements;
    while (depth > 0 && open[depth - 1] == 0) --depth;
  } while (depth > 0);
  return true;
}

}  // namespace gavel::wire
