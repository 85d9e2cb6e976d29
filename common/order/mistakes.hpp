// Deliberate mistakes, for proving that the checkers of the simulator can fail. `broken(m)` is a constant false in
// every build but the mutants' (GAVEL_MUTANTS, used by tests/sim only), where it asks a switch: production code carries
// none of it.
#pragma once

namespace gavel::order {

#define GAVEL_MISTAKES(X)                                                                                \
  X(lose_promise, "promises are not written to disk")                                                    \
  X(no_recheck, "the quorum is not checked again after adopting a log in a recovery")                    \
  X(ack_last, "an ack names the last slot, not the match index")                                         \
  X(old_term, "entries of older terms are committed by counting")                                        \
  X(ack_early, "an ack leaves before the entry is durable")                                              \
  X(duplicate_votes, "the same voter's vote counts twice")                                               \
  X(config_before_view, "a configuration changes before an entry of the own term is committed")          \
  X(config_two, "a second configuration change starts before the first is committed")                    \
  X(config_committed, "a configuration counts from its commit, not from the log")                        \
  X(keep_last_ordered, "last_ordered is not rolled back when the tail is cut")                           \
  X(last_ordered_applied, "last_ordered is taken from the applied state, not from the log")              \
  X(swallow_keeps_votes, "a swallowing node keeps the votes of the swallowed token")                     \
  X(stale_fetch, "a recovery fetch is answered and applied although the promise has moved on")           \
  X(no_restore, "the winner leads with its own log")                                                     \
  X(best_slot, "the best log is the one with the greatest last slot, its term ignored")                  \
  X(take_lower, "entries of a term below the promise are accepted")                                      \
  X(ack_any_term, "acks of other terms are counted")                                                     \
  X(count_learners, "learners' acks and votes count")                                                    \
  X(count_unlisted, "acks of replicas that are in no configuration count")                               \
  X(query_chained, "the reply to a query, which only its gateway evaluates, goes into the digest")       \
  X(no_dedup, "a session's repeated request is executed again")                                          \
  X(keep_uid, "a node with a lost disk goes on under its uid")                                           \
  X(snapshot_without_sessions, "session replies are forgotten in a snapshot")                            \
  X(snapshot_without_last_ordered, "a snapshot forgets last_ordered: a batch is ordered twice")          \
  X(any_owner, "a member that does not own the next slot fills it")                                      \
  X(no_previous, "the previous slot and term are not compared")                                          \
  X(promise_early, "the token goes on before the promise is durable")                                    \
  X(match_kept, "the match index is kept across a promise")                                              \
  X(match_restart, "after a restart the match index is the last slot")                                   \
  X(cut_always, "an order message cuts whatever follows it, conflict or not")                            \
  X(half, "half of the voters is taken for a majority")                                                  \
  X(snapshot_without_config, "a snapshot forgets the configuration")                                     \
  X(rot_tail, "a damaged last record, synced and acked, is taken for a torn write and cut")              \
  X(entry_term, "the term of the entry instead of the term of the message is compared with the promise") \
  X(votes_kept, "votes of an earlier round are counted")                                                 \
  X(round_only, "a promise for the same round and a lower uid is given")                                 \
  X(clock_back, "entry times are not clamped")                                                           \
  X(order_twice, "a batch that was ordered is ordered again")                                            \
  X(wild_state, "a replica's state machine computes something else")                                     \
  X(unbounded_queue, "a gateway takes requests without a bound")

enum class Mistake {
#define X(name, text) name,
  GAVEL_MISTAKES(X)
#undef X
      none
};

#ifdef GAVEL_MUTANTS
/// The one mistake that is switched on in this thread; set by the mutation tests.
Mistake& active_mistake();
inline bool broken(Mistake mistake) { return active_mistake() == mistake; }
#else
constexpr bool broken(Mistake /*mistake*/) { return false; }
#endif

}  // namespace gavel::order
