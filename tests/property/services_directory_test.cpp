#include <catch2/catch.hpp>
#include <set>

#include "node/services/directory_staff.hpp"
#include "tests/property/services_plays.hpp"

namespace gavel {
namespace {

using namespace directory;

TEST_CASE("whatever clients and nodes send to the directory") {
  rc::prop("an item runs exactly while one auction of it does", [] {
    Driver<DirectoryPlay> driver;
    play(driver, *steps_of(directory_command()));
    std::map<std::string, int> running;
    for (const auto& [id, auction] : driver.machine.auctions()) running[auction.terms.item] += auction.outcome ? 0 : 1;
    for (const auto& [id, item] : driver.machine.items())
      RC_ASSERT(running[id] == (item.state == ItemState::running ? 1 : 0));
  });

  rc::prop("a group is given out once, to one to four members, the highest of them active at first", [] {
    Driver<DirectoryPlay> driver;
    play(driver, *steps_of(directory_command()));
    std::set<GroupId> groups{kDirectoryGroup};
    for (const auto& [id, auction] : driver.machine.auctions()) {
      RC_ASSERT(groups.insert(auction.group).second);
      RC_ASSERT(!auction.members.empty() && auction.members.size() <= kMaxMembers);
      RC_ASSERT(std::is_sorted(auction.members.begin(), auction.members.end()));
      RC_ASSERT(std::set<Uid>(auction.members.begin(), auction.members.end()).size() == auction.members.size());
      for (const Uid uid : auction.genesis)
        RC_ASSERT(std::binary_search(auction.members.begin(), auction.members.end(), uid) ||
                  std::binary_search(auction.replaced.begin(), auction.replaced.end(), uid));
      RC_ASSERT(auction.active_since || auction.active == auction.genesis.back());
      RC_ASSERT(auction.id == auction.terms.auction && auction.id == id);
    }
  });

  rc::prop("a node's used slots are its running auctions", [] {
    Driver<DirectoryPlay> driver;
    play(driver, *steps_of(directory_command()));
    for (const auto& [uid, node] : driver.machine.nodes())
      RC_ASSERT(node.used == auctions_served_by(driver.machine.state(), uid));
  });

  rc::prop("no seat waits while a fit node has a slot free for it, and none was given to an unfit node", [] {
    Driver<DirectoryPlay> driver;
    for (const auto& [pause, bytes] : *steps_of(directory_command())) {
      const auto before = driver.machine.auctions();
      driver.bytes(bytes);
      RC_ASSERT(seats_due(driver.machine.state()).empty());
      for (const auto& [id, auction] : driver.machine.auctions())
        for (const Uid uid : auction.members) {
          const auto was = before.find(id);
          const bool had =
              was != before.end() && std::binary_search(was->second.members.begin(), was->second.members.end(), uid);
          const bool may_have = had || driver.machine.nodes().at(uid).is_fit();
          RC_ASSERT(may_have);
        }
    }
  });

  rc::prop("an item that was sold stays sold, an outcome stays, and founders change with the group alone", [] {
    Driver<DirectoryPlay> driver;
    for (const auto& [pause, bytes] : *steps_of(directory_command())) {
      const auto items = driver.machine.items();
      const auto auctions = driver.machine.auctions();
      driver.bytes(bytes);
      for (const auto& [id, item] : items)
        if (item.state == ItemState::sold) RC_ASSERT(driver.machine.items().at(id).state == ItemState::sold);
      for (const auto& [id, auction] : auctions) {
        const auto& now = driver.machine.auctions().at(id);
        RC_ASSERT(now.group >= auction.group);
        if (now.group != auction.group) {
          RC_ASSERT(now.restored && now.genesis.size() == 1 && now.replaced.empty() && !now.outcome);
          continue;
        }
        RC_ASSERT(now.genesis == auction.genesis);
        if (auction.outcome) RC_ASSERT(wire::encode(now) == wire::encode(auction));
        RC_ASSERT(
            std::includes(now.replaced.begin(), now.replaced.end(), auction.replaced.begin(), auction.replaced.end()));
      }
    }
  });

  rc::prop("what is derived from the auctions is in step with them", [] {
    Driver<DirectoryPlay> driver;
    play(driver, *steps_of(directory_command()));
    std::set<std::string> running;
    for (const auto& [id, auction] : driver.machine.auctions()) {
      if (!auction.outcome) running.insert(id);
      RC_ASSERT(driver.machine.auction_of(auction.group) == &auction);
    }
    RC_ASSERT(driver.machine.running() == running);
  });

  rc::prop("an incarnation never goes back", [] {
    Driver<DirectoryPlay> driver;
    std::map<Uid, Incarnation> seen;
    for (const auto& [pause, bytes] : *steps_of(directory_command())) {
      driver.bytes(bytes);
      std::map<Uid, Incarnation> now;
      for (const auto& [uid, node] : driver.machine.nodes()) {
        RC_ASSERT(node.incarnation >= seen[uid]);
        now[uid] = node.incarnation;
      }
      seen = now;
    }
  });

  rc::prop("a replay gives the same state", [] { is_deterministic<DirectoryPlay>(*steps_of(directory_command())); });
  rc::prop("it goes on from a snapshot taken anywhere as if nothing had been",
           [] { goes_on_from_a_snapshot<DirectoryPlay>(*steps_of(directory_command())); });
  rc::prop("a spoilt snapshot does no harm",
           [] { survives_a_spoilt_snapshot<DirectoryPlay>(*steps_of(directory_command())); });

  rc::prop("a question is answered, whatever it is", [](const Bytes& question) {
    Driver<DirectoryPlay> driver;
    RC_ASSERT(wire::decode_any<Answer>(driver.machine.query(question)).has_value());
  });
}

}  // namespace
}  // namespace gavel
