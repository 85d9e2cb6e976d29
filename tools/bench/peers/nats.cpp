// NATS JetStream: three servers on loopback and a stream of three replicas in files, in the mode that it has by
// default, in which an acknowledgement waits for a majority but not for a disk. The client is connected to the stream's
// leader and publishes asynchronously.
#include <nats/nats.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <memory>

#include "client/cli/failure.hpp"
#include "tools/bench/peers/cluster_nodes.hpp"
#include "tools/bench/peers/known.hpp"
#include "tools/bench/peers/waiting.hpp"

namespace gavel::peers {
namespace {

constexpr const char* kStream = "bench";
constexpr const char* kSubject = "bench.bids";
constexpr Duration kStart = 60s;
constexpr Duration kDrain = 3s;
constexpr std::int64_t kAttempt = 1000;  // milliseconds
/// More than any load has under way: what is under way is the load's business, and a publisher never stalls.
constexpr std::int64_t kMostPending = 1 << 20;

template <auto Destroy>
struct Destroyer {
  template <class T>
  void operator()(T* object) const {
    Destroy(object);
  }
};
using Connection = std::unique_ptr<natsConnection, Destroyer<&natsConnection_Destroy>>;
using Context = std::unique_ptr<jsCtx, Destroyer<&jsCtx_Destroy>>;
using StreamInfo = std::unique_ptr<jsStreamInfo, Destroyer<&jsStreamInfo_Destroy>>;

using Options = std::unique_ptr<natsOptions, Destroyer<&natsOptions_Destroy>>;

/// `at_once`: what is published goes out alone. Otherwise it gathers for up to a millisecond, which is worth it only if
/// there is more to come.
Connection connection_to(std::uint16_t port, bool at_once = true) {
  natsOptions* made = nullptr;
  if (natsOptions_Create(&made) != NATS_OK) return nullptr;
  const Options options(made);
  natsConnection* connection = nullptr;
  const bool connected = natsOptions_SetURL(made, ("nats://" + local(port)).c_str()) == NATS_OK &&
                         natsOptions_SetSendAsap(made, at_once) == NATS_OK &&
                         natsConnection_Connect(&connection, made) == NATS_OK;
  return connected ? Connection(connection) : nullptr;
}

Context context_of(natsConnection* connection, const jsOptions& options) {
  jsCtx* context = nullptr;
  jsOptions copy = options;
  return natsConnection_JetStream(&context, connection, &copy) == NATS_OK ? Context(context) : nullptr;
}

jsOptions default_options() {
  jsOptions options;
  jsOptions_Init(&options);
  options.Wait = kAttempt;
  return options;
}

class Nats final : public Peer {
 public:
  explicit Nats(const Place& place) : nodes_("NATS", place), ports_(free_ports(2 * kNodes)) {
    for (std::size_t i = 0; i < kNodes; ++i) start(i);
    nodes_.wait_until_ready(kStart, [this] { return make_stream(); });
    nodes_.wait_until_ready(kStart, [this] { return find_leader(); });
  }
  ~Nats() override {
    nodes_.kill();
    disconnect();
  }

  void connect(std::size_t in_flight, Completions& completions) override {
    completions_ = &completions;
    connection_ = connection_to(leader_, in_flight == 1);
    auto options = default_options();
    options.PublishAsync.MaxPending = kMostPending;
    options.PublishAsync.AckHandler = &Nats::on_acknowledged;
    options.PublishAsync.AckHandlerClosure = this;
    if (connection_) context_ = context_of(connection_.get(), options);
    if (!context_) cli::fail_with(cli::Exit::internal, "NATS: the stream's leader takes no connection");
  }

  /// The token rides in the payload, which the acknowledgement brings back.
  bool put(std::uint64_t token) override {
    char payload[kValueSize] = {};
    std::memcpy(payload, &token, sizeof token);
    under_way_.fetch_add(1, std::memory_order_relaxed);
    const bool begun = js_PublishAsync(context_.get(), kSubject, payload, sizeof payload, nullptr) == NATS_OK;
    if (!begun) under_way_.fetch_sub(1, std::memory_order_relaxed);
    return begun;
  }

