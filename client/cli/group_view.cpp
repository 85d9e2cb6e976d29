#include "client/cli/group_view.hpp"

#include <algorithm>

namespace gavel::cli {
namespace {

const directory::NodeRecord* record_of(const std::vector<directory::NodeRecord>& nodes, Uid uid) {
  const auto at = std::find_if(nodes.begin(), nodes.end(), [&](const auto& node) { return node.uid == uid; });
  return at == nodes.end() ? nullptr : &*at;
}

/// How far a learner is, of what the leader has.
std::string progress(const wire::GroupStatus& word, Uid uid) {
  const auto at =
      std::find_if(word.members.begin(), word.members.end(), [&](const auto& member) { return member.uid == uid; });
  if (at == word.members.end() || !at->heard) return "not heard yet";
  const auto whole = std::max<std::uint64_t>(word.last.value, 1);
  return "catching up, " + std::to_string(std::min<std::uint64_t>(100, 100 * at->durable.value / whole)) + " %";
}

}  // namespace

const wire::GroupStatus* own_word(const Surveyed& one, GroupId group) {
  if (!one.report) return nullptr;
  for (const auto& status : one.report->groups)
    if (status.group == group) return &status;
  return nullptr;
}

const wire::GroupStatus* serving(const Surveyed& one, GroupId group) {
  const auto* word = own_word(one, group);
  return word != nullptr && !word->observer ? word : nullptr;
}

const wire::GroupStatus* leaders_word(const std::vector<Surveyed>& nodes, GroupId group, Uid* leader) {
  const wire::GroupStatus* best = nullptr;
  for (const Surveyed& one : nodes) {
    const auto* word = own_word(one, group);
    if (word == nullptr || word->role != wire::Role::leader || (best && best->promised > word->promised)) continue;
    best = word;
    if (leader != nullptr) *leader = one.report->node;
  }
  return best;
}

std::string role_of(const wire::GroupStatus& group, Uid node) {
  if (group.observer) return "observer";
  switch (group.role) {
    case wire::Role::leader:
      return "leader";
    case wire::Role::candidate:
      return "candidate";
    case wire::Role::recovering:
      return "recovering";
    case wire::Role::follower:
      break;
  }
  if (group.config.is_learner(node)) return "learner";
  return group.config.is_voter(node) ? "follower" : "unlisted";
}

std::vector<std::string> healing(const directory::Auction& auction, const wire::GroupStatus* word,
                                 const std::vector<directory::NodeRecord>& nodes) {
  std::vector<std::string> lines;
  if (auction.outcome) return lines;
  const Names names(nodes);
  const auto name = [&](Uid uid) { return harmless(names.of(uid)); };
  for (const Uid uid : auction.members) {
    const auto* record = record_of(nodes, uid);
    if (record == nullptr || record->life == directory::Life::lost || record->draining)
      lines.push_back("nobody free for " + name(uid) + "'s seat (" +
                      (record == nullptr ? std::string("removed") : state_of(*record)) + ")");
  }
  if (word == nullptr) {
    lines.emplace_back("no leader heard");
    return lines;
  }
  std::vector<Uid> coming;
  std::vector<Uid> going;
  for (const Uid uid : auction.members)
    if (!word->config.is_voter(uid)) coming.push_back(uid);
  for (const auto* list : {&word->config.voters, &word->config.learners})
    for (const Uid uid : *list)
      if (!std::binary_search(auction.members.begin(), auction.members.end(), uid)) going.push_back(uid);
  for (std::size_t i = 0; i < std::max(coming.size(), going.size()); ++i) {
    if (i >= coming.size()) {
      lines.push_back("promoted; " + name(going[i]) + " leaves");
      continue;
    }
    const std::string step =
        word->config.is_learner(coming[i]) ? progress(*word, coming[i]) : std::string("about to be added");
    lines.push_back(name(coming[i]) + (i < going.size() ? " replaces " + name(going[i]) : " joins") + ": " + step);
  }
  return lines;
}

}  // namespace gavel::cli
