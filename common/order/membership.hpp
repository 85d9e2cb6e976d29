// Single-server membership change (PROTOCOL.md §6): from a configuration and a goal, the next configuration, at most
// one voter away. A pure function; when it may be proposed is Leadership's business.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "common/wire/order_types.hpp"

namespace gavel::order {

struct MembershipFacts {
  Uid self;
  std::function<bool(Uid)> heard;      ///< within the suspicion time
  std::function<bool(Uid)> caught_up;  ///< acks in the term, and is close to the last slot or keeps up with it
  std::size_t most_voters = SIZE_MAX;  ///< in passing too
};

/// Nothing if the goal is reached, or if the next step must wait (a learner that has not caught up, a removal before
/// its replacement came in or that would leave a configuration without a live majority). The leader never removes
/// itself: it hands over first.
std::optional<wire::Config> next_config(const wire::Config& now, const wire::Config& goal,
                                        const MembershipFacts& facts);

}  // namespace gavel::order
