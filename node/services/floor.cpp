#include "node/services/floor.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "common/base/digest.hpp"
#include "node/services/auctioneer.hpp"
#include "node/services/mistakes.hpp"
#include "node/services/room_rules.hpp"
#include "node/services/text.hpp"

namespace gavel {
namespace {

/// What a floor's snapshot holds besides the auction's book, which it follows, and the room, which follows it.
struct FloorRecord {
  Digest auction;
  std::uint32_t calls = 0;
  Serving serving;
  GAVEL_FIELDS(auction, calls, serving);
};

std::string unknown_room(const std::string& wanted, const std::string& room) {
  return "there is no room " + quoted(wanted) + " here, only the auction's own, " + room;
}

}  // namespace

FloorService::FloorService(auction::Terms terms)
    : auction_(std::move(terms)),
      room_(public_room(book().terms().auction, book().terms().seller)),
      digest_(digest_of(auction_.digest(), "floor")) {}

// ---- commands ---------------------------------------------------------------------------------------------------

Bytes FloorService::apply(const Context& context, BytesView command, Events& events) {
  if (!wire::claims_to_be<chat::Command>(command)) return to_auction(context, command, events);
  Bytes reply = wire::encode_any(execute_chat(context, command, events));
  digest_ = fold(digest_, context, command, reply);
  return reply;
}

Digest FloorService::digest() const {
  std::array<char, sizeof(std::uint64_t)> auction{};
  for (std::size_t i = 0; i < auction.size(); ++i)
    auction[i] = static_cast<char>((auction_.digest().value >> (8 * i)) & 0xffU);
  return digest_of(digest_, BytesView(auction.data(), auction.size()));
}

Bytes FloorService::to_auction(const Context& context, BytesView command, Events& events) {
  const auto bids = book().bids().size();
  const bool was_closed = book().outcome().has_value();
  Bytes reply = auction_.apply(context, command, events);
  if (book().bids().size() > bids)
    room_.announce(context, chat::LineKind::bid, words_for_bid(*book().leading()), events);
  if (book().outcome() && !was_closed)
    room_.announce(context, chat::LineKind::closed, words_for_close(*book().outcome()), events);
  return reply;
}

chat::Reply FloorService::execute_chat(const Context& context, BytesView bytes, Events& events) {
  const auto command = wire::decode_any<chat::Command>(bytes);
  if (!command) return chat::Refused{"not a command of the chat: " + command.error().message};
  return std::visit([&](const auto& one) -> chat::Reply { return on(context, one, events); }, *command);
}

template <class Command>
chat::RoomReply FloorService::on(const Context& context, const Command& command, Events& events) {
  if (is_here(command.room)) return room_.on(context, command, events);
  return reply(chat::Verdict::unknown_room, unknown_room(command.room, room_.book().name));
}

chat::RoomReply FloorService::on(const Context& /*context*/, const chat::OpenRoom& /*open*/, Events& /*events*/) {
  return reply(chat::Verdict::bad_room,
               "an auction has one room, " + room_.book().name + "; private rooms are opened beside the lobby");
}

chat::RoomReply FloorService::on(const Context& context, const chat::Sweep& /*sweep*/, Events& events) {
  const auto lapsed = context.time < serving_.patience ? 0 : room_.sweep(context, kMostLapsesAtOnce, events);
  // A crowd that lapses takes many sweeps, and the auction is not to wait for them.
  make_calls(context, events);
  if (!book().outcome() && context.time >= book().terms().end) to_auction(context, auction_.deadline_command(), events);
  return reply(chat::Verdict::done, std::to_string(lapsed) + " have gone without a word");
}

chat::RoomReply FloorService::on(const Context& context, const chat::Call& /*call*/, Events& events) {
  const auto calls = make_calls(context, events);
  return reply(chat::Verdict::done, calls > 0 ? words_for_call(book(), calls_) : "no call is due");
}

std::uint32_t FloorService::make_calls(const Context& context, Events& events) {
  if (book().outcome()) return 0;
  const auto made = calls_;
  if (house::broken(house::Mistake::calls_twice) && calls_ > 0)
    room_.announce(context, chat::LineKind::going, words_for_call(book(), 1), events);
  while (calls_ < kCalls && context.time >= call_due(book().terms(), calls_ + 1))
    room_.announce(context, chat::LineKind::going, words_for_call(book(), ++calls_), events);
  return calls_ - made;
}

void FloorService::on_view(const Context& context, const GroupView& view, Events& events) {
  digest_ = fold(digest_, context, view);
  if (serving_.change(context, view)) room_.tell_serving(context, serving_, events);
}

bool FloorService::is_here(const std::string& room) const { return room.empty() || room == room_.book().name; }

chat::RoomReply FloorService::reply(chat::Verdict verdict, std::string message) const {
  chat::RoomReply reply;
  reply.verdict = verdict;
  reply.room = room_.book().name;
  reply.present = room_.book().members.size();
  reply.rules = room_.book().rules;
  reply.message = std::move(message);
  return reply;
}

// ---- what is due ------------------------------------------------------------------------------------------------

std::optional<FloorService::Due> FloorService::next_due() const {
  std::optional<Due> first;
  const auto consider = [&first](Due due) { first = first ? std::min(*first, due) : due; };
  if (!book().outcome()) consider({book().terms().end, Due::What::close});
  if (!book().outcome() && calls_ < kCalls) consider({call_due(book().terms(), calls_ + 1), Due::What::call});
  if (const auto lapse = room_.next_lapse()) consider({std::max(*lapse, serving_.patience), Due::What::sweep});
  return first;
}

std::optional<WallTime> FloorService::next_deadline() const {
  const auto due = next_due();
  return due ? std::optional(due->at) : std::nullopt;
}

Bytes FloorService::deadline_command() const {
  const auto due = next_due();
  if (!due || due->what == Due::What::close) return auction_.deadline_command();
  return wire::encode_any(due->what == Due::What::call ? chat::Command{chat::Call{}} : chat::Command{chat::Sweep{}});
}

// ---- questions --------------------------------------------------------------------------------------------------

Bytes FloorService::query(BytesView question) const {
  return wire::claims_to_be<chat::Question>(question) ? wire::encode_any(answer(question)) : auction_.query(question);
}

chat::Answer FloorService::answer(BytesView question) const {
  const auto asked = wire::decode_any<chat::Question>(question);
  if (!asked) return chat::Refused{"not a question to the chat: " + asked.error().message};
  if (const auto* ask = std::get_if<chat::AskRoom>(&*asked)) {
    if (is_here(ask->room)) return room_.state(*ask, serving_);
    return chat::NoRoom{chat::Verdict::unknown_room, unknown_room(ask->room, room_.book().name)};
  }
  const auto& ask = std::get<chat::AskRooms>(*asked);
  chat::Rooms rooms;
  if (const auto brief = room_.brief(ask.who); brief && brief->room >= ask.from) rooms.rooms.push_back(*brief);
  return rooms;
}

// ---- snapshots --------------------------------------------------------------------------------------------------

Rope FloorService::snapshot() const {
  RopeBuilder snapshot;
  append_record(snapshot.text(), wire::encode(SnapshotHead{digest_}));
  book().append_to(snapshot);
  append_record(snapshot.text(), wire::encode(FloorRecord{auction_.digest(), calls_, serving_}));
  room_.book().append_to(snapshot.text());
  return std::move(snapshot).finish();
}

Result<FloorService> FloorService::read(BytesView snapshot) {
  const auto terms = terms_in(snapshot);
  if (!terms) return tl::unexpected<Error>(terms.error());
  FloorService floor(*terms);
  if (auto restored = floor.restore(snapshot); !restored) return tl::unexpected<Error>(restored.error());
  return floor;
}

Result<void> FloorService::restore(BytesView snapshot) {
  RecordReader reader(snapshot);
  const auto head = reader.next_as<SnapshotHead>();
  if (!head) return tl::unexpected<Error>(head.error());
  auto book = AuctionBook::read_from(reader, auction_.book().terms());
  if (!book) return tl::unexpected<Error>(book.error());
  auto record = reader.next_as<FloorRecord>();
  if (!record) return tl::unexpected<Error>(record.error());
  if (record->calls > kCalls || !record->serving.is_sound()) return fail("the floor is over its limits");
  auto room = RoomBook::read_from(reader);
  if (!room) return tl::unexpected<Error>(room.error());
  if (room->name != room_.book().name || room->by_invitation) return fail("a room of another auction");
  if (!reader.done()) return fail("the snapshot goes on after its end");
  auction_ = AuctionService(*std::move(book), record->auction);
  room_ = Room(*std::move(room));
  serving_ = std::move(record->serving);
  calls_ = record->calls;
  digest_ = head->digest;
  return {};
}

Result<auction::Terms> FloorService::terms_in(BytesView snapshot) {
  RecordReader reader(snapshot);
  if (const auto head = reader.next_as<SnapshotHead>(); !head) return tl::unexpected<Error>(head.error());
  auto terms = reader.next_as<auction::Terms>();
  if (!terms) return terms;
  const bool sound = terms->start_price.currency == terms->increment.currency && terms->start_price.minor >= 0 &&
                     terms->start_price.minor <= auction::kMaxAmount && terms->increment.minor >= 1 &&
                     terms->increment.minor <= auction::kMaxAmount &&
                     topic_of_public_room(terms->auction).size() <= kMaxTopic;
  if (!sound) return fail("the terms of " + quoted(terms->auction) + " are none that the directory would have fixed");
  return terms;
}

}  // namespace gavel
