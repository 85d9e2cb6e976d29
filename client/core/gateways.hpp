// Which gateways a client knows, and which one it should try next: one that was given by the user before one that it
// was told of, one that never failed before one that did, and among equals any. One that failed is avoided for a while
// that doubles; one that refused the client is remembered with its reason.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/base/random.hpp"
#include "common/base/time.hpp"

namespace gavel::client {

class Gateways {
 public:
  /// `avoid`, `avoid_max`: for how long a failed one is avoided at first, and at most.
  Gateways(Duration avoid, Duration avoid_max, std::size_t limit, Random random);

  /// Told of by the user (`given`), a beacon or a gateway. What is known already is known once; beyond the limit one
  /// that was not given makes room.
  void add(const std::string& endpoint, bool given);

  /// The one to try now, if there is one that need not be avoided.
  std::optional<std::string> choose(TimePoint now);
  /// When choose() will have one; kNever if none is known.
  TimePoint next_choice() const;
  /// Whether choose() would have one besides `endpoint`.
  bool has_other(const std::string& endpoint, TimePoint now) const;

  void worked(const std::string& endpoint);
  void failed(const std::string& endpoint, TimePoint now);
  void refused(const std::string& endpoint, TimePoint now, std::string reason);
  /// It works, and has no room until then.
  void full(const std::string& endpoint, TimePoint until);

  /// The first reason, if every gateway that is known has refused.
  std::optional<std::string> all_refused() const;
  std::vector<std::string> endpoints() const;

 private:
  struct Candidate {
    std::string endpoint;
    bool given = false;
    std::uint32_t failures = 0;
    TimePoint avoid_until = kLongAgo;
    std::string refusal;
    /// Lower is better.
    int rank() const { return failures > 0 ? 2 : given ? 0 : 1; }
  };
  Candidate* find(const std::string& endpoint);

  Duration avoid_;
  Duration avoid_max_;
  std::size_t limit_;
  Random random_;
  std::vector<Candidate> known_;
};

}  // namespace gavel::client
