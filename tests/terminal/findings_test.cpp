// What is found to be wrong with a cluster, from what its nodes say.
#include "client/cli/findings.hpp"

#include <catch2/catch.hpp>
#include <sstream>

#include "client/cli/status_rows.hpp"

namespace gavel::cli {
namespace {

using wire::Role;

constexpr GroupId kLot{17};

/// Nodes n1 to n5, of which n5 leads the directory (of all five) and lot-7 (of n2 to n5).
struct Cluster {
  Sight sight;

  Cluster() {
    for (std::uint64_t i = 1; i <= 5; ++i) {
      Surveyed one;
      one.node.uid = {i};
      one.node.name = "n" + std::to_string(i);
      one.node.slots = 4;
      one.node.used = i == 1 ? 0 : 1;
      one.report.emplace();
      one.report->node = {i};
      one.report->name = one.node.name;
      one.report->version = "0.1.0";
      one.report->groups.push_back(word(kDirectoryGroup, i, {1, 2, 3, 4, 5}));
      if (i != 1) one.report->groups.push_back(word(kLot, i, {2, 3, 4, 5}));
      sight.nodes.push_back(std::move(one));
    }
    auto& auction = sight.auctions[kLot];
    auction.id = "lot-7";
    auction.group = kLot;
    auction.members = {{2}, {3}, {4}, {5}};
  }

  static wire::GroupStatus word(GroupId group, std::uint64_t node, const std::vector<std::uint64_t>& voters) {
    wire::GroupStatus status;
    status.group = group;
    status.role = node == 5 ? Role::leader : Role::follower;
    status.promised = {3, {5}};
    status.leader = {5};
    status.first = {1};
    status.last = status.commit = status.applied = {100};
    for (const auto uid : voters) {
      status.config.voters.push_back({uid});
      status.members.push_back({{uid}, true, true, Role::follower, {100}, {100}, 0, false});
    }
    if (node == 5)
      for (const auto uid : voters) status.way.push_back({uid});
    return status;
  }

  Surveyed& node(std::uint64_t uid) { return sight.nodes[uid - 1]; }
  wire::GroupStatus& said(std::uint64_t node, GroupId group) {
    for (auto& status : sight.nodes[node - 1].report->groups)
      if (status.group == group) return status;
    throw std::logic_error("no such group");
  }
  void dies(std::uint64_t uid) {
    node(uid).report.reset();
    node(uid).silence = "no answer";
    for (auto& one : sight.nodes)
      if (one.report)
        for (auto& group : one.report->groups)
          for (auto& member : group.members)
            if (member.uid == Uid{uid}) member.heard = false;
  }

