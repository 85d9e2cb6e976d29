// A client with its sockets: carries out what the client core asks for, and waits. One per thread. It listens for
// beacons only once the core knows no gateway.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "client/cli/settings.hpp"
#include "client/core/client.hpp"
#include "common/bus/beacon.hpp"
#include "common/bus/client_socket.hpp"

namespace gavel::cli {

class Connection final : private bus::ClientSink {
 public:
  /// To whichever node answers first. Throws Failure if a given node's name cannot be understood.
  explicit Connection(const Settings& settings);
  /// To that node and no other: "tcp://a.b.c.d:port".
  Connection(const Settings& settings, const std::string& only_endpoint);
  /// Takes leave of the gateway.
  ~Connection() override;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  /// Each waits for its outcome; throws Failure{interrupted} on Ctrl-C.
  client::Outcome command(GroupId group, Bytes body);
  client::Outcome query(GroupId group, Bytes body);
  client::Outcome local(GroupId group, Bytes body);
  /// Its slot is one at which every replica keeps its digest.
  client::Outcome mark(GroupId group);

  // Of the gateway itself: the encoded answers.
  client::Outcome status();
  client::Outcome clients();
  client::Outcome transfer(GroupId group, Uid to);
  client::Outcome set_faults(const wire::SetFaults& faults);
  client::Outcome backup(GroupId group, std::uint64_t offset);
  client::Outcome restore(const wire::RestorePiece& piece);
  client::Outcome set_log_level(const std::string& level);

  /// Does not wait: `done` is called from within a later function that waits, unless the call is forgotten before. It
  /// may begin further calls, and must not wait for anything itself.
  using Done = std::function<void(const client::Outcome&)>;
  client::CallId begin_command(GroupId group, Bytes body, Duration timeout, Done done);
  client::CallId begin_local(GroupId group, Bytes body, Duration timeout, Done done);
  /// Nobody is called any more; what was under way may still be executed.
  void forget(client::CallId call);

  /// Who hears of what is pushed to a topic, in order; called as `done` above.
  struct Listener {
    std::function<void(const client::Event&)> on_event;
    std::function<void(const client::Resync&)> on_resync;
  };
  /// From that place on (client::Client::watch). Whoever listened to the topic before does so no longer.
  std::uint64_t watch(GroupId group, Slot slot, std::uint32_t index, Bytes topic, Listener listener);
  /// Without effect on whoever has taken the topic over since.
  void unwatch(std::uint64_t watch);
  bool is_watched(GroupId group, const Bytes& topic) const { return listeners_.contains({group, topic}); }
  std::size_t watched() const { return listeners_.size(); }

  /// Lets things happen until something did, or the time has come.
  void turn(TimePoint until);
  /// As turn(), and returns true at once when `fd` has something to read.
  bool turn(TimePoint until, int fd);

  const client::Client& client() const { return client_; }
  /// By which the gateway knows this connection.
  ClientId id() const { return id_; }

 private:
  void on_message(BytesView payload) override;
  void on_lost() override;
  void on_fd(int fd) override;

  Connection(const Settings& settings, client::Options options);
  client::Outcome wait(client::CallId call);
  void carry_out();
  void carry_out(client::Effect& effect);
  client::CallId begin(client::CallId call, Done done);
  void complete(client::Completed& completed);
  void probe(const Bytes& datagram);

  Settings settings_;
  ClientId id_;
  client::Client client_;
  bus::ClientSocket socket_;
  std::optional<bus::Beacon> beacon_;
  bool beacon_failed_ = false;
  int watched_fd_ = -1;
  bool fd_ready_ = false;
  client::CallId awaited_;
  std::optional<client::Outcome> outcome_;
  bool carrying_out_ = false;

  struct Heard {
    std::uint64_t id = 0;
    Listener listener;
  };
  /// Null if nobody listens; stays while it is called, whatever becomes of the watch.
  std::shared_ptr<const Heard> listening(GroupId group, const Bytes& topic) const;
  std::map<client::Watches::Topic, std::shared_ptr<const Heard>> listeners_;
  std::uint64_t last_watch_ = 0;
  std::map<client::CallId, Done> begun_;
};

/// Ctrl-C sets a flag instead of ending the program; everything that waits looks at it.
void catch_interrupts();
bool interrupted();
void forget_interrupt();

}  // namespace gavel::cli
