#include "tests/sim/checkers/exactly_once.hpp"

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {

void ExactlyOnce::executed(const Bytes& operation, Slot slot, const Bytes& result) {
  const auto [it, fresh] = effects_.try_emplace(operation, Effect{slot, result});
  if (const auto early = foreseen_.find(operation); early != foreseen_.end()) {
    if (early->second != result)
      throw Violation(Invariant::exactly_once,
                      "'" + operation + "' gave '" + early->second + "' and then '" + result + "'");
    foreseen_.erase(early);
  }
  if (!fresh)
    throw Violation(Invariant::exactly_once, "'" + operation + "' takes effect at slot " + print(it->second.slot) +
                                                 " and again at slot " + print(slot));
}

void ExactlyOnce::foreseen(const Bytes& operation, const Bytes& result) {
  if (!effects_.contains(operation)) foreseen_.emplace(operation, result);
}

void ExactlyOnce::acknowledged(const Bytes& operation, const Bytes& result) const {
  const auto it = effects_.find(operation);
  const auto early = foreseen_.find(operation);
  if (it == effects_.end() && early != foreseen_.end() && early->second == result) return;
  if (it == effects_.end())
    throw Violation(Invariant::exactly_once, "'" + operation + "' is acknowledged and took no effect");
  if (it->second.result != result)
    throw Violation(Invariant::exactly_once,
                    "'" + operation + "' gave '" + it->second.result + "', and its client was told '" + result + "'");
}

}  // namespace gavel::sim
