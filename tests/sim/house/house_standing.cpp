#include "tests/sim/house/house_standing.hpp"

#include "tests/sim/print.hpp"

namespace gavel::sim {

std::optional<GroupId> HouseStanding::group_for(HouseClient& client, const std::string& name) {
  const auto known = known_.find({client.index, name});
  if (known != known_.end()) return known->second;
  if (!asked_.emplace(client.index, name).second) return {};
  const directory::Command open = directory::OpenStanding{name};
  calls_.command(client, kDirectoryGroup, wire::encode_any(open), [this, &client, name](const auto& outcome) {
    asked_.erase({client.index, name});
    if (outcome.kind == client::OutcomeKind::ok) on_reply(client.index, reply_in<directory::Reply>(outcome));
  });
  return {};
}

void HouseStanding::on_reply(std::size_t client, const directory::Reply& reply) {
  const auto* opened = std::get_if<directory::StandingOpened>(&reply);
  if (opened == nullptr) {
    const auto* refused = std::get_if<directory::Refused>(&reply);
    const bool nobody = refused != nullptr && refused->refusal == directory::Refusal::no_free_node;
    if (!nobody) throw Violation(Invariant::contract, "a standing service is not opened");
    return;
  }
  const auto& standing = opened->standing;
  const bool first = world_.checks.standing_opened(standing);
  known_.emplace(std::pair(client, standing.name), standing.group);
  if (!first) return;
  world_.narrator.say("the " + standing.name + " is opened, in group " + print(standing.group));
  if (on_opened) on_opened(standing);
}

}  // namespace gavel::sim
