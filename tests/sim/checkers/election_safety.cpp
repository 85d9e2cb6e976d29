#include "tests/sim/checkers/election_safety.hpp"

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {

void ElectionSafety::leads(wire::Term term, wire::Member leader) {
  if (term.uid != leader.uid) throw Violation(Invariant::election_safety, show(leader.uid) + " leads in " + show(term));
  const auto [it, fresh] = leaders_.try_emplace(term, leader);
  if (!fresh && it->second != leader)
    throw Violation(Invariant::election_safety,
                    show(leader.uid) + " leads in " + show(term) + " in a second life (or two do)");
}

void ElectionSafety::holds(Slot slot, const wire::Entry& entry) {
  if (entry.kind == wire::EntryKind::view) {
    if (entry.owner != entry.term.uid)
      throw Violation(Invariant::election_safety, "the view of " + show(entry.term) + " is by " + show(entry.owner));
    const wire::View view{slot, entry.term, entry.rotation};
    const auto [it, fresh] = views_.try_emplace(entry.term, view);
    if (!fresh && it->second != view)
      throw Violation(Invariant::election_safety, "two views in " + show(entry.term) + ", one at slot " + print(slot));
    return;
  }
  const auto view = views_.find(entry.term);
  if (view == views_.end() || slot <= view->second.slot)
    throw Violation(Invariant::election_safety, "slot " + print(slot) + " of " + show(entry.term) + " has no view");
  const auto& rotation = view->second.rotation;
  const auto turn = (slot.since(view->second.slot) - 1) % rotation.size();
  if (rotation[turn].uid != entry.owner)
    throw Violation(Invariant::election_safety, "slot " + print(slot) + " of " + show(entry.term) + " is owned by " +
                                                    show(rotation[turn].uid) + " and filled by " + show(entry.owner));
}

}  // namespace gavel::sim
