// The layout of messages in the words of WIRE.md's tables, from their field lists.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/base/money.hpp"
#include "common/wire/codec.hpp"
#include "common/wire/describe.hpp"

namespace gavel::wire {

/// What "Term" or "Role" stands for, for all types that are met on the way; services may give the same name to types of
/// their own.
using Types = std::set<std::pair<std::string, std::string>>;

template <class T>
struct TagOf;
template <class Tag>
struct TagOf<Id<Tag>> {
  using type = Tag;
};
template <class Tag>
struct TagOf<Position<Tag>> {
  using type = Tag;
};
template <class T>
struct ElementOf;
template <class T>
struct ElementOf<std::optional<T>> {
  using type = T;
  static constexpr char kMark = '?';
};
template <class T>
struct ElementOf<std::vector<T>> {
  using type = T;
  static constexpr char kMark = '*';
};

template <class T>
std::string layout_of(Types& types);

/// How a field of type T is written down.
template <class T>
std::string word_for(Types& types) {
  if constexpr (std::same_as<T, bool>) {
    return "bool";
  } else if constexpr (std::is_enum_v<T>) {
    std::string words;
    for (std::uint8_t i = 0; i < 32; ++i)
      if (is_known(static_cast<T>(i)))
        words += (words.empty() ? "" : ", ") + std::to_string(i) + " " + shown(static_cast<T>(i));
    types.emplace(type_name<T>(), words);
    return std::string(type_name<T>());
  } else if constexpr (std::integral<T>) {
    return (std::unsigned_integral<T> ? "u" : "i") + std::to_string(8 * sizeof(T));
  } else if constexpr (requires { typename TagOf<T>::type; }) {
    std::string word(type_name<typename TagOf<T>::type>());
    word.resize(word.size() - 3);
    word.front() = static_cast<char>(word.front() - 'A' + 'a');
    return word;
  } else if constexpr (requires { typename ElementOf<T>::type; }) {
    return word_for<typename ElementOf<T>::type>(types) + ElementOf<T>::kMark;
  } else if constexpr (std::same_as<T, Duration>) {
    return "micros";
  } else if constexpr (std::same_as<T, WallTime>) {
    return "time";
  } else if constexpr (std::same_as<T, Money>) {
    return "money";
  } else if constexpr (Fielded<T>) {
    if constexpr (!Kinded<T>) types.emplace(type_name<T>(), layout_of<T>(types));
    return std::string(type_name<T>());
  } else {
    return "bin";
  }
}

/// "[term: Term, entries: Entry*]"
template <class T>
std::string layout_of(Types& types) {
  std::string out = "[";
  [&]<class... Field>(std::type_identity<std::tuple<Field...>>) {
    std::size_t index = 0;
    [[maybe_unused]] const auto one = [&](const std::string& word) {
      out += (index > 0 ? ", " : "") + std::string(field_name(T::kFieldNames, index)) + ": " + word;
      ++index;
    };
    (one(word_for<std::remove_cvref_t<Field>>(types)), ...);
  }(std::type_identity<decltype(std::declval<T&>().fields())>{});
  return out + "]";
}

}  // namespace gavel::wire
