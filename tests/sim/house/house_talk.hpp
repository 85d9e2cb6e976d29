// Who talks in the house: some clients, under names of which there are fewer than of them, enter the lobby, the rooms
// of auctions and private rooms, say numbered texts there, stay, leave, invite, mute, and set rules. In one room each
// does one thing at a time. Others watch.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/sim/house/house_standing.hpp"
#include "tests/sim/house/house_watches.hpp"
#include "tests/sim/house/room_checks.hpp"

namespace gavel::sim {

class HouseTalk {
 public:
  HouseTalk(HouseWorld& world, HouseCalls& calls, HouseWatches& watches, HouseStanding& standing, Random random);

  void begin();
  /// A few more words, and then no new ones.
  void heal();
  /// The lobby, or an auction, is there: those who watch do so from now on.
  void on_lobby(GroupId group);
  void on_auction(const directory::Auction& auction);
  void on_event(HouseClient& client, const client::Event& event);
  /// What they still want to say or to hear; empty when nothing.
  std::string missing() const;

 private:
  using Place = std::pair<GroupId, std::string>;  ///< a room
  /// Of one client in one room.
  struct Seat {
    bool inside = false;  ///< as far as the client knows
    bool busy = false;
    chat::Speaker who;
  };
  struct Talker {
    chat::Secret person;
    int texts = 0;
    int left = 0;
    std::map<Place, Seat> seats;
    std::map<Place, std::string> invited;  ///< to private rooms, and under which name
  };
  using Then = std::function<void(const chat::RoomReply& reply)>;

  void tick(HouseClient& client);
  std::optional<Place> choose(HouseClient& client);
  void enter(HouseClient& client, const Place& place);
  void act(HouseClient& client, const Place& place);
  void say(HouseClient& client, const Place& place);
  void ask(HouseClient& client, const Place& place);
  void found(HouseClient& client, GroupId lobby);
  /// One of the things that only a moderator may do.
  chat::Command moderate(const Place& place, const chat::Speaker& who);
  /// `then`: called if the room did it.
  void command(HouseClient& client, const Place& place, const chat::Command& command, const Then& then);
  void on_reply(HouseClient& client, const Place& place, const chat::RoomReply& reply, const Then& then);
  void watch(const Place& place, const Bytes& topic);
  bool chance(double p) { return random_.chance(p); }
  std::string some_name();
  chat::Secret draw_secret();

  HouseWorld& world_;
  HouseCalls& calls_;
  HouseWatches& watches_;
  HouseStanding& standing_;
  Random random_;
  std::vector<Talker> talkers_;
  std::map<std::pair<GroupId, Bytes>, std::string> topics_;  ///< of rooms
  std::vector<Place> auctions_;
  int rooms_ = 0;
};

}  // namespace gavel::sim
