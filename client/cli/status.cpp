// status: nodes, roles, rings, leaders, positions, and how the auctions heal, asked of every node itself.
#include <sys/ioctl.h>
#include <unistd.h>

#include <map>

#include "client/cli/commands.hpp"
#include "client/cli/group_view.hpp"
#include "client/cli/ring.hpp"
#include "client/cli/rows.hpp"
#include "common/base/print.hpp"

namespace gavel::cli {
namespace {

Section nodes_section(const std::vector<Surveyed>& nodes, Uid manager) {
  Section section{"nodes",
                  {{"node", "NODE"},
                   {"uid", "UID"},
                   {"state", "STATE"},
                   {"duty", "DUTY"},
                   {"manager", "MANAGER"},
                   {"used", "USED"},
                   {"slots", "SLOTS"},
                   {"clients", "CLIENTS"},
                   {"uptime", "UPTIME"},
                   {"client_endpoint", "ENDPOINT"},
                   {"alarms", "ALARMS"}},
                  {},
                  "no nodes"};
  for (const Surveyed& one : nodes) {
    const auto& r = one.report;
    section.rows.push_back({{"node", one.node.name},
                            {"uid", gavel::print(one.node.uid)},
                            {"state", one.node.life == directory::Life::up && !r ? "silent" : state_of(one.node)},
                            {"manager", one.node.uid == manager},
                            {"duty", one.node.used > 0 ? "busy" : "idle"},
                            {"alive", one.node.life == directory::Life::up},
                            {"used", one.node.used},
                            {"slots", one.node.slots},
                            {"clients", r ? Row(r->clients) : Row()},
                            {"uptime", r ? Row(print(r->uptime)) : Row()},
                            {"version", r ? Row(r->version) : Row()},
                            {"incarnation", gavel::print(one.node.incarnation)},
                            {"client_endpoint", one.node.endpoints.client},
                            {"peer_endpoint", one.node.endpoints.peer},
                            {"pub_endpoint", one.node.endpoints.pub},
                            {"alarms", r ? Row(r->alarms) : Row::array()},
                            {"silence", r ? Row() : Row(one.silence)}});
    if (!r) continue;
    Row counters = Row::object();
    for (const auto& counter : r->counters) counters[counter.name] = counter.value;
    section.rows.back()["counters"] = std::move(counters);
  }
  return section;
}

Row group_row(const Surveyed& one, const wire::GroupStatus& group, const std::string& title, const Names& names) {
  Row voters = Row::array();
  for (const Uid uid : group.config.voters) voters.push_back(names.of(uid));
  Row learners = Row::array();
  for (const Uid uid : group.config.learners) learners.push_back(names.of(uid));
  return {{"group", title},
          {"id", group.group.value},
          {"node", one.node.name},
          {"role", role_of(group, one.node.uid)},
          {"leader", names.of(group.leader)},
          {"term", std::to_string(group.promised.round) + "/" + names.of(group.promised.uid)},
          {"first", group.first.value},
          {"last", group.last.value},
          {"commit", group.commit.value},
          {"applied", group.applied.value},
          {"digest_slot", group.digest_slot.value},
          {"digest", gavel::print(group.digest)},
          {"voters", std::move(voters)},
          {"learners", std::move(learners)}};
}

std::string picture(const std::vector<Surveyed>& nodes, GroupId id, const Names& names, std::size_t width) {
  Uid leader;
  const wire::GroupStatus* word = leaders_word(nodes, id, &leader);
  std::map<Uid, bool> up;
  for (const Surveyed& one : nodes) {
    if (!one.report) continue;
    up[one.report->node] = true;
    for (const auto& group : one.report->groups)
      if (word == nullptr && group.group == id && !group.observer) word = &group;
  }
  if (word == nullptr) return {};
  std::vector<RingMember> ring;
  for (const Uid uid : word->config.voters) ring.push_back({names.of(uid), uid == leader, !up[uid]});
  std::string text = draw_ring(ring, width);
  if (!word->config.learners.empty()) {
    text += "  learners:";
    for (const Uid uid : word->config.learners) text += " " + harmless(names.of(uid));
    text += "\n";
  }
  return text;
}

std::size_t terminal_width() {
  winsize size{};
  constexpr std::size_t kUsual = 100;
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

std::string title_of(const std::map<GroupId, directory::Auction>& auctions, GroupId group) {
  if (group == kDirectoryGroup) return "directory";
  const auto at = auctions.find(group);
  return at == auctions.end() ? "group " + std::to_string(group.value) : at->second.id;
}

Section healing_section(const std::map<GroupId, directory::Auction>& auctions, const std::vector<Surveyed>& nodes) {
  Section section{"healing", {{"group", "GROUP"}, {"what", "WHAT HAPPENS"}}, {}, "every auction has whom it wants"};
  std::vector<directory::NodeRecord> records;
  for (const Surveyed& one : nodes) records.push_back(one.node);
  for (const auto& [group, auction] : auctions)
    for (const std::string& what : healing(auction, leaders_word(nodes, group), records))
      section.rows.push_back({{"group", auction.id}, {"what", what}});
  return section;
}

void status(Context& context) {
  House& house = context.house();
  const auto nodes = survey(house);
  Names names;
  for (const Surveyed& one : nodes) names.learn(one.node.uid, one.node.name);
  const auto auctions = house.auctions_near();
  Uid manager;
  leaders_word(nodes, kDirectoryGroup, &manager);

  Section groups{"groups",
                 {{"group", "GROUP"},
                  {"node", "NODE"},
                  {"role", "ROLE"},
                  {"leader", "LEADER"},
                  {"term", "TERM"},
                  {"first", "FIRST"},
                  {"last", "LAST"},
                  {"commit", "COMMIT"},
                  {"applied", "APPLIED"}},
                 {},
                 "no groups"};
  std::map<GroupId, std::vector<Row>> by_group;
  for (const Surveyed& one : nodes) {
    if (!one.report) continue;
    for (const auto& group : one.report->groups) {
      by_group[group.group].push_back(group_row(one, group, title_of(auctions, group.group), names));
    }
  }
  for (auto& [id, rows] : by_group) groups.rows.insert(groups.rows.end(), rows.begin(), rows.end());

  Output output = context.output();
  output.lists({nodes_section(nodes, manager), groups, healing_section(auctions, nodes)});
  for (const auto& [id, rows] : by_group) {
    const std::string ring = picture(nodes, id, names, terminal_width());
    if (!ring.empty()) output.text("\nring of " + cell(rows.front()["group"]) + "  ([leader], (gone))\n" + ring);
  }
  const bool any = std::any_of(nodes.begin(), nodes.end(), [](const Surveyed& one) { return one.report.has_value(); });
  if (!any) fail_with(Exit::no_quorum, "no node answered");
}

}  // namespace

void add_status_command(CLI::App& app, Context& context) {
  app.add_subcommand("status",
                     "Nodes, roles, rings, leaders, terms and positions, asked of every node itself\n\n"
                     "Examples:\n"
                     "  gavel status\n"
                     "  gavel status -o json    with what each node counts")
      ->callback([&context] { context.action = [&context] { status(context); }; });
}

}  // namespace gavel::cli
