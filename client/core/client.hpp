// A client of the cluster, without I/O. It finds a gateway and moves to another when that one dies, falls silent or
// does not get its calls answered; it opens a session in each group that it commands, numbers its commands, and sends
// what is unanswered again under the same number, so that each counts once (PROTOCOL.md §7). It decides nothing about
// services: calls and replies are bytes. What it wants done stands in effects() after each call; calls that were made
// since effects() was last asked for leave in one frame, and so do those that are made while others are under way. Time
// and randomness are handed in. It delegates: gateways.hpp chooses, calls.hpp tracks calls, sessions.hpp numbers,
// watches.hpp keeps events in order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/core/calls.hpp"
#include "client/core/effects.hpp"
#include "client/core/gateways.hpp"
#include "client/core/options.hpp"
#include "client/core/sessions.hpp"
#include "client/core/watches.hpp"
#include "common/base/random.hpp"
#include "common/wire/envelope.hpp"

namespace gavel::client {

class Client {
 public:
  Client(Options options, Random random);

  // -- what the user asks for; each returns at once, and completes by one Completed effect ---------------------------

  /// Executed at most once, whatever happens; the outcome is unknown if no answer came within `timeout`.
  CallId command(TimePoint now, GroupId group, Bytes body, Duration timeout);
  /// A linearizable read.
  CallId query(TimePoint now, GroupId group, Bytes body, Duration timeout);
  /// The gateway's own state, which may be behind.
  CallId local(TimePoint now, GroupId group, Bytes body, Duration timeout);
  /// The outcome's slot is one at which every replica of the group keeps its digest (wire::GroupStatus::marks); it
  /// comes after everything that was acknowledged before the call.
  CallId mark(TimePoint now, GroupId group, Duration timeout);

  // Of the gateway itself; each may be done any number of times, so each is repeated until it is answered. The body of
  // the outcome is the encoded answer, which may be a refusal.
  CallId status(TimePoint now, Duration timeout);   ///< wire::StatusReport
  CallId clients(TimePoint now, Duration timeout);  ///< wire::ClientList
  /// wire::Operated; the gateway has to be the node that leads the group.
  CallId transfer(TimePoint now, GroupId group, Uid to, Duration timeout);
  CallId set_faults(TimePoint now, wire::SetFaults faults, Duration timeout);  ///< wire::Operated
  /// wire::BackupPiece; the piece that begins there.
  CallId backup(TimePoint now, GroupId group, std::uint64_t offset, Duration timeout);

  CallId restore(TimePoint now, wire::RestorePiece piece, Duration timeout);        ///< wire::Operated
  CallId set_log_level(TimePoint now, const std::string& level, Duration timeout);  ///< wire::Operated

  /// Completes the call as cancelled if it is still open.
  void cancel(TimePoint now, CallId call);

  /// Events after (`slot`, `index`), each once and in order. {0, 0}: from now on, where "now" is when the gateway hears
  /// of it. To miss nothing, read the state first and watch from the slot of that answer, with kWholeSlot as index.
  /// A group's topics are the service's to name; the main one is empty.
  void watch(TimePoint now, GroupId group, Slot slot = {}, std::uint32_t index = 0, Bytes topic = {});
  void unwatch(GroupId group, const Bytes& topic = {});

  /// The user goes: takes leave of the gateway, which then need not wait for anything. What is open stays open, and
  /// goes on if the client is used again.
  void close(TimePoint now);

  // -- what happens ---------------------------------------------------------------------------------------------------

  /// A frame from the gateway last connected to. Frames that are not understood are counted and dropped.
  void on_frame(TimePoint now, BytesView frame);
  /// The connection to the gateway last connected to broke or was refused.
  void on_gateway_lost(TimePoint now);
  /// A datagram from the beacon's address; anything but a beacon of this cluster is ignored.
  void on_datagram(TimePoint now, BytesView datagram);
  void tick(TimePoint now);
  /// When tick() has something to do, at the latest; kNever while nothing is wanted.
  TimePoint next_deadline() const;

  /// In order; the owner carries them out and clears the vector. Whoever makes many calls asks for them once.
  Effects& effects() {
    if (may_send_gathered()) send_gathered();
    return effects_;
  }

  // -- what can be seen -----------------------------------------------------------------------------------------------

