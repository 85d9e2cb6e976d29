#include "tools/sniffer/view/out_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

namespace gavel::sniffer {
namespace {

namespace fs = std::filesystem;

tl::unexpected<Error> cannot(const std::string& name) {
  return fail("cannot write to " + name + ": " + std::strerror(errno));
}

/// What a link stands for: that is what is to be replaced.
fs::path real_name(const std::string& name) {
  std::error_code error;
  auto real = fs::weakly_canonical(fs::absolute(name, error), error);
  return error ? fs::path(name) : real;
}

/// The descriptor is closed in any case.
bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const auto wrote = ::write(fd, text.data(), text.size());
    if (wrote > 0) {
      text.remove_prefix(static_cast<std::size_t>(wrote));
    } else if (errno != EINTR) {
      const int why = errno;
      ::close(fd);
      errno = why;
      return false;
    }
  }
  return ::close(fd) == 0;
}

/// Of the file that is replaced, or what a new one gets.
mode_t mode_for(const std::string& name) {
  struct stat found {};
  if (::stat(name.c_str(), &found) == 0) return found.st_mode & 0777U;
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return 0666U & ~mask;
}

bool is_regular_or_new(const std::string& name) {
  struct stat found {};
  return ::stat(name.c_str(), &found) != 0 || S_ISREG(found.st_mode);
}

}  // namespace

bool same_file(const std::string& a, const std::string& b) {
  std::error_code error;
  return fs::equivalent(a, b, error) || real_name(a) == real_name(b);
}

Result<void> check_out_file(const std::string& name) {
  std::error_code error;
  if (fs::is_directory(name, error)) {
    errno = EISDIR;
    return cannot(name);
  }
  if (fs::exists(name, error) && ::access(name.c_str(), W_OK) != 0) return cannot(name);
  const auto directory = real_name(name).parent_path();
  if (is_regular_or_new(name) && ::access(directory.c_str(), W_OK | X_OK) != 0) return cannot(name);
  return {};
}

Result<void> write_out_file(const std::string& name, std::string_view text) {
  if (!is_regular_or_new(name)) {
    const int fd = ::open(name.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0 || !write_all(fd, text)) return cannot(name);
    return {};
  }
  const auto real = real_name(name).string();
  std::string beside = real + ".XXXXXX";
  const int fd = ::mkostemp(beside.data(), O_CLOEXEC);
  if (fd < 0) return cannot(name);
  const bool allowed = ::fchmod(fd, mode_for(real)) == 0;
  if (write_all(fd, text) && allowed && ::rename(beside.c_str(), real.c_str()) == 0) return {};
  auto failed = cannot(name);
  ::unlink(beside.c_str());
  return failed;
}

}  // namespace gavel::sniffer
