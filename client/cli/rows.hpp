// How the house's records look as rows, and what is said of them in a sentence.
#pragma once

#include <string>

#include "client/cli/names.hpp"
#include "client/cli/output.hpp"
#include "common/wire/services/auction.hpp"
#include "common/wire/services/directory.hpp"

namespace gavel::cli {

/// "2026-11-21T16:20:00.123Z". Any time is shown, also one that no clock can have told.
std::string iso(WallTime time);
/// "16:20:00.123", as the tables show times: of the same day, as a rule, and in UTC like everything else.
std::string clock(WallTime time);
/// "60s", "1m30s", "2h".
std::string print(Duration duration);
/// "60s", "1m30s", "500ms", "2h"; a plain number counts seconds. Errors say what would be right.
Result<Duration> parse_duration(const std::string& text);

Row row(const directory::Item& item);
/// Nodes by uid, and by name under other keys.
Row row(const directory::Auction& auction, const Names& names);
Row row(const auction::BidRecord& bid);
Row row(const auction::Outcome& outcome);
Row row(const auction::Summary& summary);

Section items_section();
Section auctions_section();
Section history_section();

/// For people: the whole record in a few lines.
std::string describe(const auction::Summary& summary);
/// "ann won lot-7 for 130.00 EUR after 12 bids".
std::string describe(const std::string& auction, const auction::Outcome& outcome);
std::string describe(const auction::BidRecord& bid);

/// What was pushed to a watcher, as a row and as a sentence.
struct Telling {
  Row row;
  std::string sentence;
};
Telling describe(const auction::Event& event);
Telling describe(const directory::Event& event, const Names& names);

}  // namespace gavel::cli
