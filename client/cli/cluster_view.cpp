#include "client/cli/cluster_view.hpp"

#include <algorithm>
#include <set>

namespace gavel::cli {
namespace {

std::string title_in(const Sight& sight, GroupId group) {
  if (group == kDirectoryGroup) return "directory";
  if (const auto open = sight.standing.find(group); open != sight.standing.end()) return open->second.name;
  const auto at = sight.auctions.find(group);
  return at == sight.auctions.end() ? "group " + std::to_string(group.value) : at->second.id;
}

const wire::MemberStatus* entry_of(const wire::GroupStatus* word, Uid uid) {
  if (word == nullptr) return nullptr;
  const auto at =
      std::find_if(word->members.begin(), word->members.end(), [&](const auto& member) { return member.uid == uid; });
  return at == word->members.end() ? nullptr : &*at;
}

/// Members of `config` that answered, with what they say.
std::vector<std::pair<Uid, const wire::GroupStatus*>> words_of_voters(const Sight& sight, const GroupView& view) {
  std::vector<std::pair<Uid, const wire::GroupStatus*>> words;
  for (const Surveyed& one : sight.nodes) {
    const auto* word = serving(one, view.id);
    if (word != nullptr && view.config.is_voter(one.node.uid)) words.emplace_back(one.node.uid, word);
  }
  return words;
}

bool most_do_not_hear(const Sight& sight, const GroupView& view, Uid uid) {
  std::size_t said = 0;
  std::size_t deaf = 0;
  for (const auto& [from, word] : words_of_voters(sight, view)) {
    const auto* entry = entry_of(word, uid);
    if (from == uid || entry == nullptr) continue;
    ++said;
    if (!entry->heard) ++deaf;
  }
  return 2 * deaf > said;
}

/// Whom a majority of the voters follow although it says nothing itself.
Uid followed_by_most(const Sight& sight, const GroupView& view) {
  std::map<Uid, std::size_t> followers;
  for (const auto& [from, word] : words_of_voters(sight, view))
    if (word->leader) ++followers[word->leader];
  for (const auto& [leader, count] : followers)
    if (2 * (count + 1) > view.config.voters.size()) return leader;
  return {};
}

std::uint64_t missing(Slot of, Slot has) { return of > has ? of.value - has.value : 0; }

MemberView member_in(const Sight& sight, const GroupView& view, Uid uid, const Names& names) {
  MemberView member;
  member.uid = uid;
  member.name = names.of(uid);
  member.is_voter = view.config.is_voter(uid);
  member.is_learner = view.config.is_learner(uid);
  member.is_leader = view.leader && view.leader == uid;
  for (const Surveyed& one : sight.nodes)
    if (one.node.uid == uid && one.report) member.own = own_word(one, view.id);
  member.role = member.own != nullptr ? role_of(*member.own, uid) : "silent";
  const auto* entry = entry_of(view.word, uid);
  if (entry != nullptr && !entry->heard)
    member.suspicion = "not heard by the leader";
  else if (view.config.is_member(uid) && most_do_not_hear(sight, view, uid))
    member.suspicion = "not heard by most members";
  if (view.word == nullptr) return member;
  if (member.own != nullptr)
    member.lag = missing(view.word->commit, member.own->applied);
  else if (entry != nullptr && entry->heard && entry->applied.value > 0)
    member.lag = missing(view.word->commit, entry->applied);
  if (entry != nullptr && entry->durable.value > 0) member.durable_lag = missing(view.word->last, entry->durable);
  return member;
}

GroupView group_in(const Sight& sight, GroupId id, const Names& names,
                   const std::vector<directory::NodeRecord>& records) {
  GroupView view;
  view.id = id;
  view.title = title_in(sight, id);
  const auto auction = sight.auctions.find(id);
  if (auction != sight.auctions.end()) view.auction = &auction->second;
  if (const auto open = sight.standing.find(id); open != sight.standing.end()) view.standing = &open->second;
  view.ended = view.auction != nullptr && view.auction->outcome.has_value();
  view.word = leaders_word(sight.nodes, id, &view.leader);
  const wire::GroupStatus* newest = view.word;
  for (const Surveyed& one : sight.nodes) {
    const auto* own = serving(one, id);
    if (view.word == nullptr && own != nullptr && (newest == nullptr || own->last > newest->last)) newest = own;
  }
  if (newest != nullptr)
    view.config = newest->config;
  else if (view.auction != nullptr)
    view.config.voters = view.auction->members;
  else if (view.standing != nullptr)
    view.config.voters = view.standing->genesis;
  if (view.word == nullptr) view.leader = followed_by_most(sight, view);
  for (const auto* list : {&view.config.voters, &view.config.learners})
    for (const Uid uid : *list) view.members.push_back(member_in(sight, view, uid, names));
  for (const Surveyed& one : sight.nodes)
    if (own_word(one, id) != nullptr && !view.config.is_member(one.node.uid))
      view.members.push_back(member_in(sight, view, one.node.uid, names));
  for (const MemberView& member : view.members) {
    if (!member.is_voter) continue;
    const auto* entry = entry_of(view.word, member.uid);
    if (view.word != nullptr ? entry != nullptr && entry->heard : member.own != nullptr || member.is_leader)
      ++view.heard;
  }
  if (view.auction != nullptr) view.healing = healing(*view.auction, view.word, records);
  return view;
}

}  // namespace

bool Sight::any_answer() const {
  return std::any_of(nodes.begin(), nodes.end(), [](const Surveyed& one) { return one.report.has_value(); });
}

Names names_in(const Sight& sight) {
  Names names;
  for (const Surveyed& one : sight.nodes)
    if (one.node.uid) names.learn(one.node.uid, one.node.name);
  return names;
}

std::vector<GroupView> groups_in(const Sight& sight) {
  std::set<GroupId> ids{kDirectoryGroup};
  for (const Surveyed& one : sight.nodes)
    if (one.report)
      for (const auto& group : one.report->groups) ids.insert(group.group);
  for (const auto& [id, auction] : sight.auctions)
    if (!auction.outcome) ids.insert(id);
  for (const auto& [id, open] : sight.standing) ids.insert(id);
  const Names names = names_in(sight);
  std::vector<directory::NodeRecord> records;
  for (const Surveyed& one : sight.nodes) records.push_back(one.node);
  std::vector<GroupView> groups;
  for (const GroupId id : ids) groups.push_back(group_in(sight, id, names, records));
  return groups;
}

Sight look_around(House& house, const Sight* before) {
  Sight sight;
  std::vector<directory::NodeRecord> known;
  if (before != nullptr)
    for (const Surveyed& one : before->nodes) known.push_back(one.node);
  try {
    if (auto now = house.nodes(); !now.empty()) known = std::move(now);
    sight.auctions = house.auctions_near();
    for (auto& open : house.standing_near()) sight.standing[open.group] = std::move(open);
  } catch (const Failure& failure) {
    const bool somebody_is_there = !known.empty() || failure.code == Exit::not_found;
    if (failure.code == Exit::interrupted || !somebody_is_there) throw;
  }
  if (sight.standing.empty() && before != nullptr) sight.standing = before->standing;
  if (sight.auctions.empty() && before != nullptr) sight.auctions = before->auctions;
  sight.nodes = survey(house, std::move(known));
  if (interrupted()) fail_with(Exit::interrupted, "");
  return sight;
}

}  // namespace gavel::cli
