#include "client/cli/rows.hpp"

#include <array>
#include <charconv>
#include <ctime>

#include "common/base/print.hpp"

namespace gavel::cli {
namespace {

std::string in_utc(WallTime time, const char* format) {
  // Rounded down, for times before 1970: what comes from others may say any.
  const std::int64_t micros = (time.micros % 1'000'000 + 1'000'000) % 1'000'000;
  const auto seconds = static_cast<std::time_t>(time.micros / 1'000'000 - (time.micros % 1'000'000 < 0 ? 1 : 0));
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) == nullptr) return "at no time";
  std::array<char, 64> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), format, &parts);
  const std::string millis = std::to_string(micros / 1000);
  return std::string(text.data(), length) + "." + std::string(3 - millis.size(), '0') + millis;
}

Row or_null(const std::optional<std::string>& text) { return text ? Row(*text) : Row(); }

Row hex_list(const std::vector<Uid>& uids) {
  Row all = Row::array();
  for (const Uid uid : uids) all.push_back(gavel::print(uid));
  return all;
}

std::string plural(std::uint64_t n, const std::string& one) {
  return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
}

}  // namespace

std::string iso(WallTime time) { return in_utc(time, "%Y-%m-%dT%H:%M:%S") + "Z"; }
std::string clock(WallTime time) { return in_utc(time, "%H:%M:%S"); }

