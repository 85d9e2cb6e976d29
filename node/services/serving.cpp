#include "node/services/serving.hpp"

#include <algorithm>

#include "common/wire/codec.hpp"
#include "node/services/room_rules.hpp"

namespace gavel {
namespace {

struct ViewRecord {
  Uid leader;
  std::vector<Uid> voters;
  GAVEL_FIELDS(leader, voters);
};

}  // namespace

bool Serving::change(const Context& context, const GroupView& view) {
  // Whoever leads from now on, the same as before too: there may have been nobody meanwhile.
  patience = context.time + kPatience;
  if (view.leader == leader && view.voters == nodes) return false;
  if (view.leader != leader) {
    leader = view.leader;
    since = context.slot;
  }
  nodes = view.voters;
  return true;
}

bool Serving::is_sound() const {
  return is_entry_time(patience) && std::is_sorted(nodes.begin(), nodes.end()) &&
         std::adjacent_find(nodes.begin(), nodes.end()) == nodes.end();
}

Digest fold(Digest before, const Context& context, const GroupView& view) {
  return fold(before, context, wire::encode(ViewRecord{view.leader, view.voters}), BytesView());
}

}  // namespace gavel
