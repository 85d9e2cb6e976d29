#include "node/data_directory.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>
#include <sstream>
#include <utility>

#include "common/base/digest.hpp"
#include "common/base/print.hpp"
#include "common/store/durable_store.hpp"
#include "common/store/memory_store.hpp"
#include "node/settings.hpp"
#include "node/whole_file.hpp"

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

// The file of former uids: a line each, and a checksum line, for a uid that is read wrongly would be another node's.
constexpr const char* kRetiredTitle = "gavel retired 1\n";

std::string retired_text(const std::vector<Uid>& uids) {
  std::string text = kRetiredTitle;
  for (const Uid uid : uids) text += hex(uid.value) + "\n";
  return text + "checksum " + hex(digest_of(text).value) + "\n";
}

/// Nothing if the file is damaged.
std::optional<std::vector<Uid>> parse_retired(const std::string& text) {
  std::vector<Uid> uids;
  std::istringstream in(text);
  std::string line;
  for (std::getline(in, line); std::getline(in, line) && !line.starts_with("checksum ");) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), value, 16);
    if (error != std::errc() || end != line.data() + line.size()) return {};
    uids.push_back({value});
  }
  if (text != retired_text(uids)) return {};
  return uids;
}

Result<void> read_retired(DataDirectory& directory) {
  const auto path = directory.path + kRetired;
  if (!fs::exists(path)) return {};
  const auto bytes = read_whole_file(path);
  auto uids = parse_retired(bytes.value_or(Bytes()));
  if (uids) {
    directory.retired = *std::move(uids);
    return {};
  }
  const auto aside = store::set_aside(path);
  if (!aside) return tl::unexpected<Error>(aside.error());
  directory.notes.push_back(path + " was damaged, and was set aside as " + *aside +
                            ": nodes that this one was before stay listed as lost until they are removed");
  return {};
}

/// From now on this directory's node is another one; the cluster will be told that the former is gone.
Result<void> give_up_uid(DataDirectory& directory) {
  directory.retired.push_back(directory.identity.uid());
  if (auto written = write_file(directory.path + kRetired, retired_text(directory.retired)); !written) return written;
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

/// The damaged log makes way for an empty one.
Result<void> set_log_aside(DataDirectory& directory, const std::string& why) {
  directory.store.reset();
  if (!fs::exists(directory.identity.log_directory())) {
    directory.notes.push_back(why);
    return {};
  }
  const auto aside = store::set_aside(directory.identity.log_directory());
  if (!aside) return tl::unexpected<Error>(aside.error());
  directory.notes.push_back(why + "; the log was set aside as " + *aside);
  return {};
}

tl::unexpected<Error> not_a_founder(const std::string& damage) {
  return fail(damage + "\nA node whose data were damaged founds no cluster: start it without --bootstrap to join one");
}

Result<void> open_durable(DataDirectory& directory, const Settings& settings) {
  if (const auto& replaced = directory.identity.was_replaced(); !replaced.empty()) {
    directory.notes.push_back(replaced + ": this node is " + hex(directory.identity.uid().value) +
                              " from now on; the one that it was stays listed as lost until it is removed");
    if (auto aside = set_log_aside(directory, "what that node promised is not this one's to keep"); !aside)
      return aside;
    fs::remove(directory.path + kVolatile);
    return recover_into(directory, false);
  }
  if (fs::exists(directory.path + kVolatile)) {
    if (auto renewed = give_up_uid(directory); !renewed) return renewed;
    fs::remove(directory.path + kVolatile);
    fs::remove(directory.path + kCard);
  }
  const bool had_log = fs::exists(directory.path + kCard) || directory.identity.starts() > 1;
  auto recovered = recover_into(directory, had_log);
  if (recovered || directory.store->condition() != store::Condition::damaged) return recovered;
  const std::string damage = recovered.error().message;
  if (settings.bootstrap) return not_a_founder(damage);
  if (!settings.rejoin_if_damaged)
    return fail(damage +
                "\nWhat this node promised may be forgotten, so it must not go on under its uid. Start it with "
                "--if-damaged rejoin to set the log aside and join its cluster as a new node");
  if (auto aside = set_log_aside(directory, damage); !aside) return aside;
  if (auto renewed = give_up_uid(directory); !renewed) return renewed;
  return recover_into(directory, false);
}

}  // namespace

Result<DataDirectory> DataDirectory::open(const Settings& settings) {
  using IfDamaged = store::NodeIdentity::IfDamaged;
  const bool may_replace = settings.rejoin_if_damaged && !settings.bootstrap;
  auto identity = store::NodeIdentity::open(settings.data_directory, settings.cluster, settings.priority,
                                            may_replace ? IfDamaged::replace : IfDamaged::stop);
  if (!identity) return tl::unexpected<Error>(identity.error());
  DataDirectory out{*std::move(identity), nullptr, {}, {}, {}, settings.data_directory};
  if (auto read = read_retired(out); !read) return tl::unexpected<Error>(read.error());
  auto opened = settings.durable ? open_durable(out, settings) : open_volatile(out);
  if (!opened) return tl::unexpected<Error>(opened.error());
  return out;
}

Result<void> DataDirectory::publish(const std::string& json) const { return write_file(path + kCard, json); }

}  // namespace gavel::node
