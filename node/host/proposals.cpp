#include "node/host/proposals.hpp"

#include <utility>

namespace gavel::host {

void Proposals::propose(Now now, GroupId group, About about, std::uint64_t subject, Bytes body, NodeEffects& effects) {
  const Key key{group, about, subject};
  const auto made = made_.find(key);
  if (made != made_.end() && (made->second.under_way || made->second.at + kInterval > now.at)) return;
  if (under_way_.size() >= kMost || !replicas_.find(group)) return;
  std::erase_if(made_, [&](const auto& m) { return !m.second.under_way && m.second.at + kInterval <= now.at; });

  const order::SubmitId id{kProposalBit | ++last_};
  made_[key] = {now.at, true};
  under_way_.emplace(id, key);
  ++counters_.proposals;
  wire::Request request{wire::RequestKind::proposal, {}, {}, std::move(body)};
  replicas_.step(now, group, order::Submit{{{id, std::move(request)}}}, effects);
}

bool Proposals::under_way(GroupId group, About about, std::uint64_t subject) const {
  const auto made = made_.find({group, about, subject});
  return made != made_.end() && made->second.under_way;
}

void Proposals::on_answer(const order::Answered& answer) {
  const auto it = under_way_.find(answer.id);
  if (it == under_way_.end()) return;
  if (const auto made = made_.find(it->second); made != made_.end()) made->second.under_way = false;
  under_way_.erase(it);
}

void Proposals::forget(GroupId group) {
  std::erase_if(under_way_, [&](const auto& entry) { return entry.second.group == group; });
  std::erase_if(made_, [&](const auto& entry) { return entry.first.group == group; });
}

}  // namespace gavel::host
