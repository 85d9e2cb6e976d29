// A directory with some nodes and items in it, for its tests.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include "tests/unit/services_driver.hpp"

namespace gavel {

inline directory::RegisterNode node(std::uint64_t uid, std::uint32_t slots = 1, std::uint64_t incarnation = 1) {
  const auto port = std::to_string(uid);
  return {Uid{uid},       Incarnation{incarnation},
          "node-" + port, {"tcp://127.0.0.1:1" + port, "tcp://127.0.0.1:2" + port, "tcp://127.0.0.1:3" + port},
          slots,          "0.1.0"};
}

inline std::vector<Uid> uids(std::initializer_list<std::uint64_t> values) {
  std::vector<Uid> all;
  for (const auto value : values) all.push_back(Uid{value});
  return all;
}

struct House : Driver<DirectoryPlay> {
  explicit House(std::uint64_t nodes = 0, std::uint32_t slots = 1) {
    for (std::uint64_t uid = 1; uid <= nodes; ++uid) expect<directory::Done>(node(uid, slots));
  }
  std::string add(const std::string& id = "") {
    return expect<directory::ItemAdded>(directory::AddItem{id, "A lamp", "selma", eur(10000), eur(500)}).id;
  }
  directory::AuctionStarted start(const std::string& item, Duration length = std::chrono::seconds(60)) {
    return expect<directory::AuctionStarted>(directory::StartAuction{item, length, {}, "olga"});
  }
  directory::Refusal refusal(const directory::Command& command) { return expect<directory::Refused>(command).refusal; }
  auction::Outcome outcome(std::optional<std::string> winner) const {
    return {std::move(winner), eur(10000), 1, Slot{5}, now, Digest{9}};
  }
  /// What the manager sees of a node in its first life.
  bool seen(std::uint64_t uid, directory::Life life) {
    return expect<directory::Done>(directory::NodeState{Uid{uid}, Incarnation{1}, life}).changed;
  }
  bool drain(std::uint64_t uid, bool draining = true) {
    return expect<directory::Done>(directory::DrainNode{Uid{uid}, draining}).changed;
  }
  bool remove(std::uint64_t uid, bool shrink = false) {
    return expect<directory::Done>(directory::RemoveNode{Uid{uid}, shrink}).changed;
  }
  const directory::NodeRecord& record(std::uint64_t uid) const { return machine.nodes().at(Uid{uid}); }
  const directory::Auction& auction(const std::string& id) const { return machine.auctions().at(id); }
};

}  // namespace gavel
