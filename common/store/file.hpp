// A file of the store, and what can go wrong with it: every call answers with the path, the offset and the reason.
// Faults are put in here, under everything else, so that what runs above is the production code.
#pragma once

#include <sys/uio.h>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"

namespace gavel::store {

/// Failures on purpose, for tests.
struct Faults {
  /// Bytes that can still be written; the write that exceeds them is torn there and fails, as does everything after.
  std::uint64_t writable_bytes = std::numeric_limits<std::uint64_t>::max();
  /// Every sync fails.
  bool sync_fails = false;
  /// What a failure is: EIO if 0, else this errno.
  int error = 0;
};

/// Where what is written past the kernel's cache is copied together first: memory that a device can read from.
class DirectBuffer {
 public:
  /// The most bytes that it takes.
  static constexpr std::size_t kBytes = std::size_t{256} << 10U;

  DirectBuffer();
  /// The parts, one after the other. Valid until the next call.
  BytesView gather(std::span<const iovec> parts);

 private:
  struct Free {
    void operator()(char* bytes) const;
  };
  std::unique_ptr<char, Free> bytes_;
};

class File {
 public:
  File() = default;
  File(File&& other) noexcept;
  File& operator=(File&& other) noexcept;
  ~File();

  /// Opens for reading and writing. `create`: it must not exist yet. `faults` may be null and must outlive the file.
  static Result<File> open(std::string path, bool create, Faults* faults);
  /// Writes of whole blocks pass by the kernel's cache from now on, where the file system can: what is synced at once
  /// gains nothing there, and a sync then waits for the device only.
  void bypass_cache();
  /// The descriptor for such writes; -1: there are none here (the file system cannot, or there are faults to be met).
  int direct_fd() const { return faults_ == nullptr ? direct_fd_ : -1; }

  /// Up to `length` bytes from `offset`; fewer only at the end of the file.
  Result<Bytes> read(std::uint64_t offset, std::size_t length) const;
  /// Writes all of `parts` one after the other from `offset`; changes the span's elements on its way.
  Result<void> write(std::uint64_t offset, std::span<iovec> parts);
  Result<void> write(std::uint64_t offset, BytesView bytes);
  /// fdatasync: the bytes, and of the metadata what is needed to read them.
  Result<void> sync();
  /// Lets go of what the kernel has cached of it, so that the next read shows what the disk has.
  void drop_cache() const;
  Result<std::uint64_t> size() const;

  const std::string& path() const { return path_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  tl::unexpected<Error> failure(const char* what, std::uint64_t offset, int error) const;

  bool write_block(std::uint64_t offset, std::span<const iovec> parts);

  int fd_ = -1;
  int direct_fd_ = -1;  ///< the same file, past the cache; -1: not so
  std::string path_;
  Faults* faults_ = nullptr;
};

/// Makes creations, renames and removals in a directory durable.
Result<void> sync_directory(const std::string& path);
/// Writes `bytes` as the whole file, durably and at once: after a crash either the old content is there or the new.
Result<void> replace_file(const std::string& directory, const std::string& name, BytesView bytes);

}  // namespace gavel::store
