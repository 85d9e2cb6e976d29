#include "tools/bench/load/bids_run.hpp"

namespace gavel::bench {
namespace {

/// Longer than any measurement on one set of auctions; in a house that goes on afterwards, they end some day.
Duration auction_length(Target& target) { return std::chrono::hours(target.own() != nullptr ? 48 : 2); }

}  // namespace

BidsRun::BidsRun(Target& target, const BidsOptions& options)
    : target_(target),
      options_(options),
      auctions_(make_auctions(target.house(), options.auctions, auction_length(target))) {}

CrowdOptions BidsRun::crowd(const LoadOptions& load, std::size_t clients) {
  CrowdOptions crowd;
  crowd.cluster = target_.settings().cluster;
  crowd.gateways = target_.gateways();  // anew each time: a node that was started again has another address
  if (options_.through == Through::one) crowd.gateways.resize(1);
  if (options_.through == Through::leader)
    crowd.gateways = {target_.client_endpoint(target_.leader_of(auctions_.front()))};
  crowd.clients = clients;
  crowd.window = load.share;
  crowd.timeout = target_.settings().timeout;
  crowd.name = "bidder";
  return crowd;
}

Measured BidsRun::measure(const LoadOptions& load, std::size_t clients) {
  const std::size_t bidders = clients == 0 ? options_.clients : clients;
  Bidding bidding(options_.bidding, auctions_, bidders);
  bidding.on_nearly_full = [this](std::size_t auction) { make_another(auction); };
  MeasureHooks hooks;
  hooks.on_beat = [&](TimePoint now) {
    take_new_ones(bidding);
    if (on_beat) on_beat(now);
  };
  hooks.say = say;
  hooks.on_answer = on_answer;
  const auto measured = bench::measure(crowd(load, bidders), load, bidding, target_.pids(), hooks);
  verdicts_ = bidding.verdicts();
  body_size_ = bidding.body_size();
  return measured;
}

void BidsRun::make_another(std::size_t auction) {
  // In another thread, with a connection of its own: the load goes on meanwhile.
  making_[auction] = std::async(std::launch::async, [settings = target_.settings(), length = auction_length(target_)] {
    cli::House house(settings);
    return make_auction(house, length);
  });
}

void BidsRun::take_new_ones(Bidding& bidding) {
  for (auto at = making_.begin(); at != making_.end();) {
    if (at->second.wait_for(0s) != std::future_status::ready) {
      ++at;
      continue;
    }
    auctions_[at->first] = at->second.get();
    bidding.replace(at->first, auctions_[at->first]);
    at = making_.erase(at);
  }
}

cli::Row BidsRun::verdicts() const {
  cli::Row all = cli::Row::object();
  for (std::size_t i = 0; i < verdicts_.size(); ++i)
    if (verdicts_[i] > 0) all[std::string(auction::words_for(static_cast<auction::Verdict>(i)))] = verdicts_[i];
  return all;
}

}  // namespace gavel::bench
