#include "common/order/rounds.hpp"

namespace gavel::order {

void Rounds::keep(const wire::Config& config) {
  std::erase_if(rounds_, [&](const auto& round) { return !config.is_learner(round.first); });
}

void Rounds::observe(const wire::Member& learner, Slot acked, Slot last, TimePoint now) {
  const auto [found, fresh] = rounds_.try_emplace(learner.uid);
  auto& round = found->second;
  if (fresh || round.incarnation != learner.incarnation)
    round = {learner.incarnation, last, now, false};
  else if (acked >= round.upto)
    round = {learner.incarnation, last, now, now - round.began < limit_};
}

bool Rounds::keeps_up(Uid learner, TimePoint now) const {
  const auto round = rounds_.find(learner);
  return round != rounds_.end() && round->second.last_was_short && now - round->second.began < limit_;
}

}  // namespace gavel::order