std::string print(Duration duration) {
  auto millis = duration.count() / 1000;
  if (millis < 1000) return std::to_string(millis) + "ms";
  std::string text;
  for (const auto& [unit, length] : {std::pair("h", 3'600'000), std::pair("m", 60'000), std::pair("s", 1000)}) {
    if (millis >= length) text += std::to_string(millis / length) + unit;
    millis %= length;
  }
  return text;
}

Result<Duration> parse_duration(const std::string& text) {
  const auto wrong = [&] {
    return fail("'" + harmless(text.substr(0, 40)) + "': not a duration; write 60s, 1m30s, 500ms or 2h");
  };
  Duration sum{};
  const char* at = text.data();
  const char* const end = at + text.size();
  if (at == end) return wrong();
  while (at != end) {
    std::int64_t count = 0;
    const auto read = std::from_chars(at, end, count);
    constexpr std::int64_t kMost = 1'000'000'000;
    if (read.ec != std::errc() || count < 0 || count > kMost) return wrong();
    const std::string_view rest(read.ptr, static_cast<std::size_t>(end - read.ptr));
    const auto is = [&](std::string_view unit) { return rest.substr(0, unit.size()) == unit; };
    if (is("ms"))
      sum += std::chrono::milliseconds(count);
    else if (is("s") || rest.empty())
      sum += std::chrono::seconds(count);
    else if (is("m"))
      sum += std::chrono::minutes(count);
    else if (is("h"))
      sum += std::chrono::hours(count);
    else
      return wrong();
    if (sum > std::chrono::hours(kMost)) return wrong();
    at = read.ptr + (rest.empty() ? 0 : is("ms") ? 2 : 1);
  }
  return sum;
}

Row row(const directory::Item& item) {
  return {{"id", item.id},
          {"title", item.title},
          {"start_price", format(item.start_price)},
          {"increment", format(item.increment)},
          {"seller", item.seller},
          {"state", words_for(item.state)}};
}

Row row(const directory::Auction& a, const Names& names) {
  return {{"id", a.id},
          {"title", a.terms.title},
          {"state", a.outcome ? "ended" : "running"},
          {"end", iso(a.terms.end)},
          {"winner", a.outcome ? or_null(a.outcome->winner) : Row()},
          {"price", a.outcome && a.outcome->winner ? Row(format(a.outcome->price)) : Row()},
          {"bids", a.outcome ? Row(a.outcome->bids) : Row()},
          {"group", a.group.value},
          {"auctioneer", names.of(a.active)},
          {"served_by", names.of(a.members)},
          {"active", gavel::print(a.active)},
          {"members", hex_list(a.members)},
          {"starter", a.starter}};
}

Row row(const auction::BidRecord& bid) {
  return {{"ordinal", bid.ordinal},       {"time", iso(bid.time)},           {"bidder", bid.bidder},
          {"amount", format(bid.amount)}, {"slot", bid.slot.value},          {"session", bid.session.value},
          {"number", bid.request.value},  {"chain", gavel::print(bid.chain)}};
}

Row row(const auction::Outcome& outcome) {
  return {{"winner", or_null(outcome.winner)},
          {"price", outcome.winner ? Row(format(outcome.price)) : Row()},
          {"bids", outcome.bids},
          {"slot", outcome.slot.value},
          {"closed_at", iso(outcome.closed_at)},
          {"chain", gavel::print(outcome.chain)}};
}

Row row(const auction::Summary& s) {
  Row rejected = Row::object();
  for (const auto& r : s.rejections) rejected[std::string(words_for(r.verdict))] = r.count;
  return {{"auction", s.terms.auction},
          {"title", s.terms.title},
          {"seller", s.terms.seller},
          {"start_price", format(s.terms.start_price)},
          {"increment", format(s.terms.increment)},
          {"start", iso(s.terms.start)},
          {"end", iso(s.terms.end)},
          {"leader", s.leading ? Row(s.leading->bidder) : Row()},
          {"price", s.leading ? Row(format(s.leading->amount)) : Row()},
          {"enough", s.outcome ? Row() : Row(format(s.enough))},
          {"bids", s.bids},
          {"participants", s.participants},
          {"present", s.present},
          {"rejected", rejected},
          {"outcome", s.outcome ? row(*s.outcome) : Row()},
          {"chain", gavel::print(s.chain)}};
}

Section items_section() {
  return {"items",
          {{"id", "ID"},
           {"title", "TITLE"},
           {"start_price", "START"},
           {"increment", "INCREMENT"},
           {"seller", "SELLER"},
           {"state", "STATE"}},
          {},
          "no items; add one with: gavel items add \"A lamp\" --start 20.00"};
}
Section auctions_section() {
  return {"auctions",
          {{"id", "AUCTION"},
           {"title", "TITLE"},
           {"state", "STATE"},
           {"end", "ENDS"},
           {"winner", "WINNER"},
           {"price", "PRICE"},
           {"auctioneer", "AUCTIONEER"},
           {"served_by", "SERVED BY"}},
          {},
          "no auctions; start one with: gavel start ITEM --for 60s"};
}
Section history_section() {
  return {"bids",
          {{"ordinal", "BID"},
           {"time", "TIME"},
           {"bidder", "BIDDER"},
           {"amount", "AMOUNT"},
           {"slot", "SLOT"},
           {"session", "SESSION"},
           {"number", "NUMBER"}},
          {},
          "no bids yet"};
}

std::string describe(const auction::BidRecord& bid) {
  return harmless(bid.bidder) + " leads with " + format(bid.amount) + " (bid " + std::to_string(bid.ordinal) + ")";
}

std::string describe(const std::string& auction, const auction::Outcome& outcome) {
  if (!outcome.winner) return harmless(auction) + " closed without a bid";
  return harmless(auction) + " closed: " + harmless(*outcome.winner) + " won for " + format(outcome.price) + " after " +
         plural(outcome.bids, "bid");
}

std::string describe(const auction::Summary& s) {
  std::string text =
      harmless(s.terms.auction) + "  " + harmless(s.terms.title) + ", sold by " + harmless(s.terms.seller) + "\n";
  text += "from " + format(s.terms.start_price) + " in steps of " + format(s.terms.increment) + ", open until " +
          iso(s.terms.end) + "\n";
  text += s.leading ? describe(*s.leading) : "no bid yet";
  if (!s.outcome) text += "; at least " + format(s.enough) + " is needed";
  text += "\n" + plural(s.participants, "participant");
  for (const std::string& name : s.present) text += (&name == &s.present.front() ? ": " : ", ") + harmless(name);
  if (s.outcome) text += "\n" + describe(s.terms.auction, *s.outcome);
  return text;
}

Telling describe(const auction::Event& event) {
  if (const auto* bid = std::get_if<auction::NewHighest>(&event)) {
    Row r{{"event", "bid"}, {"auction", bid->auction}};
    r.update(row(bid->bid));
    return {r, clock(bid->bid.time) + "  " + harmless(bid->auction) + ": " + describe(bid->bid)};
  }
  if (const auto* closed = std::get_if<auction::Closed>(&event)) {
    Row r{{"event", "closed"}, {"auction", closed->auction}};
    r.update(row(closed->outcome));
    return {r, clock(closed->outcome.closed_at) + "  " + describe(closed->auction, closed->outcome)};
  }
  const auto presence = [](const auto& p, const char* verb) -> Telling {
    return {{{"event", verb}, {"auction", p.auction}, {"name", p.name}, {"participants", p.participants}},
            harmless(p.auction) + ": " + harmless(p.name) + " " + verb};
  };
  if (const auto* joined = std::get_if<auction::Joined>(&event)) return presence(*joined, "joined");
  return presence(std::get<auction::Left>(event), "left");
}

Telling describe(const directory::Event& event, const Names& names) {
  if (const auto* node = std::get_if<directory::NodeChanged>(&event)) {
    const auto& n = node->node;
    const std::string state = !node->member                     ? "left for good"
                              : n.life == directory::Life::lost ? "is lost: others take its seats"
                              : n.life == directory::Life::down ? "is down"
                              : n.draining                      ? "is drained"
                                                                : "is up";
    return {{{"event", "node"},
             {"node", n.name},
             {"uid", gavel::print(n.uid)},
             {"state", node->member ? Row(state_of(n)) : Row("removed")},
             {"used", n.used},
             {"slots", n.slots},
             {"alive", n.life == directory::Life::up},
             {"member", node->member}},
            "node " + harmless(n.name) + " " + state + ", serves " + plural(n.used, "auction")};
  }
  if (const auto* item = std::get_if<directory::ItemChanged>(&event)) {
    Row r{{"event", "item"}};
    r.update(row(item->item));
    return {r, "item " + harmless(item->item.id) + " (" + harmless(item->item.title) +
                   "): " + std::string(words_for(item->item.state))};
  }
  if (const auto* opened = std::get_if<directory::StandingChanged>(&event)) {
    const auto& s = opened->standing;
    const auto founders = names.of(s.genesis);
    return {{{"event", "standing"}, {"service", s.name}, {"group", s.group.value}, {"founders", founders}},
            harmless(s.name) + " is open, founded by " + harmless(joined(founders))};
  }
  const auto& a = std::get<directory::AuctionChanged>(event).auction;
  Row r{{"event", "auction"}};
  r.update(row(a, names));
  if (a.outcome) return {r, describe(a.id, *a.outcome)};
  return {r, "auction " + harmless(a.id) + " runs until " + clock(a.terms.end) + " on " +
                 harmless(joined(names.of(a.members))) + ", auctioneer " + harmless(names.of(a.active))};
}

}  // namespace gavel::cli
