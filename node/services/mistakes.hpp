// Deliberate mistakes of a house, as common/order/mistakes.hpp has them of the ordering core: for proving that the
// checkers of the simulator can fail. `broken(m)` is a constant false in every build but the mutants' (GAVEL_MUTANTS,
// used by tests/sim only), where it asks a switch: production code carries none of it.
#pragma once

namespace gavel::house {

#define GAVEL_HOUSE_MISTAKES(X)                                                                              \
  X(seats_twice, "a node without a free slot is given a seat")                                               \
  X(staffs_draining, "a draining node is given seats")                                                       \
  X(skips_replaced, "it is not written down that a founder lost its seat")                                   \
  X(shrinks_quietly, "a lost member is dropped although nobody can take its seat")                           \
  X(forgets_sold, "a sold item counts as unsold, and is offered again")                                      \
  X(keeps_slots, "an auction that ends gives its slots back to nobody")                                      \
  X(forgets_drain, "a drained node that is started again is back in the pool")                               \
  X(never_lost, "the manager calls nobody lost")                                                             \
  X(wipes_unseated, "a node without a seat wipes its replica while the auction runs")                        \
  X(acts_on_the_past, "a node that starts acts on what its disk knows of the directory, which may be over")  \
  X(late_founder_stays_away, "a founder that was replaced before it founded the group never does")           \
  X(founds_with_members, "a group is founded with the members of the moment, not with its founders")         \
  X(goal_of_former_reign, "a leader of an auction keeps the goal that it had, whatever the directory wants") \
  X(closes_unproposed, "nobody proposes an auction's end")                                                   \
  X(archives_anything, "an archive is made of a replica that has not seen the end")                          \
  X(likes_maxima, "a count is the highest that anybody has seen, not the sum")                               \
  X(names_twice, "a name is given out in a room that has it already")                                        \
  X(lines_renumbered, "a line gets the number of the one before")                                            \
  X(lapses_nobody, "who fell silent stays in the room for ever")                                             \
  X(calls_twice, "the auctioneer calls going once at every call that is proposed")                           \
  X(founds_with_voters, "a standing group is founded with the voters of the moment, not with its founders")  \
  X(standing_without_goal, "who leads a standing group leaves its members as they are")                      \
  X(hides_gaps, "a watcher that is behind what the gateway holds is not told of the gap")                    \
  X(keeps_first_count, "of events that replace each other a gateway keeps the first, and not the last")

enum class Mistake {
#define X(name, text) name,
  GAVEL_HOUSE_MISTAKES(X)
#undef X
      none
};

#ifdef GAVEL_MUTANTS
/// The one mistake that is switched on in this thread; set by the mutation tests.
Mistake& active_mistake();
inline bool broken(Mistake mistake) { return active_mistake() == mistake; }
#else
constexpr bool broken(Mistake /*mistake*/) { return false; }
#endif

}  // namespace gavel::house
