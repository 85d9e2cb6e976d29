// The house as the program's commands see it: typed questions and commands to the directory and to auctions. Whatever
// goes wrong is thrown as a Failure, with the exit code, and for an unknown outcome with the command that finds out.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/connection.hpp"
#include "client/cli/expect.hpp"
#include "client/cli/failure.hpp"
#include "client/cli/names.hpp"
#include "common/wire/services/auction.hpp"
#include "common/wire/services/directory.hpp"

namespace gavel::cli {

/// An answer, and how it came about.
template <class T>
struct Told {
  T value;
  client::Outcome outcome;
};

class House {
 public:
  explicit House(const Settings& settings) : settings_(settings), connection_(settings) {}

  Connection& connection() { return connection_; }
  const Settings& settings() const { return settings_; }

  // Directory.
  /// As the gateway has them.
  std::vector<directory::NodeRecord> nodes();
  Told<std::vector<directory::NodeRecord>> nodes_told();
  /// As the directory has them now.
  std::vector<directory::NodeRecord> nodes_now();
  /// What the nodes are called; none if nobody says.
  Names names();
  std::vector<directory::Item> items();
  bool has_item(const std::string& id);
  std::vector<directory::Auction> auctions(directory::Which which);
  /// By group, as the gateway has them; none if nobody says.
  std::map<GroupId, directory::Auction> auctions_near();
  /// As the directory has it now.
  directory::Auction auction(const std::string& id);
  /// Good enough to command a running auction, and had without waiting for the directory's leader where possible.
  directory::Auction running(const std::string& id);
  directory::ItemAdded add(const directory::AddItem& item);
  directory::AuctionStarted start(const directory::StartAuction& start);
  /// True: it changed something.
  bool drain(Uid node, bool draining);
  bool remove(Uid node, bool shrink);

  /// The standing services that are open, as the gateway has them.
  std::vector<directory::StandingGroup> standing_near();
  /// Nothing if it is not open.
  std::optional<directory::StandingGroup> standing(const std::string& name);
  /// Opens it if it is not open yet.
  directory::StandingGroup open_standing(const std::string& name);

  /// "directory", "lobby", "likes", or an auction.
  struct Group {
    GroupId id;
    std::string title;
    std::optional<directory::Auction> auction;
  };
  Group group(const std::string& title);
  /// A slot of the group after everything that was acknowledged, at which every replica keeps its digest.
  Slot mark(const Group& group);

  /// What `ask` gives. An auction that ended long ago lives nowhere any more: then it is said where its archive is.
  template <class Ask>
  auto reachable(const directory::Auction& auction, Ask&& ask) {
    try {
      return ask();
    } catch (const Failure& failure) {
      if (failure.code == Exit::not_found && auction.outcome) say_where_archived(auction);
      throw;
    }
  }

  // One auction.
  Told<auction::BidReply> bid(const directory::Auction& in, const Money& amount);
  auction::Presence join(const directory::Auction& in);
  auction::Presence leave(const directory::Auction& in);
  Told<auction::Summary> show(const directory::Auction& in);
  /// Accepted bids from that ordinal on.
  Told<std::vector<auction::BidRecord>> history(const directory::Auction& in, std::uint64_t from = 1);

 private:
  /// The outcome of a call to the auction's group; to the one that it goes on in, if that one was given up.
  template <class Ask>
  client::Outcome in_its_group(const directory::Auction& in, Ask&& ask);
  auction::Presence presence(const directory::Auction& in, const auction::Command& command);
  [[noreturn]] void say_where_archived(const directory::Auction& auction);

  Settings settings_;
  Connection connection_;
};

/// What `gavel bid` prints when it gave up: the command that tells whether that bid counts.
std::string finds_out_bid(const std::string& auction, const client::Outcome& outcome);

/// The node's own history of accepted bids, page by page; the outcome's slot is that of the last page.
Told<std::vector<auction::BidRecord>> local_history(Connection& connection, GroupId group);

}  // namespace gavel::cli
