// Asks the cluster's directory for its nodes and groups, in a thread of its own, so that the reading of messages
// never waits for it. Nobody may answer, for as long as it likes: then there is no news. The only thread of the program
// beside the reading one; they meet in one slot, which holds the latest news.
#pragma once

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "client/cli/house.hpp"

namespace gavel::sniffer {

struct DirectoryNews {
  std::vector<directory::NodeRecord> nodes;
  /// What groups are called: auctions' ids, and the names of standing services.
  std::map<GroupId, std::string> groups;
};

class Directory {
 public:
  /// Throws cli::Failure if a given node's name cannot be understood.
  explicit Directory(cli::Settings settings);
  ~Directory();
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;

  /// As whom it asks: what this client says is of no interest to anybody.
  ClientId client() const { return client_; }
  /// Readable when there is news.
  int fd() const { return fd_; }
  std::optional<DirectoryNews> take();
  /// Something was seen that has no name: ask soon, not only at the next time. Cheap, and may be said often.
  void ask_soon();

 private:
  void run();
  DirectoryNews ask(bool groups_too);
  std::map<GroupId, std::string> groups();

  cli::House house_;
  ClientId client_;
  int fd_;

  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  bool asked_ = false;
  std::optional<DirectoryNews> news_;

  std::thread thread_;
};

}  // namespace gavel::sniffer
