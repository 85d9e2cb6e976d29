// The floor of an auction: the auction together with the room of those who are at it, as one service, so that bids, the
// auctioneer's calls and what people say stand in one order. What is said to the room goes to the room, all else to the
// auction, whose replies and events are as they would be without one. When the auction has closed people may go on
// talking.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/wire/services/auction.hpp"
#include "common/wire/services/chat.hpp"
#include "node/services/auction.hpp"
#include "node/services/room.hpp"
#include "node/services/service.hpp"
#include "node/services/serving.hpp"

namespace gavel {

class FloorService {
 public:
  /// The terms are those that the directory fixed (AuctionService). The seller is the room's first moderator.
  explicit FloorService(auction::Terms terms);

  Bytes apply(const Context& context, BytesView command, Events& events);
  void on_view(const Context& context, const GroupView& view, Events& events);
  Bytes query(BytesView question) const;

  /// The next call or the end, until the auction is closed, and who lapses next in the room; the earliest of these.
  std::optional<WallTime> next_deadline() const;
  Bytes deadline_command() const;

  /// Begins with the digest and the terms (terms_in).
  Rope snapshot() const;
  /// Error: malformed, broken, or of another auction; the state is as before.
  Result<void> restore(BytesView snapshot);
  /// Over the auction's and the room's.
  Digest digest() const;

  const AuctionService& auction() const { return auction_; }
  const AuctionBook& book() const { return auction_.book(); }
  const Room& room() const { return room_; }
  const Serving& serving() const { return serving_; }

  /// The terms of the auction whose snapshot this is. Error: there are none, or none that the directory would have
  /// fixed.
  static Result<auction::Terms> terms_in(BytesView snapshot);
  /// The floor that a snapshot is of. Error: as in terms_in and restore.
  static Result<FloorService> read(BytesView snapshot);

 private:
  /// What is due next, and when.
  struct Due {
    WallTime at;
    enum class What : std::uint8_t { call, close, sweep } what;
    auto operator<=>(const Due&) const = default;
  };
  std::optional<Due> next_due() const;

  chat::Reply execute_chat(const Context& context, BytesView command, Events& events);
  template <class Command>
  chat::RoomReply on(const Context& context, const Command& command, Events& events);
  chat::RoomReply on(const Context& context, const chat::OpenRoom& open, Events& events);
  chat::RoomReply on(const Context& context, const chat::Sweep& sweep, Events& events);
  chat::RoomReply on(const Context& context, const chat::Call& call, Events& events);
  /// Every call that is due and has not been made; returns how many.
  std::uint32_t make_calls(const Context& context, Events& events);
  Bytes to_auction(const Context& context, BytesView command, Events& events);
  chat::Answer answer(BytesView question) const;

  bool is_here(const std::string& room) const;
  chat::RoomReply reply(chat::Verdict verdict, std::string message) const;

  AuctionService auction_;
  Room room_;
  Serving serving_;
  /// Calls that have been made.
  std::uint32_t calls_ = 0;
  /// Of all but the auction.
  Digest digest_;
};

static_assert(ViewedService<FloorService>);

}  // namespace gavel
