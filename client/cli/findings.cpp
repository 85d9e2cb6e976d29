#include "client/cli/findings.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "client/cli/rows.hpp"

namespace gavel::cli {
namespace {

/// Auctions of which members can be had, the directory of which all nodes are, and what its voters serve besides.
std::size_t members_possible(const Sight& sight, const GroupView& group) {
  std::size_t count = 0;
  for (const Surveyed& one : sight.nodes) {
    const bool belongs = group.config.is_voter(one.node.uid);
    const bool free = group.has_voters_of_directory() || one.node.used < one.node.slots;
    if (one.node.is_fit() && (belongs || free)) ++count;
  }
  return std::min(count, group.has_voters_of_directory() ? directory::kMaxVoters : directory::kMaxMembers);
}

std::string counted(std::size_t n, const std::string& one) {
  return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
}

class Search {
 public:
  Search(const Sight& sight, const std::vector<GroupView>& groups, std::uint64_t most_lag)
      : sight_(sight), groups_(groups), most_lag_(most_lag) {}

  void look_at(const Surveyed& one);
  void look_at(const GroupView& group);
  void look_at_versions();
  std::vector<Finding> take();

 private:
  void add(Health health, const std::string& kind, const std::string& node, const std::string& group,
           const std::string& what) {
    found_.push_back({health, kind, node, group, what});
  }
  void look_at_member(const GroupView& group, const MemberView& member);
  std::string seats_of(Uid node) const;