  bool welcomed() const { return link_ == Link::welcomed; }
  Uid gateway() const { return welcomed() ? gateway_uid_ : Uid{}; }
  const std::string& gateway_name() const { return gateway_name_; }
  const std::string& gateway_endpoint() const { return endpoint_; }
  /// Client endpoints of all gateways that are known, given ones first.
  std::vector<std::string> known_gateways() const { return gateways_.endpoints(); }
  std::vector<Sessions::Open> sessions() const { return sessions_.open(); }
  std::size_t open_calls() const { return calls_.size(); }
  std::uint64_t malformed_frames() const { return malformed_frames_; }

 private:
  enum class Link : std::uint8_t { none, connecting, welcomed };

  CallId begin(TimePoint now, wire::CallKind kind, GroupId group, Bytes body, Duration timeout);
  CallId operate(TimePoint now, wire::FromClient operation, Duration timeout);
  CallId add(TimePoint now, Call call);

  // Frames.
  void on(TimePoint now, const wire::Welcome& welcome);
  void on(TimePoint now, const wire::Refused& refused);
  void on(TimePoint now, wire::Answer& answer);
  void on(TimePoint now, wire::Answers& gathered) {
    for (auto& answer : gathered.answers) on(now, answer);
  }
  void on(TimePoint now, wire::Pushed& pushed);
  void on(TimePoint now, const wire::PushedGap& gap);
  void on(TimePoint now, const wire::Pong& pong);
  void on(TimePoint now, const wire::Redirect& redirect);
  void on(TimePoint, const wire::StatusReport& report) { on_operated<wire::StatusQuery>(report); }
  void on(TimePoint, const wire::ClientList& list) { on_operated<wire::ClientsQuery>(list); }
  void on(TimePoint, const wire::BackupPiece& piece) { on_operated<wire::BackupQuery>(piece); }
  void on(TimePoint, const wire::Operated& operated) {
    on_operated<wire::TransferLead, wire::SetFaults, wire::RestorePiece, wire::SetLogLevel>(operated);
  }
  /// An answer of the gateway itself, if it is to one of these.
  template <class... Operation, class Message>
  void on_operated(const Message& message);
  void on_refusal(TimePoint now, const std::string& reason);
  void on_ok(const Call& call, wire::Answer& answer);
  void on_expired(Call& call);
  void on_unknown_group(TimePoint now, Call& call);

  // The link.
  bool anything_wanted() const { return calls_.size() > 0 || watches_.size() > 0; }
  void connect_if_wanted(TimePoint now);
  void leave(TimePoint now, NoteKind why, const std::string& text);
  void end_link();
  std::optional<std::string> next_gateway(TimePoint now);
  void check_link(TimePoint now);
  void ping_if_due(TimePoint now);
  Duration ping_interval() const;

  // Calls.
  void expire_calls(TimePoint now);
  void pump(TimePoint now);
  bool number(Call& call);
  void ensure_session(const Call& waiting);
  void transmit(TimePoint now, Call& call);
  void gather(wire::Call call);
  bool may_send_gathered() const;
  void send_gathered();
  void forget_gathered();
  void complete(CallId id, Outcome outcome);
  void fail_with(const Call& call, OutcomeKind kind, std::string message);
  /// Completes the commands that wait for a session in the group.
  void fail_waiting(GroupId group, OutcomeKind kind, const std::string& message);

  template <class Message>
  void send(const Message& message) {
    effects_.emplace_back(Send{wire::seal(envelope_, message)});
  }
  void note(NoteKind kind, std::string text) { effects_.emplace_back(Note{kind, std::move(text)}); }

  Options options_;
  wire::Envelope envelope_;
  Gateways gateways_;
  Calls calls_;
  Sessions sessions_;
  Watches watches_;
  Effects effects_;
  wire::Calls gathered_;  ///< leave with the next effects
  std::size_t gathered_bytes_ = 0;
  TimePoint frame_left_ = kLongAgo;  ///< the last one with calls
  TimePoint now_ = kLongAgo;         ///< of the last call or event

  Link link_ = Link::none;
  std::string endpoint_;
  Uid gateway_uid_;
  std::string gateway_name_;
  /// Where the last Redirect sends, the best first; and how many there were since the last Welcome.
  std::vector<std::string> sent_on_to_;
  std::uint32_t redirected_ = 0;
  /// Why no gateway takes this client, since one said that all are full; empty once one does.
  std::string all_full_;
  TimePoint linked_since_ = kLongAgo;
  TimePoint heard_ = kLongAgo;
  /// Since when a ping is unanswered by any frame; kNever if none is.
  TimePoint unanswered_since_ = kNever;
  TimePoint pinged_ = kLongAgo;
  std::uint64_t ping_id_ = 0;
  TimePoint probed_ = kLongAgo;
  std::uint64_t malformed_frames_ = 0;
};

}  // namespace gavel::client
