#include "common/order/membership.hpp"

#include <algorithm>

namespace gavel::order {
namespace {

void insert(std::vector<Uid>& uids, Uid uid) { uids.insert(std::lower_bound(uids.begin(), uids.end(), uid), uid); }
void remove(std::vector<Uid>& uids, Uid uid) { std::erase(uids, uid); }

bool lives_without(const wire::Config& config, Uid leaving, const MembershipFacts& facts) {
  std::size_t left = 0;
  std::size_t alive = 0;
  for (const auto voter : config.voters) {
    if (voter == leaving) continue;
    ++left;
    if (voter == facts.self || facts.heard(voter)) ++alive;
  }
  return alive * 2 > left;
}

}  // namespace

std::optional<wire::Config> next_config(const wire::Config& now, const wire::Config& goal,
                                        const MembershipFacts& facts) {
  if (goal.voters.empty()) return std::nullopt;
  auto next = now;
  for (const auto uid : goal.voters)
    if (!now.is_member(uid)) {
      insert(next.learners, uid);
      return next;
    }
  for (const auto uid : goal.learners)
    if (!now.is_member(uid)) {
      insert(next.learners, uid);
      return next;
    }
  for (const auto uid : goal.voters)
    if (now.is_learner(uid) && now.voters.size() < facts.most_voters && facts.heard(uid) && facts.caught_up(uid)) {
      remove(next.learners, uid);
      insert(next.voters, uid);
      return next;
    }
  // Who leaves stays until whoever is to come has come, unless there is no room for both.
  const bool all_came = std::all_of(goal.voters.begin(), goal.voters.end(), [&](Uid uid) { return now.is_voter(uid); });
  if (!all_came && now.voters.size() < facts.most_voters) return std::nullopt;
  for (const auto uid : now.voters)
    if (!goal.is_voter(uid) && uid != facts.self && now.voters.size() > 1 && lives_without(now, uid, facts)) {
      remove(next.voters, uid);
      if (goal.is_learner(uid)) insert(next.learners, uid);
      return next;
    }
  for (const auto uid : now.learners)
    if (!goal.is_member(uid)) {
      remove(next.learners, uid);
      return next;
    }
  return std::nullopt;
}

}  // namespace gavel::order
