// Where the live records are: for each group its meta record, its snapshot and the records after it, as places in the
// log; and for each segment how many live records it holds, which says what may be recycled. It never sees a file.
// During recovery it also holds the bytes. Replay may begin in the middle of a group's history, at the floor: what is
// missing then was dead, or comes again later as a carried copy, so holes are judged at the end and not on the way.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "common/store/record.hpp"

namespace gavel::store {

/// Where a record's header begins.
struct Place {
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;

  auto operator<=>(const Place&) const = default;
};

class Index {
 public:
  /// Stops the process if the operation's precondition (log_store.hpp) does not hold.
  void require(const Operation& operation) const;
  /// A record was written, or is being replayed, at `place`; `bytes` is null when they need not be kept.
  void put(const RecordHeader& record, Place place, SharedBytes bytes);
  /// Is this record, at this very place, something that recovery would need?
  bool is_live(const RecordHeader& record, Place place) const;

  /// The oldest segment that holds a live record.
  std::optional<std::uint64_t> oldest_segment() const;
  /// Bytes of all live records with their headers.
  std::uint64_t live_bytes() const { return live_bytes_; }

  /// What was replayed, bytes and all; an error if records are missing between others.
  Result<Image> take_image();

 private:
  struct Item {
    Place place;
    std::uint32_t length = 0;
    SharedBytes bytes;
  };
  struct Group {
    std::optional<Item> meta;
    Slot snapshot_slot;
    std::optional<Item> snapshot;
    std::map<Slot, Item> records;

    Slot last() const { return records.empty() ? snapshot_slot : records.rbegin()->first; }
    bool empty() const { return !meta && !snapshot && records.empty(); }
  };
  using Records = std::map<Slot, Item>;

  void count(const Item& item);
  void forget(const Item& item);
  void replace(std::optional<Item>& old, Item item);
  void erase(Records& records, Records::iterator from, Records::iterator to);
  void append(Group& group, const RecordHeader& record, Item item);
  void snapshot(Group& group, const RecordHeader& record, Item item);
  void remove(Group& group);

  std::map<GroupId, Group> groups_;
  std::map<std::uint64_t, std::uint64_t> live_in_segment_;  // records; no zeros
  std::uint64_t live_bytes_ = 0;
};

}  // namespace gavel::store
