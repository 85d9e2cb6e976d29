// drain, undrain, remove, transfer-leader: what an operator does to nodes. Each says on stderr how it gets on.
#include <algorithm>

#include "client/cli/commands.hpp"
#include "client/cli/group_view.hpp"
#include "client/cli/rows.hpp"
#include "common/base/print.hpp"
#include "common/bus/clock.hpp"

namespace gavel::cli {
namespace {

constexpr Duration kLookAgain = 200ms;

/// Lets time pass, and pushed events come in. Throws on Ctrl-C.
void rest(House& house, Duration duration) {
  const TimePoint until = bus::steady_now() + duration;
  while (bus::steady_now() < until) {
    if (interrupted()) fail_with(Exit::interrupted, "interrupted; what was begun goes on");
    house.connection().turn(until);
  }
}

// ---- drain ----------------------------------------------------------------------------------------------------------

/// Where a node still sits: in auctions that it is on its way out of, and in those that want it for lack of another.
struct Seats {
  std::vector<std::string> moving;
  std::vector<std::string> staying;
  bool operator==(const Seats&) const = default;
};

bool is_listed(const std::vector<Surveyed>& nodes, GroupId group, Uid node) {
  const auto* word = leaders_word(nodes, group);
  if (word != nullptr) return word->config.is_member(node);
  return std::any_of(nodes.begin(), nodes.end(), [&](const Surveyed& one) {
    const auto* own = serving(one, group);
    return own != nullptr && own->config.is_member(node);
  });
}

Seats seats_of(House& house, Uid node) {
  const auto running = house.auctions(directory::Which::running);
  const auto nodes = survey(house);
  std::vector<directory::NodeRecord> records;
  for (const Surveyed& one : nodes) records.push_back(one.node);
  Seats seats;
  for (const auto& auction : running) {
    if (std::binary_search(auction.members.begin(), auction.members.end(), node)) {
      seats.staying.push_back(auction.id);
    } else if (is_listed(nodes, auction.group, node)) {
      const auto steps = healing(auction, leaders_word(nodes, auction.group), records);
      seats.moving.push_back(auction.id + (steps.empty() ? "" : ": " + joined(steps)));
    }
  }
  return seats;
}

void drain(Context& context, const std::string& text, bool wait) {
  constexpr Duration kStalled = 60s;
  House& house = context.house();
  const auto node = find_node(house.nodes_now(), text);
  const std::string name = harmless(node.name);
  const bool changed = house.drain(node.uid, true);
  Row all{{"node", node.name}, {"uid", gavel::print(node.uid)}, {"changed", changed}, {"draining", true}};
  if (!wait) return context.output().record(all, name + " is being drained; gavel servers shows how it gets on");
  Seats told;
  for (TimePoint since = bus::steady_now();;) {
    const Seats seats = seats_of(house, node.uid);
    if (seats.moving.empty()) {
      told = seats;
      break;
    }
    if (!(seats == told)) {
      for (const std::string& line : seats.moving) std::cerr << "gavel: " << line << '\n';
      told = seats;
      since = bus::steady_now();
    }
    if (bus::steady_now() - since > kStalled)
      fail_with(Exit::no_quorum, name + " still sits in " + joined(seats.moving) + "; nothing has moved for " +
                                     print(kStalled) + ", gavel status shows why");
    rest(house, kLookAgain);
  }
  all["stays_in"] = told.staying;
  context.output().record(all, told.staying.empty() ? name + " is drained: it serves no auction" : std::string());
  if (!told.staying.empty())
    fail_with(Exit::rejected, name + " keeps its seat in " + joined(told.staying) +
                                  ": no other node is free. It goes when one is, or when the auction ends");
}

void undrain(Context& context, const std::string& text) {
  House& house = context.house();
  const auto node = find_node(house.nodes_now(), text);
  const bool changed = house.drain(node.uid, false);
  context.output().record(
      {{"node", node.name}, {"uid", gavel::print(node.uid)}, {"changed", changed}, {"draining", false}},
      harmless(node.name) + (changed ? " is back in the pool" : " was not draining"));
}

// ---- remove ---------------------------------------------------------------------------------------------------------

void remove(Context& context, const std::string& text, bool shrink) {
  House& house = context.house();
  const auto node = find_node(house.nodes_now(), text);
  house.remove(node.uid, shrink);
  context.output().record({{"node", node.name}, {"uid", gavel::print(node.uid)}, {"removed", true}},
                          harmless(node.name) + " is removed; under that uid it is not expected back");
}

// ---- transfer-leader ------------------------------------------------------------------------------------------------

const Surveyed* leading(const std::vector<Surveyed>& nodes, GroupId group) {
  Uid leader;
  if (leaders_word(nodes, group, &leader) == nullptr) return nullptr;
  const auto at = std::find_if(nodes.begin(), nodes.end(), [&](const Surveyed& one) { return one.node.uid == leader; });
  return at == nodes.end() ? nullptr : &*at;
}

void transfer(Context& context, const std::string& title, const std::string& text) {
  House& house = context.house();
  const auto group = house.group(title);
  const auto to = find_node(house.nodes(), text);
  const TimePoint deadline = bus::steady_now() + context.settings.timeout;
  const auto done = [&](const std::string& words) {
    context.output().record(
        {{"group", group.title}, {"leader", to.name}, {"uid", gavel::print(to.uid)}, {"message", words}}, words);
  };
  Uid asked;
  std::string refusal;
  for (;; rest(house, kLookAgain)) {
    const auto nodes = survey(house);
    const Surveyed* leader = leading(nodes, group.id);
    if (leader != nullptr && leader->node.uid == to.uid)
      return done(harmless(to.name) + " leads " + group.title + (asked ? "" : " already"));
    // The lead may have changed hands since: then the refusal was about something else.
    if (!refusal.empty() && (leader == nullptr || leader->node.uid == asked)) fail_with(Exit::rejected, refusal);
    if (bus::steady_now() > deadline)
      fail_with(Exit::no_quorum, leader == nullptr ? "no node says that it leads " + group.title
                                                   : harmless(to.name) + " has not taken over " + group.title +
                                                         " in time; " + harmless(leader->node.name) + " leads it");
    if (leader == nullptr || leader->node.uid == asked) continue;
    asked = leader->node.uid;
    Connection connection(settings_for_one_node(context.settings), leader->node.endpoints.client);
    const auto outcome = connection.transfer(group.id, to.uid);
    require_ok(outcome, "");
    const auto operated = wire::decode<wire::Operated>(outcome.body);
    if (!operated) fail_with(Exit::internal, "the answer of " + outcome.gateway_name + " is not understood");
    refusal = operated->done ? std::string() : harmless(operated->message);
    if (operated->done)
      std::cerr << "gavel: " << harmless(leader->node.name) << ": " << harmless(operated->message) << '\n';
  }
}

}  // namespace

void add_operator_commands(CLI::App& app, Context& context) {
  auto node = std::make_shared<std::string>();
  auto flag = std::make_shared<bool>(false);
  auto* away = app.add_subcommand("drain",
                                  "Take a node out of service: others get its seats, and its clients go elsewhere\n\n"
                                  "Examples:\n"
                                  "  gavel drain n3              waits until it serves nothing\n"
                                  "  gavel drain n3 --no-wait\n"
                                  "Exit code 3: it keeps seats, because no other node is free.");
  away->add_option("NODE", *node, "Its name or uid, e.g. n3")->required();
  away->add_flag("--no-wait", *flag, "Do not wait until it serves nothing");
  away->callback(
      [&context, node, flag] { context.action = [&context, node, flag] { drain(context, *node, !*flag); }; });

  auto* back = app.add_subcommand("undrain",
                                  "Put a drained node back into the pool\n\n"
                                  "Examples:\n"
                                  "  gavel undrain n3");
  back->add_option("NODE", *node, "Its name or uid, e.g. n3")->required();
  back->callback([&context, node] { context.action = [&context, node] { undrain(context, *node); }; });

  auto* gone = app.add_subcommand("remove",
                                  "Strike off a node that is not up and will not come back\n\n"
                                  "Examples:\n"
                                  "  gavel remove n3\n"
                                  "  gavel remove n3 --shrink    even if nobody is free to take its seats");
  gone->add_option("NODE", *node, "Its name or uid, e.g. n3")->required();
  gone->add_flag("--shrink", *flag, "Auctions may be left with fewer members: they survive fewer failures");
  gone->callback(
      [&context, node, flag] { context.action = [&context, node, flag] { remove(context, *node, *flag); }; });

  auto* lead = app.add_subcommand("transfer-leader",
                                  "Have another node lead an auction, or a group of the house\n\n"
                                  "Examples:\n"
                                  "  gavel transfer-leader lot-7 n3\n"
                                  "  gavel transfer-leader directory n2");
  auto group = std::make_shared<std::string>();
  lead->add_option("GROUP", *group, "An auction's id, directory, lobby or likes")->required();
  lead->add_option("NODE", *node, "Its name or uid, e.g. n3")->required();
  lead->callback(
      [&context, group, node] { context.action = [&context, group, node] { transfer(context, *group, *node); }; });
}

}  // namespace gavel::cli
