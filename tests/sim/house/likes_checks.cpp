#include "tests/sim/house/likes_checks.hpp"

#include <algorithm>
#include <string>

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {

std::int64_t LikesChecks::begins(std::uint32_t count) {
  possible_ += count;
  return known_.begin();
}

void LikesChecks::told(std::int64_t begun_at, std::uint32_t count, std::uint64_t total) {
  acknowledged_ += count;
  if (total < count) throw Violation(Invariant::exactly_once, "a total is less than the likes that were just counted");
  known_.command_ends(std::to_string(count) + " likes", begun_at + count - 1, static_cast<std::int64_t>(total));
  const auto before = total - count;
  const auto next = counted_.upper_bound(before);  // the first that ends behind where this one begins
  if (next != counted_.end() && next->second < total)
    throw Violation(Invariant::exactly_once, "likes " + std::to_string(before + 1) + " to " + std::to_string(total) +
                                                 " are counted again as " + std::to_string(next->second + 1) + " to " +
                                                 std::to_string(next->first));
  counted_.emplace(total, before);
}

void LikesChecks::read(std::int64_t begun_at, std::uint64_t total) {
  known_.read_ends(begun_at, static_cast<std::int64_t>(total), static_cast<std::int64_t>(possible_));
}

void LikesChecks::heard(std::size_t watcher, std::uint64_t total) {
  auto& last = heard_[watcher];
  if (total <= last)
    throw Violation(Invariant::total_order,
                    "a watcher hears of " + std::to_string(total) + " likes after " + std::to_string(last));
  if (total > total_)
    throw Violation(Invariant::total_order,
                    "a watcher hears of " + std::to_string(total) + " likes, and no replica has them");
  last = total;
}

void LikesChecks::holds(Uid node, std::uint64_t total) {
  if (total > possible_)
    throw Violation(Invariant::exactly_once, show(node) + " counts " + std::to_string(total) + " likes of " +
                                                 std::to_string(possible_) + " that there can be");
  total_ = std::max(total_, total);
}

void LikesChecks::ends_with(Uid node, std::uint64_t total) const {
  if (total < acknowledged_)
    throw Violation(Invariant::durability, show(node) + " counts " + std::to_string(total) + " likes, and " +
                                               std::to_string(acknowledged_) + " were acknowledged");
  if (total > possible_)
    throw Violation(Invariant::exactly_once, show(node) + " counts " + std::to_string(total) + " likes of " +
                                                 std::to_string(possible_) + " that there can be");
  if (total != total_)
    throw Violation(Invariant::total_order,
                    show(node) + " counts " + std::to_string(total) + " likes, another " + std::to_string(total_));
}

}  // namespace gavel::sim
