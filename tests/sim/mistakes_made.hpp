// The deliberate mistakes that are the world's to make, not the ordering core's (common/order/mistakes.hpp). Only this
// file's implementation is compiled anew for the mutants: the rest of the simulator is the same in both.
#pragma once

namespace gavel::sim {

/// keep_uid: a node whose disk was lost goes on under its uid.
bool keeps_uid_without_disk();
/// rot_tail: a store takes a damaged last record for a torn write, and cuts it.
bool takes_damage_for_torn();
/// wild_state: every other node's state machine computes something else now and then.
bool computes_wildly();

}  // namespace gavel::sim
