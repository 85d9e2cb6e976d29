#include "client/cli/replica_history.hpp"

#include "common/bus/clock.hpp"
#include "common/wire/services/auction_chain.hpp"

namespace gavel::cli {

ReplicaHistory ask_history(const Settings& settings, const directory::NodeRecord& node,
                           const directory::Auction& auction, Slot at_least) {
  ReplicaHistory replica;
  try {
    Connection connection(settings_for_one_node(settings), node.endpoints.client);
    const TimePoint deadline = bus::steady_now() + settings.timeout;
    for (;;) {
      const auto outcome = connection.local(auction.group, wire::encode_any(auction::Question(auction::AskShow{})));
      require_ok(outcome, "");
      replica.applied = outcome.slot;
      const auto answer = wire::decode_any<auction::Answer>(outcome.body);
      const auto* summary = answer ? std::get_if<auction::Summary>(&*answer) : nullptr;
      if (summary == nullptr) fail_with(Exit::internal, "its answer is not understood");
      replica.outcome = summary->outcome;
      if (outcome.slot >= at_least) break;
      if (bus::steady_now() >= deadline) {
        replica.trouble = "it is behind: slot " + std::to_string(at_least.value) + " is not applied";
        break;
      }
      connection.turn(bus::steady_now() + 20ms);
    }
    replica.bids = local_history(connection, auction.group).value;
    const auto chain = auction::verify_chain(auction.terms, replica.bids, replica.outcome);
    if (!chain && replica.trouble.empty()) replica.trouble = chain.error().message;
  } catch (const Failure& failure) {
    replica.trouble = failure.message;
  }
  return replica;
}

}  // namespace gavel::cli
