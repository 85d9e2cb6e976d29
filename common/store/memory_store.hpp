// The log store in memory: for durability=memory, and for the simulator, whose disk it is. It keeps what was synced
// apart from what was only written, so that a crash can take the latter, or part of it, away; and it can fail on
// purpose. Deterministic: the random numbers are handed in.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "common/base/random.hpp"
#include "common/store/log_store.hpp"

namespace gavel::store {

class MemoryStore final : public LogStore {
 public:
  /// May be called again after crash(): it is the restart, and ends a failure (not damage).
  Result<Image> recover() override;
  Result<void> write(std::span<const Operation> operations) override;
  Result<void> sync() override;
  bool waits() const override { return false; }
  Condition condition() const override;

  /// The process or the machine dies: what was synced stays, with a random prefix of what was only written (its last
  /// operation may have been torn: then it is not part of that prefix).
  void crash(Random& random);
  /// From now on write() fails (the disk is full), until it is set to false and the store is recovered again.
  void set_full(bool full) { full_ = full; }
  /// The next sync() fails as with an I/O error; nothing that it covered may count as durable.
  void fail_next_sync() { sync_fails_ = true; }
  /// Something that had been synced goes bad: the next recover() reports it and serves nothing, until erase().
  void damage() { damaged_ = true; }
  /// The disk is replaced by an empty one.
  void erase();

  /// What would survive any crash, and how many operations are not yet part of it.
  const Image& synced() const { return synced_; }
  std::size_t unsynced() const { return written_.size(); }
  /// The last archives, the oldest first: by name.
  const std::deque<std::pair<std::string, Rope>>& archives() const { return archives_; }

 private:
  static constexpr std::size_t kMostArchives = 16;

  Result<void> refuse() const;
  void keep_archive(const Operation& operation);

  std::deque<std::pair<std::string, Rope>> archives_;
  Image synced_;
  std::vector<Operation> written_;
  std::optional<Error> failure_;
  bool full_ = false;
  bool sync_fails_ = false;
  bool damaged_ = false;
};

}  // namespace gavel::store
