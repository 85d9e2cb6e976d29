#include "common/store/identity.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/random.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <sstream>
#include <system_error>
#include <utility>

#include "common/base/digest.hpp"
#include "common/store/durable_store.hpp"
#include "common/store/file.hpp"

namespace gavel::store {
namespace {

namespace fs = std::filesystem;

constexpr const char* kFile = "node.id";
constexpr const char* kFirstLine = "gavel node 1";
constexpr std::uint64_t kRandomUidBits = (std::uint64_t{1} << 48U) - 1;

std::string reason(int error) { return std::generic_category().message(error); }

Result<std::uint64_t> random_bits(std::uint64_t mask) {
  std::uint64_t bits = 0;
  while (bits == 0) {
    if (::getrandom(&bits, sizeof bits, 0) != sizeof bits) return fail("the kernel gives no random numbers");
    bits &= mask;
  }
  return bits;
}

/// The lines before the checksum.
std::string text_of(const std::string& cluster, Uid uid, std::uint64_t starts) {
  std::ostringstream out;
  out << kFirstLine << "\ncluster " << cluster << "\nuid " << uid.value << "\nstarts " << starts << '\n';
  return out.str();
}

std::string checksum_line(const std::string& text) {
  return "checksum " + std::to_string(digest_of(text).value) + '\n';
}

/// The rest of the next line, which must begin with `word` and a space.
bool read_line(std::istream& in, const std::string& word, std::string& rest) {
  if (!std::getline(in, rest) || !rest.starts_with(word + ' ')) return false;
  rest.erase(0, word.size() + 1);
  return true;
}

bool read_number(std::istream& in, const std::string& word, std::uint64_t& number) {
  std::string rest;
  if (!read_line(in, word, rest)) return false;
  std::istringstream digits(rest);
  return static_cast<bool>(digits >> number);
}

std::string first_line_of(int fd) {
  char text[32] = {};
  const auto length = ::pread(fd, text, sizeof text - 1, 0);
  return length > 0 ? std::string(text, static_cast<std::size_t>(length)) : std::string("unknown");
}

}  // namespace

Result<NodeIdentity> NodeIdentity::open(const std::string& directory, const std::string& cluster,
                                        std::optional<std::uint16_t> priority, IfDamaged if_damaged) {
  if (cluster.empty() || cluster.find('\n') != std::string::npos)
    return fail("a cluster's name is one line, not empty");
  std::error_code error;
  fs::create_directories(directory, error);
  if (error) return fail(directory + ": cannot be made: " + error.message());
  NodeIdentity node;
  node.directory_ = directory;
  if (auto locked = node.lock(); !locked) return tl::unexpected(locked.error());
  if (fs::exists(directory + "/" + kFile) || fs::exists(node.log_directory())) {
    if (auto loaded = node.load(); !loaded) {
      if (if_damaged == IfDamaged::stop || !node.damaged_) return tl::unexpected(loaded.error());
      if (auto replaced = node.replace_damaged(cluster, priority); !replaced) return tl::unexpected(replaced.error());
    }
  } else {
    node.cluster_ = cluster;
    if (auto drawn = node.draw_uid(priority.value_or(0)); !drawn) return tl::unexpected(drawn.error());
  }
  if (node.cluster_ != cluster) {
    return fail(directory + ": belongs to the cluster '" + node.cluster_ + "', not to '" + cluster +
                "'; use another data directory, or the right cluster's name");
  }
  if (priority && priority_of(node.uid_) != *priority) {
    return fail(directory + ": its node has priority " + std::to_string(priority_of(node.uid_)) + " for life, not " +
                std::to_string(*priority) + "; use another data directory for a node of that priority");
  }
  ++node.starts_;
  if (auto saved = node.save(); !saved) return tl::unexpected(saved.error());
  return node;
}

Result<void> NodeIdentity::lock() {
  const auto path = directory_ + "/lock";
  lock_fd_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_fd_ < 0) return fail(path + ": cannot be opened: " + reason(errno));
  if (::flock(lock_fd_, LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return fail(path + ": cannot be locked: " + reason(errno));
    return fail(directory_ + ": is in use by process " + first_line_of(lock_fd_) +
                "; a data directory serves one node");
  }
  const auto pid = std::to_string(::getpid());
  if (::ftruncate(lock_fd_, 0) != 0 || ::pwrite(lock_fd_, pid.data(), pid.size(), 0) < 0) {
    return fail(path + ": cannot be written: " + reason(errno));
  }
  return {};
}

Result<void> NodeIdentity::load() {
  const auto path = directory_ + "/" + kFile;
  const auto damaged = [&](const std::string& how) {
    damaged_ = true;
    return fail(path + ": is " + how +
                "; who this node was cannot be known: move the data directory away and start with a new one");
  };
  if (!fs::exists(path)) return damaged("missing beside a log");
  const auto file = File::open(path, false, nullptr);
  if (!file) return tl::unexpected(file.error());
  const auto bytes = file->read(0, 4096);
  if (!bytes) return tl::unexpected(bytes.error());
  std::istringstream in(*bytes);
  std::string line;
  const bool readable = std::getline(in, line) && line == kFirstLine && read_line(in, "cluster", cluster_) &&
                        read_number(in, "uid", uid_.value) && read_number(in, "starts", starts_);
  const auto text = text_of(cluster_, uid_, starts_);
  if (!readable || *bytes != text + checksum_line(text)) return damaged("damaged");
  return {};
}

Result<void> NodeIdentity::replace_damaged(const std::string& cluster, std::optional<std::uint16_t> priority) {
  const auto path = directory_ + "/" + kFile;
  replaced_ = path + " was missing beside a log";
  if (fs::exists(path)) {
    const auto aside = set_aside(path);
    if (!aside) return tl::unexpected(aside.error());
    replaced_ = path + " was damaged, and was set aside as " + *aside;
  }
  cluster_ = cluster;
  return draw_uid(priority.value_or(0));
}

Result<void> NodeIdentity::draw_uid(std::uint16_t priority) {
  const auto bits = random_bits(kRandomUidBits);
  if (!bits) return tl::unexpected(bits.error());
  uid_.value = std::uint64_t{priority} << 48U | *bits;
  starts_ = 0;
  return {};
}

Result<void> NodeIdentity::save() {
  const auto low = random_bits(0xffff);
  if (!low) return tl::unexpected(low.error());
  incarnation_.value = starts_ << 40U | *low << 24U;
  const auto text = text_of(cluster_, uid_, starts_);
  return replace_file(directory_, kFile, text + checksum_line(text));
}

Result<void> NodeIdentity::renew() {
  if (auto drawn = draw_uid(priority_of(uid_)); !drawn) return drawn;
  starts_ = 1;
  return save();
}

NodeIdentity::NodeIdentity(NodeIdentity&& other) noexcept
    : directory_(std::move(other.directory_)),
      cluster_(std::move(other.cluster_)),
      replaced_(std::move(other.replaced_)),
      uid_(other.uid_),
      incarnation_(other.incarnation_),
      starts_(other.starts_),
      lock_fd_(std::exchange(other.lock_fd_, -1)) {}

NodeIdentity& NodeIdentity::operator=(NodeIdentity&& other) noexcept {
  std::swap(directory_, other.directory_);
  std::swap(cluster_, other.cluster_);
  std::swap(replaced_, other.replaced_);
  std::swap(uid_, other.uid_);
  std::swap(incarnation_, other.incarnation_);
  std::swap(starts_, other.starts_);
  std::swap(lock_fd_, other.lock_fd_);
  return *this;
}

NodeIdentity::~NodeIdentity() {
  if (lock_fd_ >= 0) ::close(lock_fd_);
}

}  // namespace gavel::store
