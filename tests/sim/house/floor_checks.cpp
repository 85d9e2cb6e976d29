#include "tests/sim/house/floor_checks.hpp"

#include "node/services/auctioneer.hpp"
#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/print.hpp"

namespace gavel::sim {
namespace {

/// The auctioneer's words, one after the other.
class Followed {
 public:
  Followed(const std::vector<auction::BidRecord>& bids, const std::optional<auction::Outcome>& outcome, bool whole)
      : bids_(bids), outcome_(outcome), whole_(whole) {}

  void follow(const chat::Line& line) {
    const bool speaks =
        line.kind == chat::LineKind::bid || line.kind == chat::LineKind::going || line.kind == chat::LineKind::closed;
    if (!speaks) return;
    if (line.who != chat::kAuctioneer) wrong(line, "is not the auctioneer's");
    if (closed_) wrong(line, "comes after the end");
    if (line.kind == chat::LineKind::bid) return bid(line);
    if (line.kind == chat::LineKind::going) return call(line);
    closed_ = true;
    if (!outcome_ || line.text != words_for_close(*outcome_)) wrong(line, "is not how the auction ended");
  }

  void end() const {
    if (!whole_) return;
    if (bid_ != bids_.size())
      throw Violation(Invariant::exactly_once,
                      "the auctioneer has called " + std::to_string(bid_) + " bids of " + std::to_string(bids_.size()));
    if (closed_ != outcome_.has_value())
      throw Violation(Invariant::exactly_once, "the auction is over, and the auctioneer does not say so");
  }

 private:
  [[noreturn]] static void wrong(const chat::Line& line, const std::string& what) {
    throw Violation(Invariant::exactly_once, "line " + std::to_string(line.number) + " (" + line.text + ") " + what);
  }
  void bid(const chat::Line& line) {
    while (!whole_ && bid_ < bids_.size() && words_for_bid(bids_[bid_]) != line.text) ++bid_;
    if (bid_ == bids_.size() || words_for_bid(bids_[bid_]) != line.text) wrong(line, "is not the next bid");
    ++bid_;
  }
  void call(const chat::Line& line) {
    const std::uint32_t call = line.text.find("going twice") == 0 ? 2 : 1;
    if (call <= calls_) wrong(line, "is called again");
    if (whole_ && call != calls_ + 1) wrong(line, "is called too early");
    calls_ = call;
  }

  const std::vector<auction::BidRecord>& bids_;
  const std::optional<auction::Outcome>& outcome_;
  bool whole_;
  std::size_t bid_ = 0;
  std::uint32_t calls_ = 0;
  bool closed_ = false;
};
}  // namespace

void check_floor(const RoomChecks& room, const std::vector<auction::BidRecord>& bids,
                 const std::optional<auction::Outcome>& outcome) {
  Followed followed(bids, outcome, room.is_whole());
  for (const auto& [number, line] : room.lines()) followed.follow(line);
  followed.end();
}

void check_kept_bids(Uid node, const RoomBook& room, const std::vector<auction::BidRecord>& bids) {
  auto bid = bids.rbegin();
  const auto& kept = room.lines.kept();
  for (auto line = kept.rbegin(); line != kept.rend(); ++line) {
    if (line->kind != chat::LineKind::bid) continue;
    if (bid == bids.rend() || words_for_bid(*bid) != line->text)
      throw Violation(Invariant::exactly_once,
                      show(node) + " keeps " + line->text + " where another bid, or none, came");
    ++bid;
  }
  const bool dropped = bid == bids.rbegin() && kept.size() >= room.rules.keep;
  if (bid == bids.rbegin() && !bids.empty() && !dropped)
    throw Violation(Invariant::exactly_once, show(node) + " keeps no bid of the auctioneer");
}

}  // namespace gavel::sim
