#include "tools/bench/load/load.hpp"

#include <algorithm>
#include <optional>

#include "client/cli/connection.hpp"
#include "client/cli/failure.hpp"
#include "common/bus/clock.hpp"

namespace gavel::bench {
namespace {

constexpr Duration kBeat = 50ms;
/// What falls due within it is begun together: to wake up for each of 100,000 a second costs more than to serve it. It
/// counts as latency, as all does between the intended start and the answer.
constexpr Duration kGrain = 100us;
/// For what is under way when the time is over.
constexpr Duration kPatience = 2s;

}  // namespace

Load::Load(const CrowdOptions& crowd, const LoadOptions& options, Work& work)
    : options_(options),
      work_(work),
      crowd_(crowd, [this](std::size_t client, client::CallId call,
                           const client::Outcome& outcome) { on_done(client, call, outcome); }),
      under_way_(crowd.clients) {}

LoadFigures Load::run() {
  crowd_.gather();
  const TimePoint start = bus::steady_now();
  begin_at_ = start + options_.warm_up;
  end_at_ = begin_at_ + options_.length;
  issuing_ = true;
  std::optional<Schedule> schedule;
  if (options_.rate > 0) {
    schedule.emplace(start, options_.rate);
  } else {
    begin_all();
  }
  bool begun = false;
  for (TimePoint now = start; now < end_at_; now = bus::steady_now()) {
    if (!begun && now >= begin_at_) {
      begun = true;
      if (on_begin) on_begin();
    }
    while (schedule && schedule->due(now)) overdue_.push_back(schedule->take());
    begin_due(now);
    turn(std::min({end_at_, begun ? kNever : begin_at_, schedule ? std::max(schedule->next(), now + kGrain) : kNever}));
  }
  issuing_ = options_.rate > 0;
  if (on_end) on_end();
  figures_.measured = end_at_ - begin_at_;
  wait_for_the_rest();
  figures_.moves = crowd_.moves();
  return figures_;
}

void Load::begin_all() {
  for (std::size_t i = 0; i < options_.in_flight; ++i) begin(free_client(), bus::steady_now());
}

void Load::go_on(std::size_t client, TimePoint now) {
  // Shared evenly, each client keeps its share under way; otherwise they take turns.
  const bool even = options_.in_flight == options_.share * crowd_.size();
  begin(even ? client : free_client(), now);
}

void Load::turn(TimePoint until) {
  crowd_.turn(std::min(until, beat_at_));
  const TimePoint now = bus::steady_now();
  if (now < beat_at_) return;
  beat_at_ = now + kBeat;
  if (cli::interrupted()) cli::fail_with(cli::Exit::interrupted, "interrupted");
  if (on_beat) on_beat(now);
}

void Load::wait_for_the_rest() {
  const TimePoint until = bus::steady_now() + kPatience;
  while ((open_ > 0 || !overdue_.empty()) && bus::steady_now() < until) {
    begin_due(bus::steady_now());
    turn(until);
  }
  issuing_ = false;
  if (options_.rate > 0) {
    const auto measured = [this](TimePoint at) { return at >= begin_at_; };
    figures_.unanswered = static_cast<std::uint64_t>(std::count_if(overdue_.begin(), overdue_.end(), measured)) + open_;
  }
  if (figures_.operations() == 0 && figures_.failed == 0 && open_ > 0)
    cli::fail_with(cli::Exit::no_quorum, "nothing was answered: is there a leader, and a majority?");
}

std::size_t Load::free_client() {
  for (std::size_t i = 0; i < crowd_.size(); ++i) {
    const std::size_t client = next_client_;
    next_client_ = (next_client_ + 1) % crowd_.size();
    if (under_way_[client].size() < options_.share) return client;
  }
  return crowd_.size();
}

void Load::begin_due(TimePoint /*now*/) {
  while (!overdue_.empty()) {
    const std::size_t client = free_client();
    if (client == crowd_.size()) return;
    begin(client, overdue_.front());
    overdue_.pop_front();
  }
}

void Load::begin(std::size_t client, TimePoint intended) {
  Work::Request request = work_.next(client);
  const TimePoint now = options_.rate > 0 ? bus::steady_now() : intended;
  const auto call = crowd_.command(now, client, request.group, std::move(request.body));
  under_way_[client].emplace(call.value, Operation{intended, now});
  ++open_;
}

void Load::on_done(std::size_t client, client::CallId call, const client::Outcome& outcome) {
  const auto found = under_way_[client].extract(call.value);
  if (!found) return;
  --open_;
  ++so_far_;
  const TimePoint now = bus::steady_now();
  const Judged judged = work_.judge(client, outcome);
  count(found.mapped(), now, judged);
  if (on_answer) on_answer({found.mapped().intended, found.mapped().begun, now, judged, outcome});
  if (!issuing_) return;
  if (options_.rate <= 0)
    go_on(client, now);
  else
    begin_due(now);
}

void Load::count(const Operation& operation, TimePoint answered, Judged judged) {
  // Throughput counts what is answered in the measured time; latencies, in an open loop, all that was meant to start in
  // it, also what is answered later.
  const bool in_time = answered >= begin_at_ && answered < end_at_;
  const bool meant = options_.rate > 0 ? operation.intended >= begin_at_ && operation.intended < end_at_ : in_time;
  if (in_time) {
    figures_.accepted += judged == Judged::accepted ? 1U : 0U;
    figures_.refused += judged == Judged::refused ? 1U : 0U;
    figures_.counted += judged == Judged::accepted ? work_.counted() : 0U;
  }
  if ((in_time || meant) && judged == Judged::failed) ++figures_.failed;
  if (meant && judged != Judged::failed) figures_.latencies.record(answered - operation.intended);
}

}  // namespace gavel::bench
