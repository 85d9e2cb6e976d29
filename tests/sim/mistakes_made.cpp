#include "tests/sim/mistakes_made.hpp"

#include "common/order/mistakes.hpp"

namespace gavel::sim {

using order::broken;
using order::Mistake;

bool keeps_uid_without_disk() { return broken(Mistake::keep_uid); }
bool takes_damage_for_torn() { return broken(Mistake::rot_tail); }
bool computes_wildly() { return broken(Mistake::wild_state); }

}  // namespace gavel::sim
