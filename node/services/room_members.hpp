// Who is in a room, by name, and until when without a sign of life. A name is one person's at a time; one person may
// have several. A member's lease is renewed at the cost of two look-ups, and who lapses first is always at hand.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/wire/services/chat.hpp"
#include "node/services/records.hpp"

namespace gavel {

struct Member {
  std::string name;
  chat::Secret person;
  WallTime since;
  WallTime lease_end;
  GAVEL_FIELDS(name, person, since, lease_end);
};

class RoomMembers {
 public:
  const std::map<std::string, Member>& by_name() const { return by_name_; }
  std::size_t size() const { return by_name_.size(); }
  /// Null if nobody is called that.
  const Member* find(const std::string& name) const;
  /// Whether that person is here under that name.
  bool has(const chat::Speaker& who) const;
  /// Whether that person is here under any name.
  bool has(const chat::Secret& person) const { return names_.contains(person); }
  /// Null if nobody is here.
  const Member* first_to_lapse() const;

  /// Nobody is called that.
  void add(const Member& member);
  /// Somebody is called that.
  void remove(const std::string& name);
  void renew(const std::string& name, WallTime lease_end);
  /// Nobody's lease is longer from now on.
  void cap(WallTime lease_end);

  void append_to(Bytes& snapshot) const;
  /// Error: malformed, too many, out of order, or no names.
  static Result<RoomMembers> read_from(RecordReader& reader);

 private:
  std::map<std::string, Member> by_name_;
  std::set<std::pair<WallTime, std::string>> by_lease_;
  /// How many names each person has.
  std::map<chat::Secret, std::size_t> names_;
};

}  // namespace gavel
