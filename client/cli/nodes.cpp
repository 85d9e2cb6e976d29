// report, servers, clients: who is whose, as system A of PRODUCT.md has them.
#include <algorithm>
#include <tuple>

#include "client/cli/commands.hpp"
#include "client/cli/rows.hpp"
#include "client/cli/survey.hpp"
#include "common/base/print.hpp"

namespace gavel::cli {
namespace {

std::string count_of(std::uint64_t n, const std::string& one) {
  return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
}

/// The gateway's own report. Throws if it does not come.
wire::StatusReport gateways_report(House& house) {
  const auto outcome = house.connection().status();
  require_ok(outcome, "");
  auto report = wire::decode<wire::StatusReport>(outcome.body);
  if (!report) fail_with(Exit::internal, "the report of " + outcome.gateway_name + " is not understood");
  return std::move(*report);
}

// ---- report ---------------------------------------------------------------------------------------------------------

Row sessions_row(House& house) {
  Row all = Row::array();
  const auto open = house.connection().client().sessions();
  if (open.empty()) return all;
  const auto auctions = house.auctions_near();
  for (const auto& one : open) {
    const auto at = auctions.find(one.group);
    all.push_back({{"group", one.group == kDirectoryGroup ? "directory"
                             : at == auctions.end()       ? "group " + std::to_string(one.group.value)
                                                          : at->second.id},
                   {"session", one.session.value},
                   {"last_number", one.last.value}});
  }
  return all;
}

void report(Context& context) {
  House& house = context.house();
  // In a shell what is known is told at once, whether a node is there or not.
  const bool within_shell = context.follower != nullptr;
  std::optional<wire::StatusReport> gateway;
  if (!within_shell || house.connection().client().welcomed()) gateway = gateways_report(house);
  const client::Client& client = house.connection().client();
  const Settings& settings = context.settings;
  const Row sessions = gateway ? sessions_row(house) : Row::array();
  std::string text = "you are " + harmless(settings.as) + " in cluster " + settings.cluster + ", client " +
                     gavel::print(house.connection().id());
  if (gateway)
    text += "\ngateway " + harmless(gateway->name) + ", uid " + gavel::print(gateway->node) + ", at " +
            client.gateway_endpoint() + ", serves " + count_of(gateway->clients, "client") + " of at most " +
            std::to_string(gateway->room) + (gateway->draining ? ", and is draining" : "");
  else
    text += ", without a gateway";
  for (const Row& one : sessions)
    text +=
        "\nsession " + cell(one["session"]) + " in " + cell(one["group"]) + ", last number " + cell(one["last_number"]);
  context.output().record({{"name", settings.as},
                           {"client", gavel::print(house.connection().id())},
                           {"cluster", settings.cluster},
                           {"gateway", gateway ? Row(gateway->name) : Row()},
                           {"gateway_uid", gateway ? Row(gavel::print(gateway->node)) : Row()},
                           {"gateway_endpoint", gateway ? Row(client.gateway_endpoint()) : Row()},
                           {"gateway_clients", gateway ? Row(gateway->clients) : Row()},
                           {"gateway_room", gateway ? Row(gateway->room) : Row()},
                           {"gateway_draining", gateway ? Row(gateway->draining) : Row()},
                           {"sessions", sessions},
                           {"known_gateways", client.known_gateways()}},
                          text);
}

// ---- servers --------------------------------------------------------------------------------------------------------

void servers(Context& context) {
  House& house = context.house();
  auto nodes = house.nodes();
  const auto report = gateways_report(house);
  const wire::GroupStatus* directory = nullptr;
  for (const auto& group : report.groups)
    if (group.group == kDirectoryGroup) directory = &group;
  std::sort(nodes.begin(), nodes.end(),
            [](const auto& a, const auto& b) { return std::pair(a.name, a.uid) < std::pair(b.name, b.uid); });
  Section section{"servers",
                  {{"node", "NODE"},
                   {"uid", "UID"},
                   {"state", "STATE"},
                   {"duty", "DUTY"},
                   {"used", "USED"},
                   {"slots", "SLOTS"},
                   {"clients", "CLIENTS"},
                   {"room", "ROOM"},
                   {"manager", "MANAGER"},
                   {"client_endpoint", "ENDPOINT"}},
                  {},
                  "the directory lists no node yet"};
  for (const auto& node : nodes) {
    Row clients;
    if (directory != nullptr)
      for (const auto& member : directory->members)
        if (member.uid == node.uid && member.heard) clients = member.load;
    section.rows.push_back({{"node", node.name},
                            {"uid", gavel::print(node.uid)},
                            {"state", state_of(node)},
                            {"duty", node.used > 0 ? "busy" : "idle"},
                            {"used", node.used},
                            {"slots", node.slots},
                            {"clients", clients},
                            {"room", node.room},
                            {"manager", directory != nullptr && directory->leader == node.uid},
                            {"draining", node.draining},
                            {"version", node.version},
                            {"client_endpoint", node.endpoints.client}});
  }
  context.output().list(section);
}

// ---- clients --------------------------------------------------------------------------------------------------------

/// What a node was asked, and what it said.
struct Asked {
  directory::NodeRecord node;
  std::optional<wire::ClientList> list;
  ClientId asker;
  std::string silence;
};

void ask(const Settings& settings, Asked& asked) {
  try {
    Connection connection(settings_for_one_node(settings), asked.node.endpoints.client);
    asked.asker = connection.id();
    const auto outcome = connection.clients();
    require_ok(outcome, "");
    if (auto list = wire::decode<wire::ClientList>(outcome.body)) asked.list = std::move(*list);
  } catch (const Failure& failure) {
    asked.silence = failure.message;
  }
}

void clients(Context& context, const std::string& only) {
  House& house = context.house();
  const auto nodes = house.nodes();
  const auto auctions = house.auctions_near();
  std::vector<Asked> all;
  if (!only.empty())
    all.push_back({find_node(nodes, only), {}, {}, {}});
  else
    for (const auto& node : nodes)
      if (node.life == directory::Life::up) all.push_back({node, {}, {}, {}});
  at_once(all.size(), [&](std::size_t i) { ask(context.settings, all[i]); });

  Section section{"clients",
                  {{"name", "CLIENT"},
                   {"id", "ID"},
                   {"node", "NODE"},
                   {"stays", "STAYS"},
                   {"idle", "IDLE"},
                   {"calls", "CALLS"},
                   {"watches", "WATCHES"}},
                  {},
                  "nobody is served, but for whoever asks"};
  std::uint64_t unnamed = 0;
  for (const Asked& one : all) {
    if (!one.list) continue;
    unnamed += one.list->total - one.list->clients.size();
    for (const auto& client : one.list->clients) {
      if (client.client == one.asker) continue;
      Row watches = Row::array();
      for (const GroupId group : client.watches) {
        const auto at = auctions.find(group);
        watches.push_back(group == kDirectoryGroup ? "directory"
                          : at == auctions.end()   ? "group " + std::to_string(group.value)
                                                   : at->second.id);
      }
      section.rows.push_back({{"name", client.name},
                              {"id", gavel::print(client.client)},
                              {"node", one.node.name},
                              {"stays", client.stays},
                              {"idle", print(client.idle)},
                              {"calls", client.calls},
                              {"watches", std::move(watches)},
                              {"you", client.client == house.connection().id()}});
    }
  }
  std::sort(section.rows.begin(), section.rows.end(), [](const Row& a, const Row& b) {
    return std::tuple(a["name"].get<std::string>(), a["id"].get<std::string>()) <
           std::tuple(b["name"].get<std::string>(), b["id"].get<std::string>());
  });
  context.output().list(section);
  if (unnamed > 0) std::cerr << "gavel: and " << unnamed << " more, on nodes that serve very many\n";
  bool any = false;
  for (const Asked& one : all) {
    any = any || one.list.has_value();
    if (!one.list) std::cerr << "gavel: no word from " << harmless(one.node.name) << ": " << one.silence << '\n';
  }
  if (!any) fail_with(Exit::no_quorum, "no node answered");
}

}  // namespace

void add_node_commands(CLI::App& app, Context& context) {
  app.add_subcommand("report",
                     "Who you are, through which gateway, and under which sessions\n\n"
                     "Examples:\n"
                     "  gavel report --as ann\n"
                     "  gavel report -o json")
      ->callback([&context] { context.action = [&context] { report(context); }; });
  app.add_subcommand("servers",
                     "The nodes: up, down, lost or draining, idle or busy, and which one manages them\n\n"
                     "Examples:\n"
                     "  gavel servers\n"
                     "  gavel servers -o jsonl")
      ->callback([&context] { context.action = [&context] { servers(context); }; });
  auto* who = app.add_subcommand("clients",
                                 "The clients of every node, or of one\n\n"
                                 "Examples:\n"
                                 "  gavel clients\n"
                                 "  gavel clients n3 -o json");
  auto node = std::make_shared<std::string>();
  who->add_option("NODE", *node, "Its name or uid, e.g. n3");
  who->callback([&context, node] { context.action = [&context, node] { clients(context, *node); }; });
}

}  // namespace gavel::cli
