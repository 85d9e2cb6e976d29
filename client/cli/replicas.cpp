// replicas: asks every node that serves an auction for its own history of accepted bids, checks each one's audit chain,
// and compares them. It is how an audit, the demonstration and the cluster tests know that nothing was lost or doubled.
#include "client/cli/commands.hpp"
#include "client/cli/group_view.hpp"
#include "client/cli/replica_history.hpp"
#include "client/cli/rows.hpp"
#include "common/base/print.hpp"
#include "common/wire/services/auction_chain.hpp"

namespace gavel::cli {
namespace {

struct Replica {
  const Surveyed* node = nullptr;
  ReplicaHistory history;
};

void replicas(Context& context, const std::string& id) {
  House& house = context.house();
  const auto auction = house.auction(id);
  const Slot now = house.reachable(auction, [&] { return house.show(auction); }).outcome.slot;
  const auto nodes = survey(house);
  std::vector<Replica> all;
  Row silent = Row::array();
  for (const Surveyed& one : nodes) {
    if (serving(one, auction.group) != nullptr) {
      all.emplace_back();
      all.back().node = &one;
    } else if (!one.report) {
      silent.push_back(one.node.name);
    }
  }
  at_once(all.size(), [&](std::size_t i) {
    auto& history = all[i].history;
    history = ask_history(context.settings, all[i].node->node, auction, now);
    // What was accepted since may have reached one node and not yet the other.
    std::erase_if(history.bids, [&](const auction::BidRecord& bid) { return bid.slot > now; });
  });

  Section section{"replicas",
                  {{"node", "NODE"},
                   {"role", "ROLE"},
                   {"applied", "APPLIED"},
                   {"count", "BIDS"},
                   {"digest", "DIGEST OF BIDS"},
                   {"trouble", "TROUBLE"}},
                  {},
                  "no node that answers serves " + auction.id};
  bool agree = !all.empty();
  for (const Replica& replica : all) {
    Section bids = history_section();
    for (const auto& bid : replica.history.bids) bids.rows.push_back(row(bid));
    const Digest digest =
        replica.history.bids.empty() ? auction::chain_start(auction.terms) : replica.history.bids.back().chain;
    const auto* status = serving(*replica.node, auction.group);
    section.rows.push_back({{"auction", auction.id},
                            {"node", replica.node->node.name},
                            {"uid", gavel::print(replica.node->node.uid)},
                            {"role", role_of(*status, replica.node->node.uid)},
                            {"applied", replica.history.applied.value},
                            {"count", replica.history.bids.size()},
                            {"digest", gavel::print(digest)},
                            {"trouble", replica.history.trouble.empty() ? Row() : Row(replica.history.trouble)},
                            {"outcome", replica.history.outcome ? row(*replica.history.outcome) : Row()},
                            {"bids", bids.rows}});
    agree = agree && replica.history.trouble.empty() && section.rows.back()["bids"] == section.rows.front()["bids"];
  }
  Output output = context.output();
  output.list(section);
  if (!silent.empty()) std::cerr << "gavel: no word from " << cell(silent) << '\n';
  if (!agree) fail_with(Exit::internal, "the replicas of " + auction.id + " do not agree, or not all answered");
  output.text("all " + std::to_string(all.size()) + " agree, as of slot " + std::to_string(now.value));
}

}  // namespace

void add_replicas_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("replicas",
                                     "Ask every node that serves an auction for its own history, and compare\n\n"
                                     "Examples:\n"
                                     "  gavel replicas lot-7\n"
                                     "  gavel replicas lot-7 -o json    with every bid");
  auto id = std::make_shared<std::string>();
  command->add_option("AUCTION", *id, "Its id, e.g. lot-7")->required();
  command->callback([&context, id] { context.action = [&context, id] { replicas(context, *id); }; });
}

}  // namespace gavel::cli
