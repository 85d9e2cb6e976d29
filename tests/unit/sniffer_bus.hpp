// A bus as tests make it up: messages as a sniffer understands them, numbered, each a little later than the one before.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/wire/codec.hpp"
#include "tools/sniffer/message/decode.hpp"
#include "tools/sniffer/message/names.hpp"
#include "tools/sniffer/message/seen.hpp"

namespace gavel::sniffer {

inline constexpr GroupId kLot{9};
inline constexpr Incarnation kLife{1U << 24U};

inline wire::Term term(std::uint64_t round, std::uint64_t uid) { return {round, Uid{uid}}; }

struct MadeBus {
  MadeBus() {
    for (std::uint64_t uid = 1; uid <= 5; ++uid) names.learn_node(Uid{uid}, "n" + std::to_string(uid));
    names.learn_group(kLot, "lot-1");
  }

  template <class Message>
  Seen heard(std::uint64_t from, Message message, std::uint64_t to = 0, Incarnation life = kLife) {
    Seen seen;
    seen.number = ++count;
    seen.at = now;
    seen.from = Uid{from};
    seen.to = Uid{to};
    seen.incarnation = life;
    seen.group = kLot;
    seen.kind = Message::kKind;
    seen.type = type_of(Message::kKind);
    seen.lane = lane(message);
    seen.body = wire::OrderMessage{std::move(message)};
    return seen;
  }
  Seen tapped(std::uint64_t gateway, wire::TappedClient client) {
    Seen seen;
    seen.number = ++count;
    seen.at = now;
    seen.lane = Lane::client;
    seen.from = Uid{gateway};
    seen.incarnation = kLife;
    seen.client = client.client;
    seen.incoming = client.incoming;
    seen.group = client.group;
    seen.kind = client.kind;
    seen.type = type_of(client.kind);
    seen.body = std::move(client);
    return seen;
  }
  Seen call(std::uint64_t gateway, std::uint64_t id, std::uint64_t session, std::uint64_t number) {
    wire::TappedClient client;
    client.incoming = true;
    client.client = ClientId{77};
    client.kind = wire::Call::kKind;
    client.group = kLot;
    client.id = id;
    client.session = SessionId{session};
    client.number = RequestNumber{number};
    return tapped(gateway, client);
  }
  Seen answer(std::uint64_t gateway, std::uint64_t id, std::uint64_t slot,
              wire::AnswerStatus status = wire::AnswerStatus::ok) {
    wire::TappedClient client;
    client.client = ClientId{77};
    client.kind = wire::Answer::kKind;
    client.id = id;
    client.status = status;
    client.slot = Slot{slot};
    return tapped(gateway, client);
  }

  static wire::BatchRef ref(std::uint64_t publisher, std::uint64_t number, Incarnation life = kLife) {
    return {Uid{publisher}, life, BatchNumber{number}};
  }
  /// A batch with one command, or with nothing that is understood.
  static wire::Batch batch(wire::BatchRef ref, std::uint64_t session = 0, std::uint64_t number = 0) {
    wire::RequestList list;
    list.requests.push_back({wire::RequestKind::command, SessionId{session}, RequestNumber{number}, "bid"});
    return {ref, share(wire::encode(list))};
  }
  static wire::Entry entry(wire::Term term, std::vector<wire::BatchRef> batches) {
    wire::Entry entry;
    entry.term = term;
    entry.kind = wire::EntryKind::batches;
    entry.owner = term.uid;
    entry.batches = std::move(batches);
    return entry;
  }
  static wire::Entry view(wire::Term term) {
    wire::Entry entry;
    entry.term = term;
    entry.kind = wire::EntryKind::view;
    entry.owner = term.uid;
    entry.rotation = {{term.uid, kLife}};
    return entry;
  }
  static wire::Order order(wire::Term term, std::uint64_t previous, wire::Term before, std::vector<wire::Entry> entries,
                           std::uint64_t commit = 0) {
    return {term, Slot{previous}, before, std::move(entries), Slot{commit}};
  }
  static wire::Ack ack(wire::Term term, std::uint64_t durable, std::uint64_t applied = 0) {
    return {term, Slot{durable}, Slot{applied}, {}, {}};
  }
  static wire::Beat leader_beat(wire::Term term, std::uint64_t last, std::uint64_t commit) {
    wire::Beat beat;
    beat.promised = beat.following = term;
    beat.role = wire::Role::leader;
    beat.last = Slot{last};
    beat.commit = Slot{commit};
    beat.hears = {Uid{1}, Uid{2}, Uid{3}, Uid{4}, Uid{5}};
    return beat;
  }
  static wire::Beat follower_beat(wire::Term term) {
    wire::Beat beat;
    beat.promised = beat.following = term;
    beat.hears = {Uid{1}, Uid{2}, Uid{3}, Uid{4}, Uid{5}};
    return beat;
  }

  Names names;
  WallTime now{1'700'000'000'000'000};
  std::uint64_t count = 0;

 private:
  static Lane lane(const wire::Batch& /*m*/) { return Lane::batch; }
  static Lane lane(const wire::Order& /*m*/) { return Lane::order; }
  static Lane lane(const wire::Ack& /*m*/) { return Lane::ack; }
  static Lane lane(const wire::Beat& /*m*/) { return Lane::beat; }
  template <class Other>
  static Lane lane(const Other& /*m*/) {
    return Lane::unicast;
  }
};

}  // namespace gavel::sniffer
