// status, find.
#include <sys/ioctl.h>
#include <unistd.h>

#include <map>

#include "client/cli/commands.hpp"
#include "client/cli/ring.hpp"
#include "client/cli/rows.hpp"
#include "client/cli/survey.hpp"
#include "common/base/print.hpp"
#include "common/bus/clock.hpp"

namespace gavel::cli {
namespace {

using Names = std::map<Uid, std::string>;

std::string name_of(const Names& names, Uid uid) {
  if (!uid) return "none";
  const auto at = names.find(uid);
  return at == names.end() || at->second.empty() ? gavel::print(uid) : at->second;
}

std::string role_of(const wire::GroupStatus& group, Uid node) {
  if (group.observer) return "observer";
  if (group.role == wire::Role::follower && group.config.is_learner(node)) return "learner";
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
  return "follower";
}

Section nodes_section(const std::vector<Surveyed>& nodes) {
  Section section{"nodes",
                  {{"node", "NODE"},
                   {"uid", "UID"},
                   {"state", "STATE"},
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
                            {"state", r                                      ? "up"
                                      : one.node.life == directory::Life::up ? "silent"
                                                                             : "gone"},
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
  for (const Uid uid : group.config.voters) voters.push_back(name_of(names, uid));
  Row learners = Row::array();
  for (const Uid uid : group.config.learners) learners.push_back(name_of(names, uid));
  return {{"group", title},
          {"id", group.group.value},
          {"node", one.node.name},
          {"role", role_of(group, one.node.uid)},
          {"leader", name_of(names, group.leader)},
          {"term", std::to_string(group.promised.round) + "/" + name_of(names, group.promised.uid)},
          {"first", group.first.value},
          {"last", group.last.value},
          {"commit", group.commit.value},
          {"applied", group.applied.value},
          {"digest_slot", group.digest_slot.value},
          {"digest", gavel::print(group.digest)},
          {"voters", std::move(voters)},
          {"learners", std::move(learners)}};
}

/// Who leads a group: whoever says so itself, in the highest term.
const wire::GroupStatus* leaders_word(const std::vector<Surveyed>& nodes, GroupId id, Uid* leader) {
  const wire::GroupStatus* best = nullptr;
  for (const Surveyed& one : nodes) {
    if (!one.report) continue;
    for (const auto& group : one.report->groups) {
      if (group.group != id || group.role != wire::Role::leader || (best && best->promised > group.promised)) continue;
      best = &group;
      *leader = one.report->node;
    }
  }
  return best;
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
  for (const Uid uid : word->config.voters) ring.push_back({name_of(names, uid), uid == leader, !up[uid]});
  std::string text = draw_ring(ring, width);
  if (!word->config.learners.empty()) {
    text += "  learners:";
    for (const Uid uid : word->config.learners) text += " " + harmless(name_of(names, uid));
    text += "\n";
  }
  return text;
}

std::size_t terminal_width() {
  winsize size{};
  constexpr std::size_t kUsual = 100;
  return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : kUsual;
}

std::map<GroupId, std::string> titles_of(House& house) {
  std::map<GroupId, std::string> titles{{kDirectoryGroup, "directory"}};
  const auto outcome = house.connection().local(
      kDirectoryGroup, wire::encode_any(directory::Question(directory::AskAuctions{directory::Which::all, ""})));
  if (outcome.kind != client::OutcomeKind::ok) return titles;
  const auto answer = wire::decode_any<directory::Answer>(outcome.body);
  const auto* page = answer ? std::get_if<directory::Auctions>(&*answer) : nullptr;
  if (page != nullptr)
    for (const auto& auction : page->auctions) titles[auction.group] = auction.id;
  return titles;
}

void status(Context& context) {
  House& house = context.house();
  const auto nodes = survey(house);
  Names names;
  for (const Surveyed& one : nodes) names[one.node.uid] = one.node.name;
  const auto titles = titles_of(house);

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
      const auto title = titles.find(group.group);
      by_group[group.group].push_back(group_row(
          one, group, title == titles.end() ? "group " + std::to_string(group.group.value) : title->second, names));
    }
  }
  for (auto& [id, rows] : by_group) groups.rows.insert(groups.rows.end(), rows.begin(), rows.end());

  Output output = context.output();
  output.lists({nodes_section(nodes), groups});
  for (const auto& [id, rows] : by_group) {
    const std::string ring = picture(nodes, id, names, terminal_width());
    if (!ring.empty()) output.text("\nring of " + cell(rows.front()["group"]) + "  ([leader], (gone))\n" + ring);
  }
  const bool any = std::any_of(nodes.begin(), nodes.end(), [](const Surveyed& one) { return one.report.has_value(); });
  if (!any) fail_with(Exit::no_quorum, "no node answered");
}

void find(Context& context, const std::string& duration) {
  const auto length = parse_duration(duration);
  if (!length) fail_with(Exit::usage, "--for " + length.error().message);
  bus::BeaconOptions options;
  options.address = context.settings.beacon_address;
  options.port = context.settings.beacon_port;
  auto beacon = bus::Beacon::open(options, context.settings.beacon_interface);
  if (!beacon) fail_with(Exit::internal, "cannot listen for beacons: " + beacon.error().message);

  std::map<Uid, wire::Beacon> found;
  std::map<std::string, int> strangers;
  const auto on_datagram = [&](BytesView datagram, const std::string& from) {
    const auto opened = wire::open(datagram, context.settings.cluster);
    if (!opened) {
      ++strangers[from + ": " + harmless(opened.error().message)];
      return;
    }
    const auto message = opened->body<wire::Discovery>();
    if (const auto* one = message ? std::get_if<wire::Beacon>(&*message) : nullptr) found[one->uid] = *one;
  };
  const Bytes probe = wire::seal(wire::Envelope{context.settings.cluster, {}, {}, {}}, wire::Probe{});
  bus::ClientSocket waiter;
  bus::ClientSink sink;
  waiter.watch_fd(beacon->fd());
  const TimePoint until = bus::steady_now() + *length;
  for (TimePoint probe_at = kLongAgo; bus::steady_now() < until && !interrupted();) {
    if (probe_at <= bus::steady_now()) {
      static_cast<void>(beacon->send(probe));
      probe_at = bus::steady_now() + 200ms;
    }
    waiter.poll(std::min(until, probe_at), sink);
    beacon->receive(on_datagram);
  }
  waiter.unwatch_fd(beacon->fd());

  Section section{
      "nodes",
      {{"node", "NODE"}, {"uid", "UID"}, {"member", "MEMBER"}, {"clients", "CLIENTS"}, {"client_endpoint", "ENDPOINT"}},
      {},
      ""};
  for (const auto& [uid, one] : found)
    section.rows.push_back({{"node", one.name},
                            {"uid", gavel::print(uid)},
                            {"member", one.member},
                            {"clients", one.clients},
                            {"client_endpoint", one.client},
                            {"peer_endpoint", one.peer},
                            {"pub_endpoint", one.pub}});
  context.output().list(section);
  for (const auto& [what, count] : strangers) std::cerr << "gavel: ignored " << count << " from " << what << '\n';
  if (found.empty())
    fail_with(Exit::no_quorum, "no node of cluster '" + context.settings.cluster + "' was heard on port " +
                                   std::to_string(context.settings.beacon_port) + " within " + print(*length));
}

}  // namespace

void add_cluster_commands(CLI::App& app, Context& context) {
  app.add_subcommand("status",
                     "Nodes, roles, rings, leaders, terms and positions, asked of every node itself\n\n"
                     "Examples:\n"
                     "  gavel status\n"
                     "  gavel status -o json    with what each node counts")
      ->callback([&context] { context.action = [&context] { status(context); }; });
  auto* look = app.add_subcommand("find",
                                  "Who is there: listens for the nodes' beacons\n\n"
                                  "Examples:\n"
                                  "  gavel find --for 3s");
  auto duration = std::make_shared<std::string>("1s");
  look->add_option("--for", *duration, "How long to listen")->capture_default_str();
  look->callback([&context, duration] { context.action = [&context, duration] { find(context, *duration); }; });
}

}  // namespace gavel::cli