  void disconnect() override {
    if (!connection_) return;
    try {
      if (!wait_until(kDrain, [this] { return under_way_ == 0; })) nodes_.kill();
    } catch (const cli::Failure&) {  // interrupted
      nodes_.kill();
    }
    natsConnection_Close(connection_.get());
    context_.reset();
    connection_.reset();
    under_way_ = 0;
  }

  std::vector<pid_t> nodes() override { return nodes_.pids(); }

 private:
  static std::string name(std::size_t node) { return "n" + std::to_string(node + 1); }
  std::uint16_t client_port(std::size_t node) const { return ports_[node]; }

  static void on_acknowledged(jsCtx*, natsMsg* message, jsPubAck*, jsPubAckErr* error, void* closure) {
    auto& peer = *static_cast<Nats*>(closure);
    std::uint64_t token = 0;
    std::memcpy(&token, natsMsg_GetData(message), sizeof token);
    natsMsg_Destroy(message);
    peer.completions_->on_done(token, error == nullptr);
    peer.under_way_.fetch_sub(1, std::memory_order_relaxed);
  }

  void start(std::size_t node) {
    std::string routes;
    for (std::size_t i = 0; i < kNodes; ++i) routes += (i == 0 ? "nats://" : ", nats://") + local(ports_[kNodes + i]);
    const std::string text =
        "server_name: " + name(node) + "\nlisten: " + local(client_port(node)) + "\njetstream { store_dir: \"" +
        nodes_.folder().directory(name(node)) +
        "\", max_mem: 2G, max_file: 20G }\ncluster { name: peers, listen: " + local(ports_[kNodes + node]) +
        ", routes: [ " + routes + " ] }\n";
    nodes_.start({"nats-server", "-c", nodes_.folder().file(name(node) + ".conf", text)});
  }

  bool make_stream() {
    const auto connection = connection_to(client_port(0));
    const auto context = connection ? context_of(connection.get(), default_options()) : nullptr;
    if (!context) return false;
    jsStreamConfig config;
    jsStreamConfig_Init(&config);
    const char* subjects[] = {kSubject};
    config.Name = kStream;
    config.Subjects = subjects;
    config.SubjectsLen = 1;
    config.Replicas = static_cast<std::int64_t>(kNodes);
    config.Storage = js_FileStorage;
    jsErrCode code{};
    return js_AddStream(nullptr, context.get(), &config, nullptr, &code) == NATS_OK;
  }

  /// Whether the stream has a leader, and all its followers follow.
  bool find_leader() {
    const auto connection = connection_to(client_port(0));
    const auto context = connection ? context_of(connection.get(), default_options()) : nullptr;
    jsStreamInfo* found = nullptr;
    jsErrCode code{};
    if (!context || js_GetStreamInfo(&found, context.get(), kStream, nullptr, &code) != NATS_OK) return false;
    const StreamInfo info(found);
    if (info->Cluster == nullptr || info->Cluster->Leader == nullptr) return false;
    const auto* followers = info->Cluster->Replicas;
    if (info->Cluster->ReplicasLen != static_cast<int>(kNodes - 1) ||
        !std::all_of(followers, followers + info->Cluster->ReplicasLen, [](const auto* one) { return one->Current; }))
      return false;
    for (std::size_t i = 0; i < kNodes; ++i)
      if (name(i) == info->Cluster->Leader) leader_ = client_port(i);
    return leader_ != 0;
  }

  ClusterNodes nodes_;
  std::vector<std::uint16_t> ports_;
  std::uint16_t leader_ = 0;

  Completions* completions_ = nullptr;
  Connection connection_;
  Context context_;
  std::atomic<std::size_t> under_way_ = 0;
};

}  // namespace

std::unique_ptr<Peer> start_nats(const Place& place) { return std::make_unique<Nats>(place); }

}  // namespace gavel::peers
