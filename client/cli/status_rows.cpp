#include "client/cli/status_rows.hpp"

#include <algorithm>

#include "client/cli/rows.hpp"
#include "common/base/print.hpp"

namespace gavel::cli {
namespace {

std::string term_text(const wire::Term& term, const Names& names) {
  return std::to_string(term.round) + "/" + names.of(term.uid);
}

Row number_or_null(const std::optional<std::uint64_t>& number) { return number ? Row(*number) : Row(); }

/// "up", "down", "lost", "draining", "disk failed", or "silent" if it should be up and says nothing.
std::string seen_state(const Surveyed& one) {
  return one.node.life == directory::Life::up && !one.report ? "silent" : state_of(one.node);
}

bool manages(const std::vector<GroupView>& groups, Uid node) {
  return std::any_of(groups.begin(), groups.end(), [&](const GroupView& group) {
    return group.id == kDirectoryGroup && group.leader && group.leader == node;
  });
}

Row led_by(const std::vector<GroupView>& groups, Uid node) {
  Row led = Row::array();
  for (const GroupView& group : groups)
    if (!group.ended && group.leader && group.leader == node) led.push_back(group.title);
  return led;
}

Names names_of_members(const std::vector<GroupView>& groups) {
  Names names;
  for (const GroupView& group : groups)
    for (const MemberView& member : group.members) names.learn(member.uid, member.name);
  return names;
}

Row replica_row(const GroupView& group, const MemberView& member, const Names& names) {
  const wire::GroupStatus& own = *member.own;
  Row voters = Row::array();
  for (const Uid uid : own.config.voters) voters.push_back(names.of(uid));
  Row learners = Row::array();
  for (const Uid uid : own.config.learners) learners.push_back(names.of(uid));
  return {{"group", group.title},
          {"id", group.id.value},
          {"node", member.name},
          {"role", member.role},
          {"leader", names.of(own.leader)},
          {"term", term_text(own.promised, names)},
          {"first", own.first.value},
          {"last", own.last.value},
          {"commit", own.commit.value},
          {"applied", own.applied.value},
          {"lag", number_or_null(member.lag)},
          {"durable_lag", number_or_null(member.durable_lag)},
          {"suspicion", member.suspicion.empty() ? Row() : Row(member.suspicion)},
          {"ended", group.ended},
          {"digest_slot", own.digest_slot.value},
          {"digest", gavel::print(own.digest)},
          {"voters", std::move(voters)},
          {"learners", std::move(learners)}};
}

Ink ink_of_word(const std::string& word) {
  if (word == "down" || word == "lost" || word == "silent" || word == "disk failed") return Ink::bad;
  if (word == "draining" || word == "candidate" || word == "recovering" || word == "unlisted") return Ink::warning;
  if (word == "learner" || word == "suspected") return Ink::warning;
  if (word == "leader" || word == "manager") return Ink::strong;
  return word == "up" ? Ink::good : word == "observer" ? Ink::faint : Ink::plain;
}

/// Cells that are a state or a role.
Ink ink_of_cell(const Row& row, const std::string& key) {
  return key == "state" || key == "role" ? ink_of_word(cell(row[key])) : Ink::plain;
}

/// Without what every endpoint begins with.
std::string bare(const std::string& endpoint) {
  return endpoint.rfind("tcp://", 0) == 0 ? endpoint.substr(6) : endpoint;
}

}  // namespace

std::string term_of(const GroupView& group, const Names& names) {
  wire::Term highest;
  if (group.word != nullptr)
    highest = group.word->promised;
  else
    for (const MemberView& member : group.members)
      if (member.own != nullptr) highest = std::max(highest, member.own->promised);
  return highest == wire::Term{} ? std::string() : term_text(highest, names);
}

Section nodes_section(const Sight& sight, const std::vector<GroupView>& groups) {
  Section section{"nodes", {}, {}, "no nodes"};
  for (const Surveyed& one : sight.nodes) {
    const auto& r = one.report;
    section.rows.push_back({{"node", one.node.name},
                            {"uid", gavel::print(one.node.uid)},
                            {"state", seen_state(one)},
                            {"manager", manages(groups, one.node.uid)},
                            {"duty", one.node.used > 0 ? "busy" : "idle"},
                            {"alive", one.node.life == directory::Life::up},
                            {"answers", r.has_value()},
                            {"draining", one.node.draining},
                            {"used", one.node.used},
                            {"slots", one.node.slots},
                            {"leads", led_by(groups, one.node.uid)},
                            {"clients", r ? Row(r->clients) : Row()},
                            {"room", r ? Row(r->room) : Row()},
                            {"uptime", r ? Row(print(r->uptime)) : Row()},
                            {"uptime_seconds", r ? Row(static_cast<double>(r->uptime.count()) / 1e6) : Row()},
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

Section groups_section(const std::vector<GroupView>& groups) {
  Section section{"groups", {}, {}, "no groups"};
  const Names names = names_of_members(groups);
  for (const GroupView& group : groups)
    for (const MemberView& member : group.members)
      if (member.own != nullptr) section.rows.push_back(replica_row(group, member, names));
  return section;
}

Section rings_section(const std::vector<GroupView>& groups, const Names& names) {
  Section section{"rings", {}, {}, ""};
  for (const GroupView& group : groups) {
    Row suspects = Row::array();
    for (const MemberView& member : group.members)
      if (!member.suspicion.empty()) suspects.push_back(member.name);
    section.rows.push_back({{"group", group.title},
                            {"id", group.id.value},
                            {"leader", group.leader ? Row(names.of(group.leader)) : Row()},
                            {"term", term_of(group, names)},
                            {"ring", names.of(group.config.voters)},
                            {"learners", names.of(group.config.learners)},
                            {"suspects", std::move(suspects)},
                            {"way", group.word != nullptr ? Row(names.of(group.word->way)) : Row::array()},
                            {"heard", group.heard},
                            {"majority", group.majority()},
                            {"ended", group.ended}});
  }
  return section;
}

Section healing_section(const std::vector<GroupView>& groups) {
  Section section{"healing", {{"group", "GROUP"}, {"what", "WHAT HAPPENS"}}, {}, "every auction has whom it wants"};
  for (const GroupView& group : groups)
    for (const std::string& what : group.healing) section.rows.push_back({{"group", group.title}, {"what", what}});
  return section;
}

Section nodes_for_people(const Sight& sight, const std::vector<GroupView>& groups) {
  Section section{"nodes",
                  {{"node", "NODE"},
                   {"state", "STATE"},
                   {"role", "ROLE"},
                   {"slots", "SLOTS"},
                   {"leads", "LEADS"},
                   {"clients", "CLIENTS"},
                   {"version", "VERSION"},
                   {"uptime", "UPTIME"},
                   {"endpoint", "ENDPOINT"},
                   {"alarms", "ALARMS"}},
                  {},
                  "no nodes",
                  ink_of_cell};
  for (const Surveyed& one : sight.nodes) {
    const auto& r = one.report;
    section.rows.push_back({{"node", one.node.name},
                            {"state", seen_state(one)},
                            {"role", manages(groups, one.node.uid) ? "manager"
                                     : one.node.used > 0           ? "busy"
                                                                   : "idle"},
                            {"slots", std::to_string(one.node.used) + "/" + std::to_string(one.node.slots)},
                            {"leads", led_by(groups, one.node.uid).size()},
                            {"clients", r ? Row(std::to_string(r->clients) + "/" + std::to_string(r->room)) : Row()},
                            {"version", r ? Row(r->version) : Row()},
                            {"uptime", r ? Row(print(r->uptime)) : Row()},
                            {"endpoint", bare(one.node.endpoints.client)},
                            {"alarms", r && !r->alarms.empty() ? Row(r->alarms.size()) : Row()}});
  }
  return section;
}

Section groups_for_people(const std::vector<GroupView>& groups, bool all) {
  Section section{"groups",
                  {{"group", "GROUP"},
                   {"term", "TERM"},
                   {"node", "NODE"},
                   {"role", "ROLE"},
                   {"first", "FIRST"},
                   {"last", "LAST"},
                   {"commit", "COMMIT"},
                   {"lag", "LAG"},
                   {"durable_lag", "NOT ON DISK"},
                   {"remark", ""}},
                  {},
                  "no groups",
                  ink_of_cell};
  const Names names = names_of_members(groups);
  for (const GroupView& group : groups) {
    if (group.ended && !all) continue;
    bool first = true;
    for (const MemberView& member : group.members) {
      if (member.role == "observer" && !all) continue;
      const auto* own = member.own;
      const bool ahead = member.is_leader;
      section.rows.push_back({{"group", first ? Row(group.title) : Row()},
                              {"term", first ? Row(term_of(group, names)) : Row()},
                              {"node", member.name},
                              {"role", member.role},
                              {"first", own != nullptr ? Row(own->first.value) : Row()},
                              {"last", own != nullptr ? Row(own->last.value) : Row()},
                              {"commit", own != nullptr ? Row(own->commit.value) : Row()},
                              {"lag", ahead ? Row() : number_or_null(member.lag)},
                              {"durable_lag", ahead ? Row() : number_or_null(member.durable_lag)},
                              {"remark", !member.suspicion.empty() ? "suspected"
                                         : group.ended && first    ? "ended"
                                                                   : ""}});
      first = false;
    }
    if (first) section.rows.push_back({{"group", group.title}, {"remark", "nobody says anything of it"}});
  }
  return section;
}

}  // namespace gavel::cli
