// Client sessions: the replicated memory that makes each request count once (PROTOCOL.md §7, invariant 7). A session's
// id is the place of the entry that opened it; its last W replies are kept; a repeated number gets the kept reply; a
// number below the window is refused. Sessions expire by entry time, and the one idle longest makes room when there are
// too many.
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <optional>
#include <vector>

#include "common/base/result.hpp"
#include "common/order/options.hpp"
#include "common/wire/codec.hpp"

namespace gavel::order {

struct KeptReply {
  RequestNumber number;
  Slot slot;  ///< at which the request took effect
  Bytes body;
  GAVEL_FIELDS(number, slot, body);
};
struct Session {
  SessionId id;
  WallTime used;
  RequestNumber highest;
  std::vector<KeptReply> replies;
  GAVEL_FIELDS(id, used, highest, replies);
};
/// All sessions, the one idle longest first.
struct SessionList {
  std::vector<Session> sessions;
  GAVEL_FIELDS(sessions);
};

class Sessions {
 public:
  explicit Sessions(const Options& options) : options_(options) {}

  /// The place of an opening request in the total order names the session.
  static SessionId id_at(Slot slot, std::size_t index_in_entry);
  void open(SessionId id, WallTime now);

  enum class Standing { fresh, repeated, stale, expired };
  struct Found {
    Standing standing;
    const KeptReply* kept = nullptr;  ///< if repeated
  };
  /// Whether a request is to be executed. Using a session keeps it from expiring.
  Found find(SessionId id, RequestNumber number, WallTime now);
  /// Keeps the reply to a fresh request.
  void keep(SessionId id, KeptReply reply);
  void expire(WallTime now);

  SessionList snapshot() const;
  void restore(SessionList list);
  std::size_t size() const { return sessions_.size(); }

 private:
  using Order = std::list<Session>;  // by last use: entry times never go back
  const Options& options_;
  Order order_;
  std::map<SessionId, Order::iterator> sessions_;
};

}  // namespace gavel::order
