// What goes on around an auction that somebody watches, without entering its room: what is said there, what the
// auctioneer calls, and how the auction is liked. Bids and the close are not told here: the auction's own events are.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "client/cli/chat_rows.hpp"
#include "client/cli/like_calls.hpp"

namespace gavel::cli {

class Gallery {
 public:
  /// Topics that it watches.
  static constexpr std::size_t kTopics = 2;

  Gallery(House& house, directory::Auction auction, std::function<void(const Telling&)> tell);
  ~Gallery();
  Gallery(const Gallery&) = delete;
  Gallery& operator=(const Gallery&) = delete;

  /// Begins with what comes from now on, and the present count. Not to be called from within `tell`. Throws Failure.
  void open();
  /// The likes may be open now.
  void open_likes();
  /// Reads anew what a gap may have hidden. As open().
  void catch_up();

 private:
  void on_line(const chat::Line& line);
  void read_room(bool tell_it);

  House& house_;
  directory::Auction auction_;
  std::function<void(const Telling&)> tell_;
  CountWatch likes_;
  std::optional<std::uint64_t> watch_;
  std::uint64_t last_ = 0;
  bool missed_ = false;
};

}  // namespace gavel::cli
