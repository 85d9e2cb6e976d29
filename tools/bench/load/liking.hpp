// Likes of one thing, as work for a load: each client gathers what its user does while its last command is under way,
// as client/cli/likers.cpp does, so that a command brings all likes that fell due since the one before.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "tools/bench/load/work.hpp"

namespace gavel::bench {

struct LikingOptions {
  GroupId group;
  std::string thing;
  /// Likes a second of each client. One that is never due still likes once a command.
  double rate = 20'000;
};

class Liking final : public Work {
 public:
  Liking(const LikingOptions& options, std::size_t clients);

  Request next(std::size_t client) override;
  Judged judge(std::size_t client, const client::Outcome& outcome) override;
  std::uint64_t counted() const override { return counted_; }

  /// Likes that were acknowledged, from the first on.
  std::uint64_t acknowledged() const { return acknowledged_; }
  /// Commands that came to nothing or to something unknown, and the likes in them.
  std::uint64_t uncertain() const { return uncertain_; }
  /// Entries of the order in which acknowledged likes stood.
  std::size_t entries() const { return slots_.size(); }
  void forget_entries() { slots_.clear(); }

 private:
  struct Liker {
    std::uint64_t gathered = 0;
    std::uint32_t under_way = 0;
  };
  std::uint32_t due(const Liker& liker) const;

  LikingOptions options_;
  TimePoint began_;
  std::vector<Liker> likers_;
  std::uint64_t counted_ = 0;
  std::uint64_t acknowledged_ = 0;
  std::uint64_t uncertain_ = 0;
  std::set<Slot> slots_;
};

/// A new item to like, and the group that counts. Returns when that takes likes.
LikingOptions make_likeable(class Target& target);

}  // namespace gavel::bench
