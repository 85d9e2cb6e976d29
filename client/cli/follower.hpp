// Follows auctions and the directory for somebody who watches: first what was, then what comes, each once and in order;
// and around an auction what is said in its room and how it is liked. What it has to tell goes to one function; who
// calls decides where that prints.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "client/cli/gallery.hpp"
#include "client/cli/house.hpp"
#include "client/cli/rows.hpp"

namespace gavel::cli {

class Follower {
 public:
  /// `with_gallery`: also tells what is said and liked, where that is wanted.
  Follower(House& house, std::function<void(const Telling&)> tell, bool with_gallery);
  ~Follower();
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;

  /// `with_past`: tell the bids up to now first.
  void follow(const directory::Auction& auction, bool with_past, bool with_gallery = true);
  /// A directory that does not answer is followed from whenever it does. `needs_gateway`: throws Failure if no node
  /// has served this client within its time limit either.
  void follow_directory(bool needs_gateway = false);
  /// Only for what it says of names and of the likes: nothing is told.
  void follow_directory_silently();
  void unfollow(const std::string& auction);
  /// Whoever has left the room of an auction that is followed goes on hearing what is said there.
  void listen_again(const std::string& auction);

  /// Goes on with auctions in the groups that they were restored in, and reads anew what a gap in the pushed events may
  /// have hidden. Not to be called from within `tell`.
  void catch_up();
  /// False once the auction is closed, or if it is not followed.
  bool is_open(const std::string& auction) const;
  bool is_followed(const std::string& auction) const;

 private:
  struct Followed {
    directory::Auction auction;
    std::uint64_t last_bid = 0;
    bool closed = false;
    bool missed = false;
    bool given_up = false;  ///< its group: the auction goes on in another one
    std::optional<std::uint64_t> watch;
    bool with_gallery = true;
    std::unique_ptr<Gallery> gallery;
  };
  void watch(Followed& followed, Slot slot);
  void watch_directory(Slot slot, std::uint32_t index);
  void open_gallery(Followed& followed);
  void catch_up_galleries();
  void drop(Followed& followed);
  void on_directory_event(const client::Event& event);
  void move_on(GroupId from);
  void read_past(Followed& followed, bool tell_it);
  bool go_on_elsewhere(GroupId group);
  void on_auction_event(Followed& followed, const auction::Event& event);
  void on_closed(Followed& followed, const auction::Closed& closed);

  House& house_;
  Names names_;
  std::function<void(const Telling&)> tell_;
  bool with_gallery_;
  bool tells_directory_ = true;
  bool likes_opened_ = false;
  std::optional<std::uint64_t> directory_watch_;
  std::map<GroupId, Followed> followed_;
};

}  // namespace gavel::cli
