// The node in the real world: it maps what arrives at the sockets and from the disk to the node's events, and the
// node's effects to sockets, disk and log (the reactor thread; the storage is common/store's). It decides
// nothing about the protocol. Effects are carried out once for each turn of the loop, so one sync covers all that a
// turn brought.
#pragma once

#include <csignal>
#include <memory>
#include <string>
#include <vector>

#include "common/bus/bus.hpp"
#include "common/store/storage.hpp"
#include "node/console.hpp"
#include "node/data_directory.hpp"
#include "node/host/metrics.hpp"
#include "node/host/node.hpp"
#include "node/log.hpp"
#include "node/metrics_server.hpp"
#include "node/settings.hpp"
#include "node/tap.hpp"

namespace gavel::node {

/// SIGTERM and SIGINT, to be read from a descriptor. To be made before any thread, so that all of them block these.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  int fd() const { return fd_; }
  /// The next signal that arrived; 0: none.
  int take() const;

 private:
  int fd_ = -1;
};

class Runtime final : private bus::Sink {
 public:
  /// Binds the sockets, starts the storage and the node. An error's message is for the operator.
  static Result<std::unique_ptr<Runtime>> open(const Settings& settings, DataDirectory directory,
                                               const Signals& signals, Log& log);
  ~Runtime() override;

  /// Until the node is to end: its exit code.
  int run();

 private:
  Runtime(const Settings& settings, DataDirectory directory, const Signals& signals, Log& log);
  Result<void> start();
  host::NodeSetup setup() const;
  void begin_to_serve();
  Result<void> publish_card() const;

  void on_published(BytesView topic, BytesView payload) override;
  void on_subscribed(BytesView prefix, bool wanted) override;
  void on_peer(BytesView payload) override;
  void on_client(BytesView routing_id, BytesView payload) override;
  void on_peer_lost(Uid peer) override;
  void on_beacon(BytesView datagram, const std::string& from) override;
  void on_fd(int fd) override;
  void on_storage();
  void on_metrics_wanted();
  void on_signal();
  void tell_of_lost_peers();

  /// Carries out what the node asked for.
  void carry_out();
  void carry_out_links();
  void carry_out_sends();
  void submit_writes();
  void tell_people();
  int finish();

  const Settings& settings_;
  DataDirectory directory_;
  const Signals& signals_;
  Log& log_;
  std::string name_;
  std::unique_ptr<bus::Bus> bus_;
  std::optional<Tap> tap_;
  std::unique_ptr<store::Storage> storage_;
  std::unique_ptr<host::Node> node_;

  host::NodeEffects effects_;
  std::vector<host::WriteDisk> unsubmitted_;  ///< the storage's queue was full
  std::vector<Bytes> unreachable_;
  std::vector<Uid> lost_;
  Histogram syncs_;
  std::uint64_t direct_syncs_ = 0;
  std::uint64_t bytes_written_ = 0;
  bool serving_ = false;
  bool something_durable_ = false;
  bool storage_failed_ = false;
  std::optional<host::Exit> exit_;
  Console console_;
  std::unique_ptr<MetricsServer> metrics_;  ///< null: nobody wants them
};

}  // namespace gavel::node
