#include "tools/bench/limits/disk.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <future>
#include <vector>

#include "client/cli/failure.hpp"
#include "common/bus/clock.hpp"

namespace gavel::bench {
namespace {

constexpr std::size_t kBlock = 4096;
constexpr std::size_t kFile = std::size_t{4} << 20U;

/// A file without a name.
class Scratch {
 public:
  explicit Scratch(const std::string& directory) {
    std::string path = std::filesystem::path(directory) / "gavel-bench.XXXXXX";
    fd_ = ::mkostemp(path.data(), O_CLOEXEC);
    if (fd_ < 0) cli::fail_with(cli::Exit::usage, "no file can be made in " + directory + ": " + std::strerror(errno));
    ::unlink(path.c_str());
  }
  ~Scratch() { ::close(fd_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  void write(const std::string& bytes, std::size_t offset) {
    if (::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset)) != static_cast<ssize_t>(bytes.size()))
      cli::fail_with(cli::Exit::internal, std::string("cannot write to the disk: ") + std::strerror(errno));
  }
  void sync() {
    if (::fdatasync(fd_) != 0)
      cli::fail_with(cli::Exit::internal, std::string("cannot sync to the disk: ") + std::strerror(errno));
  }

 private:
  int fd_ = -1;
};

}  // namespace

Latencies sync_blocks(const std::string& directory, Layout layout, Duration length) {
  Scratch file(directory);
  if (layout == Layout::recycled) {
    file.write(std::string(kFile, 'x'), 0);
    file.sync();
  }
  Latencies latencies;
  const std::string block(kBlock, 'y');
  std::size_t offset = 0;
  const TimePoint end = bus::steady_now() + length;
  for (TimePoint before = bus::steady_now(); before < end;) {
    file.write(block, offset);
    file.sync();
    const TimePoint after = bus::steady_now();
    latencies.record(after - before);
    before = after;
    offset += kBlock;
    if (layout == Layout::recycled) offset %= kFile;
  }
  return latencies;
}

Latencies sync_together(const std::string& directory, std::size_t writers, Duration length) {
  std::vector<std::future<Latencies>> all;
  for (std::size_t i = 0; i < writers; ++i)
    all.push_back(std::async(std::launch::async, sync_blocks, directory, Layout::recycled, length));
  Latencies sum;
  for (auto& one : all) sum += one.get();
  return sum;
}

}  // namespace gavel::bench
