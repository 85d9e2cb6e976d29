#include "tools/bench/cluster/target.hpp"

#include <algorithm>

#include "client/cli/connection.hpp"
#include "common/bus/clock.hpp"

namespace gavel::bench {
namespace {

cli::Settings prepared(cli::Settings settings) {
  settings.as = "gavel-bench";
  return settings;
}

/// A node learns of an auction a moment after the directory has it.
void wait_for_bids(cli::House& house, const directory::Auction& auction) {
  const TimePoint give_up = bus::steady_now() + 10s;
  for (;;) {
    try {
      static_cast<void>(house.show(auction));
      return;
    } catch (const cli::Failure& failure) {
      if (failure.code == cli::Exit::interrupted || bus::steady_now() >= give_up) throw;
    }
  }
}

}  // namespace

Target::Target(const TargetOptions& options) : settings_(prepared(options.settings)), pids_(options.pids) {
  if (!options.given) {
    own_ = std::make_unique<OwnCluster>(options.own);
    settings_ = own_->settings(settings_);
  }
  house_ = std::make_unique<cli::House>(settings_);
}

std::vector<pid_t> Target::pids() const { return own_ ? own_->pids() : pids_; }

std::vector<std::string> Target::gateways() {
  std::vector<std::string> all;
  for (const auto& node : house_->nodes_now())
    if (node.life == directory::Life::up) all.push_back(client_endpoint(node));
  if (all.empty()) cli::fail_with(cli::Exit::no_quorum, "no node is up");
  return all;
}

directory::NodeRecord Target::leader_of(const directory::Auction& auction) {
  const TimePoint give_up = bus::steady_now() + 10s;
  do {
    for (const auto& node : house_->nodes_now())
      if (node.life == directory::Life::up && leads(node, auction.group)) return node;
    if (cli::interrupted()) cli::fail_with(cli::Exit::interrupted, "interrupted");
  } while (bus::steady_now() < give_up);
  cli::fail_with(cli::Exit::no_quorum, "no node leads " + auction.id);
}

bool Target::leads(const directory::NodeRecord& node, GroupId group) const {
  cli::Settings brief = settings_;
  brief.timeout = 1s;
  cli::Connection connection(brief, client_endpoint(node));
  const auto outcome = connection.status();
  if (outcome.kind != client::OutcomeKind::ok) return false;
  const auto report = wire::decode<wire::StatusReport>(outcome.body);
  return report && std::any_of(report->groups.begin(), report->groups.end(), [group](const auto& hosted) {
           return hosted.group == group && hosted.role == wire::Role::leader;
         });
}

std::string Target::client_endpoint(const directory::NodeRecord& node) const {
  const auto index = own_ ? own_->find(node.name) : std::nullopt;
  return index ? own_->endpoint(*index) : node.endpoints.client;
}

directory::Auction make_auction(cli::House& house, Duration length) {
  directory::AddItem item;
  item.title = "measured by gavel-bench";
  item.seller = "gavel-bench-seller";
  item.start_price = {100, {}};
  item.increment = {1, {}};
  directory::StartAuction start;
  start.item = house.add(item).id;
  start.duration = length;
  start.starter = item.seller;
  auto auction = house.start(start).auction;
  wait_for_bids(house, auction);
  return auction;
}

std::vector<directory::Auction> make_auctions(cli::House& house, std::size_t count, Duration length) {
  std::vector<directory::Auction> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(make_auction(house, length));
  return all;
}

}  // namespace gavel::bench
