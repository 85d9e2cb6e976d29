#include "tests/sim/checkers/total_order.hpp"

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {
namespace {
[[noreturn]] void differs(Uid node, const std::string& what, Slot slot) {
  throw Violation(Invariant::total_order, show(node) + " " + what + " at slot " + print(slot));
}
}  // namespace

bool TotalOrder::applied(Uid node, Slot slot, const LogRecord& record, WallTime stamp) {
  if (slot <= last()) {
    if (decided_[slot.value - 1] != record) differs(node, "applies another entry", slot);
    return false;
  }
  if (slot != last().next()) differs(node, "skips to an entry", slot);
  if (!stamps_.empty() && stamp < stamps_.back()) differs(node, "lets entry time go back", slot);
  decided_.push_back(record);
  stamps_.push_back(stamp);
  return true;
}

void TotalOrder::executed(Uid node, Slot slot, const std::vector<Executed>& commands) {
  const auto [it, fresh] = executed_.try_emplace(slot, commands);
  if (!fresh && it->second != commands) differs(node, "executes other commands, or with other results,", slot);
}

void TotalOrder::state(Uid node, Slot slot, Digest digest) {
  const auto [it, fresh] = states_.try_emplace(slot, digest);
  if (!fresh && it->second != digest) differs(node, "is in another state", slot);
}

void TotalOrder::marked(Uid node, Slot slot, std::optional<Digest> digest) {
  const auto [it, fresh] = marks_.try_emplace(slot, digest);
  if (!fresh && it->second != digest) differs(node, "keeps another digest for a mark, or none,", slot);
}

void TotalOrder::happened(Uid node, Slot slot, std::uint32_t index, const Bytes& body) {
  const auto [it, fresh] = events_.try_emplace({slot, index}, body);
  if (!fresh && it->second != body) differs(node, "tells its watchers something else", slot);
}

}  // namespace gavel::sim