  std::vector<Finding> findings() const { return findings_in(sight, groups_in(sight)); }
  std::vector<std::string> kinds() const {
    std::vector<std::string> all;
    for (const auto& finding : findings()) all.push_back(finding.kind);
    return all;
  }
  std::string summary() const { return summary_of(sight, groups_in(sight), findings()); }
};

using Kinds = std::vector<std::string>;

}  // namespace

TEST_CASE("terminal: a cluster that lacks nothing is healthy") {
  const Cluster cluster;
  CHECK(cluster.findings().empty());
  CHECK(cluster.summary() == "5 nodes up, 2 groups, all led, all healthy");
}

TEST_CASE("terminal: a node that is gone degrades, and is told once, with where it sits") {
  Cluster cluster;
  cluster.dies(3);
  CHECK(cluster.kinds() == Kinds{"silent"});
  CHECK(cluster.findings().front().what == "does not answer; sits in directory, lot-7");
  CHECK(worst_of(cluster.findings()) == Health::degraded);
  CHECK(cluster.summary() == "4 of 5 nodes up, 2 groups, all led, degraded: 1 finding");
  cluster.node(3).node.life = directory::Life::down;
  CHECK(cluster.kinds() == Kinds{"node"});
}

TEST_CASE("terminal: a member that answers and that its leader does not hear is suspected") {
  Cluster cluster;
  cluster.said(5, kLot).members[1].heard = false;
  CHECK(cluster.kinds() == Kinds{"suspect"});
  CHECK(cluster.findings().front().node == "n3");
  CHECK(cluster.findings().front().group == "lot-7");
}

TEST_CASE("terminal: a group without a leader is broken, and comes first") {
  Cluster cluster;
  cluster.node(1).report->alarms.push_back("the disk is slow");
  for (const std::uint64_t uid : {2, 3, 4, 5}) {
    cluster.said(uid, kLot).role = Role::candidate;
    cluster.said(uid, kLot).leader = {};
  }
  CHECK(cluster.kinds() == Kinds{"no_leader", "alarm"});
  CHECK(worst_of(cluster.findings()) == Health::broken);
  CHECK(cluster.summary().find("1 without a leader, broken") != std::string::npos);
}

TEST_CASE("terminal: a leader that does not answer is known by those who follow it") {
  Cluster cluster;
  cluster.node(5).report.reset();
  const auto groups = groups_in(cluster.sight);
  for (const GroupView& group : groups) CHECK(group.leader == Uid{5});
  CHECK(cluster.kinds() == Kinds{"silent"});
  for (const MemberView& member : groups.front().members) CHECK(!member.lag);  // nobody knows what the leader has
}

TEST_CASE("terminal: a leader that hears no majority serves nothing") {
  Cluster cluster;
  for (auto& member : cluster.said(5, kLot).members) member.heard = member.uid == Uid{5};
  CHECK(cluster.kinds().front() == "no_majority");
}

TEST_CASE("terminal: of two who lead the one in the higher term is believed") {
  Cluster cluster;
  cluster.said(4, kLot).role = Role::leader;
  cluster.said(4, kLot).promised = {4, {4}};
  for (const GroupView& group : groups_in(cluster.sight))
    if (group.id == kLot) CHECK(group.leader == Uid{4});
}

TEST_CASE("terminal: a running auction that no node serves is broken") {
  Cluster cluster;
  auto& auction = cluster.sight.auctions[GroupId{18}];
  auction.id = "lot-8";
  auction.members = {{2}, {3}, {4}};
  CHECK(cluster.kinds().front() == "no_leader");
  auction.outcome.emplace();
  CHECK(cluster.findings().empty());
}

TEST_CASE("terminal: lag counts from the leader's commit and from its last slot, and is blank when unknown") {
  Cluster cluster;
  auto& leader = cluster.said(5, kLot);
  leader.last = {120};
  leader.commit = {110};
  leader.members[1].durable = {};  // n3: no ack in this term yet
  const auto groups = groups_in(cluster.sight);
  const auto& members = groups.back().members;
  CHECK(members[0].lag == 10U);
  CHECK(members[0].durable_lag == 20U);
  CHECK(!members[1].durable_lag);
  leader.last = leader.commit = {100 + kUsualLag + 1};
  leader.members[1].durable = {100};
  CHECK(cluster.kinds() == Kinds{"lag", "lag", "lag", "lag"});  // the leader's own report is part of the script
}

TEST_CASE("terminal: mixed versions, draining and a group that could be larger are findings") {
  Cluster cluster;
  cluster.node(2).report->version = "0.2.0";
  CHECK(cluster.findings().front().what == "the nodes run different versions: 0.1.0 on n1, n3, n4, n5; 0.2.0 on n2");
  cluster.node(2).report->version = "0.1.0";
  cluster.node(1).node.draining = true;
  CHECK(cluster.kinds() == Kinds{"draining"});
  cluster.node(1).node.draining = false;
  cluster.sight.auctions[kLot].members = {{2}, {3}, {5}};
  for (const std::uint64_t uid : {2, 3, 4, 5}) cluster.said(uid, kLot).config.voters = {{2}, {3}, {5}};
  CHECK(cluster.kinds() == Kinds{"smaller"});
}

TEST_CASE("terminal: when nobody answers that is the only finding") {
  Cluster cluster;
  for (std::uint64_t uid = 1; uid <= 5; ++uid) cluster.dies(uid);
  CHECK(cluster.kinds() == Kinds{"no_answer"});
  CHECK(cluster.summary() == "no node answers");
}

TEST_CASE("terminal: the tables of status fit a hundred columns, and observers show on demand only") {
  Cluster cluster;
  cluster.node(1).report->groups.push_back(Cluster::word(kLot, 1, {2, 3, 4, 5}));
  cluster.node(1).report->groups.back().observer = true;
  for (auto& one : cluster.sight.nodes) {
    one.node.endpoints.client = "tcp://192.168.100.100:65535";
    one.report->uptime = 27h + 59min + 59s;
    one.report->clients = one.report->room = 4096;
    one.node.used = 16;
    one.node.slots = 16;
  }
  const auto groups = groups_in(cluster.sight);
  std::ostringstream out;
  Output(out, Format::table).lists({nodes_for_people(cluster.sight, groups), groups_for_people(groups, false)});
  std::istringstream in(out.str());
  for (std::string line; std::getline(in, line);) CHECK(width_of(line) <= 100);
  CHECK(out.str().find("observer") == std::string::npos);
  std::ostringstream all;
  Output(all, Format::table).list(groups_for_people(groups, true));
  CHECK(all.str().find("observer") != std::string::npos);
}

TEST_CASE("terminal: a ring as a row has its leader, its suspects and the token's last way") {
  Cluster cluster;
  cluster.dies(3);
  const auto section = rings_section(groups_in(cluster.sight), names_in(cluster.sight));
  const Row& row = section.rows.back();
  CHECK(row["group"] == "lot-7");
  CHECK(row["leader"] == "n5");
  CHECK(row["ring"] == Row({"n2", "n3", "n4", "n5"}));
  CHECK(row["suspects"] == Row({"n3"}));
  CHECK(row["way"] == Row({"n2", "n3", "n4", "n5"}));
}

}  // namespace gavel::cli
