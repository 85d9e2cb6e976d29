#include "node/services/likes.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <utility>

#include "node/services/mistakes.hpp"
#include "node/services/records.hpp"
#include "node/services/text.hpp"

namespace gavel {
namespace {

struct LikesHeader {
  std::uint64_t things = 0;
  GAVEL_FIELDS(things);
};

/// "2", "3", …: an item's first auction has the item's own id.
bool is_later_run(std::string_view run) {
  std::uint32_t number = 0;
  const char* const end = run.data() + run.size();
  const auto read = std::from_chars(run.data(), end, number);
  return read.ec == std::errc() && read.ptr == end && number >= 2 && run.front() != '0';
}

/// An item's id, or that of one of its auctions: each thing has one id only.
bool is_thing(std::string_view id) {
  const auto point = id.find('.');
  if (!is_item_id(id.substr(0, point))) return false;
  return point == std::string_view::npos || is_later_run(id.substr(point + 1));
}

}  // namespace

Bytes LikesService::apply(const Context& context, BytesView command, Events& events) {
  Bytes reply = wire::encode_any(execute(command, events));
  digest_ = fold(digest_, context, command, reply);
  return reply;
}

likes::Reply LikesService::execute(BytesView bytes, Events& events) {
  const auto command = wire::decode_any<likes::Command>(bytes);
  if (!command) return likes::Refused{"not a command of the likes: " + command.error().message};
  return on_like(std::get<likes::Like>(*command), events);
}

likes::Liked LikesService::on_like(const likes::Like& like, Events& events) {
  if (!is_thing(like.thing))
    return refuse(likes::Verdict::bad_thing, like.thing,
                  quoted(like.thing) + " is neither an item nor an auction: lot-7, or lot-7.2 for its second auction");
  if (like.count == 0 || like.count > likes::kMostAtOnce)
    return refuse(likes::Verdict::bad_count, like.thing,
                  std::to_string(like.count) + " likes at once are not taken, 1 to " +
                      std::to_string(likes::kMostAtOnce) + " are");
  const auto before = total_of(like.thing);
  if (before == 0 && totals_.size() >= likes::kMaxThings)
    return refuse(likes::Verdict::limit_exceeded, like.thing,
                  std::to_string(likes::kMaxThings) + " things have likes already, more are not counted");
  const auto room = std::numeric_limits<std::uint64_t>::max() - before;
  if (like.count > room)
    return refuse(
        likes::Verdict::limit_exceeded, like.thing,
        like.thing + " has " + std::to_string(before) + " likes, and room for " + std::to_string(room) + " more");
  const bool maximum = house::broken(house::Mistake::likes_maxima);
  const auto total = maximum ? std::max<std::uint64_t>(before, like.count) : before + like.count;
  totals_[like.thing] = total;
  events.push_back(
      {wire::encode_any(likes::Event{likes::Counted{like.thing, total}}), likes::topic_of(like.thing), true});
  return {likes::Verdict::counted, total, {}};
}

likes::Liked LikesService::refuse(likes::Verdict verdict, const std::string& thing, std::string message) const {
  return {verdict, total_of(thing), std::move(message)};
}

std::uint64_t LikesService::total_of(const std::string& thing) const {
  const auto at = totals_.find(thing);
  return at == totals_.end() ? 0 : at->second;
}

Bytes LikesService::query(BytesView question) const {
  const auto asked = wire::decode_any<likes::Question>(question);
  likes::Answer answer;
  if (!asked)
    answer = likes::Refused{"not a question to the likes: " + asked.error().message};
  else if (const auto* ask = std::get_if<likes::AskCount>(&*asked))
    answer = likes::Counts{{{ask->thing, total_of(ask->thing)}}, {}};
  else
    answer = counts(std::get<likes::AskCounts>(*asked).from);
  return wire::encode_any(answer);
}

likes::Counts LikesService::counts(const std::string& from) const {
  likes::Counts page;
  for (auto at = totals_.lower_bound(from); at != totals_.end(); ++at) {
    if (page.counts.size() == likes::kPage) {
      page.next = at->first;
      break;
    }
    page.counts.push_back({at->first, at->second});
  }
  return page;
}

Bytes LikesService::snapshot() const {
  Bytes snapshot;
  append_record(snapshot, wire::encode(SnapshotHead{digest_}));
  append_record(snapshot, wire::encode(LikesHeader{totals_.size()}));
  for (const auto& [thing, total] : totals_) append_record(snapshot, wire::encode(likes::Count{thing, total}));
  return snapshot;
}

Result<void> LikesService::restore(BytesView snapshot) {
  RecordReader reader(snapshot);
  const auto head = reader.next_as<SnapshotHead>();
  if (!head) return tl::unexpected<Error>(head.error());
  const auto header = reader.next_as<LikesHeader>();
  if (!header) return tl::unexpected<Error>(header.error());
  if (header->things > likes::kMaxThings) return fail("too many things have likes");
  std::map<std::string, std::uint64_t> totals;
  for (std::uint64_t i = 0; i < header->things; ++i) {
    auto count = reader.next_as<likes::Count>();
    if (!count) return tl::unexpected<Error>(count.error());
    const bool in_order = totals.empty() || totals.rbegin()->first < count->thing;
    if (!in_order || !is_thing(count->thing) || count->total == 0)
      return fail("the counts are of no things, or out of order");
    totals.emplace_hint(totals.end(), std::move(count->thing), count->total);
  }
  if (!reader.done()) return fail("the snapshot goes on after its end");
  totals_ = std::move(totals);
  digest_ = head->digest;
  return {};
}

}  // namespace gavel
