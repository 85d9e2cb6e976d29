#include "node/services/room_pace.hpp"

#include <algorithm>

#include "node/services/room_rules.hpp"

namespace gavel {
namespace {

struct PaceHeader {
  std::uint64_t accounts = 0;
  GAVEL_FIELDS(accounts);
};

struct Account {
  chat::Secret person;
  WallTime paid_at;
  GAVEL_FIELDS(person, paid_at);
};

}  // namespace

Duration RoomPace::wait(const chat::Secret& person, const chat::RoomRules& rules, WallTime now) const {
  const auto account = paid_at_.find(person);
  if (account == paid_at_.end()) return Duration::zero();
  const Duration credit = rules.pace * (rules.burst - 1);
  return std::max(account->second - now - credit, Duration::zero());
}

void RoomPace::spend(const chat::Secret& person, const chat::RoomRules& rules, WallTime now, std::size_t most) {
  while (!by_time_.empty() && by_time_.begin()->first <= now) forget_first();
  if (rules.pace == Duration::zero()) return;
  const auto account = paid_at_.find(person);
  if (account == paid_at_.end() && paid_at_.size() >= most) forget_first();
  WallTime& paid_at = account == paid_at_.end() ? paid_at_[person] : account->second;
  by_time_.erase({paid_at, person});
  paid_at = std::max(paid_at, now) + rules.pace;
  by_time_.emplace(paid_at, person);
}

void RoomPace::begin_anew() {
  paid_at_.clear();
  by_time_.clear();
}

void RoomPace::forget_first() {
  paid_at_.erase(by_time_.begin()->second);
  by_time_.erase(by_time_.begin());
}

void RoomPace::append_to(Bytes& snapshot) const {
  append_record(snapshot, wire::encode(PaceHeader{paid_at_.size()}));
  for (const auto& [person, paid_at] : paid_at_) append_record(snapshot, wire::encode(Account{person, paid_at}));
}

Result<RoomPace> RoomPace::read_from(RecordReader& reader) {
  const auto header = reader.next_as<PaceHeader>();
  if (!header) return tl::unexpected<Error>(header.error());
  if (header->accounts > kMaxAccounts) return fail("the room counts the texts of too many");
  RoomPace pace;
  for (std::uint64_t i = 0; i < header->accounts; ++i) {
    const auto account = reader.next_as<Account>();
    if (!account) return tl::unexpected<Error>(account.error());
    const bool in_order = pace.paid_at_.empty() || pace.paid_at_.rbegin()->first < account->person;
    if (!in_order || !is_secret(account->person) || !is_entry_time(account->paid_at))
      return fail("the accounts of a room's pace are none, or out of order");
    pace.paid_at_.emplace(account->person, account->paid_at);
    pace.by_time_.emplace(account->paid_at, account->person);
  }
  return pace;
}

}  // namespace gavel
