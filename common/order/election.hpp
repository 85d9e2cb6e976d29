// Becoming leader: LCR on a ring, with a token that collects the promises, and the recovery of the newest log among
// those who promised (PROTOCOL.md §4). Owns the candidacy and the tokens on their way; leaves leading to Leadership.
// Invariants 1 (election safety) and 3 (leader completeness) are kept here.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "common/order/core.hpp"
#include "common/order/transfer.hpp"

namespace gavel::order {

/// Why an election is held.
enum class Cause : std::uint8_t {
  vacancy,     ///< nobody leads
  hand_over,   ///< a leader asked for it, or takes a higher term itself
  appointment  ///< the same, by the operator's word
};

class Election {
 public:
  Election(Core& core, Transfer& transfer) : core_(core), transfer_(transfer) {}

  /// Starts an election in `round`, with a term above the promise.
  void start(std::uint64_t round, Cause cause, std::vector<wire::Vote> inherited = {});
  void start_next(Cause cause);
  /// A follower without a leader starts, if it may and it is time.
  void consider();

  void on_token(const wire::Member& from, wire::Token token);
  void on_token_ack(const wire::TokenAck& ack);
  /// Nobody waits for a dead process to acknowledge a token.
  void on_peer_lost(Uid uid);
  void on_rejected(const wire::Rejected& rejected);
  void on_hand_over(const wire::Member& from, const wire::HandOver& message);
  /// The answer of the best voter in a recovery. `agreed`: up to where the own log now agrees with the voter's.
  void on_recovered(Uid from, Slot agreed);
  /// Whether a recovery answer for `term` is still wanted.
  bool recovering(const wire::Term& term) const;

  void on_time();
  TimePoint deadline() const;
  /// True once, when this member has won and holds the newest log: Leadership takes over.
  bool take_victory();
  /// Whether it was the operator's word that started the election at hand, or the last one.
  bool appointed() const { return candidacy_.cause == Cause::appointment; }
  /// Whose promises won the last election that this member won, in their order; for people.
  const std::vector<Uid>& way() const { return won_way_; }

 private:
  struct Forward {
    wire::Token token;
    Uid to;
    TimePoint due;
  };
  struct Candidacy {
    wire::Term term;
    std::map<Uid, wire::Vote> votes;
    std::vector<Uid> way;         // whose votes came, in their order
    std::size_t extra_votes = 0;  // only for the mistake duplicate_votes
    std::set<Uid> silent;         // voters that do not answer the recovery
    std::vector<Uid> ring;
    Cause cause = Cause::vacancy;
    TimePoint deadline = kNever;
    TimePoint ask_directly_at = kNever;
    Uid best;  // from whom the newest log comes
    Slot got;
    int tries = 0;
    TimePoint fetch_again_at = kNever;
  };

  void send_token(wire::Token token, Uid to);
  void pass_on(wire::Token token, Uid after);
  void on_hop_timeout(Forward forward);
  void vote(wire::Token token);
  void on_home(const wire::Token& token);
  void ask_directly();
  void recover(bool first_check);
  void lost(const std::string& why);
  bool enough_votes() const;
  bool suspects(Uid uid) const;
  bool swallows(const wire::Token& token) const;
  wire::Vote own_vote() const;

  Core& core_;
  Transfer& transfer_;
  Candidacy candidacy_;
  std::vector<Uid> won_way_;
  std::vector<Forward> forwards_;
  std::map<wire::Term, int> tokens_seen_;
  std::uint64_t next_token_ = 0;
  bool victory_ = false;
};

}  // namespace gavel::order
