// What is wrong with a message, and where: "Beat.ack.term: 2 fields expected, 3 found". Filled from the inside out, by
// the value that is wrong first and then by each field that surrounds it, so that well-formed messages pay nothing for
// it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "common/wire/msgpack.hpp"

namespace gavel::wire {

class Fault {
 public:
  /// Each returns false, for the caller to return.
  bool set(std::string what) {
    what_ = std::move(what);
    return false;
  }
  bool expected(std::string_view what, Value found) {
    return set(std::string(what) + " expected, " + found.found() + " found");
  }
  /// The surrounding field, or message.
  bool within(std::string_view name) {
    const bool joined = place_.empty() || place_.front() == '[';
    place_ = std::string(name) + (joined ? "" : ".") + place_;
    return false;
  }
  /// The surrounding array's element.
  bool within(std::size_t index) { return within("[" + std::to_string(index) + "]"); }

  std::string what() const { return place_.empty() ? what_ : place_ + ": " + what_; }

 private:
  std::string place_;
  std::string what_;
};

}  // namespace gavel::wire
