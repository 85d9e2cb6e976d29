// Everything that can happen to a replica. Values only; a step is a function of the state, the time and one of these.
#pragma once

#include <cstdint>
#include <variant>
#include <vector>

#include "common/order/options.hpp"
#include "common/wire/order_messages.hpp"

namespace gavel::order {

/// Numbers what a replica asked its disk to keep; grows by one with each.
using Ticket = Position<struct TicketTag>;
/// Names a submitted request to whoever submitted it; chosen by the submitter, repeated in the answer.
using SubmitId = Id<struct SubmitTag>;

/// A message from another member (never from itself).
struct Received {
  wire::Member from;
  wire::OrderMessage message;
};
/// Everything up to `upto` is on the disk.
struct Persisted {
  Ticket upto;
};
/// The disk failed: nothing more will become durable. The replica stops acking, promising and leading, for good.
struct StorageFailed {};
/// A request of a client (or of this node) for the group.
struct Submission {
  SubmitId id;
  wire::Request request;
};
/// What gathered for the group at this replica as its gateway, in order.
struct Submit {
  std::vector<Submission> requests;
};
/// The transport saw the peer's connection reset and a reconnect refused: a hint that its process is dead.
struct PeerLost {
  Uid uid;
};
/// Whom the operator (or the directory) wants as voters and learners. Acted upon while leading, one step at a time.
struct SetGoal {
  wire::Config config;
};
/// Hand over if leading, and do not lead again until told otherwise.
struct SetDraining {
  bool draining = false;
};
/// Hand over to this voter if leading, as soon as it holds the whole log. It keeps the lead although others rank
/// higher.
struct TransferTo {
  Uid uid;
};
/// Who ranks higher leads before a higher uid does; carried by beats.
struct SetRank {
  std::uint32_t rank = 0;
};
/// How many clients this node serves; carried by its beats.
struct SetLoad {
  std::uint32_t clients = 0;
};
/// Whether every slot that is ordered or committed is noted too, from now on.
struct SetNarration {
  bool slots = false;
};
/// How many bytes of entries the log may hold in memory until a snapshot takes their place, in the stead of
/// Options::compact_bytes; a quarter of it may be held before the snapshot. It holds from now on, also if there is
/// more already.
struct SetLogRoom {
  std::size_t bytes = 0;
};
/// Time passed: `next_deadline` was reached.
struct Tick {};
/// Beats now, though the beat is not due yet.
struct BeatEarly {};

using Event = std::variant<Received, Persisted, StorageFailed, Submit, PeerLost, SetGoal, SetDraining, SetLoad, SetRank,
                           SetLogRoom, SetNarration, TransferTo, Tick, BeatEarly>;

}  // namespace gavel::order
