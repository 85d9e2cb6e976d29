#include "node/data_directory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <utility>

#include "common/base/print.hpp"
#include "common/store/durable_store.hpp"
#include "common/store/memory_store.hpp"
#include "node/settings.hpp"

namespace gavel::node {
namespace {

namespace fs = std::filesystem;

/// There once was a log here: written when the node served for the first time.
constexpr const char* kCard = "/node.json";
/// Former uids, a line each.
constexpr const char* kRetired = "/retired";
/// The node's present uid kept nothing on the disk (--durability memory).
constexpr const char* kVolatile = "/volatile";

/// Writes a file as a whole, or not at all; durable on return.
Result<void> write_file(const std::string& path, const std::string& text) {
  const std::string part = path + ".part";
  const int fd = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  if (fd < 0) return fail(part + ": cannot be written: " + std::strerror(errno));
  const bool written = ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(fd) == 0;
  ::close(fd);
  if (!written || std::rename(part.c_str(), path.c_str()) != 0)
    return fail(path + ": cannot be written: " + std::strerror(errno));
  const int directory = ::open(fs::path(path).parent_path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (directory >= 0) {
    ::fsync(directory);
    ::close(directory);
  }
  return {};
}

std::vector<Uid> read_retired(const std::string& path) {
  std::vector<Uid> out;
  std::ifstream in(path);
  for (std::uint64_t value = 0; in >> std::hex >> value;) out.push_back({value});
  return out;
}

/// From now on this directory's node is another one; the cluster will be told that the former is gone.
Result<void> give_up_uid(DataDirectory& directory) {
  directory.retired.push_back(directory.identity.uid());
  std::string text;
  for (const Uid uid : directory.retired) text += hex(uid.value) + "\n";
  if (auto written = write_file(directory.path + kRetired, text); !written) return written;
  const Uid former = directory.identity.uid();
  if (auto renewed = directory.identity.renew(); !renewed) return renewed;
  directory.notes.push_back("this node is " + hex(directory.identity.uid().value) + " from now on, and no longer " +
                            hex(former.value));
  return {};
}

Result<void> open_volatile(DataDirectory& directory) {
  if (fs::exists(directory.identity.log_directory()))
    return fail(directory.path + ": holds a durable log: start it with --durability fsync, or use another directory");
  if (directory.identity.starts() > 1)
    if (auto renewed = give_up_uid(directory); !renewed) return renewed;
  if (auto marked = write_file(directory.path + kVolatile, ""); !marked) return marked;
  directory.store = std::make_unique<store::MemoryStore>();
  if (auto kept = directory.store->recover(); !kept) return tl::unexpected<Error>(kept.error());
  return {};
}

Result<void> recover_into(DataDirectory& directory, bool must_exist) {
  store::DurableOptions options;
  options.must_exist = must_exist;
  directory.store = std::make_unique<store::DurableStore>(directory.identity.log_directory(), options);
  auto kept = directory.store->recover();
  if (!kept) return tl::unexpected<Error>(kept.error());
  directory.kept = *std::move(kept);
  return {};
}

Result<void> open_durable(DataDirectory& directory, bool reset_damaged) {
  if (fs::exists(directory.path + kVolatile)) {
    if (auto renewed = give_up_uid(directory); !renewed) return renewed;
    fs::remove(directory.path + kVolatile);
    fs::remove(directory.path + kCard);
  }
  auto recovered = recover_into(directory, fs::exists(directory.path + kCard));
  if (recovered || directory.store->condition() != store::Condition::damaged) return recovered;
  if (!reset_damaged)
    return fail(recovered.error().message +
                "\nWhat this node promised may be forgotten, so it must not go on under its uid. Start it with "
                "--reset-damaged to set the log aside and join its cluster as a new node");
  directory.store.reset();
  if (fs::exists(directory.identity.log_directory())) {
    const auto aside = store::set_aside(directory.identity.log_directory());
    if (!aside) return tl::unexpected<Error>(aside.error());
    directory.notes.push_back("the damaged log (" + recovered.error().message + ") was set aside as " + *aside);
  }
  if (auto renewed = give_up_uid(directory); !renewed) return renewed;
  return recover_into(directory, false);
}

}  // namespace

Result<DataDirectory> DataDirectory::open(const Settings& settings) {
  auto identity = store::NodeIdentity::open(settings.data_directory, settings.cluster, settings.priority);
  if (!identity) return tl::unexpected<Error>(identity.error());
  DataDirectory out{*std::move(identity), nullptr, {}, {}, {}, settings.data_directory};
  out.retired = read_retired(out.path + kRetired);
  auto opened = settings.durable ? open_durable(out, settings.reset_damaged) : open_volatile(out);
  if (!opened) return tl::unexpected<Error>(opened.error());
  return out;
}

Result<void> DataDirectory::publish(const std::string& json) const { return write_file(path + kCard, json); }

}  // namespace gavel::node
