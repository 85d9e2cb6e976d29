// Auctions that an operator brings back from a backup, because their group has lost its majority for good. A client
// hands over the state piece by piece; this node checks it, looks whether the former group still lives, has the
// directory give the auction a new group with this node as its only founder, and founds that group when the directory
// shows it: what was proposed may take effect late, so the state is kept until then. What is here lives in memory
// alone: if the node dies before it has founded the group, nobody founds it, and the operator begins again. Whoever
// hands over a state writes an auction's history, so only a node that was started for it takes any (--allow-restore).
#pragma once

#include <map>
#include <string>

#include "node/host/placement.hpp"
#include "node/host/proposals.hpp"
#include "node/host/restore.hpp"

namespace gavel::host {

class Restorations {
 public:
  Restorations(const NodeSetup& setup, Replicas& replicas, Placement& placement, Proposals& proposals)
      : setup_(setup), replicas_(replicas), placement_(placement), proposals_(proposals) {}

  /// Takes a piece, once however often it comes. `client` names its connection. After the last piece: how it gets on.
  wire::Operated take(Now now, BytesView client, const wire::RestorePiece& piece);
  /// Goes on with what is complete, and forgets what was not gone on with.
  void run(Now now, NodeEffects& effects);

  /// Bytes that are taken from all clients together.
  static constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20U;
  static constexpr std::size_t kMost = 4;
  /// For how long a client may be silent before its last piece, and what came of it is told after that.
  static constexpr Duration kKept = 10s;
  /// The former group is listened to for so many suspicion times, and its nodes may take as long as kPatience to be
  /// found dead.
  static constexpr int kListened = 3;
  static constexpr Duration kPatience = 5s;

 private:
  enum class Stage : std::uint8_t { receiving, looking, asking, founded, failed };
  struct Restoration {
    wire::RestorePiece whole;  ///< but for its bytes, which are in `state` until they are all there
    Bytes state;
    Stage stage = Stage::receiving;
    TimePoint heard;  ///< a piece; or when its stage began
    std::string auction;
    RestoredGroup opened;     ///< while looking and asking
    std::vector<Uid> voters;  ///< of the group when the backup was made
    std::string word;         ///< what the client is told

    bool under_way() const { return stage == Stage::looking || stage == Stage::asking; }
    bool may_be_forgotten(Now now) const { return !under_way() && now.at - heard > kKept; }
  };

  /// Empty, or why it is not begun.
  std::string begin(Now now, BytesView client, const wire::RestorePiece& piece);
  void complete(Now now, Restoration& restoration);
  void go_on(Now now, Restoration& restoration, NodeEffects& effects);
  void look(Now now, Restoration& restoration, const directory::Auction& auction, NodeEffects& effects);
  /// Names those voters of the former group that are up, if they are a majority; empty if not.
  std::string enough_that_are_up(const Restoration& restoration, const directory::Auction& auction) const;
  void found(Now now, Restoration& restoration, const directory::Auction& auction, NodeEffects& effects);
  static void fail(Restoration& restoration, std::string why);
  std::uint64_t promised_bytes() const;

  std::string name_of(Uid uid) const;

  const NodeSetup& setup_;
  Replicas& replicas_;
  Placement& placement_;
  Proposals& proposals_;
  std::map<Bytes, Restoration> all_;
};

}  // namespace gavel::host
