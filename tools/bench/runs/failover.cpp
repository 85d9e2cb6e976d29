#include "tools/bench/runs/failover.hpp"

#include <map>
#include <set>
#include <thread>

#include "common/bus/clock.hpp"
#include "tools/bench/figures/median.hpp"

namespace gavel::bench {
namespace {

constexpr std::size_t kClients = 16;
constexpr std::size_t kShare = 64;
constexpr Duration kToCatchUp = 20s;

/// What a bidder was told, to be found again.
struct Acknowledged {
  std::uint64_t ordinal;
  SessionId session;
  RequestNumber request;
};

class Failovers {
 public:
  Failovers(Target& target, BidsRun& bids) : target_(target), bids_(bids), random_(1) {
    bids_.on_answer = [this](const Load::Answered& answered) { on_answer(answered); };
    bids_.on_beat = [this](TimePoint now) {
      if (now >= kill_at_) kill();
    };
  }
  ~Failovers() {
    bids_.on_answer = nullptr;
    bids_.on_beat = nullptr;
  }
  Failovers(const Failovers&) = delete;
  Failovers& operator=(const Failovers&) = delete;

  FailoverRun run(double rate) {
    present_ = {};
    present_.killed = target_.leader_of(bids_.auctions().front()).name;
    LoadOptions load;
    load.rate = rate;
    load.share = kShare;
    load.warm_up = 300ms;
    load.length = 1500ms;
    signalled_ = dead_ = first_ = kNever;
    last_ = kLongAgo;
    // At random, so that kills do not fall in step with the beats.
    kill_at_ = bus::steady_now() + 600ms + random_.between(Duration(0), Duration(100'000));
    static_cast<void>(bids_.measure(load, kClients));
    if (first_ == kNever)
      cli::fail_with(cli::Exit::no_quorum, "no bid was acknowledged after " + present_.killed + " died");
    present_.gap = first_ - signalled_;
    bring_back();
    return present_;
  }

  void check(FailoverFigures& figures) {
    std::map<std::uint64_t, auction::BidRecord> history;
    std::set<std::pair<SessionId, RequestNumber>> seen;
    for (auto& bid : target_.house().history(bids_.auctions().front()).value) {
      if (!seen.emplace(bid.session, bid.request).second) ++figures.doubled;
      history.emplace(bid.ordinal, std::move(bid));
    }
    figures.acknowledged = acknowledged_.size();
    for (const Acknowledged& told : acknowledged_) {
      const auto found = history.find(told.ordinal);
      if (found == history.end() || found->second.session != told.session || found->second.request != told.request)
        ++figures.lost;
    }
  }

 private:
  void kill() {
    kill_at_ = kNever;
    const auto node = target_.own()->find(present_.killed);
    if (!node) cli::fail_with(cli::Exit::internal, present_.killed + " is no node of this cluster");
    signalled_ = bus::steady_now();
    target_.own()->kill(*node);
    dead_ = bus::steady_now();
  }

  void on_answer(const Load::Answered& answered) {
    if (answered.judged == Judged::failed) return;
    if (signalled_ != kNever && last_ != kLongAgo)
      present_.silence = std::max(present_.silence, answered.answered - last_);
    last_ = answered.answered;
    if (dead_ != kNever && answered.begun >= dead_) first_ = std::min(first_, answered.answered);
    remember(answered);
  }

  void remember(const Load::Answered& answered) {
    last_slot_ = std::max(last_slot_, answered.outcome.slot);
    if (answered.judged != Judged::accepted) return;
    const auto reply = wire::decode_any<auction::Reply>(answered.outcome.body);
    const auto* bid = reply ? std::get_if<auction::BidReply>(&*reply) : nullptr;
    if (bid != nullptr) acknowledged_.push_back({bid->ordinal, answered.outcome.session, answered.outcome.number});
  }

  /// Starts the dead one again, and waits until it has what the others have.
  void bring_back() {
    const auto node = target_.own()->find(present_.killed);
    target_.own()->restart(*node);
    cli::Connection connection(target_.settings(), target_.own()->endpoint(*node));
    const TimePoint give_up = bus::steady_now() + kToCatchUp;
    while (!caught_up(connection)) {
      if (bus::steady_now() >= give_up) cli::fail_with(cli::Exit::no_quorum, present_.killed + " does not catch up");
      std::this_thread::sleep_for(20ms);
    }
  }

  bool caught_up(cli::Connection& connection) const {
    const auto outcome = connection.status();
    if (outcome.kind != client::OutcomeKind::ok) return false;
    const auto report = wire::decode<wire::StatusReport>(outcome.body);
    if (!report) return false;
    for (const auto& group : report->groups)
      if (group.group == bids_.auctions().front().group) return group.leader && group.applied >= last_slot_;
    return false;
  }

  Target& target_;
  BidsRun& bids_;
  Random random_;
  FailoverRun present_;
  std::vector<Acknowledged> acknowledged_;
  TimePoint kill_at_ = kNever, signalled_ = kNever, dead_ = kNever, first_ = kNever, last_ = kLongAgo;
  Slot last_slot_;
};

double highest_rate(BidsRun& bids) {
  LoadOptions load;
  load.in_flight = 512;
  load.share = kShare;
  load.length = 2s;
  return bids.measure(load, 8).load.per_second();
}

std::vector<double> milliseconds(const std::vector<FailoverRun>& runs) {
  std::vector<double> all;
  for (const FailoverRun& run : runs) all.push_back(static_cast<double>(run.gap.count()) / 1e3);
  return all;
}

}  // namespace

double FailoverFigures::median_ms() const { return runs.empty() ? 0 : median(milliseconds(runs)); }
double FailoverFigures::worst_ms() const {
  const auto all = milliseconds(runs);
  return all.empty() ? 0 : *std::max_element(all.begin(), all.end());
}

void prepare_for_failover(OwnClusterOptions& options) {
  options.extra.insert(options.extra.end(), {"--hold-down", "3600000", "--replace-after", "3600"});
}

FailoverFigures measure_failover(Target& target, const FailoverOptions& options,
                                 const std::function<void(const std::string&)>& say) {
  if (target.own() == nullptr)
    cli::fail_with(cli::Exit::usage, "nodes are killed in a cluster of this program's own only: name no other one");
  BidsOptions how;
  how.clients = kClients;
  BidsRun bids(target, how);
  FailoverFigures figures;
  figures.rate = options.rate > 0 ? options.rate : highest_rate(bids) / 2;
  Failovers failovers(target, bids);
  for (std::size_t i = 0; i < options.runs; ++i) {
    figures.runs.push_back(failovers.run(figures.rate));
    const FailoverRun& last = figures.runs.back();
    if (say)
      say("failover " + std::to_string(i + 1) + " of " + std::to_string(options.runs) + ": " + last.killed + ", " +
          std::to_string(last.gap.count() / 1000) + " ms");
  }
  failovers.check(figures);
  return figures;
}

}  // namespace gavel::bench
