// The house as the program's commands see it: one auction, in whichever group it is.
#include "client/cli/house.hpp"
#include "client/cli/output.hpp"
#include "client/cli/rows.hpp"
#include "common/wire/services/auction_words.hpp"

namespace gavel::cli {
namespace {

Bytes question(auction::Question q) { return wire::encode_any(q); }
Bytes encoded(auction::Command c) { return wire::encode_any(c); }

}  // namespace

std::string finds_out_bid(const std::string& auction, const client::Outcome& outcome) {
  return "gavel history " + auction + " --session " + std::to_string(outcome.session.value) + " --number " +
         std::to_string(outcome.number.value);
}

void House::say_where_archived(const directory::Auction& auction) {
  fail_with(Exit::not_found, auction.id + " ended at " + iso(auction.outcome->closed_at) +
                                 " and was archived: each node that served it to the end (" +
                                 harmless(joined(names().of(auction.members))) + ") keeps archive/" + auction.id +
                                 ".gavel in its data directory; gavel history --file FILE reads it");
}

template <class Ask>
client::Outcome House::in_its_group(const directory::Auction& in, Ask&& ask) {
  auto outcome = ask(in.group);
  if (outcome.kind != client::OutcomeKind::unknown_group || in.outcome) return outcome;
  const auto now = auction(in.id);
  return now.group == in.group ? outcome : ask(now.group);
}

// ---- one auction ----------------------------------------------------------------------------------------------------

Told<auction::BidReply> House::bid(const directory::Auction& in, const Money& amount) {
  const auction::Bid bid{settings_.as, amount};
  auto outcome = in_its_group(in, [&](GroupId group) { return connection_.command(group, encoded(bid)); });
  auto reply = expect<auction::BidReply, auction::Reply>(outcome, finds_out_bid(in.id, outcome));
  reply.message = auction::in_words(reply, bid);
  return {std::move(reply), std::move(outcome)};
}

auction::Presence House::join(const directory::Auction& in) { return presence(in, auction::Join{settings_.as}); }

auction::Presence House::leave(const directory::Auction& in) { return presence(in, auction::Leave{settings_.as}); }

auction::Presence House::presence(const directory::Auction& in, const auction::Command& command) {
  const auto outcome = in_its_group(in, [&](GroupId group) { return connection_.command(group, encoded(command)); });
  return expect<auction::Presence, auction::Reply>(outcome, "gavel show " + in.id);
}

Told<auction::Summary> House::show(const directory::Auction& in) {
  auto outcome =
      in_its_group(in, [&](GroupId group) { return connection_.query(group, question(auction::AskShow{})); });
  auto summary = expect<auction::Summary, auction::Answer>(outcome, "");
  return {std::move(summary), std::move(outcome)};
}

namespace {

template <class Ask>
Told<std::vector<auction::BidRecord>> history_pages(std::uint64_t from, Ask&& ask) {
  Told<std::vector<auction::BidRecord>> all;
  for (;;) {
    all.outcome = ask(question(auction::AskHistory{from, auction::kMaxPage}));
    auto page = expect<auction::History, auction::Answer>(all.outcome, "");
    all.value.insert(all.value.end(), page.bids.begin(), page.bids.end());
    from += page.bids.size();
    if (page.bids.empty() || from > page.total) return all;
  }
}

}  // namespace

Told<std::vector<auction::BidRecord>> House::history(const directory::Auction& in, std::uint64_t from) {
  return history_pages(from, [&](const Bytes& ask) {
    return in_its_group(in, [&](GroupId group) { return connection_.query(group, ask); });
  });
}

Told<std::vector<auction::BidRecord>> local_history(Connection& connection, GroupId group) {
  return history_pages(1, [&](Bytes ask) { return connection.local(group, std::move(ask)); });
}

}  // namespace gavel::cli
