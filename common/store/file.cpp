#include "common/store/file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <new>
#include <system_error>
#include <utility>

#include "common/base/check.hpp"

namespace gavel::store {
namespace {

/// What a device, and the kernel, want a write past the cache to be aligned to.
constexpr std::size_t kAlignment = 4096;

std::string reason(int error) { return std::generic_category().message(error); }

/// Takes `done` bytes off the front.
std::span<iovec> skip(std::span<iovec> parts, std::size_t done) {
  while (!parts.empty() && done >= parts.front().iov_len) {
    done -= parts.front().iov_len;
    parts = parts.subspan(1);
  }
  if (!parts.empty()) {
    parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + done;
    parts.front().iov_len -= done;
  }
  return parts;
}

/// Shortens `parts` to `bytes`; true if that took something away.
bool limit(std::span<iovec>& parts, std::uint64_t bytes) {
  for (std::size_t i = 0; i < parts.size(); ++i) {
    if (parts[i].iov_len > bytes) {
      parts[i].iov_len = static_cast<std::size_t>(bytes);
      parts = parts.subspan(0, i + 1);
      return true;
    }
    bytes -= parts[i].iov_len;
  }
  return false;
}

std::uint64_t total(std::span<const iovec> parts) {
  std::uint64_t bytes = 0;
  for (const auto& part : parts) bytes += part.iov_len;
  return bytes;
}

}  // namespace

DirectBuffer::DirectBuffer() : bytes_(static_cast<char*>(std::aligned_alloc(kAlignment, kBytes))) {
  if (!bytes_) throw std::bad_alloc();
}

void DirectBuffer::Free::operator()(char* bytes) const { std::free(bytes); }

BytesView DirectBuffer::gather(std::span<const iovec> parts) {
  GAVEL_CHECK(total(parts) <= kBytes, "store: a write past the cache fits its buffer");
  char* at = bytes_.get();
  for (const auto& part : parts) at = std::copy_n(static_cast<const char*>(part.iov_base), part.iov_len, at);
  return {bytes_.get(), at};
}

File::File(File&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)),
      direct_fd_(std::exchange(other.direct_fd_, -1)),
      path_(std::move(other.path_)),
      faults_(other.faults_) {}

File& File::operator=(File&& other) noexcept {
  std::swap(fd_, other.fd_);
  std::swap(direct_fd_, other.direct_fd_);
  std::swap(path_, other.path_);
  std::swap(faults_, other.faults_);
  return *this;
}

File::~File() {
  if (fd_ >= 0) ::close(fd_);
  if (direct_fd_ >= 0) ::close(direct_fd_);
}

Result<File> File::open(std::string path, bool create, Faults* faults) {
  File file;
  file.path_ = std::move(path);
  file.faults_ = faults;
  file.fd_ = ::open(file.path_.c_str(), O_RDWR | O_CLOEXEC | (create ? O_CREAT | O_EXCL : 0), 0600);
  if (file.fd_ < 0) return fail(file.path_ + ": cannot be " + (create ? "created: " : "opened: ") + reason(errno));
  return file;
}

void File::bypass_cache() {
  if (direct_fd_ < 0) direct_fd_ = ::open(path_.c_str(), O_WRONLY | O_CLOEXEC | O_DIRECT);
}

Result<Bytes> File::read(std::uint64_t offset, std::size_t length) const {
  Bytes bytes(length, '\0');
  std::size_t done = 0;
  while (done < length) {
    const auto got = ::pread(fd_, bytes.data() + done, length - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return failure("read", offset + done, errno);
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return bytes;
}

Result<void> File::write(std::uint64_t offset, std::span<iovec> parts) {
  bool torn = false;
  if (faults_ != nullptr) {
    const auto allowed = faults_->writable_bytes;
    faults_->writable_bytes -= std::min(allowed, total(parts));
    torn = limit(parts, allowed);
  }
  parts = skip(parts, 0);
  if (write_block(offset, parts)) parts = {};  // nothing is left of them
  while (!parts.empty()) {
    const auto count = static_cast<int>(std::min<std::size_t>(parts.size(), IOV_MAX));
    const auto put = ::pwritev(fd_, parts.data(), count, static_cast<off_t>(offset));
    if (put < 0 && errno == EINTR) continue;
    if (put <= 0) return failure("written", offset, put < 0 ? errno : ENOSPC);
    offset += static_cast<std::uint64_t>(put);
    parts = skip(parts, static_cast<std::size_t>(put));
  }
  if (torn) return failure("written", offset, faults_->error != 0 ? faults_->error : EIO);
  return {};
}

/// False: it cannot be written past the cache, at least not all of it; write it all in the other way.
bool File::write_block(std::uint64_t offset, std::span<const iovec> parts) {
  const auto length = total(parts);
  const bool whole = length % kAlignment == 0 && offset % kAlignment == 0;
  if (direct_fd_ < 0 || length == 0 || length > DirectBuffer::kBytes || !whole) return false;
  static thread_local DirectBuffer buffer;
  const auto put = ::pwrite(direct_fd_, buffer.gather(parts).data(), length, static_cast<off_t>(offset));
  if (put < 0 && errno == EINVAL) ::close(std::exchange(direct_fd_, -1));  // the device wants larger blocks
  return put == static_cast<ssize_t>(length);
}

Result<void> File::write(std::uint64_t offset, BytesView bytes) {
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  return write(offset, std::span(&part, 1));
}

Result<void> File::sync() {
  if (faults_ != nullptr && (faults_->sync_fails || faults_->writable_bytes == 0)) {
    return failure("synced", 0, faults_->error != 0 ? faults_->error : EIO);
  }
  if (::fdatasync(fd_) != 0) return failure("synced", 0, errno);
  return {};
}

void File::drop_cache() const { ::posix_fadvise(fd_, 0, 0, POSIX_FADV_DONTNEED); }

Result<std::uint64_t> File::size() const {
  struct stat status {};
  if (::fstat(fd_, &status) != 0) return failure("examined", 0, errno);
  return static_cast<std::uint64_t>(status.st_size);
}

tl::unexpected<Error> File::failure(const char* what, std::uint64_t offset, int error) const {
  return fail(path_ + ": cannot be " + what + " at offset " + std::to_string(offset) + ": " + reason(error));
}

Result<void> sync_directory(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return fail(path + ": cannot be opened: " + reason(errno));
  const int error = ::fsync(fd) == 0 ? 0 : errno;
  ::close(fd);
  if (error != 0) return fail(path + ": cannot be synced: " + reason(error));
  return {};
}

Result<void> replace_file(const std::string& directory, const std::string& name, BytesView bytes) {
  const auto path = directory + "/" + name;
  const auto fresh = path + ".new";
  ::unlink(fresh.c_str());
  auto file = File::open(fresh, true, nullptr);
  if (!file) return tl::unexpected(file.error());
  if (auto written = file->write(0, bytes); !written) return written;
  if (auto synced = file->sync(); !synced) return synced;
  if (::rename(fresh.c_str(), path.c_str()) != 0) return fail(path + ": cannot be put in place: " + reason(errno));
  return sync_directory(directory);
}

}  // namespace gavel::store
