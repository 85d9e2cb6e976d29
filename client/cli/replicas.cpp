// replicas: asks every node that serves an auction for its own history of accepted bids, checks each one's audit chain,
// and compares them. It is how an audit, the demonstration and the cluster tests know that nothing was lost or doubled.
#include "client/cli/commands.hpp"
#include "client/cli/rows.hpp"
#include "client/cli/survey.hpp"
#include "common/base/print.hpp"
#include "common/bus/clock.hpp"
#include "common/wire/services/auction_chain.hpp"

namespace gavel::cli {
namespace {

struct Replica {
  const Surveyed* node = nullptr;
  Slot applied;
  std::string trouble;
  std::vector<auction::BidRecord> bids;
  std::optional<auction::Outcome> outcome;
};

const wire::GroupStatus* serving(const Surveyed& one, GroupId group) {
  if (!one.report) return nullptr;
  for (const auto& status : one.report->groups)
    if (status.group == group && !status.observer) return &status;
  return nullptr;
}

/// What the node itself holds, once it has applied everything up to `at_least`.
void ask(const Settings& settings, const directory::Auction& auction, Slot at_least, Replica& replica) {
  try {
    Connection connection(settings_for_one_node(settings), replica.node->node.endpoints.client);
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
}

void replicas(Context& context, const std::string& id) {
  House& house = context.house();
  const auto auction = house.auction(id);
  const Slot now = house.show(auction).outcome.slot;
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
  at_once(all.size(), [&](std::size_t i) { ask(context.settings, auction, now, all[i]); });

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
    for (const auto& bid : replica.bids) bids.rows.push_back(row(bid));
    const Digest digest = replica.bids.empty() ? auction::chain_start(auction.terms) : replica.bids.back().chain;
    const auto* status = serving(*replica.node, auction.group);
    const bool leads = status->role == wire::Role::leader;
    const bool learns = status->config.is_learner(replica.node->node.uid);
    section.rows.push_back({{"auction", auction.id},
                            {"node", replica.node->node.name},
                            {"uid", gavel::print(replica.node->node.uid)},
                            {"role", leads    ? "leader"
                                     : learns ? "learner"
                                              : "follower"},
                            {"applied", replica.applied.value},
                            {"count", replica.bids.size()},
                            {"digest", gavel::print(digest)},
                            {"trouble", replica.trouble.empty() ? Row() : Row(replica.trouble)},
                            {"outcome", replica.outcome ? row(*replica.outcome) : Row()},
                            {"bids", bids.rows}});
    agree = agree && replica.trouble.empty() && section.rows.back()["bids"] == section.rows.front()["bids"];
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
