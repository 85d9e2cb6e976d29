// One field list per message. GAVEL_FIELDS names the members of an aggregate once; packing, arity checks, comparison of
// layouts and printing all follow from that list. Field order is the wire order and never changes within a version.
#pragma once

#include <string_view>
#include <tuple>

// Templates, so that a file which only passes a message on does not pay for taking it apart.
#define GAVEL_FIELDS(...)                                          \
  template <class Visitor>                                         \
  constexpr decltype(auto) visit_fields(Visitor&& visitor) {       \
    return visitor(__VA_ARGS__);                                   \
  }                                                                \
  template <class Visitor>                                         \
  constexpr decltype(auto) visit_fields(Visitor&& visitor) const { \
    return visitor(__VA_ARGS__);                                   \
  }                                                                \
  template <class = void>                                          \
  auto fields() {                                                  \
    return std::tie(__VA_ARGS__);                                  \
  }                                                                \
  template <class = void>                                          \
  auto fields() const {                                            \
    return std::tie(__VA_ARGS__);                                  \
  }                                                                \
  static constexpr std::string_view kFieldNames = #__VA_ARGS__

namespace gavel::wire {

/// Any aggregate that has a field list.
template <class T>
concept Fielded = requires {
  T::kFieldNames;
};

/// A fielded aggregate that can stand by itself on the wire, under its kind number (WIRE.md lists them; never reused).
template <class T>
concept Kinded = Fielded<T> && requires {
  T::kKind;
};

/// A type's own name, without its namespaces.
template <class T>
constexpr std::string_view type_name() {
  std::string_view name = __PRETTY_FUNCTION__;  // "... type_name() [with T = gavel::wire::Beat; ...]"
  name.remove_prefix(name.find("T = ") + 4);
  name = name.substr(0, name.find_first_of(";]"));
  const auto scope = name.rfind("::");
  return scope == std::string_view::npos ? name : name.substr(scope + 2);
}

/// The i-th name in a field list such as "term, slot, commit".
constexpr std::string_view field_name(std::string_view names, std::size_t index) {
  for (; index > 0; --index) {
    const auto comma = names.find(',');
    if (comma == std::string_view::npos) return {};
    names.remove_prefix(comma + 1);
  }
  names = names.substr(0, names.find(','));
  while (!names.empty() && names.front() == ' ') names.remove_prefix(1);
  while (!names.empty() && names.back() == ' ') names.remove_suffix(1);
  return names;
}

}  // namespace gavel::wire
