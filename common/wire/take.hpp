// Takes the fields of a message from a cursor: the quick way to decode, one overload a type. False: the document has to
// decide (codec.hpp), and what was taken until then is worthless.
#pragma once

#include <algorithm>
#include <concepts>
#include <limits>
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"
#include "common/base/rope.hpp"
#include "common/base/time.hpp"
#include "common/wire/cursor.hpp"
#include "common/wire/fields.hpp"

namespace gavel::wire {

inline bool take(Cursor& from, bool& out) { return from.boolean(out); }
template <std::unsigned_integral T>
requires(!std::same_as<T, bool>) bool take(Cursor& from, T& out) {
  std::uint64_t value = 0;
  if (!from.number(value) || value > std::numeric_limits<T>::max()) return false;
  out = static_cast<T>(value);
  return true;
}
template <std::signed_integral T>
bool take(Cursor& from, T& out) {
  std::int64_t value = 0;
  if (!from.signed_number(value)) return false;
  if (value > std::numeric_limits<T>::max() || value < std::numeric_limits<T>::min()) return false;
  out = static_cast<T>(value);
  return true;
}
template <class T>
requires std::is_enum_v<T>
bool take(Cursor& from, T& out) {
  std::underlying_type_t<T> raw{};
  if (!take(from, raw) || !is_known(static_cast<T>(raw))) return false;
  out = static_cast<T>(raw);
  return true;
}
template <class Tag>
bool take(Cursor& from, Id<Tag>& out) {
  return from.number(out.value);
}
template <class Tag>
bool take(Cursor& from, Position<Tag>& out) {
  return from.number(out.value);
}
inline bool take(Cursor& from, Duration& out) {
  std::int64_t micros = 0;
  if (!from.signed_number(micros)) return false;
  out = Duration(micros);
  return true;
}
inline bool take(Cursor& from, WallTime& out) { return from.signed_number(out.micros); }
inline bool take(Cursor& from, BytesView& out) { return from.bin(out); }
inline bool take(Cursor& from, Bytes& out) {
  BytesView bytes;
  if (!from.bin(bytes)) return false;
  out.assign(bytes);
  return true;
}
inline bool take(Cursor& from, SharedBytes& out) {
  BytesView bytes;
  if (!from.bin(bytes)) return false;
  static const SharedBytes kEmpty = share({});
  out = bytes.empty() ? kEmpty : share(Bytes(bytes));
  return true;
}
inline bool take(Cursor& from, Rope& out) {
  SharedBytes bytes;
  if (!take(from, bytes)) return false;
  out = bytes;
  return true;
}
template <class T>
bool take(Cursor& from, std::optional<T>& out);
template <class T>
bool take(Cursor& from, std::vector<T>& out);

template <Fielded T>
bool take(Cursor& from, T& out) {
  return out.visit_fields([&from](auto&... field) {
    std::size_t elements = 0;
    return from.array(elements) && elements == sizeof...(field) && (take(from, field) && ...);
  });
}
template <class T>
bool take(Cursor& from, std::optional<T>& out) {
  if (from.nil()) return out.reset(), true;
  return take(from, out.emplace());
}
template <class T>
bool take(Cursor& from, std::vector<T>& out) {
  std::size_t elements = 0;
  if (!from.array(elements)) return false;
  // What the header claims is paid for as far as the bytes that follow may bear it out.
  constexpr std::size_t kBytesOfMost = 8;
  out.clear();
  out.reserve(std::min(elements, from.left() / kBytesOfMost + 1));
  for (std::size_t i = 0; i < elements; ++i)
    if (!take(from, out.emplace_back())) return false;
  return true;
}

/// The body of kind `kind`, into whichever alternative of the variant has that kind.
template <class... T>
bool take_kind(Cursor& from, std::uint64_t kind, std::optional<std::variant<T...>>& out) {
  const auto attempt = [&]<class One>(std::in_place_type_t<One> alternative) {
    if (One::kKind != kind) return false;
    return take(from, std::get<One>(out.emplace(alternative)));
  };
  return (attempt(std::in_place_type<T>) || ...);
}

}  // namespace gavel::wire
