// etcd: three members on loopback, each write synced by a majority. The client writes to the leader, over eight HTTP/2
// connections (one, if one write is in flight at a time), from one thread: the next write begins where one completes.
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <thread>

#include "client/cli/failure.hpp"
#include "tools/bench/peers/cluster_nodes.hpp"
#include "tools/bench/peers/etcd_messages.hpp"
#include "tools/bench/peers/known.hpp"
#include "tools/bench/peers/waiting.hpp"

namespace gavel::peers {
namespace {

constexpr std::size_t kConnections = 8;
constexpr std::uint64_t kKeys = 10'000;
constexpr Duration kStart = 30s;
constexpr Duration kAnswer = 2s;
constexpr Duration kDrain = 3s;

std::chrono::system_clock::time_point in(Duration time) { return std::chrono::system_clock::now() + time; }

grpc::ByteBuffer buffer(const std::string& bytes) {
  const grpc::Slice slice(bytes);
  return {&slice, 1};
}

/// One call, from its beginning to the answer. Its address is its tag.
struct Call {
  std::uint64_t token = 0;
  grpc::ClientContext context;
  grpc::ByteBuffer answer;
  grpc::Status status;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;

  void begin(grpc::GenericStub& stub, const char* method, const std::string& request, grpc::CompletionQueue& queue) {
    reader = stub.PrepareUnaryCall(&context, method, buffer(request), &queue);
    reader->StartCall();
    reader->Finish(&answer, &status, this);
  }
};

class Etcd final : public Peer {
 public:
  explicit Etcd(const Place& place) : nodes_("etcd", place), ports_(free_ports(2 * kNodes)) {
    std::string all;
    for (std::size_t i = 0; i < kNodes; ++i) all += (i == 0 ? "" : ",") + name(i) + "=http://" + local(peer_port(i));
    for (std::size_t i = 0; i < kNodes; ++i) start(i, all);
    nodes_.wait_until_ready(kStart, [this] { return find_leader(); });
  }
  ~Etcd() override {
    nodes_.kill();
    disconnect();
  }

  void connect(std::size_t in_flight, Completions& completions) override {
    completions_ = &completions;
    queue_ = std::make_unique<grpc::CompletionQueue>();
    for (std::size_t i = 0; i < std::min(in_flight, kConnections); ++i) {
      const auto channel = open(leader_, static_cast<int>(i));
      if (!channel->WaitForConnected(in(10s)))
        cli::fail_with(cli::Exit::internal, "etcd: the leader takes no connection");
      stubs_.push_back(std::make_unique<grpc::GenericStub>(channel));
    }
    completing_ = std::thread([this] { complete(); });
  }

  bool put(std::uint64_t token) override {
    const std::uint64_t n = next_.fetch_add(1, std::memory_order_relaxed);
    char key[24];
    std::snprintf(key, sizeof key, "bench/%010u", static_cast<unsigned>(n % kKeys));
    auto* call = new Call;  // complete() has it next
    call->token = token;
    under_way_.fetch_add(1, std::memory_order_relaxed);
    call->begin(*stubs_[n % stubs_.size()], etcd::kPut, etcd::put_request(key, value_), *queue_);
    return true;
  }

  void disconnect() override {
    if (!queue_) return;
    try {
      if (!wait_until(kDrain, [this] { return under_way_ == 0; })) nodes_.kill();
    } catch (const cli::Failure&) {  // interrupted
      nodes_.kill();
    }
    queue_->Shutdown();
    if (completing_.joinable()) completing_.join();
    stubs_.clear();
    queue_.reset();
  }

  std::vector<pid_t> nodes() override { return nodes_.pids(); }

 private:
  static std::string name(std::size_t node) { return "e" + std::to_string(node + 1); }
  std::uint16_t client_port(std::size_t node) const { return ports_[node]; }
  std::uint16_t peer_port(std::size_t node) const { return ports_[kNodes + node]; }

  /// The defaults (heartbeats of 100 ms, elections after 1 s, everything synced), but for room: a full store is no
  /// peer.
  void start(std::size_t node, const std::string& all) {
    const std::string clients = "http://" + local(client_port(node));
    const std::string peers = "http://" + local(peer_port(node));
    nodes_.start({"etcd",
                  "--name",
                  name(node),
                  "--data-dir",
                  nodes_.folder().directory(name(node)),
                  "--listen-client-urls",
                  clients,
                  "--advertise-client-urls",
                  clients,
                  "--listen-peer-urls",
                  peers,
                  "--initial-advertise-peer-urls",
                  peers,
                  "--initial-cluster",
                  all,
                  "--initial-cluster-token",
                  "peers",
                  "--initial-cluster-state",
                  "new",
                  "--quota-backend-bytes",
                  "8589934592",
                  "--logger",
                  "zap",
                  "--log-level",
                  "error"});
  }

  static std::shared_ptr<grpc::Channel> open(std::uint16_t port, int number) {
    grpc::ChannelArguments arguments;
    arguments.SetInt("gavel.connection", number);  // channels that differ in nothing share one connection
    return grpc::CreateCustomChannel(local(port), grpc::InsecureChannelCredentials(), arguments);
  }

  /// Whether all members know the same leader; then its port is known too.
  bool find_leader() {
    std::uint64_t leader = 0;
    leader_ = 0;
    for (std::size_t i = 0; i < kNodes; ++i) {
      const auto status = status_of(client_port(i));
      if (!status || status->leader == 0 || (i > 0 && status->leader != leader)) return false;
      leader = status->leader;
      if (status->member == leader) leader_ = client_port(i);
    }
    return leader_ != 0;
  }

  static std::optional<etcd::Status> status_of(std::uint16_t port) {
    grpc::GenericStub stub(open(port, -1));
    grpc::CompletionQueue queue;
    Call call;
    call.context.set_deadline(in(kAnswer));
    call.begin(stub, etcd::kStatus, "", queue);
    void* tag = nullptr;
    bool ok = false;
    const bool answered = queue.Next(&tag, &ok) && call.status.ok();
    queue.Shutdown();
    while (queue.Next(&tag, &ok)) {
    }
    grpc::Slice slice;
    if (!answered || !call.answer.DumpToSingleSlice(&slice).ok()) return std::nullopt;
    return etcd::read_status({reinterpret_cast<const char*>(slice.begin()), slice.size()});
  }

  void complete() {
    void* tag = nullptr;
    bool ok = false;
    while (queue_->Next(&tag, &ok)) {
      const std::unique_ptr<Call> call(static_cast<Call*>(tag));
      completions_->on_done(call->token, ok && call->status.ok());
      under_way_.fetch_sub(1, std::memory_order_relaxed);
    }
  }

  ClusterNodes nodes_;
  std::vector<std::uint16_t> ports_;
  std::uint16_t leader_ = 0;

  const std::string value_ = std::string(kValueSize, 'v');
  Completions* completions_ = nullptr;
  std::unique_ptr<grpc::CompletionQueue> queue_;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<std::size_t> under_way_ = 0;
  std::thread completing_;
};

}  // namespace

std::unique_ptr<Peer> start_etcd(const Place& place) { return std::make_unique<Etcd>(place); }

}  // namespace gavel::peers
