// A picture of a group's ring: the voters by uid, each with an arrow to its successor, the highest wrapping round to
// the lowest (PROTOCOL.md §4). A token travels along the arrows.
#pragma once

#include <string>
#include <vector>

namespace gavel::cli {

struct RingMember {
  std::string label;  ///< name and role
  bool is_leader = false;
  bool is_gone = false;
};

/// `members` in ring order. Lines end with a newline; no line is wider than `width` columns, or else one member a line.
std::string draw_ring(const std::vector<RingMember>& members, std::size_t width);

}  // namespace gavel::cli
