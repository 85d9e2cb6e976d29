#include "client/cli/person.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <iostream>
#include <optional>

#include "client/cli/failure.hpp"
#include "client/cli/state_place.hpp"
#include "common/bus/clock.hpp"

namespace gavel::cli {
namespace {

constexpr mode_t kOnlyMine = 0600;

/// Nothing if there is no such file.
std::optional<chat::Secret> read_secret(const std::string& file) {
  const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    if (errno == ENOENT) return {};
    fail_with(Exit::internal, file + " cannot be read: " + std::strerror(errno));
  }
  struct stat about {};
  if (::fstat(fd, &about) == 0 && (about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    std::cerr << "gavel: others can read " << file << ", and then be taken for you; chmod 600 it\n";
  Bytes bytes(chat::kSecretBytes + 1, '\0');
  const auto count = ::read(fd, bytes.data(), bytes.size());
  ::close(fd);
  if (count != static_cast<ssize_t>(chat::kSecretBytes))
    fail_with(Exit::internal, file + " does not hold " + std::to_string(chat::kSecretBytes) +
                                  " bytes, as it should; without it you are somebody new to the chat: rm " + file);
  bytes.resize(chat::kSecretBytes);
  return chat::Secret{std::move(bytes)};
}

/// Under that name if nobody has kept one meanwhile. False: it could not be written.
bool keep_secret(const std::string& file, const chat::Secret& secret) {
  const std::string temporary = file + ".new-" + std::to_string(::getpid());
  const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kOnlyMine);
  if (fd < 0) return false;
  const auto count = ::write(fd, secret.bytes.data(), secret.bytes.size());
  const bool whole = count == static_cast<ssize_t>(secret.bytes.size()) && ::fsync(fd) == 0;
  ::close(fd);
  const bool kept = whole && (::link(temporary.c_str(), file.c_str()) == 0 || errno == EEXIST);
  ::unlink(temporary.c_str());
  return kept;
}

}  // namespace

chat::Secret draw_secret() {
  Bytes bytes;
  while (bytes.size() < chat::kSecretBytes) {
    const auto random = bus::random_seed();
    bytes.append(reinterpret_cast<const char*>(&random), sizeof random);
  }
  bytes.resize(chat::kSecretBytes);
  return {std::move(bytes)};
}

chat::Secret secret_kept_in(const std::string& file) {
  if (!file.empty()) {
    if (auto kept = read_secret(file)) return *std::move(kept);
    if (keep_secret(file, draw_secret()))
      if (auto kept = read_secret(file)) return *std::move(kept);
  }
  std::cerr << "gavel: " << (file.empty() ? "there is no place to keep" : file + " cannot be made to keep")
            << " who you are in the chat: the next time you are somebody else\n";
  return draw_secret();
}

chat::Secret own_secret() { return secret_kept_in(state_file("person")); }

}  // namespace gavel::cli
