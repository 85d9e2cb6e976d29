#include "node/services/auction.hpp"

#include <algorithm>
#include <utility>

#include "common/base/digest.hpp"
#include "node/services/auction_rules.hpp"
#include "node/services/records.hpp"
#include "node/services/text.hpp"

namespace gavel {
namespace {

using auction::Verdict;

void push(Events& events, const auction::Event& event) { events.push_back({wire::encode_any(event)}); }

Verdict judge_name(const std::string& name) {
  if (name.size() > auction::kMaxName) return Verdict::limit_exceeded;
  return is_plain_text(name, 1, auction::kMaxName) ? Verdict::accepted : Verdict::bad_name;
}

}  // namespace

AuctionService::AuctionService(auction::Terms terms) : book_(std::move(terms)), digest_(book_.chain()) {}

Bytes AuctionService::apply(const Context& context, BytesView command, Events& events) {
  Bytes reply = wire::encode_any(execute(context, command, events));
  digest_ = fold(digest_, context, command, reply);
  return reply;
}

auction::Reply AuctionService::execute(const Context& context, BytesView bytes, Events& events) {
  const auto command = wire::decode_any<auction::Command>(bytes);
  if (!command) return auction::Refused{"not a command of an auction: " + command.error().message};
  if (const auto* join = std::get_if<auction::Join>(&*command)) return on_join(context, *join, events);
  if (const auto* leave = std::get_if<auction::Leave>(&*command)) return on_leave(*leave, events);
  if (const auto* bid = std::get_if<auction::Bid>(&*command)) return on_bid(context, *bid, events);
  return on_close(context, events);
}

void AuctionService::welcome(const std::string& name, Events& events) {
  if (book_.add_participant(name))
    push(events, auction::Joined{book_.terms().auction, name, book_.participants().size()});
}

auction::Reply AuctionService::on_join(const Context& context, const auction::Join& join, Events& events) {
  const bool known = book_.participants().contains(join.name);
  Verdict verdict = judge_name(join.name);
  if (verdict == Verdict::accepted && book_.has_ended(context.time)) verdict = Verdict::closed;
  if (verdict == Verdict::accepted && !known && book_.participants().size() >= kMaxParticipants)
    verdict = Verdict::limit_exceeded;
  std::string message = verdict == Verdict::accepted ? join.name + (known ? " takes part already" : " takes part")
                                                     : explain(verdict, book_, {join.name, {}});
  if (verdict == Verdict::accepted) welcome(join.name, events);
  return auction::Presence{verdict, join.name, known || verdict == Verdict::accepted, book_.participants().size(),
                           std::move(message)};
}

auction::Reply AuctionService::on_leave(const auction::Leave& leave, Events& events) {
  const bool left = book_.remove_participant(leave.name);
  const std::uint64_t participants = book_.participants().size();
  if (left) push(events, auction::Left{book_.terms().auction, leave.name, participants});
  const bool leads = book_.leading() != nullptr && book_.leading()->bidder == leave.name;
  std::string message = quoted(leave.name) + (left ? " has left" : " did not take part");
  if (leads && !book_.outcome()) message += "; the leading bid of " + format(book_.price()) + " stands";
  return auction::Presence{Verdict::accepted, leave.name, false, participants, std::move(message)};
}

auction::Reply AuctionService::on_bid(const Context& context, const auction::Bid& bid, Events& events) {
  const Verdict verdict = judge_bid(book_, context, bid);
  auction::BidReply reply;
  reply.verdict = verdict;
  reply.slot = context.slot;
  reply.message = explain(verdict, book_, bid);
  if (verdict == Verdict::accepted) {
    welcome(bid.bidder, events);
    const auto& record = book_.record(context, bid);
    reply.ordinal = record.ordinal;
    push(events, auction::NewHighest{book_.terms().auction, record});
  } else {
    book_.count_rejection(verdict);
  }
  if (!book_.has_ended(context.time)) reply.enough = rules_for(book_.terms().kind).enough(book_);
  if (const auto* leading = book_.leading()) reply.leader = leading->bidder;
  reply.price = book_.price();
  return reply;
}

auction::Reply AuctionService::on_close(const Context& context, Events& events) {
  if (!book_.outcome() && context.time >= book_.terms().end)
    push(events, auction::Closed{book_.terms().auction, book_.close(context)});
  return auction::CloseReply{book_.outcome()};
}

Bytes AuctionService::query(BytesView question) const {
  const auto asked = wire::decode_any<auction::Question>(question);
  auction::Answer answer;
  if (!asked)
    answer = auction::Refused{"not a question to an auction: " + asked.error().message};
  else if (const auto* ask = std::get_if<auction::AskHistory>(&*asked))
    answer = history(*ask);
  else if (std::holds_alternative<auction::AskShow>(*asked))
    answer = summary();
  else
    answer = auction::ResultAnswer{book_.terms().auction, book_.outcome()};
  return wire::encode_any(answer);
}

auction::Summary AuctionService::summary() const {
  auction::Summary summary;
  summary.terms = book_.terms();
  if (const auto* leading = book_.leading()) summary.leading = *leading;
  summary.enough = rules_for(book_.terms().kind).enough(book_);
  summary.bids = book_.bids().size();
  summary.participants = book_.participants().size();
  for (const auto& name : book_.participants()) {
    if (summary.present.size() == auction::kMaxPage) break;
    summary.present.push_back(name);
  }
  summary.rejections = book_.rejections();
  summary.outcome = book_.outcome();
  summary.chain = book_.chain();
  return summary;
}

auction::History AuctionService::history(const auction::AskHistory& ask) const {
  const auto& bids = book_.bids();
  return {bids.size(), bids.page(ask.from == 0 ? 0 : ask.from - 1, std::min(ask.limit, auction::kMaxPage))};
}

std::optional<WallTime> AuctionService::next_deadline() const {
  if (book_.outcome()) return {};
  return book_.terms().end;
}

Bytes AuctionService::deadline_command() const { return wire::encode_any(auction::Command{auction::Close{}}); }

Rope AuctionService::snapshot() const {
  RopeBuilder snapshot;
  append_record(snapshot.text(), wire::encode(SnapshotHead{digest_}));
  book_.append_to(snapshot);
  return std::move(snapshot).finish();
}

Result<void> AuctionService::restore(BytesView snapshot) {
  RecordReader reader(snapshot);
  const auto head = reader.next_as<SnapshotHead>();
  if (!head) return tl::unexpected<Error>(head.error());
  auto book = AuctionBook::read_from(reader, book_.terms());
  if (!book) return tl::unexpected<Error>(book.error());
  if (!reader.done()) return fail("the snapshot goes on after its end");
  book_ = *std::move(book);
  digest_ = head->digest;
  return {};
}

}  // namespace gavel
