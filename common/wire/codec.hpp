// Encodes and decodes fielded aggregates. An aggregate is an array of exactly its fields (strict arity: neither short
// nor long is accepted); numbers are unsigned unless the field is signed; byte strings are `bin`; an optional is nil or
// its value; an enum is refused unless `is_known` accepts it. Decoding never throws, and keeps a pointer to its input
// only in a BytesView. It is tried the quick way first (take.hpp); what that does not take is parsed into a document,
// which has the last word.
#pragma once

#include <algorithm>
#include <concepts>
#include <limits>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/ids.hpp"
#include "common/base/result.hpp"
#include "common/base/rope.hpp"
#include "common/base/time.hpp"
#include "common/wire/fault.hpp"
#include "common/wire/fields.hpp"
#include "common/wire/limits.hpp"
#include "common/wire/msgpack.hpp"
#include "common/wire/take.hpp"

namespace gavel::wire {

// ---- encoding, one overload a type ------------------------------------------------------------------------------

inline void put(Writer& w, bool value) { w.boolean(value); }
template <std::unsigned_integral T>
requires(!std::same_as<T, bool>) void put(Writer& w, T value) { w.number(value); }
template <std::signed_integral T>
void put(Writer& w, T value) {
  w.signed_number(value);
}
template <class T>
requires std::is_enum_v<T>
void put(Writer& w, T value) { w.number(static_cast<std::uint64_t>(value)); }
template <class Tag>
void put(Writer& w, Id<Tag> value) {
  w.number(value.value);
}
template <class Tag>
void put(Writer& w, Position<Tag> value) {
  w.number(value.value);
}
inline void put(Writer& w, Duration value) { w.signed_number(value.count()); }
inline void put(Writer& w, WallTime value) { w.signed_number(value.micros); }
inline void put(Writer& w, const Bytes& value) { w.bin(value); }
inline void put(Writer& w, BytesView value) { w.bin(value); }
inline void put(Writer& w, const SharedBytes& value) { w.bin(value ? BytesView(*value) : BytesView()); }
inline void put(Writer& w, const Rope& value) { w.rope(value); }
template <class T>
void put(Writer& w, const std::optional<T>& value);
template <class T>
void put(Writer& w, const std::vector<T>& values);
template <Fielded T>
void put(Writer& w, const T& value) {
  value.visit_fields([&w](const auto&... field) {
    w.array(sizeof...(field));
    (put(w, field), ...);
  });
}
template <class T>
void put(Writer& w, const std::optional<T>& value) {
  if (value)
    put(w, *value);
  else
    w.nil();
}
template <class T>
void put(Writer& w, const std::vector<T>& values) {
  w.array(values.size());
  for (const auto& value : values) put(w, value);
}

// ---- decoding ---------------------------------------------------------------------------------------------------

inline bool get(Value v, bool& out, Fault& fault) {
  const auto value = v.boolean();
  if (!value) return fault.expected("true or false", v);
  out = *value;
  return true;
}
template <std::unsigned_integral T>
requires(!std::same_as<T, bool>) bool get(Value v, T& out, Fault& fault) {
  const auto value = v.number();
  if (!value) return fault.expected("a number of 0 or more", v);
  if (*value > std::numeric_limits<T>::max())
    return fault.expected("at most " + std::to_string(std::numeric_limits<T>::max()), v);
  out = static_cast<T>(*value);
  return true;
}
template <std::signed_integral T>
bool get(Value v, T& out, Fault& fault) {
  const auto value = v.signed_number();
  if (!value || *value > std::numeric_limits<T>::max() || *value < std::numeric_limits<T>::min())
    return fault.expected("a whole number within " + std::to_string(sizeof(T) * 8) + " bits", v);
  out = static_cast<T>(*value);
  return true;
}
template <class T>
requires std::is_enum_v<T>
bool get(Value v, T& out, Fault& fault) {
  std::underlying_type_t<T> raw{};
  if (!get(v, raw, fault)) return false;
  if (!is_known(static_cast<T>(raw)))
    return fault.set(std::to_string(raw) + " is no value of " + std::string(type_name<T>()));
  out = static_cast<T>(raw);
  return true;
}
template <class Tag>
bool get(Value v, Id<Tag>& out, Fault& fault) {
  return get(v, out.value, fault);
}
template <class Tag>
bool get(Value v, Position<Tag>& out, Fault& fault) {
  return get(v, out.value, fault);
}
inline bool get(Value v, Duration& out, Fault& fault) {
  std::int64_t micros = 0;
  if (!get(v, micros, fault)) return false;
  out = Duration(micros);
  return true;
}
inline bool get(Value v, WallTime& out, Fault& fault) { return get(v, out.micros, fault); }
inline bool get(Value v, Bytes& out, Fault& fault) {
  const auto value = v.bin();
  if (!value) return fault.expected("a byte string", v);
  out.assign(*value);
  return true;
}
inline bool get(Value v, BytesView& out, Fault& fault) {
  const auto value = v.bin();
  if (!value) return fault.expected("a byte string", v);
  out = *value;
  return true;
}
inline bool get(Value v, SharedBytes& out, Fault& fault) {
  const auto value = v.bin();
  if (!value) return fault.expected("a byte string", v);
  static const SharedBytes kEmpty = share({});
  out = value->empty() ? kEmpty : share(Bytes(*value));
  return true;
}
inline bool get(Value v, Rope& out, Fault& fault) {
  SharedBytes bytes;
  if (!get(v, bytes, fault)) return false;
  out = bytes;
  return true;
}
/// Room that an array gets before its first element was read.
inline constexpr std::size_t kReservedBytes = 4096;
template <class T>
bool get(Value v, std::optional<T>& out, Fault& fault);
template <class T>
bool get(Value v, std::vector<T>& out, Fault& fault);

/// Strict: neither short nor long is accepted.
inline bool has_arity(Value v, std::size_t expected, Fault& fault) {
  const auto elements = v.elements();
  if (!elements) return fault.expected("an array of " + std::to_string(expected) + " fields", v);
  if (*elements == expected) return true;
  return fault.set(std::to_string(expected) + " fields expected, " + std::to_string(*elements) + " found");
}

template <Fielded T>
bool get(Value v, T& out, Fault& fault) {
  return out.visit_fields([&](auto&... field) {
    if (!has_arity(v, sizeof...(field), fault)) return false;
    std::size_t index = 0;
    const bool all = ((get(v[index], field, fault) && ++index) && ...);
    return all || fault.within(field_name(T::kFieldNames, index));
  });
}
template <class T>
bool get(Value v, std::optional<T>& out, Fault& fault) {
  if (v.is_nil()) return out.reset(), true;
  return get(v, out.emplace(), fault);
}
template <class T>
bool get(Value v, std::vector<T>& out, Fault& fault) {
  const auto elements = v.elements();
  if (!elements) return fault.expected("an array", v);
  // What the header claims is not paid for before the elements turn out to be what they should.
  out.clear();
  out.reserve(std::min(*elements, kReservedBytes / sizeof(T) + 1));
  for (std::size_t i = 0; i < *elements; ++i)
    if (!get(v[i], out.emplace_back(), fault)) return fault.within(i);
  return true;
}

// ---- whole messages ---------------------------------------------------------------------------------------------

template <Fielded T>
void encode_to(Bytes& out, const T& message) {
  Writer writer(out);
  put(writer, message);
}
/// Room that most messages never outgrow.
inline constexpr std::size_t kUsualBytes = 240;
template <Fielded T>
Bytes encode(const T& message) {
  Bytes out;
  out.reserve(kUsualBytes);
  encode_to(out, message);
  return out;
}
/// The same bytes, of which the ropes' pieces in the message are shared.
template <Fielded T>
Rope encode_shared(const T& message) {
  RopeBuilder out;
  Writer writer(out);
  put(writer, message);
  return std::move(out).finish();
}

/// How large a T may be that stands by itself: its own kLimits, or as long as it is.
template <Fielded T>
constexpr Limits limits_of() {
  if constexpr (requires { T::kLimits; })
    return T::kLimits;
  else
    return kAtRest;
}

/// The last word on whether bytes are a T.
template <Fielded T>
Result<T> decode_by_document(BytesView bytes) {
  const auto document = Document::parse(bytes, limits_of<T>());
  if (!document) return tl::unexpected<Error>(document.error());
  Result<T> out{T{}};
  Fault fault;
  if (!get(document->root(), *out, fault)) {
    fault.within(type_name<T>());
    return fail(fault.what());
  }
  return out;
}
/// Error: names the field, what was expected there, and what was found.
template <Fielded T>
Result<T> decode(BytesView bytes) {
  Result<T> out{T{}};
  Cursor cursor(bytes, limits_of<T>());
  if (take(cursor, *out) && cursor.done()) return out;
  return decode_by_document<T>(bytes);
}

/// Decodes the body of kind `kind` into whichever alternative of `Variant` has that kind.
template <class Variant>
Result<Variant> decode_kind(std::uint64_t kind, Value body) {
  std::optional<Variant> out;
  std::string wrong = "kind " + std::to_string(kind) + " is not known here";
  const auto attempt = [&]<class T>(std::in_place_type_t<T> /*alternative*/) {
    if (T::kKind != kind) return;
    T message{};
    Fault fault;
    if (get(body, message, fault)) {
      out.emplace(std::in_place_type<T>, std::move(message));
    } else {
      fault.within(type_name<T>());
      wrong = "kind " + std::to_string(kind) + ", " + fault.what();
    }
  };
  [&]<class... T>(std::in_place_type_t<std::variant<T...>> /*variant*/) {
    (attempt(std::in_place_type<T>), ...);
  }(std::in_place_type<Variant>);
  if (!out) return fail(std::move(wrong));
  return *std::move(out);
}

/// A message that may be any of several: [kind, body].
template <class... T>
Bytes encode_any(const std::variant<T...>& message) {
  Bytes out;
  out.reserve(kUsualBytes);
  Writer writer(out);
  std::visit(
      [&writer](const auto& alternative) {
        writer.array(2);
        writer.number(std::remove_cvref_t<decltype(alternative)>::kKind);
        put(writer, alternative);
      },
      message);
  return out;
}
/// Whether bytes that should be [kind, body] say that they are one of these, without a look at the body: whom to hand
/// them to, which then decodes them.
template <class Variant>
bool claims_to_be(BytesView bytes) {
  const auto kind = claimed_kind(bytes);
  return [kind]<class... T>(std::in_place_type_t<std::variant<T...>> /*variant*/) {
    return kind && ((*kind == T::kKind) || ...);
  }(std::in_place_type<Variant>);
}
template <class Variant>
Result<Variant> decode_any_by_document(BytesView bytes) {
  const auto document = Document::parse(bytes);
  if (!document) return tl::unexpected<Error>(document.error());
  const auto root = document->root();
  if (root.elements() != 2) return fail("[kind, body] expected, " + root.found() + " found");
  const auto kind = root[0].number();
  if (!kind) return fail("kind: a number of 0 or more expected, " + root[0].found() + " found");
  return decode_kind<Variant>(*kind, root[1]);
}
template <class Variant>
Result<Variant> decode_any(BytesView bytes) {
  Cursor cursor(bytes);
  std::size_t elements = 0;
  std::uint64_t kind = 0;
  std::optional<Variant> out;
  const bool taken = cursor.array(elements) && elements == 2 && cursor.number(kind) && take_kind(cursor, kind, out);
  if (taken && cursor.done()) return *std::move(out);
  return decode_any_by_document<Variant>(bytes);
}

}  // namespace gavel::wire
