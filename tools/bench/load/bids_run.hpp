// Bids on a target, measured once or several times: makes the auctions, and a fresh one when one is nearly full.
#pragma once

#include <functional>
#include <future>
#include <map>
#include <memory>

#include "client/cli/output.hpp"
#include "tools/bench/cluster/target.hpp"
#include "tools/bench/load/bidding.hpp"
#include "tools/bench/load/measure.hpp"

namespace gavel::bench {

/// Which gateways clients begin at: all in turn, the first, or that of the node which leads the first auction.
enum class Through { all, one, leader };

struct BidsOptions {
  LoadOptions load;
  BiddingOptions bidding;
  std::size_t clients = 8;
  std::size_t auctions = 1;
  Through through = Through::all;
};

class BidsRun {
 public:
  BidsRun(Target& target, const BidsOptions& options);

  /// How far a measurement is, once a second; may be empty.
  std::function<void(const std::string&)> say;
  /// As Load has them; may be empty.
  std::function<void(TimePoint)> on_beat;
  std::function<void(const Load::Answered&)> on_answer;

  /// `clients`: so many of them; 0: as the options say.
  Measured measure(const LoadOptions& load, std::size_t clients = 0);
  void go_through(Through gateways) { options_.through = gateways; }

  const std::vector<directory::Auction>& auctions() const { return auctions_; }
  std::size_t body_size() const { return body_size_; }
  /// Answers of the last measurement by what the auction said, those that came.
  cli::Row verdicts() const;
  CrowdOptions crowd(const LoadOptions& load, std::size_t clients);

 private:
  void make_another(std::size_t auction);
  void take_new_ones(Bidding& bidding);

  Target& target_;
  BidsOptions options_;
  std::vector<directory::Auction> auctions_;
  std::map<std::size_t, std::future<directory::Auction>> making_;
  std::vector<std::uint64_t> verdicts_;
  std::size_t body_size_ = 0;
};

}  // namespace gavel::bench
