// Who serves a group, as its service keeps it for those who ask: who leads, since which slot, and all who serve. A new
// leader does not hold against anybody that they were not heard while there was none: nobody's lease is over before
// everybody has had the time to say again that they are there.
#pragma once

#include <vector>

#include "common/base/group_view.hpp"
#include "common/base/ids.hpp"
#include "common/base/time.hpp"
#include "common/wire/fields.hpp"
#include "node/services/service.hpp"

namespace gavel {

/// After a change of leader nobody lapses for so long.
inline constexpr Duration kPatience = std::chrono::seconds(30);

struct Serving {
  Uid leader;
  Slot since;
  /// Ascending.
  std::vector<Uid> nodes;
  /// Nobody lapses before.
  WallTime patience;
  GAVEL_FIELDS(leader, since, nodes, patience);

  /// True if that is another leader, or others serve.
  bool change(const Context& context, const GroupView& view);
  /// What a snapshot from outside may not keep to.
  bool is_sound() const;
};

/// A view as a service's running digest takes it in.
Digest fold(Digest before, const Context& context, const GroupView& view);

}  // namespace gavel
