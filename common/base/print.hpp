// How ids look to people: in notes, status tables and logs. Uids are hexadecimal; small ones, as tests use, stay small.
#pragma once

#include <string>

#include "common/base/ids.hpp"

namespace gavel {

inline std::string hex(std::uint64_t value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  do {
    out.insert(out.begin(), kDigits[value & 0xFU]);
    value >>= 4U;
  } while (value != 0);
  return out;
}

template <class Tag>
std::string print(Id<Tag> id) {
  return hex(id.value);
}
template <class Tag>
std::string print(Position<Tag> position) {
  return std::to_string(position.value);
}

}  // namespace gavel
