// Puts a load on a cluster for a while, and measures: closed (so many operations under way, the next begins when one is
// answered) or open (so many a second, whatever becomes of them; latencies count from the intended start). What happens
// in the warm-up counts for nothing.
#pragma once

#include <deque>
#include <functional>
#include <unordered_map>
#include <vector>

#include "tools/bench/figures/latencies.hpp"
#include "tools/bench/figures/schedule.hpp"
#include "tools/bench/load/crowd.hpp"
#include "tools/bench/load/work.hpp"

namespace gavel::bench {

struct LoadOptions {
  /// Closed loop: so many under way at once, all clients together.
  std::size_t in_flight = 1;
  /// Of one client, at most.
  std::size_t share = 1;
  /// Operations a second, all clients together; 0: closed.
  double rate = 0;
  Duration warm_up = 500ms;
  Duration length = 10s;
};

/// Of the measured time.
struct LoadFigures {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;
  std::uint64_t failed = 0;
  /// Open loop: whose time had come, and that were not answered (or not even begun) when the patience was over.
  std::uint64_t unanswered = 0;
  std::uint64_t counted = 0;
  /// Times that a client left its gateway for another one, or came back to it.
  std::uint64_t moves = 0;
  Latencies latencies;
  Duration measured{};

  std::uint64_t operations() const { return accepted + refused; }
  double per_second() const {
    return measured.count() == 0 ? 0 : static_cast<double>(operations()) / static_cast<double>(measured.count()) * 1e6;
  }
};

class Load {
 public:
  Load(const CrowdOptions& crowd, const LoadOptions& options, Work& work);

  /// Called once when the measured time begins and once when it ends.
  std::function<void()> on_begin, on_end;
  /// Called about twenty times a second.
  std::function<void(TimePoint now)> on_beat;
  /// Of every answer: when it was meant to start, when it really did, when it came.
  struct Answered {
    TimePoint intended, begun, answered;
    Judged judged;
    const client::Outcome& outcome;
  };
  std::function<void(const Answered& answered)> on_answer;

  /// Throws cli::Failure{interrupted} on Ctrl-C, {no_quorum} if nothing at all is answered.
  LoadFigures run();
  /// Answers, those of the warm-up too.
  std::uint64_t so_far() const { return so_far_; }

 private:
  struct Operation {
    TimePoint intended, begun;
  };
  void begin(std::size_t client, TimePoint intended);
  void on_done(std::size_t client, client::CallId call, const client::Outcome& outcome);
  void count(const Operation& operation, TimePoint answered, Judged judged);
  /// Begins what is due; open loop only.
  void begin_due(TimePoint now);
  std::size_t free_client();
  void begin_all();
  /// The next operation of a closed loop, after one of that client was answered.
  void go_on(std::size_t client, TimePoint now);
  void turn(TimePoint until);
  void wait_for_the_rest();

  LoadOptions options_;
  Work& work_;
  Crowd crowd_;
  std::vector<std::unordered_map<std::uint64_t, Operation>> under_way_;
  std::deque<TimePoint> overdue_;
  std::size_t next_client_ = 0;
  std::size_t open_ = 0;
  std::uint64_t so_far_ = 0;
  TimePoint begin_at_ = kNever, end_at_ = kNever, beat_at_ = kLongAgo;
  bool issuing_ = false;
  LoadFigures figures_;
};

}  // namespace gavel::bench
