#include "tools/sniffer/capture/recording.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "client/cli/connection.hpp"
#include "common/base/digest.hpp"
#include "common/wire/codec.hpp"

namespace gavel::sniffer {
namespace {

constexpr BytesView kRecordingMagic = "GAVLSNF1";
/// The length, the length with all bits turned (a damaged length must not pass for a file that was cut short), the
/// digest.
constexpr std::size_t kRecordHead = 4 + 4 + 8;
constexpr std::uint64_t kTurned = 0xffff'ffffU;
/// A capture has a frame at most, which is far smaller.
constexpr std::size_t kLongestRecord = 64U << 20U;
constexpr std::size_t kBuffered = 256U << 10U;
/// The year 9999 ends. No recorder's clock tells more; and what is reckoned with times cannot overflow.
constexpr WallTime kLatest{253'402'300'799'999'999};

std::string little_endian(std::uint64_t number, std::size_t bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8 * i) & 0xffU);
  return out;
}
std::uint64_t from_little_endian(BytesView bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = bytes.size(); i-- > 0;) number = number << 8U | static_cast<unsigned char>(bytes[i]);
  return number;
}

/// Whether a descriptor is ready within kLookAround; a signal may come at any moment, also just before the waiting.
bool is_ready(int fd, short events) {  // NOLINT(google-runtime-int): poll's own
  constexpr int kLookAroundMillis = 100;
  pollfd one{fd, events, 0};
  return ::poll(&one, 1, kLookAroundMillis) > 0;
}

/// Bytes read, fewer at the end; nothing on an error, which errno names: EINTR, if somebody wants the program to end.
std::optional<std::size_t> read_some(int fd, char* to, std::size_t bytes) {
  for (;;) {
    if (cli::interrupted()) {
      errno = EINTR;
      return std::nullopt;
    }
    if (!is_ready(fd, POLLIN)) continue;
    const auto got = ::read(fd, to, bytes);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (errno != EINTR) return std::nullopt;
  }
}

/// After an interrupt, for a reader that is only slow, in looks around.
constexpr int kGrace = 10;
/// A pipe that is ready takes so much without waiting.
constexpr std::size_t kPipeTakes = 4096;

bool is_file(int fd) {
  struct stat found {};
  return ::fstat(fd, &found) == 0 && S_ISREG(found.st_mode);
}

bool is_recording_or_empty(int fd) {
  std::string magic(kRecordingMagic.size(), '\0');
  const auto got = read_some(fd, magic.data(), magic.size());
  return got && (*got == 0 || (*got == magic.size() && magic == kRecordingMagic));
}

}  // namespace

// ---- writing --------------------------------------------------------------------------------------------------------

Result<Recorder> Recorder::open(const std::string& name, const RecordingHead& head) {
  const auto cannot = [&name] { return fail("cannot record to " + name + ": " + std::strerror(errno)); };
  const auto taken = [&name](int opened) {
    ::close(opened);
    return fail("somebody else records to " + name + " at this moment; choose another name");
  };
  int fd = -1;
  if (name == "-") {
    fd = ::dup(STDOUT_FILENO);
    if (fd < 0) return cannot();
  } else {
    struct stat found {};
    if (::stat(name.c_str(), &found) == 0 && S_ISREG(found.st_mode)) {
      fd = ::open(name.c_str(), O_RDWR | O_CLOEXEC);
      if (fd < 0) return cannot();
      if (::flock(fd, LOCK_EX | LOCK_NB) != 0) return taken(fd);
      if (!is_recording_or_empty(fd)) {
        ::close(fd);
        return fail(name + " is there and is no recording: it is not overwritten; choose another name");
      }
      if (::ftruncate(fd, 0) != 0 || ::lseek(fd, 0, SEEK_SET) != 0) return cannot();
    } else {
      fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
      if (fd < 0) return cannot();
      if (::flock(fd, LOCK_EX | LOCK_NB) != 0 && is_file(fd)) return taken(fd);  // a pipe or a device is as it is
    }
  }
  Recorder recorder(name, fd);
  recorder.buffer_ = kRecordingMagic;
  if (auto begun = recorder.append(wire::encode(head)); !begun) return tl::unexpected<Error>(begun.error());
  return recorder;
}

Recorder::Recorder(Recorder&& other) noexcept
    : name_(std::move(other.name_)),
      fd_(std::exchange(other.fd_, -1)),
      buffer_(std::move(other.buffer_)),
      written_(other.written_) {}

Recorder& Recorder::operator=(Recorder&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(fd_, other.fd_);
  std::swap(buffer_, other.buffer_);
  std::swap(written_, other.written_);
  return *this;
}

Recorder::~Recorder() {
  if (fd_ >= 0) ::close(fd_);
}

Result<void> Recorder::append(BytesView record) {
  buffer_ += little_endian(record.size(), 4);
  buffer_ += little_endian(record.size() ^ kTurned, 4);
  buffer_ += little_endian(digest_of(record).value, 8);
  buffer_ += record;
  return buffer_.size() < kBuffered ? Result<void>{} : flush();
}

Result<void> Recorder::write(const Capture& capture) {
  if (capture.channel != Channel::names) ++written_;
  return append(wire::encode(capture));
}

