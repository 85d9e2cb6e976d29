#include "node/host/mesh.hpp"

#include <utility>

#include "common/base/print.hpp"
#include "common/wire/envelope.hpp"
#include "node/host/node.hpp"

namespace gavel::host {

void Mesh::on_heard(Now now, Uid uid, Incarnation incarnation) {
  const auto it = peers_.find(uid);
  if (it != peers_.end() && incarnation >= it->second.incarnation) it->second.heard = now.at;
}

void Mesh::on_beacon(Now now, const wire::Beacon& beacon, Uid unicast_from, NodeEffects& effects) {
  ++counters_.beacons;
  if (beacon.uid == setup_.self.uid) {
    if (beacon.incarnation <= setup_.self.incarnation) return;  // a late word of this node's earlier life
    const std::string why =
        "another process (" + beacon.name + " at " + beacon.peer +
        ") was started under this node's uid later than this one: was the data directory copied, or an "
        "old copy put back? What it promised since is not in it: delete it, and start a new node";
    effects.alarms.push_back(why);
    effects.exit = Exit{1, why};  // of two voices of one node, the cluster heeds the later
    return;
  }
  Peer* peer = learn(now, beacon.uid, beacon.incarnation, {beacon.pub, beacon.peer, beacon.client}, effects);
  if (!peer) return tell_former_life(beacon, effects);
  peer->name = beacon.name;
  peer->member = beacon.member;
  const bool third_hand = unicast_from && unicast_from != beacon.uid;
  if (!third_hand) peer->heard = now.at;
  if (unicast_from == beacon.uid) peer->introduced = true;
}

/// Who runs from an old copy of its data hears nothing otherwise: nobody connects to a life that is over.
void Mesh::tell_former_life(const wire::Beacon& beacon, NodeEffects& effects) {
  const auto it = peers_.find(beacon.uid);
  if (it == peers_.end() || beacon.incarnation >= it->second.incarnation) return;
  if (former_.size() >= kMostFormer && !former_.contains(beacon.peer)) return;
  former_.insert(beacon.peer);
  effects.seeds.push_back({beacon.peer, sealed(beacon_of(beacon.uid, it->second))});
}

void Mesh::on_probe(Uid from, NodeEffects& effects) {
  if (!peers_.contains(from)) return;
  effects.peers.push_back({from, sealed(own_)});
  for (const auto& [uid, peer] : peers_)
    if (uid != from) effects.peers.push_back({from, sealed(beacon_of(uid, peer))});
}

void Mesh::on_listed(Now now, const std::map<Uid, directory::NodeRecord>& nodes, NodeEffects& effects) {
  for (auto& [uid, peer] : peers_) peer.listed = nodes.contains(uid);
  for (const auto& [uid, record] : nodes) {
    if (uid == setup_.self.uid) continue;
    Peer* peer = learn(now, uid, record.incarnation, record.endpoints, effects);
    if (!peer) continue;
    peer->listed = true;
    peer->member = true;
    if (peer->name.empty()) peer->name = record.name;
  }
}

/// Null if it knows better, or knows too many.
Mesh::Peer* Mesh::learn(Now now, Uid uid, Incarnation incarnation, const directory::Endpoints& endpoints,
                        NodeEffects& effects) {
  auto it = peers_.find(uid);
  if (!uid || (it == peers_.end() && peers_.size() >= kMost)) return nullptr;
  if (it != peers_.end() && incarnation < it->second.incarnation) return nullptr;
  if (it == peers_.end()) {
    it = peers_.emplace(uid, Peer{}).first;
    it->second.heard = now.at;
  }
  Peer& peer = it->second;
  const bool moved = peer.endpoints != endpoints;
  if (peer.incarnation != incarnation) peer.introduced = false;
  peer.incarnation = incarnation;
  if (moved) {
    peer.endpoints = endpoints;
    effects.links.push_back({uid, endpoints});
  }
  return &peer;
}

void Mesh::run(Now now, bool settled, NodeEffects& effects) {
  introduce(now, settled, effects);
  forget_gone(now, effects);
}

void Mesh::introduce(Now now, bool settled, NodeEffects& effects) {
  for (auto& [uid, peer] : peers_) {
    const bool silent = now.at > peer.heard + kReintroduce;
    if (peer.introduced || now.at < peer.told + (silent ? kReintroduce : kIntroduce)) continue;
    peer.told = now.at;
    effects.peers.push_back({uid, sealed(own_)});
    effects.peers.push_back({uid, sealed_probe()});
  }
  if (now.at < seeds_told_ + (settled ? kReintroduce : kIntroduce)) return;
  seeds_told_ = now.at;
  for (const auto& seed : setup_.seeds) {
    effects.seeds.push_back({seed, sealed(own_)});
    effects.seeds.push_back({seed, sealed_probe()});
  }
}

void Mesh::forget_gone(Now now, NodeEffects& effects) {
  std::erase_if(peers_, [&](const auto& entry) {
    const auto& [uid, peer] = entry;
    const bool gone = !peer.listed && now.at > peer.heard + kForget;
    if (gone) effects.links.push_back({uid, std::nullopt});
    return gone;
  });
}

void Mesh::announce(Now now, bool member, std::uint32_t clients, NodeEffects& effects) {
  const bool news = !own_.uid || own_.member != member || (own_.clients != clients && now.at >= announced_ + 1s);
  if (!news) return;
  announced_ = now.at;
  const auto& self = setup_.self;
  const auto& at = setup_.endpoints;
  own_ = {self.uid, self.incarnation, setup_.name, at.pub, at.peer, at.client, member, clients, {}};
  effects.beacon = sealed(own_);
}

TimePoint Mesh::heard(Uid uid) const {
  const auto it = peers_.find(uid);
  return it == peers_.end() ? kLongAgo : it->second.heard;
}

std::vector<std::string> Mesh::gateways(TimePoint at) const {
  std::vector<std::string> out{setup_.endpoints.client};
  for (const bool lately : {true, false})
    for (const auto& [uid, peer] : peers_)
      if ((at <= peer.heard + 2s) == lately && peer.member) out.push_back(peer.endpoints.client);
  return out;
}

Bytes Mesh::sealed(const wire::Beacon& beacon) const {
  return wire::seal(wire::Envelope{setup_.cluster, {}, setup_.self.uid, setup_.self.incarnation}, beacon);
}

Bytes Mesh::sealed_probe() const {
  return wire::seal(wire::Envelope{setup_.cluster, {}, setup_.self.uid, setup_.self.incarnation}, wire::Probe{});
}

wire::Beacon Mesh::beacon_of(Uid uid, const Peer& peer) const {
  const auto& at = peer.endpoints;
  return {uid, peer.incarnation, peer.name, at.pub, at.peer, at.client, peer.member, 0, {}};
}

}  // namespace gavel::host
