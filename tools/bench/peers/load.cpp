#include "tools/bench/peers/load.hpp"

#include <sys/prctl.h>

#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "client/cli/failure.hpp"
#include "tools/bench/cluster/usage.hpp"
#include "tools/bench/peers/waiting.hpp"

namespace gavel::peers {
namespace {

using Clock = std::chrono::steady_clock;
using Instant = Clock::time_point;

/// What is under way may take this long after the end.
constexpr Duration kDrain = 15s;
/// For an open load, connections as for so many writes in flight.
constexpr std::size_t kSpread = 512;
/// An open load that is so many writes behind measures only how long it has been running.
constexpr std::size_t kMostBehind = 200'000;

using Nanoseconds = std::chrono::nanoseconds;

double seconds(Nanoseconds time) { return std::chrono::duration<double>(time).count(); }

/// The one that all loads do: a window of time, and what completes in it.
class Running : public Completions {
 public:
  Running(Peer& peer, const Load& load) : peer_(peer), load_(load) {}

  void on_done(std::uint64_t token, bool ok) final {
    const Instant now = Clock::now();
    {
      const std::lock_guard lock(mutex_);
      const Instant began = took_off(token);
      if (!ok) ++failed_;
      if (counts(began, now)) measured_->latencies.record(std::chrono::round<Duration>(now - began));
      if (!ok || !goes_on_) {
        --under_way_;
        return;
      }
    }
    again(token);
  }

  /// Nothing begins any more because something else is done.
  void stop() {
    const std::lock_guard lock(mutex_);
    goes_on_ = false;
  }

  std::unique_ptr<Measured> run() {
    begin_ = Clock::now() + load_.warm_up;
    end_ = begin_ + load_.measured;
    start();
    until(begin_);
    const auto client = bench::own_processor_time();
    const auto nodes = bench::processor_time(peer_.nodes());
    until(end_);
    const auto writes = completed();
    measured_->rate = static_cast<double>(writes) / seconds(load_.measured);
    const auto each = [writes](Nanoseconds cpu) {
      return writes == 0 ? 0 : static_cast<double>(cpu.count()) / 1e3 / static_cast<double>(writes);
    };
    measured_->client_cpu = each(bench::own_processor_time() - client);
    measured_->nodes_cpu = each(bench::processor_time(peer_.nodes()) - nodes);
    finish();
    return std::move(measured_);
  }

 protected:
  /// Under the lock: when this write began, as latencies count it.
  virtual Instant took_off(std::uint64_t token) = 0;
  virtual bool counts(Instant began, Instant now) const = 0;
  /// Another write in place of this one, which is done.
  virtual void again(std::uint64_t token) = 0;
  virtual void start() = 0;
  virtual void until(Instant when) { pause_for(std::chrono::ceil<Duration>(when - Clock::now())); }
  virtual std::uint64_t completed() const = 0;

  bool in_window(Instant now) const { return now >= begin_ && now < end_; }
  void begin_one(std::uint64_t token) {
    if (peer_.put(token)) return;
    const std::lock_guard lock(mutex_);
    ++failed_;
    --under_way_;
  }

  bool idle() const {
    const std::lock_guard lock(mutex_);
    return under_way_ == 0;
  }
  void finish() {
    stop();
    const bool drained = wait_until(kDrain, [this] { return idle(); });
    const std::lock_guard lock(mutex_);
    if (failed_ > 0) cli::fail_with(cli::Exit::internal, std::to_string(failed_) + " writes failed");
    if (!drained) cli::fail_with(cli::Exit::internal, std::to_string(under_way_) + " writes were not answered in time");
    measured_->writes = measured_->latencies.count();
    if (measured_->writes == 0) cli::fail_with(cli::Exit::internal, "no write was answered in that time");
  }

  Peer& peer_;
  const Load& load_;
  mutable std::mutex mutex_;
  std::unique_ptr<Measured> measured_ = std::make_unique<Measured>();
  Instant begin_;
  Instant end_;
  bool goes_on_ = true;
  std::size_t under_way_ = 0;
  std::uint64_t failed_ = 0;
};

/// A token is a place in flight.
class Closed final : public Running {
 public:
  Closed(Peer& peer, const Load& load) : Running(peer, load), began_(load.in_flight) {}

 private:
  Instant took_off(std::uint64_t token) override { return began_[token]; }
  bool counts(Instant, Instant now) const override { return in_window(now); }
  void again(std::uint64_t token) override {
    began_[token] = Clock::now();  // nobody else has this token now
    begin_one(token);
  }
  void start() override {
    under_way_ = began_.size();
    for (std::uint64_t token = 0; token < began_.size(); ++token) again(token);
  }
  std::uint64_t completed() const override {
    const std::lock_guard lock(mutex_);
    return measured_->latencies.count();
  }

  std::vector<Instant> began_;
};

/// A token is the number of the write, which says when it should begin.
class Open final : public Running {
 public:
  Open(Peer& peer, const Load& load) : Running(peer, load), each_(1e9 / load.rate) {}

 private:
  Instant due(std::uint64_t token) const {
    return first_ + Nanoseconds(static_cast<std::int64_t>(each_ * static_cast<double>(token)));
  }
  Instant took_off(std::uint64_t token) override {
    if (in_window(Clock::now())) ++completed_;
    return due(token);
  }
  bool counts(Instant began, Instant) const override { return in_window(began); }
  void again(std::uint64_t) override {
    const std::lock_guard lock(mutex_);
    --under_way_;
  }
  void start() override {
    first_ = Clock::now();
    ::prctl(PR_SET_TIMERSLACK, 1);  // this thread wakes when it asked to, not up to 50 microseconds later
  }
  void until(Instant when) override {
    while (due(next_) < when) {
      stop_if_interrupted();
      std::this_thread::sleep_until(due(next_));
      {
        const std::lock_guard lock(mutex_);
        if (++under_way_ > kMostBehind) cli::fail_with(cli::Exit::internal, "it does not keep up with this rate");
      }
      begin_one(next_++);
    }
    Running::until(when);
  }
  std::uint64_t completed() const override {
    const std::lock_guard lock(mutex_);
    return completed_;
  }

  const double each_;  ///< nanoseconds
  Instant first_;
  std::uint64_t next_ = 0;
  std::uint64_t completed_ = 0;
};

}  // namespace

Measured measure(Peer& peer, const Load& load) {
  std::unique_ptr<Running> running;
  if (load.rate > 0)
    running = std::make_unique<Open>(peer, load);
  else
    running = std::make_unique<Closed>(peer, load);
  // However it ends, nobody may hear of a write once `running` is gone.
  struct Connection {
    Peer& peer;
    Running& running;
    ~Connection() {
      running.stop();
      peer.disconnect();
    }
  };
  const Connection connection{peer, *running};
  peer.connect(load.rate > 0 ? kSpread : load.in_flight, *running);
  return *running->run();
}

}  // namespace gavel::peers
