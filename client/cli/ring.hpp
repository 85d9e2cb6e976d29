// A picture of a group's ring: the voters by uid, each with an arrow to its successor, the highest wrapping round to
// the lowest (PROTOCOL.md §4). A token travels along the arrows; a number on the arrow into a member says when its
// promise came, in the election that the leader won last.
#pragma once

#include <string>
#include <vector>

namespace gavel::cli {

struct RingMember {
  std::string label;
  bool is_leader = false;
  bool is_suspect = false;
  /// 1: the token came here first after it had set out, 2: next, ...; 0: it did not come here, or set out here.
  std::size_t step = 0;
};

/// `members` in ring order: a loop, the first half from left to right and the rest back below it, if that fits `width`
/// columns, or else one member a line. Leaders stand in [brackets], suspects in (parentheses). Lines end with a
/// newline.
std::string draw_ring(const std::vector<RingMember>& members, std::size_t width, bool coloured = false);

/// "last way of the token: n5 ─1─▶ n1 ─2─▶ n3 ─▶ home", on several lines if it is wider than `width`. Empty for no way.
std::string draw_way(const std::vector<std::string>& labels, std::size_t width, bool coloured = false);

}  // namespace gavel::cli
