// Many clients of the house in one thread, each with a connection and sessions of its own: the very client core that
// `gavel` uses, with one poll loop for all, so that the driver costs little beside what it drives. It carries out what
// the cores ask for; what is commanded, and what answers mean, is its owner's business.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "client/core/client.hpp"
#include "common/bus/client_pool.hpp"

namespace gavel::bench {

struct CrowdOptions {
  std::string cluster;
  /// Client endpoints of the gateways; client i begins at gateway i modulo their number, and goes on elsewhere when
  /// that one dies.
  std::vector<std::string> gateways;
  std::size_t clients = 8;
  /// Commands of one client under way at once.
  std::size_t window = 1;
  Duration timeout = 5s;
  std::string name = "bench";
};

class Crowd final : private bus::PoolSink {
 public:
  /// What became of a command: called from within turn(), and may begin further ones.
  using Done = std::function<void(std::size_t client, client::CallId call, const client::Outcome& outcome)>;

  Crowd(const CrowdOptions& options, Done done);
  /// All take leave.
  ~Crowd() override;
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  std::size_t size() const { return members_.size(); }
  /// Connects all of them, a few at a time; each has been heard by its gateway then. Throws cli::Failure if that fails.
  void gather();
  client::CallId command(TimePoint now, std::size_t client, GroupId group, Bytes body);
  /// Lets things happen until something did, or the time has come.
  void turn(TimePoint until);

  const client::Client& client(std::size_t index) const { return *members_[index].core; }
  /// Times that a client left its gateway for another one, or came back to it.
  std::uint64_t moves() const { return connects_ < members_.size() ? 0 : connects_ - members_.size(); }

 private:
  struct Member {
    std::unique_ptr<client::Client> core;
    TimePoint due = kLongAgo;
    bool touched = false;
  };

  void on_message(std::size_t client, BytesView payload) override;
  void on_lost(std::size_t client) override;
  void touch(std::size_t client);
  /// Carries out what the touched clients want, until they want nothing.
  void settle();
  void carry_out(std::size_t client);
  void carry_out(std::size_t client, client::Effect& effect);
  void tick(TimePoint now);

  CrowdOptions options_;
  Done done_;
  std::vector<Member> members_;
  std::vector<std::size_t> touched_;
  bus::ClientPool pool_;
  client::Effects effects_;
  TimePoint earliest_ = kLongAgo;
  std::uint64_t connects_ = 0;
  bool leaving_ = false;
};

}  // namespace gavel::bench
