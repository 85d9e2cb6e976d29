// The client programs of a group world: each opens a session, sends commands and reads through whichever gateway, a few
// at a time and never more than its window, and sends what is not answered again, under the same number, through
// another gateway. What they are told is checked as it comes: exactly once (7), linearizability (8).
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "common/base/random.hpp"
#include "common/order/effects.hpp"
#include "tests/sim/checkers/durability.hpp"
#include "tests/sim/checkers/exactly_once.hpp"
#include "tests/sim/checkers/linearizability.hpp"
#include "tests/sim/plan.hpp"
#include "tests/sim/timeline.hpp"

namespace gavel::sim {

/// Names one attempt's request to its client; the same for all its repeats.
using CallId = std::uint64_t;

class Clients {
 public:
  struct Checkers {
    ExactlyOnce& exactly_once;
    Linearizability& linearizability;
    Durability& durability;
  };
  /// Sends a request towards some gateway; whether it arrives is the world's to say.
  using Send = std::function<void(std::size_t client, CallId call, const wire::Request& request)>;

  Clients(const Plan& plan, Timeline& timeline, Random random, Checkers checkers, Statistics& statistics, Send send);

  void answered(std::size_t client, CallId call, const order::Answered& answer);
  /// The faults are over: some requests more, and then no new ones.
  void heal(bool quiet);
  /// Nothing is pending and nothing is to come.
  bool done() const;
  std::string pending() const;

 private:
  struct Call {
    wire::Request request;
    TimePoint sent;
    TimePoint again;            ///< when it is sent again
    std::int64_t begun_at = 0;  ///< for linearizability
    int tries = 0;
  };
  struct Client {
    SessionId session;
    RequestNumber number;
    std::map<CallId, Call> calls;
    std::int64_t left = 0;
    std::int64_t late = 0;
    TimePoint next;
    bool slow = false;
    bool burst = false;
  };

  void tick(std::size_t index);
  void repeat(std::size_t index);
  void begin(std::size_t index);
  bool window_full(const Client& client) const;
  void start(std::size_t index, wire::Request request);
  void opened(Client& client, const order::Answered& answer);
  void ended(const Call& call, const order::Answered& answer);

  const Plan& plan_;
  Timeline& timeline_;
  Random random_;
  Checkers check_;
  Statistics& statistics_;
  Send send_;
  std::vector<Client> clients_;
  CallId next_call_ = 1;
  std::uint64_t operations_ = 0;
  bool healed_ = false;
};

}  // namespace gavel::sim
