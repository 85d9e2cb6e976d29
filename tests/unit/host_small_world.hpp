// A few nodes in one process: virtual time, pipes for sockets, a store in memory for the disk. Messages take a
// millisecond, syncs another. Nothing is lost here; what loss does is the simulator's subject (tests/sim).
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/store/memory_store.hpp"
#include "common/wire/client_messages.hpp"
#include "common/wire/envelope.hpp"
#include "node/host/node.hpp"
#include "node/services/auction.hpp"
#include "node/services/directory.hpp"

namespace gavel::host {

class SmallWorld {
 public:
  struct Member {
    Uid uid;
    std::uint64_t starts = 0;
    std::unique_ptr<Node> node;
    store::MemoryStore disk;
    bool disk_fails = false;
    bool cut_off = false;        ///< nothing reaches it, and nothing that it says reaches others
    bool stopped = false;        ///< its process stands still, and what is sent to it meanwhile is lost
    TimePoint awake = kLongAgo;  ///< when it last had something to do
    std::uint64_t wakes = 0;     ///< moments at which it had
    NodeEffects effects;
    std::set<Uid> linked;
    std::multiset<Bytes> subscribed;
    std::optional<Exit> exit;
    std::vector<std::string> notes;
  };

  /// Starts a node, or starts it again on what its disk kept.
  Member& start(std::uint64_t uid, bool bootstrap = false, std::function<void(NodeSetup&)> change = {}) {
    Member& m = members_[Uid{uid}];
    m.uid = {uid};
    NodeSetup setup;
    setup.options.hold_down = 500ms;
    setup.name = "n" + std::to_string(uid);
    setup.version = "test";
    setup.self = {m.uid, {++m.starts << 24U}};
    const auto port = std::to_string(1000 + 10 * uid + m.starts);
    setup.endpoints = {"tcp://127.0.0.1:3" + port, "tcp://127.0.0.1:2" + port, "tcp://127.0.0.1:1" + port};
    setup.bootstrap = bootstrap;
    setup.allow_restore = true;
    setup.seed = uid * 77 + m.starts;
    if (change) change(setup);
    where_[setup.endpoints.peer] = m.uid;
    auto started = Node::start(setup, *m.disk.recover(), now(), m.effects);
    if (!started) throw std::runtime_error(started.error().message);
    m.node = *std::move(started);
    carry_out(m);
    return m;
  }
  /// The process dies: what was not synced is gone, and so is whatever was on its way to it.
  void kill(std::uint64_t uid) {
    Member& m = at(uid);
    m.node.reset();
    Random random(uid);
    m.disk.crash(random);
    m.linked.clear();
    m.subscribed.clear();
    m.effects.clear();
    for (auto& [other, member] : members_)
      if (member.node) act(member, [&](Node& n, NodeEffects& e) { n.on_peer_lost(now(), m.uid, e); });
  }

