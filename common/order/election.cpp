#include "common/order/election.hpp"

#include <algorithm>

#include "common/order/mistakes.hpp"

namespace gavel::order {
namespace {

constexpr std::uint32_t kMaxHops = 64;  // a ring of seven voters, some dead, needs far fewer
constexpr int kTokensOfOneTerm = 4;     // duplicates beyond are dropped
constexpr int kFetchTries = 3;          // before the best voter is left out of the count

bool running(wire::Role role) { return role == wire::Role::candidate || role == wire::Role::recovering; }

}  // namespace

wire::Vote Election::own_vote() const { return {core_.self(), core_.log.last_term(), core_.log.last()}; }

bool Election::suspects(Uid uid) const {
  const auto* peer = core_.peers.find(uid);
  // Whom I have not heard for the suspicion time is not waited for: if it lives, it will be asked directly.
  return peer != nullptr && (peer->hop_failed || !core_.peers.hears(uid, core_.now.at));
}

bool Election::recovering(const wire::Term& term) const {
  if (broken(Mistake::stale_fetch)) return candidacy_.term == term;
  return core_.role == wire::Role::recovering && candidacy_.term == term && core_.promised == term;
}

// ---- starting ---------------------------------------------------------------------------------------------------

void Election::consider() {
  if (core_.role != wire::Role::follower || core_.observer() || core_.log.blank() || core_.journal.failed()) return;
  if (core_.hears_leader() || !core_.is_voter() || core_.diverged || core_.now.at < core_.candidacy_at) return;
  // A draining member leads only if nobody else does.
  if (core_.draining && core_.now.at < core_.candidacy_at + 2 * core_.options.election_timeout) return;
  if (core_.gate_open()) start_next(Cause::vacancy);
}

void Election::start_next(Cause cause) { start(std::max(core_.highest_round, core_.promised.round) + 1, cause); }

void Election::start(std::uint64_t round, Cause cause, std::vector<wire::Vote> inherited) {
  const wire::Term term{round, core_.self()};
  GAVEL_CHECK(term > core_.promised, "I1: a candidate never reuses a term");
  const auto former = candidacy_.votes;
  core_.promise(term);
  core_.role = wire::Role::candidate;
  candidacy_ = {};
  candidacy_.term = term;
  if (broken(Mistake::votes_kept)) candidacy_.votes = former;
  candidacy_.cause = cause;
  const auto timeout = core_.options.election_timeout;
  candidacy_.deadline = core_.now.at + timeout + core_.random.between(0us, timeout / 5);
  core_.candidacy_at = core_.now.at + timeout + core_.random.between(0us, timeout);
  core_.say(NoteKind::candidate, std::string("starts an election for term ") + print(term) +
                                     (cause == Cause::vacancy ? "" : ", as hand-over") + ", its log ends at " +
                                     print(own_vote()));
  core_.run_when_durable([this, term, inherited = std::move(inherited)] {
    if (core_.role != wire::Role::candidate || candidacy_.term != term || core_.promised != term) return;
    wire::Token token;
    token.term = term;
    token.candidate_incarnation = core_.setup.self.incarnation;
    token.ring = core_.config().voters;
    token.votes = inherited;
    token.votes.push_back(own_vote());
    token.hand_over = candidacy_.cause != Cause::vacancy;
    candidacy_.votes[core_.self()] = own_vote();
    candidacy_.ring = token.ring;
    candidacy_.ask_directly_at = core_.now.at + 3 * core_.options.hop_timeout;
    pass_on(std::move(token), core_.self());
  });
}

void Election::lost(const std::string& why) {
  core_.say(NoteKind::election_failed, "loses the election for term " + print(candidacy_.term) + ": " + why);
  core_.role = wire::Role::follower;
  core_.election_lost = true;
  core_.handing_over = false;
  core_.candidacy_at =
      core_.now.at + core_.options.hop_timeout + core_.random.between(0us, core_.options.election_timeout);
}

// ---- the token on its way ---------------------------------------------------------------------------------------

void Election::send_token(wire::Token token, Uid to) {
  if (++token.hops > kMaxHops) return;
  token.id = ++next_token_;
  core_.say(token.term.uid == core_.self() ? NoteKind::token_sent : NoteKind::token_passed,
            "sends the token " + print(token.term) + " with " + std::to_string(token.votes.size()) + " votes to " +
                print(to));
  forwards_.push_back({token, to, core_.now.at + core_.options.hop_timeout});
  core_.send(to, std::move(token));
}

// To the next higher uid of the token's ring, wrapping round. Suspects are skipped, the candidate never.
void Election::pass_on(wire::Token token, Uid after) {
  const auto candidate = token.term.uid;
  if (token.direct && candidate != core_.self()) return send_token(std::move(token), candidate);
  const auto ring = token.ring;
  const auto start = std::upper_bound(ring.begin(), ring.end(), after) - ring.begin();
  for (std::size_t i = 0; i < ring.size(); ++i) {
    const auto next = ring[(static_cast<std::size_t>(start) + i) % ring.size()];
    if (next == candidate) break;
    if (next == core_.self()) continue;
    if (suspects(next)) {
      core_.say(NoteKind::suspected, "skips " + print(next) + " in the ring");
      continue;
    }
    return send_token(std::move(token), next);
  }
  if (candidate == core_.self())
    on_home(token);
  else
    send_token(std::move(token), candidate);
}

void Election::on_hop_timeout(Forward forward) {
  core_.peers.at(forward.to).hop_failed = true;
  if (forward.to == forward.token.term.uid || forward.token.direct) return;  // cannot be brought home: dropped
  pass_on(std::move(forward.token), forward.to);
}

void Election::on_token_ack(const wire::TokenAck& ack) {
  std::erase_if(forwards_, [&](const Forward& forward) { return forward.token.id == ack.id; });
}

void Election::on_peer_lost(Uid uid) {
  for (auto& forward : forwards_)
    if (forward.to == uid) forward.due = core_.now.at;
}

void Election::on_rejected(const wire::Rejected& rejected) {
  core_.highest_round = std::max(core_.highest_round, rejected.promised.round);
}

void Election::on_hand_over(const wire::Member& from, const wire::HandOver& message) {
  if (message.term != core_.promised || from.uid != message.term.uid) return;
  if (core_.role != wire::Role::follower || !core_.is_voter() || core_.journal.failed() || core_.diverged) return;
  core_.say(NoteKind::handed_over, "is asked by " + print(from.uid) + " to take over");
  start_next(message.appointed ? Cause::appointment : Cause::hand_over);
}

void Election::on_token(const wire::Member& from, wire::Token token) {
  core_.send(from.uid, wire::TokenAck{token.id});
  if (core_.observer()) return;
  const auto term = token.term;
  const auto candidate = term.uid;
  core_.highest_round = std::max(core_.highest_round, term.round);
  if (candidate == core_.self()) return on_home(token);
  const bool same_round_taken = broken(Mistake::round_only) && term.round == core_.promised.round;
  if (term < core_.promised && !same_round_taken) return core_.send(candidate, wire::Rejected{core_.promised});

  if (tokens_seen_.size() > 64) tokens_seen_.clear();
  if (++tokens_seen_[term] > kTokensOfOneTerm) return;
  if (core_.journal.failed() || core_.log.blank()) return pass_on(std::move(token), core_.self());
  // Who hears a live leader passes the token on without a vote: refusing it would let a few block every election.
  if (!token.hand_over && core_.hears_leader()) return pass_on(std::move(token), core_.self());

  if (swallows(token)) {
    const bool higher = core_.self() > candidate;
    core_.say(NoteKind::swallowed, "swallows the token " + print(term) + " of a lower " + (higher ? "uid" : "rank"));
    core_.overruled = core_.overruled || !higher;
    return start(higher ? term.round : term.round + 1, Cause::vacancy,
                 broken(Mistake::swallow_keeps_votes) ? token.votes : std::vector<wire::Vote>{});
  }
  const bool voted = std::any_of(token.votes.begin(), token.votes.end(),
                                 [&](const wire::Vote& vote) { return vote.voter == core_.self(); });
  if (voted && !broken(Mistake::duplicate_votes)) return pass_on(std::move(token), core_.self());
  vote(std::move(token));
}

// Ranks are hearsay, and two members may each think that it ranks before the other: nobody overrules a higher uid a
// second time before there was a leader.
bool Election::swallows(const wire::Token& token) const {
  const auto candidate = token.term.uid;
  if (token.hand_over || token.term <= core_.promised || !core_.eligible()) return false;
  if (core_.standing(core_.self()) < core_.standing(candidate)) return false;
  if (core_.self() < candidate && core_.overruled) return false;
  Slot newest;
  for (const auto& vote : token.votes) newest = std::max(newest, vote.last_slot);
  return newest.since(core_.log.last()) <= core_.options.caught_up;  // or it would have to catch up first
}

void Election::vote(wire::Token token) {
  const auto term = token.term;
  if (term != core_.promised) {
    core_.promise(term);
    core_.leader_heard = kLongAgo;
    const auto timeout = core_.options.election_timeout;
    core_.candidacy_at = core_.now.at + timeout + core_.random.between(0us, timeout);
  }
  // The vote names the last accepted entry, which is durable before the vote leaves.
  const auto mine = own_vote();
  core_.run_when_durable([this, token = std::move(token), mine, term]() mutable {
    if (core_.promised != term) return;
    token.votes.push_back(mine);
    pass_on(std::move(token), core_.self());
  });
}

// ---- home, and recovery -----------------------------------------------------------------------------------------

void Election::on_home(const wire::Token& token) {
  if (token.term != core_.promised || token.term != candidacy_.term) return;
  if (!running(core_.role) || token.candidate_incarnation != core_.setup.self.incarnation) return;
  for (const auto& vote : token.votes) {
    if (candidacy_.silent.contains(vote.voter)) continue;
    const bool fresh = candidacy_.votes.emplace(vote.voter, vote).second;
    auto& way = candidacy_.way;
    if (std::find(way.begin(), way.end(), vote.voter) == way.end()) way.push_back(vote.voter);
    if (!fresh && vote.voter != core_.self()) ++candidacy_.extra_votes;
  }
  core_.role = wire::Role::recovering;
  core_.say(NoteKind::token_home, "has its token home with " + std::to_string(candidacy_.votes.size()) + " votes");
  recover(true);
}

bool Election::enough_votes() const {
  std::size_t votes = 0;
  for (const auto& [voter, vote] : candidacy_.votes) {
    const bool counts =
        core_.config().is_voter(voter) || (broken(Mistake::count_learners) && core_.config().is_learner(voter));
    if (counts) ++votes;
  }
  if (broken(Mistake::duplicate_votes)) votes += candidacy_.extra_votes;
  return is_majority(votes, core_.config());
}

void Election::ask_directly() {
  candidacy_.ask_directly_at = kNever;
  core_.say(NoteKind::asked_directly, "asks the missing voters directly");
  for (const auto voter : core_.config().voters) {
    if (voter == core_.self() || candidacy_.votes.contains(voter) || candidacy_.silent.contains(voter)) continue;
    wire::Token token;
    token.term = candidacy_.term;
    token.candidate_incarnation = core_.setup.self.incarnation;
    token.ring = candidacy_.ring;
    token.hand_over = candidacy_.cause != Cause::vacancy;
    token.direct = true;
    send_token(std::move(token), voter);
  }
  candidacy_.deadline = std::max(candidacy_.deadline, core_.now.at + 4 * core_.options.hop_timeout);
}

void Election::recover(bool first_check) {
  if (core_.role != wire::Role::recovering || core_.promised != candidacy_.term) return;
  if (!core_.is_voter()) return lost("it is no voter of its newest configuration");
  if ((first_check || !broken(Mistake::no_recheck)) && !enough_votes()) {
    core_.role = wire::Role::candidate;  // another copy of the token may still come home
    const auto hop = core_.options.hop_timeout;
    candidacy_.deadline = std::min(candidacy_.deadline, core_.now.at + core_.random.between(hop, 4 * hop));
    if (candidacy_.ask_directly_at != kNever) ask_directly();
    return;
  }

  const auto& votes = candidacy_.votes;
  const auto best = std::max_element(votes.begin(), votes.end(), [](const auto& a, const auto& b) {
    if (broken(Mistake::best_slot)) return a.second.last_slot < b.second.last_slot;
    return std::pair(a.second.last_term, a.second.last_slot) < std::pair(b.second.last_term, b.second.last_slot);
  });
  const bool behind = broken(Mistake::best_slot) ? core_.log.last() < best->second.last_slot
                                                 : std::pair(core_.log.last_term(), core_.log.last()) <
                                                       std::pair(best->second.last_term, best->second.last_slot);
  if (behind && !broken(Mistake::no_restore)) {
    if (candidacy_.best != best->first) {
      candidacy_.best = best->first;
      candidacy_.got = core_.commit;
      candidacy_.tries = 0;
      core_.say(NoteKind::recovering,
                "restores from " + print(best->first) + ", whose log ends at " + print(best->second));
    }
    if (++candidacy_.tries > kFetchTries) {  // silent: it is left out of the count, its vote with it
      candidacy_.silent.insert(candidacy_.best);
      candidacy_.votes.erase(candidacy_.best);
      candidacy_.best = {};
      if (candidacy_.ask_directly_at == kNever) candidacy_.ask_directly_at = core_.now.at;
      return recover(true);
    }
    candidacy_.fetch_again_at = core_.now.at + core_.options.fetch_interval;
    core_.send(candidacy_.best, wire::Fetch{candidacy_.term, std::max(candidacy_.got, core_.commit).next(), true});
    return;
  }
  candidacy_.fetch_again_at = kNever;
  core_.run_when_durable([this, term = candidacy_.term] {
    if (core_.role == wire::Role::recovering && candidacy_.term == term && core_.promised == term) victory_ = true;
  });
}

void Election::on_recovered(Uid from, Slot agreed) {
  if (from != candidacy_.best || agreed <= candidacy_.got) return;  // a duplicate must not ask again
  candidacy_.got = agreed;
  candidacy_.tries = 0;
  candidacy_.fetch_again_at = kNever;  // the own disk's turn: its time is not the voter's silence
  candidacy_.deadline = std::max(candidacy_.deadline, core_.now.at + core_.options.election_timeout);
  core_.say(NoteKind::adopted, "adopts the log of " + print(from) + " up to " + print(agreed));
  core_.run_when_durable([this, term = candidacy_.term] {
    if (candidacy_.term == term) recover(false);
  });
}

// ---- time -------------------------------------------------------------------------------------------------------

void Election::on_time() {
  const auto now = core_.now.at;
  for (std::size_t i = 0; i < forwards_.size();) {
    if (now < forwards_[i].due) {
      ++i;
      continue;
    }
    auto forward = std::move(forwards_[i]);
    forwards_.erase(forwards_.begin() + static_cast<std::ptrdiff_t>(i));
    on_hop_timeout(std::move(forward));
  }
  if (core_.role == wire::Role::recovering && now >= candidacy_.fetch_again_at) {
    candidacy_.fetch_again_at = kNever;
    if (transfer_.receiving(candidacy_.best))
      candidacy_.fetch_again_at = now + core_.options.fetch_interval;
    else
      recover(false);
  }
  if (core_.role == wire::Role::candidate && now >= candidacy_.ask_directly_at) ask_directly();
  if (running(core_.role)) {
    const auto grace = core_.role == wire::Role::recovering ? core_.options.election_timeout : 0us;
    if (now >= candidacy_.deadline + grace && !transfer_.receiving(candidacy_.best)) lost("it took too long");
  }
  consider();
}

TimePoint Election::deadline() const {
  TimePoint next = kNever;
  for (const auto& forward : forwards_) next = std::min(next, forward.due);
  if (core_.role == wire::Role::recovering) next = std::min(next, candidacy_.fetch_again_at);
  if (core_.role == wire::Role::candidate) next = std::min(next, candidacy_.ask_directly_at);
  if (running(core_.role)) {
    const auto grace = core_.role == wire::Role::recovering ? core_.options.election_timeout : 0us;
    next = std::min(next, std::max(candidacy_.deadline + grace, core_.now.at + core_.options.heartbeat / 5));
  }
  if (core_.role == wire::Role::follower && !core_.observer() && core_.is_voter()) {
    if (core_.hears_leader())
      next = std::min(next, core_.leader_heard + core_.options.suspicion);
    else
      next = std::min(next, std::max(core_.candidacy_at, core_.now.at + core_.options.heartbeat / 5));
  }
  return next;
}

// Asked again here: since the disk was done, the same step may have given the election up.
bool Election::take_victory() {
  const bool won = std::exchange(victory_, false) && core_.role == wire::Role::recovering &&
                   core_.promised == candidacy_.term && !core_.journal.failed();
  if (won) won_way_ = candidacy_.way;
  return won;
}

}  // namespace gavel::order
