// Prints any message on one line, for notes, tests and the sniffer: "Ack{term=3.5, durable=17, …}". Terms are
// round.uid, ids hexadecimal, positions decimal, times in seconds since 1970. Long texts and arrays are shortened; byte
// strings that are no text show only their length, since what is inside may be a secret. Works on every value that a
// message can hold, well-formed or not, and throws nothing but bad_alloc.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "common/base/bytes.hpp"
#include "common/base/money.hpp"
#include "common/base/print.hpp"
#include "common/base/rope.hpp"
#include "common/base/time.hpp"
#include "common/wire/fields.hpp"
#include "common/wire/order_types.hpp"

namespace gavel::wire {

/// Elements of an array that are printed, and bytes of a text.
inline constexpr std::size_t kShownElements = 8;
inline constexpr std::size_t kShownText = 48;

std::string shown(BytesView bytes);
std::string shown(Duration duration);
std::string shown(WallTime time);

/// The enumerator's own name; its number if it has none below 32.
template <class E>
requires std::is_enum_v<E> std::string shown(E value);

inline std::string shown(bool value) { return value ? "true" : "false"; }
template <std::integral T>
requires(!std::same_as<T, bool>) std::string shown(T value) { return std::to_string(value); }
template <class Tag>
std::string shown(Id<Tag> id) {
  return print(id);
}
template <class Tag>
std::string shown(Position<Tag> position) {
  return print(position);
}
inline std::string shown(const Bytes& bytes) { return shown(BytesView(bytes)); }
inline std::string shown(const SharedBytes& bytes) { return bytes ? shown(BytesView(*bytes)) : "none"; }
inline std::string shown(const Rope& bytes) { return shown(BytesView(*bytes.joined())); }
inline std::string shown(const Term& term) { return std::to_string(term.round) + "." + print(term.uid); }
inline std::string shown(const Money& money) { return format(money); }
template <class T>
std::string shown(const std::optional<T>& value);
template <class T>
std::string shown(const std::vector<T>& values);

/// The fields between braces.
template <Fielded T>
std::string shown(const T& message) {
  std::string out = "{";
  message.visit_fields([&out](const auto&... field) {
    std::size_t index = 0;
    [[maybe_unused]] const auto one = [&](const auto& f) {  // unused by a message without fields
      if (index > 0) out += ", ";
      out += std::string(field_name(T::kFieldNames, index++)) + "=" + shown(f);
    };
    (one(field), ...);
  });
  return out + "}";
}
template <class T>
std::string shown(const std::optional<T>& value) {
  return value ? shown(*value) : "none";
}
template <class T>
std::string shown(const std::vector<T>& values) {
  std::string out = "[";
  for (std::size_t i = 0; i < std::min(values.size(), kShownElements); ++i)
    out += (i > 0 ? ", " : "") + shown(values[i]);
  if (values.size() > kShownElements) out += ", … " + std::to_string(values.size() - kShownElements) + " more";
  return out + "]";
}

namespace describing {

/// "gavel::wire::Role::leader" for an enumerator, "(gavel::wire::Role)9" for a number without one.
template <auto kValue>
constexpr std::string_view enumerator() {
  std::string_view name =
      __PRETTY_FUNCTION__;  // "... enumerator() [with auto kValue = gavel::wire::Role::leader; ...]"
  name.remove_prefix(name.find("kValue = ") + 9);
  name = name.substr(0, name.find_first_of(";]"));
  if (name.front() == '(') return {};
  const auto scope = name.rfind("::");
  return scope == std::string_view::npos ? name : name.substr(scope + 2);
}

template <class E, std::size_t... kIndex>
constexpr auto enumerators(std::index_sequence<kIndex...> /*indices*/) {
  return std::array<std::string_view, sizeof...(kIndex)>{enumerator<static_cast<E>(kIndex)>()...};
}

}  // namespace describing

template <class E>
requires std::is_enum_v<E> std::string shown(E value) {
  static constexpr auto kNames = describing::enumerators<E>(std::make_index_sequence<32>());
  const auto number = static_cast<std::uint64_t>(value);
  return number < kNames.size() && !kNames[number].empty() ? std::string(kNames[number]) : std::to_string(number);
}

/// The message's name and its fields.
template <Fielded T>
std::string describe(const T& message) {
  return std::string(type_name<T>()) + shown(message);
}
template <class... T>
std::string describe(const std::variant<T...>& message) {
  return std::visit([](const auto& alternative) { return describe(alternative); }, message);
}

}  // namespace gavel::wire
