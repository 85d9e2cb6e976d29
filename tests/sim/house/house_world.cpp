#include "tests/sim/house/house_world.hpp"

#include <algorithm>
#include <numeric>

#include "common/wire/envelope.hpp"
#include "node/services/directory.hpp"
#include "tests/sim/checkers/violation.hpp"

namespace gavel::sim {
namespace {
constexpr std::int64_t kWallStart = 1'700'000'000'000'000;

client::Options client_options(std::size_t index, const HouseNode& known) {
  client::Options out;
  out.cluster = "sim";
  out.id = ClientId{1000 + index};
  out.name = "client " + std::to_string(index);
  out.gateways = {known.endpoints().client};
  out.stays = index >= 2;
  return out;
}
}  // namespace

directory::Endpoints HouseNode::endpoints() const {
  const auto port = std::to_string(1000 + 100 * index + starts % 100);
  return {"tcp://127.0.0.1:3" + port, "tcp://127.0.0.1:2" + port, "tcp://127.0.0.1:1" + port};
}

HouseWorld::HouseWorld(const Plan& the_plan, const HousePlan& the_house, Random the_random, Narrator::Line line,
                       Statistics& the_statistics)
    : statistics(the_statistics),
      narrator(timeline, std::move(line)),
      plan(the_plan),
      house(the_house),
      random(the_random),
      network(timeline, random.fork(), kHouseNodes + kHouseClients, statistics,
              [this](Index from, Index to, const SharedBytes& frame) { deliver(from, to, frame); }),
      nodes(kHouseNodes),
      clients(kHouseClients) {
  network.weather = plan.weather;
  std::vector<std::uint64_t> uids(nodes.size());
  std::iota(uids.begin(), uids.end(), 1);
  next_uid_ = nodes.size();
  for (Index i = 0; i < nodes.size(); ++i) {
    std::swap(uids[i], uids[static_cast<std::size_t>(
                           random.between(static_cast<std::int64_t>(i), static_cast<std::int64_t>(nodes.size()) - 1))]);
    nodes[i].index = i;
    nodes[i].uid = Uid{uids[i]};
    nodes[i].skew = random.between(Duration(-20ms), Duration(20ms));
  }
  for (std::size_t i = 0; i < clients.size(); ++i) {
    clients[i].index = i;
    clients[i].core = std::make_unique<client::Client>(client_options(i, nodes[i % 3]), random.fork());
  }
}

Now HouseWorld::now_at(const HouseNode& node) const {
  return {timeline.now(), WallTime{kWallStart + timeline.now().time_since_epoch().count() + node.skew.count()}};
}

void HouseWorld::start(HouseNode& node, bool bootstrap) {
  if (node.node || node.gone) return;
  auto kept = node.disk->recover();
  if (!kept && node.disk->condition() == store::Condition::damaged) {
    node.disk->erase();
    kept = node.disk->recover();
  }
  if (!kept) throw Violation(Invariant::contract, "a disk cannot be read back: " + kept.error().message);
  checks.kept.started(node.uid, *kept);
  ++node.starts;
  ++statistics.restarts;
  node.failed = node.syncing = false;
  node.written.reset();
  node.paused_until = kLongAgo;
  host::NodeSetup setup;
  setup.options = plan.options;
  setup.cluster = "sim";
  setup.name = "node " + std::to_string(node.index + 1);
  setup.version = "sim";
  setup.self = {node.uid, node.life()};
  setup.endpoints = node.endpoints();
  setup.bootstrap = bootstrap;
  setup.retired = node.retired;
  setup.log_memory = 4 * plan.options.compact_bytes;  // of more than four groups each has less
  setup.seed = random.next();
  setup.observer_idle = 2s;
  setup.slots = house.slots[node.index];
  setup.room = house.room;
  setup.retain_closed = house.retain_closed;
  setup.replace_after = house.replace_after;
  node.effects.clear();
  auto started = host::Node::start(setup, *kept, now_at(node), node.effects);
  if (!started) throw Violation(Invariant::contract, show(node.uid) + " cannot start: " + started.error().message);
  node.node = std::move(*started);
  narrator.say(node.uid, "starts");
  checks.died(node.uid);
  carry_out(node);
  beacon(node, node.starts);
}

void HouseWorld::beacon(HouseNode& node, std::uint64_t life) {
  if (!node.node || node.starts != life) return;
  if (node.paused_until <= timeline.now()) say_beacon(node);
  timeline.after(500ms, [this, &node, life] { beacon(node, life); });
}

void HouseWorld::stop(HouseNode& node) {
  node.node.reset();
  node.links.clear();
  node.subscriptions.clear();
  node.effects.clear();
  node.tick_at = kNever;
  node.disk->crash(random);
  lost_to_clients(node);
  for (const auto i : running())
    if (random.chance(healed_ ? 1 : 0.7))
      act_later(nodes[i], random.between(Duration(1ms), Duration(10ms)),
                [this, i, lost = node.uid](host::Node& other, host::NodeEffects& effects) {
                  other.on_peer_lost(now_at(nodes[i]), lost, effects);
                });
}

void HouseWorld::crash(HouseNode& node) {
  if (!node.node) return;
  statistics.count(Fault::crash);
  if (node.disk->unsynced() > 0) statistics.count(Fault::torn);
  narrator.say(node.uid, "dies");
  stop(node);
}

void HouseWorld::lost_to_clients(HouseNode& node) {
  for (auto& client : clients) {
    if (client.gateway != node.index) continue;
    client.gateway.reset();
    if (!random.chance(0.7)) continue;  // a host that vanished tells nobody
    timeline.after(moment(), [this, &client, connection = client.connection] {
      if (client.connection == connection)
        use(client, [this](client::Client& core) { core.on_gateway_lost(timeline.now()); });
    });
  }
}

void HouseWorld::pause(HouseNode& node, Duration time) {
  node.paused_until = std::max(node.paused_until, timeline.now() + time);
  narrator.say(node.uid, "is stopped for " + std::to_string(time.count() / 1000) + " ms");
}

void HouseWorld::fail_disk(HouseNode& node) {
  if (!node.node || node.failed) return;
  statistics.count(Fault::full_disk);
  node.failed = true;
  narrator.say(node.uid, "has a full disk");
  act_later(node, Duration(0), [this, &node](host::Node& it, host::NodeEffects& effects) {
    it.on_storage_failed(now_at(node), "the disk is full", effects);
  });
}

void HouseWorld::lose_disk(HouseNode& node, bool damaged) {
  crash(node);
  statistics.count(Fault::lost_disk);
  narrator.say(node.uid, std::string(damaged ? "finds its records damaged" : "has lost its disk") +
                             ", and will come back as n" + print(Uid{next_uid_ + 1}));
  if (damaged)
    node.disk->damage();
  else
    node.disk->erase();
  node.retired.push_back(node.uid);
  node.uid = Uid{++next_uid_};
  node.directory_config = {};
}

void HouseWorld::die(HouseNode& node) {
  crash(node);
  statistics.count(Fault::death);
  narrator.say(node.uid, "is gone for good");
  node.gone = true;
}

void HouseWorld::shut_down(HouseNode& node) {
  if (!node.node) return;
  statistics.count(Fault::shutdown);
  narrator.say(node.uid, "is told to go");
  act_later(node, Duration(0),
            [this, &node](host::Node& it, host::NodeEffects& effects) { it.on_drain(now_at(node), effects); });
}

void HouseWorld::transfer(GroupId group, Uid to) {
  auto* leader = leader_of(group);
  if (leader == nullptr) return;
  statistics.count(Fault::transfer);
  narrator.say(leader->uid, "is to hand group " + print(group) + " over to " + show(to));
  act_later(*leader, Duration(0), [this, leader, group, to](host::Node& it, host::NodeEffects& effects) {
    const wire::Envelope envelope{"sim", {}, Uid{999}, {}};
    const auto routing = std::to_string(kHouseClients - 1) + ".operator";  // the answer finds nobody
    it.on_client_frame(now_at(*leader), routing, wire::seal(envelope, wire::Hello{ClientId{999}, "operator", false, 2}),
                       effects);
    it.on_client_frame(now_at(*leader), routing, wire::seal(envelope, wire::TransferLead{1, group, to}), effects);
  });
}

std::vector<Index> HouseWorld::running() const {
  std::vector<Index> out;
  for (const auto& node : nodes)
    if (node.node) out.push_back(node.index);
  return out;
}

void HouseWorld::run_until(TimePoint until) {
  while (timeline.next_at() <= until) timeline.step();
  timeline.advance(until);
}

HouseNode* HouseWorld::at_endpoint(const std::string& endpoint) {
  for (auto& node : nodes)
    if (node.node && (node.endpoints().client == endpoint || node.endpoints().peer == endpoint)) return &node;
  return nullptr;
}

HouseNode* HouseWorld::with_uid(Uid uid) {
  for (auto& node : nodes)
    if (node.uid == uid) return &node;
  return nullptr;
}

HouseNode* HouseWorld::leader_of(GroupId group) {
  HouseNode* found = nullptr;
  for (auto& node : nodes) {
    const auto* replica = node.node ? node.node->replica(group) : nullptr;
    if (replica == nullptr || !replica->leads()) continue;
    if (found == nullptr || found->node->replica(group)->promised() < replica->promised()) found = &node;
  }
  return found;
}

void HouseWorld::set_clocks_ahead(Duration time) {
  narrator.say("all clocks go " + std::to_string(time.count() / 1'000'000) + " s ahead");
  for (auto& node : nodes) node.skew += time;
}

void HouseWorld::heal() {
  narrator.say("the faults end");
  healed_ = true;
  network.clear_links();
  network.weather = Weather{};
  for (auto& node : nodes) {
    node.paused_until = std::min(node.paused_until, timeline.now());
    node.slow_until = kLongAgo;
    if (node.failed) crash(node);
    if (node.starts > 0) start(node);
  }
}

}  // namespace gavel::sim
