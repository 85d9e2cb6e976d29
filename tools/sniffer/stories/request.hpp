// The way of one request through a group, hop by hop: for `--follow` and for the ladder of a bid. The client lane's tap
// names the request's session and number; batches hold it; orders name the batches; acks reach the slot. A request that
// is sent again, through whatever gateway, is the same one. Messages of different nodes arrive in any order: a hop that
// was seen a little before its cause is told at its cause's time. Bounded: kBatches batches are remembered until the
// request is known, as many orders for batches that come later, kHops hops are kept.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "tools/sniffer/stories/follow.hpp"
#include "tools/sniffer/stories/stories.hpp"

namespace gavel::sniffer {

struct Hop {
  enum class Kind : std::uint8_t { call, batch, missing, repair, order, ack, commit, announced, answer };
  Kind kind = Kind::call;
  WallTime at;
  std::uint64_t number = 0;  ///< of the message
  Actor from;
  Actor to;            ///< calls, answers, questions and repairs
  std::string text;    ///< "batch n1:7 with 3 requests"
  bool again = false;  ///< it was sent before
};
std::string_view name_of(Hop::Kind kind);

class RequestWay {
 public:
  using Picks = std::function<bool(const Seen&)>;

  /// `names` outlives this. `picks`: which calls may be taken for "next"; empty: any.
  RequestWay(const Names& names, FollowRequest request, Duration patience, Picks picks = {});

  void take(const Seen& seen);
  void tick(WallTime now);
  /// It was answered and all who ack had the time to, or nothing more happened for the patience.
  bool done() const { return done_; }

  bool known() const { return session_ || number_; }
  GroupId group() const { return group_; }
  SessionId session() const { return session_; }
  RequestNumber number() const { return number_; }
  std::optional<Slot> slot() const { return slot_; }
  /// In the order of time, and no hop before what caused it.
  std::vector<Hop> hops() const;
  /// What should have been there and was not seen, in words.
  std::vector<std::string> not_seen() const;

 private:
  static constexpr std::size_t kBatches = 4096;
  static constexpr std::size_t kHops = 256;

  struct Published {
    GroupId group;
    wire::BatchRef ref;
    Hop hop;
    std::vector<std::pair<SessionId, RequestNumber>> commands;
    std::size_t requests = 0;
  };
  using Key = std::pair<GroupId, wire::BatchRef>;
  struct Ordered {
    Hop hop;
    wire::Term term;
    Slot slot;
  };

  void on_client(const Seen& seen, const wire::TappedClient& client);
  void on_batch(const Seen& seen, const wire::Batch& batch);
  void on_order(const Seen& seen, const wire::Order& order);
  void on_ack(const Seen& seen, const wire::Ack& ack);
  void on_commit(const Seen& seen, Slot commit);
  void choose(GroupId group, SessionId session, RequestNumber number);
  void mine(const Published& published);
  void ordered(const Ordered& ordered);
  void add(Hop hop);
  bool seen_hop(Hop::Kind kind) const;
  std::size_t voters() const;

  const Names& names_;
  const FollowRequest request_;
  const Duration patience_;
  const Picks picks_;

  GroupId group_;
  SessionId session_;
  RequestNumber number_;
  std::vector<Hop> hops_;
  std::deque<Published> remembered_;
  std::map<Key, Ordered> orders_;  ///< of any batch, for orders that arrive before their batch
  std::deque<Key> orders_in_order_;
  std::set<wire::BatchRef> batches_;  ///< with this request
  std::set<std::tuple<Uid, ClientId, std::uint64_t>> calls_;
  std::optional<Slot> slot_;
  wire::Term term_;
  std::set<Uid> acked_;
  std::map<GroupId, std::set<Uid>> ring_;             ///< voters, where a token or a configuration told them
  std::map<std::pair<GroupId, Uid>, WallTime> acks_;  ///< who acks at all, and when it last did
  WallTime first_at_;
  WallTime last_at_;
  WallTime hop_at_;
  bool tapped_ = false;  ///< something of the client lane was seen
  bool answered_ = false;
  bool committed_ = false;
  bool announced_ = false;
  bool done_ = false;
};

}  // namespace gavel::sniffer
