// A cluster of a few nodes in a small world, and what its users do.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <functional>
#include <string>
#include <vector>

#include "tests/unit/host_small_world.hpp"

namespace gavel::host {

inline bool all_are_voters(SmallWorld& world, std::vector<std::uint64_t> uids) {
  for (const auto uid : uids) {
    const auto* replica = world.node(uid).replica(kDirectoryGroup);
    if (!replica || replica->config().voters.size() != std::min<std::size_t>(uids.size(), 7)) return false;
  }
  return true;
}

/// So many nodes, all voters of the directory and all registered.
inline void found(SmallWorld& world, std::uint64_t nodes, const std::function<void(NodeSetup&)>& change = {}) {
  std::vector<std::uint64_t> uids;
  for (std::uint64_t uid = 1; uid <= nodes; ++uid) {
    world.start(uid, uid == 1, change);
    if (uid == 1) world.run(100ms);
    uids.push_back(uid);
  }
  REQUIRE(world.run_until([&] { return all_are_voters(world, uids); }, 20s));
  REQUIRE(world.run_until([&] {
    for (const std::uint64_t uid : uids)
      if (world.node(uid).directory()->nodes().size() != nodes) return false;
    return true;
  }));
}
inline void found_three(SmallWorld& world) { found(world, 3); }

inline wire::Call command(GroupId group, SessionId session, std::uint64_t number, Bytes body) {
  wire::Call call;
  call.group = group;
  call.kind = wire::CallKind::command;
  call.session = session;
  call.number = {number};
  call.body = std::move(body);
  return call;
}

inline wire::Call asking(GroupId group, wire::CallKind kind, Bytes body) {
  wire::Call call;
  call.group = group;
  call.kind = kind;
  call.body = std::move(body);
  return call;
}

inline Bytes bid_of(std::int64_t amount) {
  return wire::encode_any(auction::Command{auction::Bid{"ann", {amount, {}}}});
}

/// Puts an item on offer and starts its auction, through the gateway of this node.
inline directory::Auction start_auction(SmallWorld& world, std::uint64_t uid, Duration length,
                                        std::string item = "lot-7") {
  world.client_sends(uid, "seller", wire::Hello{{7}, "seller"});
  const auto session = world.open_session(uid, "seller", kDirectoryGroup);
  const directory::Command add = directory::AddItem{item, "A lamp", "sid", {1000, {}}, {100, {}}};
  const directory::Command start = directory::StartAuction{item, length, {}, "sid"};
  world.call(uid, "seller", command(kDirectoryGroup, session, 1, wire::encode_any(add)));
  const auto answer = world.call(uid, "seller", command(kDirectoryGroup, session, 2, wire::encode_any(start)));
  const auto reply = wire::decode_any<directory::Reply>(answer.body);
  REQUIRE(reply);
  REQUIRE(std::holds_alternative<directory::AuctionStarted>(*reply));
  return std::get<directory::AuctionStarted>(*reply).auction;
}

inline auction::BidReply verdict_of(const wire::Answer& answer) {
  REQUIRE(answer.status == wire::AnswerStatus::ok);
  return std::get<auction::BidReply>(wire::decode_any<auction::Reply>(answer.body).value());
}

/// The directory's record of an auction, as that node has it.
inline const directory::Auction& record_of(SmallWorld& world, std::uint64_t uid, GroupId group) {
  return *world.node(uid).directory()->auction_of(group);
}

}  // namespace gavel::host
