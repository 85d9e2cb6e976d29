#include "common/store/memory_store.hpp"

#include "common/store/image.hpp"

namespace gavel::store {

Result<Image> MemoryStore::recover() {
  failure_.reset();
  sync_fails_ = false;
  written_.clear();
  if (damaged_) return fail("the store in memory was damaged on purpose: what it had synced is not served");
  return synced_;
}

Result<void> MemoryStore::write(std::span<const Operation> operations) {
  if (failure_) return refuse();
  if (full_) {
    failure_ = Error{"the disk is full: nothing more is written"};
    return refuse();
  }
  for (const auto& operation : operations)
    if (operation.kind == Operation::Kind::retire) keep_archive(operation);
  written_.insert(written_.end(), operations.begin(), operations.end());
  return {};
}

Result<void> MemoryStore::sync() {
  if (failure_) return refuse();
  if (sync_fails_) {
    failure_ = Error{"a sync failed: what was written since the last one may be lost"};
    return refuse();
  }
  for (const auto& operation : written_) apply_to(synced_, operation);
  written_.clear();
  return {};
}

Condition MemoryStore::condition() const {
  if (damaged_) return Condition::damaged;
  return failure_ ? Condition::failed : Condition::healthy;
}

void MemoryStore::crash(Random& random) {
  const auto kept = random.between(std::int64_t{0}, static_cast<std::int64_t>(written_.size()));
  for (std::int64_t i = 0; i < kept; ++i) apply_to(synced_, written_[static_cast<std::size_t>(i)]);
  written_.clear();
}

void MemoryStore::keep_archive(const Operation& operation) {
  std::erase_if(archives_, [&](const auto& archive) { return archive.first == operation.name; });
  archives_.emplace_back(operation.name, operation.bytes);
  if (archives_.size() > kMostArchives) archives_.pop_front();
}

void MemoryStore::erase() {
  synced_.clear();
  written_.clear();
  archives_.clear();
  failure_.reset();
  damaged_ = false;
}

Result<void> MemoryStore::refuse() const { return tl::unexpected<Error>(*failure_); }

}  // namespace gavel::store
