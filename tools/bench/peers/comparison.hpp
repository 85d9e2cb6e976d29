// What is compared with what, the goals, and whether they are reached: over several rounds, in each of which the peer
// and Gavel are measured one after the other, since a machine's absolute figures drift from minute to minute. What
// counts is the median of the rounds' ratios.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "client/cli/output.hpp"

namespace gavel::peers {

/// Loads that both sides are put under.
enum class LoadKind : std::uint8_t {
  full,    ///< so many in flight as the run says: the most that it takes
  single,  ///< one at a time
  half     ///< at a constant rate, half of the full load's of the same side in the same round
};

struct Pairing {
  std::string peer;
  LoadKind load = LoadKind::full;
  /// A write is acknowledged once a majority has it on disk; otherwise, in memory.
  bool durable = true;
  /// The key of the figure that is compared: per_second, or a latency, p50_us or p99_us.
  std::string figure;
  /// Ours divided by theirs: of rates at least this, of latencies at most.
  double goal = 1;

  bool more_is_better() const { return figure == "per_second"; }
};

const std::vector<Pairing>& pairings();
/// The loads that the peer's pairings need, in the order in which they are run, with whether they are durable.
struct Needed {
  LoadKind load;
  bool durable;
};
std::vector<Needed> loads_for(const std::string& peer);

/// As people say it.
std::string described(LoadKind load, std::size_t in_flight);

/// The least, the median and the greatest; of nothing, zeros.
struct Spread {
  double least = 0, median = 0, most = 0;
};
Spread spread_of(std::vector<double> values);

class Comparison {
 public:
  explicit Comparison(std::size_t in_flight) : in_flight_(in_flight) {}

  /// One round of a peer under one load: rows as measured_row() and gavel-bench make them.
  void add(const std::string& peer, Needed load, const cli::Row& theirs, const cli::Row& ours);
  /// A round of that peer, from 1, that could not be measured to its end.
  void add_failure(const std::string& peer, std::size_t round, const std::string& reason);

  /// Each pairing that was measured, with its ratio and its goal; each load, with its latencies and what it cost; and
  /// what failed. `for_people`: ranges as text, few digits.
  std::vector<cli::Section> sections(bool for_people) const;
  bool all_reached() const;
  bool empty() const { return rounds_.empty(); }

 private:
  struct Round {
    cli::Row theirs, ours;
  };
  using Key = std::tuple<std::string, LoadKind, bool>;

  struct Judged {
    Spread theirs, ours, ratio;
    std::size_t rounds = 0;
    bool reached = false;
  };
  Judged judge(const Pairing& pairing, const std::vector<Round>& rounds) const;
  const std::vector<Round>* rounds_of(const Pairing& pairing) const;
  cli::Row pair_row(const Pairing& pairing, const Judged& judged, bool for_people) const;
  cli::Row load_row(const std::string& system, const Key& key, const std::vector<Round>& rounds,
                    cli::Row Round::*side) const;

  std::size_t in_flight_;
  std::map<Key, std::vector<Round>> rounds_;
  std::vector<cli::Row> failures_;
};

}  // namespace gavel::peers
