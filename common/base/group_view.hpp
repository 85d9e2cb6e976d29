// Who serves a group, as its log has it: handed to the service in the total order, so that every replica and everybody
// who watches learns of a new leader between the same two commands (PROTOCOL.md §4, §6).
#pragma once

#include <vector>

#include "common/base/ids.hpp"

namespace gavel {

struct GroupView {
  Uid leader;
  std::vector<Uid> voters;  ///< ascending

  bool operator==(const GroupView&) const = default;
};

}  // namespace gavel
