// Where views write: a descriptor, buffered, flushed when the program has nothing else to do. Whoever reads it may be
// gone, which ends the program quietly; a disk that is full is told.
#pragma once

#include <array>
#include <streambuf>
#include <string>

namespace gavel::sniffer {

class DescriptorBuffer final : public std::streambuf {
 public:
  /// The descriptor stays the caller's.
  explicit DescriptorBuffer(int fd);

  /// The error number of the first write that failed; 0: none did. Nothing is written after it.
  int error() const { return error_; }

 private:
  int_type overflow(int_type c) override;
  int sync() override;
  bool write_out();

  int fd_;
  int error_ = 0;
  std::array<char, 65536> buffer_{};
};

}  // namespace gavel::sniffer