Result<void> Recorder::flush() {
  std::size_t done = 0;
  const std::size_t most = is_file(fd_) ? buffer_.size() : kPipeTakes;
  for (int waited = 0; done < buffer_.size();) {
    if (!is_ready(fd_, POLLOUT)) {
      if (!cli::interrupted() || ++waited < kGrace) continue;
      buffer_.clear();
      return fail("interrupted while nobody read the recording " + name_ + "; what was written so far can be read");
    }
    const auto wrote = ::write(fd_, buffer_.data() + done, std::min(most, buffer_.size() - done));
    if (wrote > 0) {
      done += static_cast<std::size_t>(wrote);
    } else if (errno != EINTR) {
      const std::string why = std::strerror(errno);
      buffer_.clear();
      return fail("cannot write the recording " + name_ + ": " + why + "; what was written so far can be read");
    }
  }
  buffer_.clear();
  return {};
}

// ---- reading --------------------------------------------------------------------------------------------------------

tl::expected<RecordingReader, UnreadableFile> RecordingReader::open(const std::string& name) {
  const auto refuse = [](Unreadable why, std::string message) {
    return tl::unexpected<UnreadableFile>(UnreadableFile{why, std::move(message)});
  };
  const int fd = name == "-" ? ::dup(STDIN_FILENO) : ::open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return refuse(Unreadable::missing, "cannot read " + name + ": " + std::strerror(errno));
  RecordingReader reader(name, fd);
  struct stat found {};
  if (::fstat(fd, &found) == 0 && S_ISDIR(found.st_mode))
    return refuse(Unreadable::other_file, name + " is a directory, and no recording of gavel-sniff");
  if (reader.take(kRecordingMagic.size()) != kRecordingMagic)
    return refuse(Unreadable::other_file,
                  name + " is no recording of gavel-sniff: these begin with " + std::string(kRecordingMagic));
  reader.offset_ = kRecordingMagic.size();
  const auto record = reader.record();
  const auto head = record ? wire::decode<RecordingHead>(*record) : Result<RecordingHead>(fail("cut short"));
  if (!head)
    return refuse(Unreadable::other_file, name + " has no head that this program understands: " + head.error().message);
  reader.head_ = *head;
  return reader;
}

RecordingReader::RecordingReader(RecordingReader&& other) noexcept
    : name_(std::move(other.name_)),
      fd_(std::exchange(other.fd_, -1)),
      buffer_(std::move(other.buffer_)),
      at_(other.at_),
      offset_(other.offset_),
      head_(std::move(other.head_)),
      interrupted_(other.interrupted_),
      torn_(std::move(other.torn_)),
      damage_(std::move(other.damage_)) {}

RecordingReader& RecordingReader::operator=(RecordingReader&& other) noexcept {
  std::swap(name_, other.name_);
  std::swap(fd_, other.fd_);
  std::swap(buffer_, other.buffer_);
  std::swap(at_, other.at_);
  std::swap(offset_, other.offset_);
  std::swap(head_, other.head_);
  std::swap(interrupted_, other.interrupted_);
  std::swap(torn_, other.torn_);
  std::swap(damage_, other.damage_);
  return *this;
}

RecordingReader::~RecordingReader() {
  if (fd_ >= 0) ::close(fd_);
}

Bytes RecordingReader::take(std::size_t bytes) {
  while (buffer_.size() - at_ < bytes) {
    buffer_.erase(0, at_);
    at_ = 0;
    const std::size_t had = buffer_.size();
    buffer_.resize(had + kBuffered);
    const auto got = read_some(fd_, buffer_.data() + had, kBuffered);
    buffer_.resize(had + got.value_or(0));
    if (!got && errno == EINTR)
      interrupted_ = true;
    else if (!got && damage_.empty())
      damage_ = name_ + " cannot be read on: " + std::strerror(errno);
    if (!got || *got == 0) break;
  }
  Bytes taken = buffer_.substr(at_, bytes);
  at_ += taken.size();
  return taken;
}

std::optional<Bytes> RecordingReader::record() {
  const auto at = [this] { return name_ + ", byte " + std::to_string(offset_) + ": "; };
  const Bytes prefix = take(kRecordHead);
  if (prefix.empty() || interrupted_ || !damage_.empty()) return std::nullopt;
  if (prefix.size() == kRecordHead) {
    const auto length = from_little_endian(BytesView(prefix).substr(0, 4));
    const bool whole = length == (from_little_endian(BytesView(prefix).substr(4, 4)) ^ kTurned);
    if (!whole || length > kLongestRecord) {
      damage_ = at() + "damaged: " +
                (whole ? "a record of " + std::to_string(length) + " bytes cannot be"
                       : "a record's length is not as it was written; nothing behind it was read");
      return std::nullopt;
    }
    Bytes record = take(length);
    if (interrupted_ || !damage_.empty()) return std::nullopt;
    if (record.size() == length) {
      if (digest_of(record).value != from_little_endian(BytesView(prefix).substr(8))) {
        damage_ = at() + "damaged: the record is not as it was written; nothing behind it was read";
        return std::nullopt;
      }
      offset_ += kRecordHead + length;
      return record;
    }
  }
  torn_ = at() + "the last record was cut short (the recorder was killed, perhaps); everything before it was read";
  return std::nullopt;
}

std::optional<Capture> RecordingReader::next() {
  const auto bytes = record();
  if (!bytes) return std::nullopt;
  auto capture = wire::decode<Capture>(*bytes);
  if (capture) {
    capture->at = std::clamp(capture->at, WallTime{}, kLatest);
    return *std::move(capture);
  }
  damage_ = name_ + ", byte " + std::to_string(offset_) + ": not understood: " + capture.error().message;
  return std::nullopt;
}

}  // namespace gavel::sniffer
