// `--record` and `--read`: a file of captures (capture.hpp), raw and unfiltered. What was written whole can be read,
// however the writing ended.
//
//   "GAVLSNF1", then records, each with its length in 4 bytes and the XXH3 of its bytes in 8 before it, little end
//   first: head       [cluster, made], the first record captures   [at, channel, topic, payload], all others
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "common/base/result.hpp"
#include "tools/sniffer/capture/capture.hpp"

namespace gavel::sniffer {

struct RecordingHead {
  std::string cluster;
  WallTime made;
  GAVEL_FIELDS(cluster, made);
};

class Recorder {
 public:
  /// A new file, or in the place of another recording; "-": the standard output. Never in the place of any other file.
  /// Error: in words, with the name.
  static Result<Recorder> open(const std::string& name, const RecordingHead& head);
  Recorder(Recorder&&) noexcept;
  Recorder& operator=(Recorder&&) noexcept;
  /// Without flush(), what is buffered is lost.
  ~Recorder();

  /// Buffered. Error: the disk is full, or the like; the recording ends with the last whole record.
  Result<void> write(const Capture& capture);
  /// A pipe that nobody reads is waited for, but not after an interrupt.
  Result<void> flush();
  /// Captures written, names not counted.
  std::uint64_t written() const { return written_; }

 private:
  Recorder(std::string name, int fd) : name_(std::move(name)), fd_(fd) {}
  Result<void> append(BytesView record);

  std::string name_;
  int fd_ = -1;
  Bytes buffer_;
  std::uint64_t written_ = 0;
};

/// How a recording cannot be read.
enum class Unreadable : std::uint8_t {
  missing,    ///< no such file, or not allowed
  other_file  ///< something else, or of another version
};
struct UnreadableFile {
  Unreadable why = Unreadable::missing;
  std::string message;
};

class RecordingReader {
 public:
  /// "-": the standard input.
  static tl::expected<RecordingReader, UnreadableFile> open(const std::string& name);
  RecordingReader(RecordingReader&&) noexcept;
  RecordingReader& operator=(RecordingReader&&) noexcept;
  ~RecordingReader();

  const RecordingHead& head() const { return head_; }
  /// The next one; nothing at the end, be it a good one or not, and nothing once the program was interrupted
  /// (cli::interrupted). Times that no clock tells are brought between the years 1970 and 9999.
  std::optional<Capture> next();

  /// The file ends in the middle of a record: its writer was killed. Everything before it was read. Empty: it does not.
  const std::string& torn() const { return torn_; }
  /// A byte is not as it was written; nothing behind it was read. Empty: all are.
  const std::string& damage() const { return damage_; }

 private:
  RecordingReader(std::string name, int fd) : name_(std::move(name)), fd_(fd) {}
  /// The next bytes; fewer at the end of the file.
  Bytes take(std::size_t bytes);
  std::optional<Bytes> record();

  std::string name_;
  int fd_ = -1;
  Bytes buffer_;
  std::size_t at_ = 0;        ///< within the buffer
  std::uint64_t offset_ = 0;  ///< within the file, of the record that is read
  RecordingHead head_;
  bool interrupted_ = false;
  std::string torn_;
  std::string damage_;
};

}  // namespace gavel::sniffer
