#include "tools/sniffer/capture/directory.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include "common/base/check.hpp"

namespace gavel::sniffer {
namespace {

constexpr auto kAskEvery = std::chrono::seconds(1);
/// However often something unknown turns up.
constexpr auto kAskAtMostEvery = std::chrono::milliseconds(50);
/// In turns; in between groups are asked for only when an unknown group was seen.
constexpr unsigned kGroupsEvery = 10;
/// The program waits for a call that is under way when it ends.
constexpr Duration kCallTimeout = 1s;

cli::Settings for_asking(cli::Settings settings) {
  settings.as = "gavel-sniff";
  settings.timeout = kCallTimeout;
  settings.stays = false;
  return settings;
}

}  // namespace

Directory::Directory(cli::Settings settings)
    : house_(for_asking(std::move(settings))),
      client_(house_.connection().id()),
      fd_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  GAVEL_CHECK(fd_ >= 0, "an event descriptor can be had");
  thread_ = std::thread([this] { run(); });
}

Directory::~Directory() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
  ::close(fd_);
}

std::optional<DirectoryNews> Directory::take() {
  std::uint64_t count = 0;
  if (::read(fd_, &count, sizeof count) < 0) return std::nullopt;  // nothing new
  const std::lock_guard lock(mutex_);
  return std::exchange(news_, std::nullopt);
}

void Directory::ask_soon() {
  {
    const std::lock_guard lock(mutex_);
    if (asked_) return;
    asked_ = true;
  }
  changed_.notify_one();
}

void Directory::run() {
  for (unsigned turn = 0;; ++turn) {
    bool asked = false;
    {
      std::unique_lock lock(mutex_);
      // The first time not at once: nodes are to know who sniffs before it asks, so that they say whose questions these
      // are.
      if (turn > 0) changed_.wait_for(lock, kAskAtMostEvery, [this] { return ending_; });
      changed_.wait_for(lock, turn > 0 ? kAskEvery - kAskAtMostEvery : kAskAtMostEvery,
                        [this] { return ending_ || asked_; });
      if (ending_) return;
      asked = std::exchange(asked_, false);
    }
    try {
      auto news = ask(asked || turn % kGroupsEvery == 0);
      const std::lock_guard lock(mutex_);
      if (news_) news.groups.merge(news_->groups);  // the last news were not looked at yet
      news_ = std::move(news);
    } catch (const cli::Failure& failure) {
      if (failure.code == cli::Exit::interrupted) return;
      continue;  // nobody answers now; somebody may in a second
    } catch (const std::exception&) {
      continue;  // an answer that this program is not up to is no answer
    }
    const std::uint64_t one = 1;
    static_cast<void>(!::write(fd_, &one, sizeof one));  // full: it is readable in any case
  }
}

DirectoryNews Directory::ask(bool groups_too) {
  DirectoryNews news;
  news.nodes = house_.nodes();
  if (groups_too) news.groups = groups();
  return news;
}

std::map<GroupId, std::string> Directory::groups() {
  std::map<GroupId, std::string> names;
  for (const auto& [group, auction] : house_.auctions_near()) names[group] = auction.id;
  for (const auto& open : house_.standing_near()) names[open.group] = open.name;
  return names;
}

}  // namespace gavel::sniffer
