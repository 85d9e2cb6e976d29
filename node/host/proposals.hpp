// What this node itself has to say in a group, through its own replica: it lives, an auction's end has come, an
// outcome. Proposals are idempotent by what they say, so each is repeated until the state shows it; here it is only
// seen to that one about the same thing is not made while another is under way, nor too often.
#pragma once

#include <cstdint>
#include <map>

#include "node/host/replicas.hpp"

namespace gavel::host {

/// Submissions of the host itself are told from those of clients by this bit of their id.
inline constexpr std::uint64_t kProposalBit = std::uint64_t{1} << 63U;

class Proposals {
 public:
  enum class About : std::uint8_t { self, retired, node, deadline, leadership, outcome, restoration };

  Proposals(Replicas& replicas, Counters& counters) : replicas_(replicas), counters_(counters) {}

  /// Submits `body` to the group, unless a proposal about the same thing is under way or was made within the interval.
  void propose(Now now, GroupId group, About about, std::uint64_t subject, Bytes body, NodeEffects& effects);
  /// One about that may still take effect.
  bool under_way(GroupId group, About about, std::uint64_t subject) const;
  /// An answer to a submission with kProposalBit.
  void on_answer(const order::Answered& answer);
  /// A replica went, and its answers with it.
  void forget(GroupId group);

 private:
  struct Key {
    GroupId group;
    About about;
    std::uint64_t subject;
    auto operator<=>(const Key&) const = default;
  };
  static constexpr Duration kInterval = 100ms;
  static constexpr std::size_t kMost = 4096;

  Replicas& replicas_;
  Counters& counters_;
  struct Made {
    TimePoint at;
    bool under_way = true;
  };
  std::uint64_t last_ = 0;
  std::map<Key, Made> made_;
  std::map<order::SubmitId, Key> under_way_;
};

}  // namespace gavel::host