  Member& at(std::uint64_t uid) { return members_.at(Uid{uid}); }
  Node& node(std::uint64_t uid) { return *at(uid).node; }
  Now now() const { return {at_, WallTime{1'700'000'000'000'000 + at_.time_since_epoch().count()}}; }

  void act(Member& m, const std::function<void(Node&, NodeEffects&)>& what) {
    if (std::exchange(m.awake, at_) != at_) ++m.wakes;
    what(*m.node, m.effects);
    m.node->end_turn(now(), m.effects);
    carry_out(m);
  }
  /// Lets time pass.
  void run(Duration duration) {
    const TimePoint end = at_ + duration;
    while (step(end)) {
    }
    at_ = end;
  }
  /// Lets time pass until it holds; false if it does not within the limit.
  bool run_until(const std::function<bool()>& holds, Duration limit = 10s) {
    const TimePoint end = at_ + limit;
    while (!holds())
      if (!step(end)) return false;
    return true;
  }

  // ---- a client, with a connection to one node: its id names both
  void client_sends(std::uint64_t uid, const std::string& client, const wire::FromClient& message) {
    client_sends_bytes(uid, client, wire::seal(wire::Envelope{"gavel", {}, {99}, {}}, message));
  }
  void client_sends_bytes(std::uint64_t uid, const std::string& client, const Bytes& frame) {
    act(at(uid), [&](Node& n, NodeEffects& e) { n.on_client_frame(now(), client, frame, e); });
  }
  std::vector<wire::ToClient> received(const std::string& client) { return std::exchange(inbox_[client], {}); }
  /// The next message of that type to the client; others before it are dropped.
  template <class T>
  std::optional<T> next(const std::string& client, Duration limit = 5s) {
    std::optional<T> found;
    run_until(
        [&] {
          auto& inbox = inbox_[client];
          while (!inbox.empty() && !found) {
            if (auto* message = std::get_if<T>(&inbox.front())) found = std::move(*message);
            inbox.erase(inbox.begin());
          }
          return found.has_value();
        },
        limit);
    return found;
  }
  /// Calls until something else than "busy" is answered.
  wire::Answer call(std::uint64_t uid, const std::string& client, wire::Call call) {
    for (int tries = 0; tries < 200; ++tries) {
      call.id = ++calls_;
      client_sends(uid, client, call);
      const auto answer = next<wire::Answer>(client);
      if (!answer) throw std::runtime_error("no answer");
      if (answer->status != wire::AnswerStatus::busy) return *answer;
      run(answer->retry_after);
    }
    throw std::runtime_error("busy for ever");
  }
  SessionId open_session(std::uint64_t uid, const std::string& client, GroupId group) {
    wire::Call open;
    open.group = group;
    open.kind = wire::CallKind::open;
    return call(uid, client, open).session;
  }

  bool beacons = true;
  bool clients_read = true;

 private:
  struct Event {
    Uid to;
    std::uint64_t life;
    std::function<void(Node&, NodeEffects&)> what;
  };

  void after(Duration delay, Uid to, std::function<void(Node&, NodeEffects&)> what) {
    const auto m = members_.find(to);
    if (m == members_.end() || !m->second.node) return;
    events_.emplace(at_ + delay, Event{to, m->second.starts, std::move(what)});
  }

  bool step(TimePoint end) {
    TimePoint next = events_.empty() ? kNever : events_.begin()->first;
    Member* due = nullptr;
    for (auto& [uid, m] : members_) {
      if (!m.node || m.exit || m.stopped || m.node->next_deadline() >= next) continue;
      due = &m;
      next = m.node->next_deadline();
    }
    if (next > end) return false;
    at_ = std::max(at_, next);
    if (due) {
      act(*due, [&](Node& n, NodeEffects& e) { n.on_tick(now(), e); });
      return true;
    }
    const Event event = std::move(events_.begin()->second);
    events_.erase(events_.begin());
    Member& m = members_.at(event.to);
    if (m.node && !m.stopped && m.starts == event.life) act(m, event.what);
    return true;
  }

  void carry_out(Member& m) {
    NodeEffects effects;
    std::swap(effects, m.effects);
    for (const auto& link : effects.links)
      link.endpoints ? void(m.linked.insert(link.peer)) : void(m.linked.erase(link.peer));
    for (const auto& s : effects.subscriptions) {
      if (s.wanted)
        m.subscribed.insert(s.prefix);
      else
        m.subscribed.erase(m.subscribed.find(s.prefix));
    }
    write(m, effects);
    for (const auto& publish : effects.publishes)
      for (auto& [uid, other] : members_)
        if (uid != m.uid && other.linked.contains(m.uid) && reaches(m, other) &&
            other.subscribed.contains(Bytes(publish.topic.begin(), publish.topic.end() - 1)))
          to_peer(uid, publish.frame);
    for (const auto& send : effects.peers)
      if (m.linked.contains(send.to) && reaches(m, members_[send.to])) to_peer(send.to, send.frame);
    for (const auto& seed : effects.seeds)
      if (where_.contains(seed.endpoint) && reaches(m, members_[where_[seed.endpoint]]))
        to_peer(where_[seed.endpoint], seed.frame);
    if (effects.beacon) beacon_[m.uid] = *effects.beacon;
    if ((effects.beacon || effects.beacon_now) && beacons)
      for (auto& [uid, other] : members_)
        if (reaches(m, other))
          after(1ms, uid, [frame = beacon_[m.uid], this](Node& n, NodeEffects& e) { n.on_datagram(now(), frame, e); });
    for (auto& client : effects.clients) to_client(m, client);
    for (const auto& note : effects.notes) m.notes.push_back(note.text);
    if (effects.exit) m.exit = effects.exit;
  }

  static bool reaches(const Member& from, const Member& to) {
    return from.uid == to.uid || (!from.cut_off && !to.cut_off);
  }

  void write(Member& m, const NodeEffects& effects) {
    if (effects.writes.empty() || m.disk_fails) return;
    std::vector<store::Operation> operations;
    for (const auto& write : effects.writes) operations.push_back(write.operation);
    if (!m.disk.write(operations)) return;
    const auto last = effects.writes.back().ticket;
    after(1ms, m.uid, [this, &m, last](Node& n, NodeEffects& e) {
      if (m.disk.sync()) n.on_durable(now(), last, e);
    });
  }

  void to_peer(Uid uid, Bytes frame) {
    after(1ms, uid, [this, frame = std::move(frame)](Node& n, NodeEffects& e) { n.on_peer_frame(now(), frame, e); });
  }

  void to_client(Member& m, const SendClient& client) {
    if (!clients_read) {
      after(1ms, m.uid,
            [this, id = client.routing_id](Node& n, NodeEffects& e) { n.on_client_unreachable(now(), id, e); });
      return;
    }
    const auto opened = wire::open(client.frame, "gavel");
    auto message = opened->body<wire::ToClient>().value();
    auto& inbox = inbox_[client.routing_id];
    if (auto* gathered = std::get_if<wire::Answers>(&message))
      inbox.insert(inbox.end(), gathered->answers.begin(), gathered->answers.end());
    else
      inbox.push_back(std::move(message));
  }

  TimePoint at_{};
  std::map<Uid, Member> members_;
  std::multimap<TimePoint, Event> events_;
  std::map<std::string, Uid> where_;
  std::map<Uid, Bytes> beacon_;
  std::map<std::string, std::vector<wire::ToClient>> inbox_;
  std::uint64_t calls_ = 0;
};

}  // namespace gavel::host
