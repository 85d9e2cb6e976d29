// What becomes of a node's effects, and of a client's: the work that sockets and threads do in production.
#include <algorithm>
#include <utility>

#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/house/house_world.hpp"
#include "tests/sim/note_counts.hpp"

namespace gavel::sim {
namespace {
Path path_of(char lane) {
  switch (lane) {
    case 'b':
      return Path::batch;
    case 'o':
      return Path::order;
    case 'a':
      return Path::ack;
    case 'h':
      return Path::beat;
    default:
      return Path::unicast;
  }
}
}  // namespace

SharedBytes HouseWorld::tagged(Tag tag, const Bytes& address, const Bytes& frame) {
  Bytes out(1, static_cast<char>(tag));
  out += static_cast<char>(address.size());
  return share(out + address + frame);
}

void HouseWorld::act(HouseNode& node, const Act& what) {
  what(*node.node, node.effects);
  node.node->end_turn(now_at(node), node.effects);
  carry_out(node);
}

void HouseWorld::act_later(HouseNode& node, Duration delay, Act what) {
  timeline.at(std::max(timeline.now() + delay, node.paused_until),
              [this, &node, starts = node.starts, what = std::move(what)] {
                if (!node.node || node.starts != starts) return;
                if (node.paused_until > timeline.now()) return act_later(node, Duration(0), what);
                act(node, what);
              });
}

void HouseWorld::carry_out(HouseNode& node) {
  host::NodeEffects effects;
  std::swap(effects, node.effects);
  checks.stepped(node.uid, node.life(), *node.node, effects);
  if (const auto* replica = node.node->replica(kDirectoryGroup); replica != nullptr && !replica->blank())
    if (replica->config() != node.directory_config) node.directory_config = replica->config();
  for (const auto& note : effects.notes)
    if (note.kind) count(statistics, *note.kind);
  if (narrator)
    for (const auto& note : effects.notes) narrator.say(node.uid, "[" + print(note.group) + "] " + note.text);
  if (on_step) {
    const auto starts = node.starts;
    on_step(node, effects);
    if (!node.node || node.starts != starts) return;
  }
  for (const auto& link : effects.links) {
    if (link.endpoints)
      node.links[link.peer] = link.endpoints->peer;
    else
      node.links.erase(link.peer);
  }
  for (const auto& subscription : effects.subscriptions) {
    if (subscription.wanted)
      node.subscriptions.insert(subscription.prefix);
    else if (const auto it = node.subscriptions.find(subscription.prefix); it != node.subscriptions.end())
      node.subscriptions.erase(it);
  }
  write(node, effects);
  publish(node, effects);
  for (const auto& send : effects.clients) {
    const auto client = static_cast<std::size_t>(std::stoul(send.routing_id));
    network.send(node.index, kHouseNodes + client, Path::client, tagged(Tag::to_client, send.routing_id, send.frame));
  }
  if (effects.exit) {
    narrator.say(node.uid, "ends: " + effects.exit->reason);
    stop(node);
    timeline.after(random.between(Duration(20ms), Duration(300ms)), [this, &node] { start(node); });
    return;
  }
  plan_tick(node);
}

void HouseWorld::publish(HouseNode& node, const host::NodeEffects& effects) {
  const auto peer_of = [&](Uid uid) -> HouseNode* {
    const auto link = node.links.find(uid);
    auto* other = link == node.links.end() ? nullptr : with_uid(uid);
    return other != nullptr && other->node && other->endpoints().peer == link->second ? other : nullptr;
  };
  for (const auto& one : effects.publishes) {
    const Bytes prefix(one.topic.begin(), one.topic.end() - 1);
    const auto frame = tagged(Tag::peer, {}, one.frame);
    for (auto& other : nodes) {
      if (!other.node || other.index == node.index || !other.subscriptions.contains(prefix)) continue;
      const auto link = other.links.find(node.uid);
      if (link != other.links.end() && link->second == node.endpoints().peer)
        network.send(node.index, other.index, path_of(one.topic.back()), frame);
    }
  }
  for (const auto& one : effects.peers)
    if (auto* other = peer_of(one.to))
      network.send(node.index, other->index, Path::unicast, tagged(Tag::peer, {}, one.frame));
  for (const auto& one : effects.seeds)
    if (auto* other = at_endpoint(one.endpoint))
      network.send(node.index, other->index, Path::unicast, tagged(Tag::peer, {}, one.frame));
  if (effects.beacon) node.beacon = *effects.beacon;
  if (effects.beacon || effects.beacon_now) say_beacon(node);
}

void HouseWorld::say_beacon(HouseNode& node) {
  for (const auto& other : nodes)
    if (other.node) network.send(node.index, other.index, Path::unicast, tagged(Tag::datagram, {}, node.beacon));
}

void HouseWorld::write(HouseNode& node, const host::NodeEffects& effects) {
  if (effects.writes.empty() || node.failed) return;
  std::vector<store::Operation> operations;
  for (const auto& one : effects.writes) operations.push_back(one.operation);
  if (const auto ok = node.disk->write(operations); !ok)
    throw Violation(Invariant::contract, "a disk refuses a write: " + ok.error().message);
  node.written = effects.writes.back().ticket;
  sync(node);
}

void HouseWorld::sync(HouseNode& node) {
  if (node.syncing || node.failed || !node.written) return;
  node.syncing = true;
  auto time = random.between(plan.sync_least, plan.sync_most);
  if (timeline.now() < node.slow_until) time += random.between(Duration(5ms), Duration(60ms));
  timeline.after(time, [this, &node, starts = node.starts] {
    if (!node.node || node.starts != starts || node.failed) return;
    node.syncing = false;
    if (!node.disk->sync()) return;
    const auto upto = *std::exchange(node.written, std::nullopt);
    if (on_durable) on_durable(node, upto);
    act_later(node, Duration(0), [this, &node, upto](host::Node& it, host::NodeEffects& effects) {
      it.on_durable(now_at(node), upto, effects);
    });
  });
}

void HouseWorld::plan_tick(HouseNode& node) {
  const auto due = node.node->next_deadline();
  if (due == kNever || due >= node.tick_at) return;
  node.tick_at = std::max(due, timeline.now()) + random.between(Duration(0), Duration(500us));
  timeline.at(node.tick_at, [this, &node, starts = node.starts, when = node.tick_at] {
    if (!node.node || node.starts != starts || node.tick_at != when) return;
    node.tick_at = kNever;
    act_later(node, Duration(0),
              [this, &node](host::Node& it, host::NodeEffects& effects) { it.on_tick(now_at(node), effects); });
  });
}

void HouseWorld::deliver(Index from, Index to, const SharedBytes& tagged_frame) {
  const auto& bytes = *tagged_frame;
  const auto tag = static_cast<Tag>(bytes[0]);
  const auto length = static_cast<std::size_t>(bytes[1]);
  const Bytes address = bytes.substr(2, length);
  const Bytes frame = bytes.substr(2 + length);
  if (tag == Tag::to_client) {
    auto& client = clients[to - kHouseNodes];
    if (client.gateway == from && address == std::to_string(client.index) + "." + std::to_string(client.connection))
      return use(client, [&](client::Client& core) { core.on_frame(timeline.now(), frame); });
    // The client has gone elsewhere; the gateway learns of it by what it sends there.
    if (nodes[from].node)
      act_later(nodes[from], Duration(0), [this, from, address](host::Node& it, host::NodeEffects& effects) {
        it.on_client_unreachable(now_at(nodes[from]), address, effects);
      });
    return;
  }
  auto& node = nodes[to];
  if (!node.node) return;
  if (tag == Tag::to_gateway && on_request) {
    on_request(node, frame);
    if (!node.node) return;
  }
  act_later(node, Duration(0), [this, &node, tag, address, frame](host::Node& it, host::NodeEffects& effects) {
    const auto now = now_at(node);
    if (tag == Tag::peer)
      it.on_peer_frame(now, frame, effects);
    else if (tag == Tag::datagram)
      it.on_datagram(now, frame, effects);
    else
      it.on_client_frame(now, address, frame, effects);
  });
}

// ---- clients

void HouseWorld::use(HouseClient& client, const std::function<void(client::Client&)>& what) {
  what(*client.core);
  carry_out(client);
}

void HouseWorld::connect(HouseClient& client, const std::string& endpoint) {
  ++client.connection;
  const auto* node = at_endpoint(endpoint);
  client.gateway = node == nullptr ? std::nullopt : std::optional(node->index);
  if (node != nullptr) return;
  timeline.after(moment(), [this, &client, connection = client.connection] {
    if (client.connection == connection)
      use(client, [this](client::Client& core) { core.on_gateway_lost(timeline.now()); });
  });
}

void HouseWorld::carry_out(HouseClient& client) {
  const auto effects = std::exchange(client.core->effects(), {});
  for (const auto& effect : effects) {
    if (const auto* to = std::get_if<client::Connect>(&effect)) {
      connect(client, to->endpoint);
    } else if (std::holds_alternative<client::Disconnect>(effect)) {
      client.gateway.reset();
      ++client.connection;
    } else if (const auto* sent = std::get_if<client::Send>(&effect)) {
      if (!client.gateway) continue;
      const auto routing = std::to_string(client.index) + "." + std::to_string(client.connection);
      network.send(client_index(client), *client.gateway, Path::client, tagged(Tag::to_gateway, routing, sent->frame));
    } else if (std::holds_alternative<client::Probe>(effect)) {
      for (const auto i : running())
        timeline.after(moment(), [this, &client, beacon = nodes[i].beacon] {
          use(client, [&](client::Client& core) { core.on_datagram(timeline.now(), beacon); });
        });
    } else if (on_client_effect) {
      on_client_effect(client, effect);
    }
  }
  plan_tick(client);
}

void HouseWorld::plan_tick(HouseClient& client) {
  const auto due = client.core->next_deadline();
  if (due == kNever || due >= client.tick_at) return;
  client.tick_at = std::max(due, timeline.now()) + random.between(Duration(1us), Duration(500us));
  timeline.at(client.tick_at, [this, &client, when = client.tick_at] {
    if (client.tick_at != when) return;
    client.tick_at = kNever;
    use(client, [this](client::Client& core) { core.tick(timeline.now()); });
  });
}

}  // namespace gavel::sim
