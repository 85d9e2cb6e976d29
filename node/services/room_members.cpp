#include "node/services/room_members.hpp"

#include "common/base/check.hpp"
#include "node/services/room_rules.hpp"

namespace gavel {
namespace {

struct MembersHeader {
  std::uint64_t members = 0;
  GAVEL_FIELDS(members);
};

}  // namespace

const Member* RoomMembers::find(const std::string& name) const {
  const auto at = by_name_.find(name);
  return at == by_name_.end() ? nullptr : &at->second;
}

bool RoomMembers::has(const chat::Speaker& who) const {
  const auto* member = find(who.name);
  return member && member->person == who.person;
}

const Member* RoomMembers::first_to_lapse() const {
  return by_lease_.empty() ? nullptr : find(by_lease_.begin()->second);
}

void RoomMembers::add(const Member& member) {
  const bool is_new = by_name_.emplace(member.name, member).second;
  GAVEL_CHECK(is_new, "a name is one person's at a time");
  by_lease_.emplace(member.lease_end, member.name);
  ++names_[member.person];
}

void RoomMembers::remove(const std::string& name) {
  const auto at = by_name_.find(name);
  GAVEL_CHECK(at != by_name_.end(), "only who is in a room leaves it");
  by_lease_.erase({at->second.lease_end, name});
  if (const auto names = names_.find(at->second.person); --names->second == 0) names_.erase(names);
  by_name_.erase(at);
}

void RoomMembers::renew(const std::string& name, WallTime lease_end) {
  auto& member = by_name_.at(name);
  if (member.lease_end == lease_end) return;
  auto place = by_lease_.extract({member.lease_end, name});
  place.value().first = member.lease_end = lease_end;
  by_lease_.insert(std::move(place));
}

void RoomMembers::cap(WallTime lease_end) {
  while (!by_lease_.empty() && lease_end < by_lease_.rbegin()->first)
    renew(std::string(by_lease_.rbegin()->second), lease_end);
}

void RoomMembers::append_to(Bytes& snapshot) const {
  append_record(snapshot, wire::encode(MembersHeader{size()}));
  for (const auto& [name, member] : by_name_) append_record(snapshot, wire::encode(member));
}

Result<RoomMembers> RoomMembers::read_from(RecordReader& reader) {
  const auto header = reader.next_as<MembersHeader>();
  if (!header) return tl::unexpected<Error>(header.error());
  if (header->members > chat::kMaxMembers) return fail("more are in the room than it has room for");
  RoomMembers members;
  for (std::uint64_t i = 0; i < header->members; ++i) {
    const auto member = reader.next_as<Member>();
    if (!member) return tl::unexpected<Error>(member.error());
    const bool sound = is_member_name(member->name) && is_secret(member->person) && is_entry_time(member->since) &&
                       is_entry_time(member->lease_end);
    const bool in_order = members.size() == 0 || members.by_name_.rbegin()->first < member->name;
    if (!sound || !in_order) return fail("the room's members are none, or out of order");
    members.add(*member);
  }
  return members;
}

}  // namespace gavel