  const Sight& sight_;
  const std::vector<GroupView>& groups_;
  /// Said once of the node, and not again in each of its groups.
  std::set<Uid> gone_;
  std::uint64_t most_lag_;
  std::vector<Finding> found_;
};

std::string Search::seats_of(Uid node) const {
  std::vector<std::string> titles;
  for (const GroupView& group : groups_)
    if (!group.ended && group.config.is_member(node)) titles.push_back(group.title);
  return titles.empty() ? "" : "; sits in " + joined(titles);
}

void Search::look_at(const Surveyed& one) {
  const auto& node = one.node;
  const std::string name = node.name.empty() ? node.endpoints.client : node.name;
  const bool up = node.life == directory::Life::up;
  const std::string seats = seats_of(node.uid);
  if (!one.report) gone_.insert(node.uid);
  if (!up)
    add(Health::degraded, "node", name, "",
        "is " + std::string(directory::words_for(node.life)) +
            (node.down_since == WallTime{} ? "" : ", not heard since " + clock(node.down_since)) +
            (one.report ? ", but answers" : "") + seats +
            (node.life == directory::Life::lost && seats.empty() ? "; gavel remove strikes it off" : ""));
  else if (!one.report)
    add(Health::degraded, "silent", name, "", "does not answer" + seats);
  if (up && node.uid && node.slots == 0) add(Health::degraded, "node", name, "", "serves nothing: its disk has failed");
  if (node.draining) add(Health::degraded, "draining", name, "", "is draining, and takes no seats");
  if (!one.report) return;
  for (const std::string& alarm : one.report->alarms) add(Health::degraded, "alarm", name, "", alarm);
}

void Search::look_at_member(const GroupView& group, const MemberView& member) {
  if (gone_.contains(member.uid)) return;
  if (!member.suspicion.empty())
    add(Health::degraded, "suspect", member.name, group.title, member.suspicion);
  else if (member.lag && *member.lag > most_lag_)
    add(Health::degraded, "lag", member.name, group.title, "is " + counted(*member.lag, "slot") + " behind the leader");
  else if (member.durable_lag && *member.durable_lag > most_lag_)
    add(Health::degraded, "lag", member.name, group.title,
        "has " + counted(*member.durable_lag, "slot") + " of the leader's not on its disk");
}

void Search::look_at(const GroupView& group) {
  if (group.ended) return;
  if (!group.leader) add(Health::broken, "no_leader", "", group.title, "has no leader");
  if (!group.has_majority())
    add(Health::broken, "no_majority", "", group.title,
        std::to_string(group.heard) + " of " + counted(group.config.voters.size(), "member") +
            (group.heard == 1 ? " is" : " are") + " there, " + std::to_string(group.majority()) + " are needed");
  for (const MemberView& member : group.members)
    if (member.is_voter) look_at_member(group, member);
  for (const std::string& step : group.healing)
    if (step != "no leader heard") add(Health::degraded, "healing", "", group.title, step);
  const std::size_t possible = members_possible(sight_, group);
  if (group.leader && group.healing.empty() && group.config.voters.size() < possible)
    add(Health::degraded, "smaller", "", group.title,
        "has " + counted(group.config.voters.size(), "member") + ", and could have " + std::to_string(possible));
}

void Search::look_at_versions() {
  std::map<std::string, std::vector<std::string>> versions;
  for (const Surveyed& one : sight_.nodes)
    if (one.report) versions[one.report->version].push_back(one.node.name);
  if (versions.size() < 2) return;
  std::vector<std::string> parts;
  for (const auto& [version, names] : versions) parts.push_back(version + " on " + joined(names));
  add(Health::degraded, "versions", "", "", "the nodes run different versions: " + joined(parts, "; "));
}

std::vector<Finding> Search::take() {
  std::stable_sort(found_.begin(), found_.end(),
                   [](const Finding& a, const Finding& b) { return a.health > b.health; });
  return std::move(found_);
}

std::size_t nodes_up(const Sight& sight) {
  return static_cast<std::size_t>(std::count_if(sight.nodes.begin(), sight.nodes.end(),
                                                [](const Surveyed& one) { return one.report.has_value(); }));
}

std::size_t going_on(const std::vector<GroupView>& groups) {
  return static_cast<std::size_t>(
      std::count_if(groups.begin(), groups.end(), [](const GroupView& group) { return !group.ended; }));
}

std::size_t without_leader(const std::vector<GroupView>& groups) {
  return static_cast<std::size_t>(std::count_if(groups.begin(), groups.end(),
                                                [](const GroupView& group) { return !group.ended && !group.leader; }));
}

}  // namespace

std::string word_for(Health health) {
  return health == Health::healthy ? "healthy" : health == Health::degraded ? "degraded" : "broken";
}

std::vector<Finding> findings_in(const Sight& sight, const std::vector<GroupView>& groups, std::uint64_t most_lag) {
  if (!sight.any_answer()) return {{Health::broken, "no_answer", "", "", "no node answers"}};
  Search search(sight, groups, most_lag);
  for (const Surveyed& one : sight.nodes) search.look_at(one);
  for (const GroupView& group : groups) search.look_at(group);
  search.look_at_versions();
  return search.take();
}

Health worst_of(const std::vector<Finding>& findings) {
  Health worst = Health::healthy;
  for (const Finding& finding : findings) worst = std::max(worst, finding.health);
  return worst;
}

std::string summary_of(const Sight& sight, const std::vector<GroupView>& groups, const std::vector<Finding>& findings) {
  const std::size_t up = nodes_up(sight);
  if (up == 0) return "no node answers";
  const std::size_t there = going_on(groups);
  const std::size_t leaderless = without_leader(groups);
  const std::string nodes = up == sight.nodes.size()
                                ? counted(up, "node")
                                : std::to_string(up) + " of " + counted(sight.nodes.size(), "node");
  const std::string led = leaderless == 0       ? there == 1 ? "led" : "all led"
                          : leaderless == there ? "without a leader"
                                                : std::to_string(leaderless) + " without a leader";
  const Health worst = worst_of(findings);
  return nodes + " up, " + counted(there, "group") + ", " + led + ", " +
         (worst == Health::healthy ? "all healthy" : word_for(worst) + ": " + counted(findings.size(), "finding"));
}

Row summary_row(const Sight& sight, const std::vector<GroupView>& groups, const std::vector<Finding>& findings) {
  Row versions = Row::array();
  for (const Surveyed& one : sight.nodes)
    if (one.report && std::find(versions.begin(), versions.end(), Row(one.report->version)) == versions.end())
      versions.push_back(one.report->version);
  const std::size_t there = going_on(groups);
  return {{"health", word_for(worst_of(findings))},
          {"summary", summary_of(sight, groups, findings)},
          {"nodes", sight.nodes.size()},
          {"nodes_up", nodes_up(sight)},
          {"groups", there},
          {"groups_led", there - without_leader(groups)},
          {"versions", std::move(versions)},
          {"findings", findings.size()}};
}

Section findings_section(const std::vector<Finding>& findings) {
  Section section{"findings",
                  {{"health", "HEALTH"}, {"node", "NODE"}, {"group", "GROUP"}, {"what", "WHAT"}},
                  {},
                  "nothing is wrong",
                  [](const Row& row, const std::string& key) {
                    if (key != "health") return Ink::plain;
                    return row["health"] == "broken" ? Ink::bad : Ink::warning;
                  }};
  for (const Finding& finding : findings)
    section.rows.push_back({{"health", word_for(finding.health)},
                            {"finding", finding.kind},
                            {"node", finding.node.empty() ? Row() : Row(finding.node)},
                            {"group", finding.group.empty() ? Row() : Row(finding.group)},
                            {"what", finding.what}});
  return section;
}

}  // namespace gavel::cli
