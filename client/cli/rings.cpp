// ring: the rings of groups, who in them is suspected, and which way the token went that made the leader.
#include <algorithm>

#include "client/cli/commands.hpp"
#include "client/cli/ring.hpp"
#include "client/cli/status_rows.hpp"

namespace gavel::cli {
namespace {

/// Those that were asked for, in that order; otherwise all whose auctions have not ended.
std::vector<const GroupView*> chosen(const std::vector<GroupView>& groups, const std::vector<std::string>& titles) {
  std::vector<const GroupView*> found;
  if (titles.empty()) {
    for (const GroupView& group : groups)
      if (!group.ended) found.push_back(&group);
    return found;
  }
  for (const std::string& title : titles) {
    const auto at = std::find_if(groups.begin(), groups.end(), [&](const auto& group) { return group.title == title; });
    if (at != groups.end()) {
      found.push_back(&*at);
      continue;
    }
    std::vector<std::string> there;
    for (const GroupView& group : groups)
      if (!group.ended) there.push_back(harmless(group.title));
    fail_with(Exit::not_found, "no node serves a group '" + harmless(title.substr(0, directory::kMaxText)) +
                                   "'; there are " + joined(there));
  }
  return found;
}

/// What is to be said of the token; the arrows of the ring show the same by their numbers.
std::string way_text(const GroupView& group, const Names& names, std::size_t width, bool coloured) {
  if (group.word == nullptr)
    return group.leader ? "the token's last way is not known: the leader does not answer"
                        : "no leader, and no way of a token";
  const std::string leader = harmless(names.of(group.leader));
  if (group.word->way.empty())
    return "no token: " + leader + " has won no election in this life; it leads because it founded the group";
  if (group.word->way.size() == 1) return "no token: " + leader + " won the last election alone";
  return draw_way(names.of(group.word->way), width - 2, coloured);
}

std::string words_of(const GroupView& group, bool (*belongs)(const MemberView&)) {
  std::vector<std::string> words;
  for (const MemberView& member : group.members)
    if (belongs(member))
      words.push_back(harmless(member.name) + (member.suspicion.empty() ? "" : " (" + member.suspicion + ")"));
  return joined(words);
}

std::string picture_of(const GroupView& group, const Names& names, std::size_t width, bool coloured) {
  std::vector<RingMember> ring;
  for (const MemberView& member : group.members) {
    if (!member.is_voter) continue;
    RingMember drawn{member.name, member.is_leader, !member.suspicion.empty() || (!group.word && !member.own), 0};
    if (group.word != nullptr) {
      const auto& way = group.word->way;
      const auto at = std::find(way.begin(), way.end(), member.uid);
      if (at != way.end()) drawn.step = static_cast<std::size_t>(at - way.begin());
    }
    ring.push_back(std::move(drawn));
  }
  const std::string term = term_of(group, names);
  std::string text = painted(harmless(group.title), Ink::strong, coloured) + (term.empty() ? "" : "  term " + term) +
                     (group.leader ? "  leader " + harmless(names.of(group.leader))
                                   : "  " + painted("no leader", Ink::bad, coloured)) +
                     (group.ended ? "  (its auction has ended)" : "") + "\n" + draw_ring(ring, width, coloured);
  const std::string suspects = words_of(group, [](const MemberView& m) { return m.is_voter && !m.suspicion.empty(); });
  if (!suspects.empty()) text += "  suspected: " + painted(suspects, Ink::bad, coloured) + "\n";
  const std::string learners = words_of(group, [](const MemberView& m) { return m.is_learner; });
  if (!learners.empty()) text += "  learners, outside the ring: " + learners + "\n";
  for (const std::string& step : group.healing) text += "  " + step + "\n";
  return text + "  " + way_text(group, names, width, coloured);
}

void show_rings(Context& context, const std::vector<std::string>& titles) {
  const Sight sight = look_around(context.house());
  if (!sight.any_answer()) fail_with(Exit::no_quorum, "no node answered");
  const auto groups = groups_in(sight);
  const auto wanted = chosen(groups, titles);
  const Names names = names_in(sight);
  Output output = context.output();
  if (output.for_people()) {
    const std::size_t width = terminal_extent().columns;
    for (const GroupView* group : wanted)
      output.text((group == wanted.front() ? "" : "\n") + picture_of(*group, names, width, output.coloured()));
  } else {
    std::vector<GroupView> copies;
    for (const GroupView* group : wanted) copies.push_back(*group);
    output.list(rings_section(copies, names));
  }
}

}  // namespace

void add_ring_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("ring",
                                     "Draw the rings of groups: leader, suspects, learners, the token's last way\n\n"
                                     "Examples:\n"
                                     "  gavel ring                  of every group\n"
                                     "  gavel ring lot-7\n"
                                     "  gavel ring directory lot-7 -o json\n"
                                     "[n5] leads, (n2) is suspected; a number on an arrow: which promise came on it.");
  auto titles = std::make_shared<std::vector<std::string>>();
  command->add_option("GROUP", *titles, "Auctions' ids, directory, lobby or likes");
  command->callback([&context, titles] { context.action = [&context, titles] { show_rings(context, *titles); }; });
}

}  // namespace gavel::cli
