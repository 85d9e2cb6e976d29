#include "client/cli/archive_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "client/cli/failure.hpp"
#include "common/order/applier.hpp"
#include "node/services/directory.hpp"
#include "node/services/floor.hpp"
#include "node/services/likes.hpp"
#include "node/services/records.hpp"
#include "node/services/rooms.hpp"

namespace gavel::cli {
namespace {

Result<Digest> read_auction(BytesView machine, FiledGroup& out) {
  const auto service = FloorService::read(machine);
  if (!service) return tl::unexpected<Error>(service.error());
  const auto& book = service->book();
  out.auction = FiledAuction{book.terms(), book.bids().all(), book.outcome()};
  return service->digest();
}

Result<Digest> read_directory(BytesView machine, FiledGroup& out) {
  DirectoryService service;
  if (auto restored = service.restore(machine); !restored) return tl::unexpected<Error>(restored.error());
  FiledDirectory& filed = out.directory.emplace();
  for (const auto& [uid, node] : service.nodes()) filed.nodes.push_back(node);
  for (const auto& [id, item] : service.items()) filed.items.push_back(item);
  for (const auto& [id, auction] : service.auctions()) filed.auctions.push_back(auction);
  const auto asked = wire::decode_any<directory::Answer>(
      service.query(wire::encode_any(directory::Question(directory::AskStanding{}))));
  if (const auto* open = asked ? std::get_if<directory::Standing>(&*asked) : nullptr) filed.standing = open->groups;
  return service.digest();
}

Result<Digest> read_rooms(BytesView machine, FiledGroup& out) {
  RoomsService service;
  if (auto restored = service.restore(machine); !restored) return tl::unexpected<Error>(restored.error());
  FiledRooms& filed = out.rooms.emplace();
  filed.rooms = service.rooms().size();
  for (const auto& [name, room] : service.rooms()) {
    filed.present += room.book().members.size();
    filed.lines += room.book().lines.kept().size();
  }
  return service.digest();
}

Result<Digest> read_likes(BytesView machine, FiledGroup& out) {
  LikesService service;
  if (auto restored = service.restore(machine); !restored) return tl::unexpected<Error>(restored.error());
  FiledLikes& filed = out.likes.emplace();
  filed.things = service.totals().size();
  for (const auto& [thing, total] : service.totals())
    filed.total += std::min(total, std::numeric_limits<std::uint64_t>::max() - filed.total);
  return service.digest();
}

Result<Digest> read_service(const wire::SnapshotRecord& snapshot, BytesView machine, FiledGroup& out) {
  if (out.group == kDirectoryGroup) return read_directory(machine, out);
  switch (static_cast<ServiceKind>(snapshot.service)) {
    case ServiceKind::auction:
      return read_auction(machine, out);
    case ServiceKind::lobby:
      return read_rooms(machine, out);
    case ServiceKind::likes:
      return read_likes(machine, out);
    default:
      return fail("it is the state of service " + std::to_string(snapshot.service) +
                  ", which this program does not know");
  }
}

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

bool write_all(int fd, BytesView bytes) {
  while (!bytes.empty()) {
    const auto count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return true;
}

}  // namespace

wire::Archive read_archive(const std::string& file) {
  std::error_code ignored;
  if (std::filesystem::is_directory(file, ignored)) fail_with(Exit::not_found, "'" + file + "' is a directory");
  std::ifstream in(file, std::ios::binary);
  if (!in) fail_with(Exit::not_found, "'" + file + "' cannot be read: " + std::strerror(errno));
  const Bytes bytes{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) fail_with(Exit::internal, file + " cannot be read: " + std::strerror(errno));
  auto archive = wire::unpack_archive(bytes);
  if (!archive) fail_with(Exit::internal, file + ": " + archive.error().message);
  return *std::move(archive);
}

std::string place_for_archive(const std::string& named) {
  namespace fs = std::filesystem;
  std::error_code error;
  if (named.empty()) fail_with(Exit::usage, "--to names no file");
  const bool is_link = fs::is_symlink(named, error);
  error.clear();  // there being nothing yet is none
  const fs::path file = is_link ? fs::canonical(named, error) : fs::path(named);
  if (error) fail_with(Exit::usage, "'" + named + "' leads nowhere: " + error.message());
  const auto status = fs::status(file, error);
  if (fs::exists(status) && !fs::is_regular_file(status))
    fail_with(Exit::usage, "'" + named + "' is no file, and a backup does not take its place");
  if (const auto parent = file.parent_path(); !parent.empty() && !fs::is_directory(parent, error))
    fail_with(Exit::usage, "'" + named + "' cannot be made: there is no directory '" + parent.string() + "'");
  return file.string();
}

void write_archive(const std::string& file, const wire::Archive& archive) {
  const std::string temporary = file + ".new-" + std::to_string(::getpid());
  const auto fail = [&](const std::string& what) {
    const std::string why = std::strerror(errno);
    ::unlink(temporary.c_str());
    fail_with(Exit::internal, what + ": " + why);
  };
  {
    const Descriptor out(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640));
    if (out.get() < 0) fail(temporary + " cannot be made");
    if (!write_all(out.get(), wire::pack(archive)) || ::fsync(out.get()) != 0) fail(temporary + " cannot be written");
  }
  if (std::rename(temporary.c_str(), file.c_str()) != 0) fail(file + " cannot be made");
  const auto parent = std::filesystem::path(file).parent_path();
  const Descriptor directory(::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || ::fsync(directory.get()) != 0)
    fail_with(Exit::internal, file + " is written, and may be gone after a loss of power: " + std::strerror(errno));
}

std::string FiledGroup::title() const {
  if (directory) return "directory";
  if (rooms) return "lobby";
  if (likes) return "likes";
  return auction ? auction->terms.auction : "group " + std::to_string(group.value);
}

Result<FiledGroup> take_apart(const wire::ArchivedGroup& group) {
  const auto snapshot = wire::snapshot_in(group);
  if (!snapshot) return tl::unexpected<Error>(snapshot.error());
  FiledGroup out;
  out.group = group.group;
  out.slot = group.slot;
  out.stamp = snapshot->stamp;
  const auto named = [&](const std::string& what) {
    return fail("group " + std::to_string(group.group.value) + ": " + what);
  };
  const auto state = wire::decode<order::AppliedState>(*snapshot->state.joined());
  if (!state) return named(state.error().message);
  const auto machine = read_service(*snapshot, *state->machine.joined(), out);
  if (!machine) return named(machine.error().message);
  out.digest = order::digest_of_applied(state->chain, *machine);
  return out;
}

}  // namespace gavel::cli
