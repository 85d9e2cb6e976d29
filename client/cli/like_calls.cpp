#include "client/cli/like_calls.hpp"

#include "client/cli/room_calls.hpp"
#include "common/base/nearest.hpp"
#include "node/services/text.hpp"

namespace gavel::cli {
namespace {

[[noreturn]] void no_such_thing(House& house, const std::string& id) {
  std::vector<std::string> ids;
  for (const auto& item : house.items()) ids.push_back(item.id);
  for (const auto& auction : house.auctions(directory::Which::all)) ids.push_back(auction.id);
  const auto meant = nearest(id, ids);
  fail_with(Exit::not_found,
            "there is no item and no auction '" + harmless(id) + "'" +
                (meant.empty() ? "; `gavel items` lists what there is" : "; did you mean " + meant + "?"));
}

}  // namespace

std::string find_thing(House& house, const std::string& typed) {
  const std::string id = without_first_run(typed);
  if (id.size() > likes::kMaxThing || !is_item_id(id.substr(0, id.find('.'))))
    fail_with(Exit::usage, "'" + harmless(typed.substr(0, likes::kMaxThing)) +
                               "' is neither an item nor an auction: lot-7, or lot-7.2 for its second auction");
  if (house.has_item(id)) return id;
  try {
    return house.auction(id).id;
  } catch (const Failure& failure) {
    if (failure.code != Exit::not_found) throw;
  }
  no_such_thing(house, id);
}

std::optional<GroupId> likes_group(House& house) {
  const auto open = house.standing("likes");
  return open ? std::optional(open->group) : std::nullopt;
}

Told<likes::Liked> send_likes(House& house, GroupId group, const std::string& thing, std::uint32_t count) {
  auto outcome = house.connection().command(group, wire::encode_any(likes::Command(likes::Like{thing, count})));
  auto liked = expect<likes::Liked, likes::Reply>(outcome, "gavel likes " + thing);
  return {std::move(liked), std::move(outcome)};
}

Told<likes::Count> count_of(House& house, GroupId group, const std::string& thing) {
  auto outcome = house.connection().query(group, wire::encode_any(likes::Question(likes::AskCount{thing})));
  const auto counts = expect<likes::Counts, likes::Answer>(outcome, "").counts;
  return {counts.empty() ? likes::Count{thing, 0} : counts.front(), std::move(outcome)};
}

std::vector<likes::Count> all_counts(House& house, GroupId group) {
  std::vector<likes::Count> all;
  likes::AskCounts ask;
  for (;;) {
    const auto outcome = house.connection().query(group, wire::encode_any(likes::Question(ask)));
    auto page = expect<likes::Counts, likes::Answer>(outcome, "");
    for (auto& count : page.counts) all.push_back(std::move(count));
    if (!page.next) return all;
    ask.from = *page.next;
  }
}

// ---- CountWatch -----------------------------------------------------------------------------------------------------

CountWatch::~CountWatch() {
  if (watch_) house_.connection().unwatch(*watch_);
}

void CountWatch::begin() {
  const auto group = likes_group(house_);
  if (!group) return;
  const auto told = count_of(house_, *group, thing_);
  missed_ = false;
  on_count(told.value);
  if (watch_) return;
  // The count is of some slot; the events from the next slot on are all that it does not hold.
  watch_ = house_.connection().watch(*group, told.outcome.slot, client::kWholeSlot, likes::topic_of(thing_),
                                     {[this](const client::Event& event) {
                                        const auto decoded = wire::decode_any<likes::Event>(event.body);
                                        if (!decoded) return;
                                        const auto& counted = std::get<likes::Counted>(*decoded);
                                        on_count({counted.thing, counted.total});
                                      },
                                      [this](const client::Resync& /*resync*/) { missed_ = true; }});
}

void CountWatch::catch_up() {
  if (missed_) begin();
}

void CountWatch::on_count(const likes::Count& count) {
  // A count only grows; what was pushed late is old.
  if (last_ && count.total <= *last_) return;
  last_ = count.total;
  tell_(count);
}

}  // namespace gavel::cli
