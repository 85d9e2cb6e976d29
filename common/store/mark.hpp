// The mark: how far the log is durable, in a small file of its own. It is written after each sync and synced only when
// the store is idle, so it costs nothing; until it is on disk, every later frame says the same. It has two places: the
// one that is written over, and the one that was synced before that, so a torn write leaves one of them whole.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "common/store/file.hpp"
#include "common/store/record.hpp"

namespace gavel::store {

class MarkFile {
 public:
  /// Makes the file, durably, for a new store.
  static Result<MarkFile> create(const std::string& directory, std::uint64_t store, Faults* faults);
  /// Nothing if there is no such file. An error if it cannot be opened or read; is_damaged() if neither place is valid.
  static Result<std::optional<MarkFile>> open(const std::string& directory, Faults* faults);

  bool is_damaged() const { return mark_.store == 0; }
  const std::string& path() const { return file_.path(); }
  const Mark& mark() const { return mark_; }
  /// Notes that the log is durable up to here. In the kernel's hands on return, on disk after the next sync().
  Result<void> write(std::uint64_t segment, std::uint64_t end, std::uint64_t round);
  /// Does nothing if nothing was written since the last one.
  Result<void> sync();

 private:
  File file_;
  Mark mark_;
  std::uint64_t place_ = 0;  ///< The offset that the next write goes to.
  bool dirty_ = false;
};

}  // namespace gavel::store
