// Client sessions: the replicated memory that makes each request count once (PROTOCOL.md §7, invariant 7). A session's
// id is the place of the entry that opened it; its last W replies are kept; a repeated number gets the kept reply; a
// number below the window is refused. Sessions expire by entry time, and the one idle longest makes room when there are
// too many.
#pragma once

#include <cstdint>
#include <list>
#include <optional>
#include <unordered_map>
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
  std::vector<KeptReply> replies;  ///< ascending
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
  struct Live;
  struct Found {
    Standing standing;
    const KeptReply* kept = nullptr;  ///< if repeated
    Live* session = nullptr;          ///< unless expired
  };
  /// Whether a request is to be executed. Using a session keeps it from expiring.
  Found find(SessionId id, RequestNumber number, WallTime now);
  /// Keeps the reply to a request of this session that was found fresh.
  void keep(Live& session, RequestNumber number, Slot slot, BytesView body);
  void expire(WallTime now);

  SessionList snapshot() const;
  void restore(SessionList list);
  std::size_t size() const { return sessions_.size(); }

  struct Live {
    SessionId id;
    WallTime used;
    RequestNumber highest;
    /// The reply to a number stands at its place modulo the window, in the buffer of the one that it replaces. As many
    /// places as were needed.
    std::vector<KeptReply> replies;
  };

 private:
  /// Null if there is none (any more).
  const KeptReply* kept(const Live& session, RequestNumber number) const;

  using Order = std::list<Live>;  // by last use: entry times never go back
  const Options& options_;
  Order order_;
  std::unordered_map<SessionId, Order::iterator> sessions_;  // looked up in, never walked through
};

}  // namespace gavel::order
