// ZooKeeper: three servers on loopback, each write synced by a majority (forceSync). The client sets values through
// three sessions, one with each server; or, if one write is in flight at a time, through one session with the leader.
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include <zookeeper/zookeeper.h>

#include <atomic>
#include <memory>

#include "client/cli/failure.hpp"
#include "tools/bench/peers/cluster_nodes.hpp"
#include "tools/bench/peers/known.hpp"
#include "tools/bench/peers/waiting.hpp"

namespace gavel::peers {
namespace {

constexpr std::uint64_t kKeys = 1000;
constexpr int kSessionTimeout = 30'000;  // milliseconds
constexpr Duration kStart = 60s;
constexpr Duration kDrain = 3s;

std::string path_of(std::uint64_t key) {
  char path[32];
  std::snprintf(path, sizeof path, "/bench/k%06u", static_cast<unsigned>(key));
  return path;
}

/// What the server at that port says of itself ("srvr", one of its four-letter words); empty, if it does not serve.
std::string described(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval most{1, 0};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  std::string all;
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0 && ::write(fd, "srvr", 4) == 4) {
    char buffer[1024];
    for (ssize_t got = 0; (got = ::read(fd, buffer, sizeof buffer)) > 0;)
      all.append(buffer, static_cast<std::size_t>(got));
  }
  ::close(fd);
  return all;
}

class Session {
 public:
  explicit Session(std::uint16_t port) {
    handle_ = ::zookeeper_init(local(port).c_str(), &Session::on_event, kSessionTimeout, nullptr, this, 0);
    if (handle_ == nullptr || !wait_until(10s, [this] { return connected_.load(); }))
      cli::fail_with(cli::Exit::internal, "ZooKeeper: a server takes no session");
  }
  ~Session() {
    if (handle_ != nullptr) ::zookeeper_close(handle_);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  zhandle_t* handle() const { return handle_; }

 private:
  static void on_event(zhandle_t*, int type, int state, const char*, void* session) {
    if (type == ZOO_SESSION_EVENT) static_cast<Session*>(session)->connected_ = state == ZOO_CONNECTED_STATE;
  }

  std::atomic<bool> connected_ = false;
  zhandle_t* handle_ = nullptr;
};

class ZooKeeper final : public Peer {
 public:
  explicit ZooKeeper(const Place& place) : nodes_("ZooKeeper", place), ports_(free_ports(3 * kNodes)) {
    // Of a server that is ended it would say that the connection broke.
    static FILE* const kNothing = std::fopen("/dev/null", "we");
    ::zoo_set_log_stream(kNothing);
    for (std::size_t i = 0; i < kNodes; ++i) start(i);
    nodes_.wait_until_ready(kStart, [this] { return find_leader(); });
    make_keys();
  }
  ~ZooKeeper() override {
    nodes_.kill();
    disconnect();
  }

  void connect(std::size_t in_flight, Completions& completions) override {
    completions_ = &completions;
    if (in_flight == 1)
      sessions_.push_back(std::make_unique<Session>(leader_));
    else
      for (std::size_t i = 0; i < kNodes; ++i) sessions_.push_back(std::make_unique<Session>(client_port(i)));
  }

  bool put(std::uint64_t token) override {
    const std::uint64_t n = next_.fetch_add(1, std::memory_order_relaxed);
    auto write = std::make_unique<Write>(Write{this, token});
    under_way_.fetch_add(1, std::memory_order_relaxed);
    const int code = ::zoo_aset(sessions_[n % sessions_.size()]->handle(), path_of(n % kKeys).c_str(), value_.data(),
                                static_cast<int>(value_.size()), -1, &ZooKeeper::on_set, write.get());
    if (code == ZOK)
      static_cast<void>(write.release());  // on_set() has it
    else
      under_way_.fetch_sub(1, std::memory_order_relaxed);
    return code == ZOK;
  }

  void disconnect() override {
    if (sessions_.empty()) return;
    try {
      if (!wait_until(kDrain, [this] { return under_way_ == 0; })) nodes_.kill();
    } catch (const cli::Failure&) {  // interrupted
      nodes_.kill();
    }
    sessions_.clear();
  }

  std::vector<pid_t> nodes() override { return nodes_.pids(); }

 private:
  struct Write {
    ZooKeeper* peer;
    std::uint64_t token;
  };

  static void on_set(int code, const struct Stat*, const void* data) {
    const std::unique_ptr<const Write> write(static_cast<const Write*>(data));
    write->peer->completions_->on_done(write->token, code == ZOK);
    write->peer->under_way_.fetch_sub(1, std::memory_order_relaxed);
  }

  std::uint16_t client_port(std::size_t node) const { return ports_[node]; }

  /// The values of the configuration that comes with it; forceSync, its default, is said all the same.
  void start(std::size_t node) {
    const std::string number = std::to_string(node + 1);
    const std::string data = nodes_.folder().directory(number);
    std::string text =
        "tickTime=2000\ninitLimit=10\nsyncLimit=5\nmaxClientCnxns=0\nadmin.enableServer=false\n"
        "4lw.commands.whitelist=srvr\nclientPortAddress=127.0.0.1\nclientPort=" +
        std::to_string(client_port(node)) + "\ndataDir=" + data + "\n";
    for (std::size_t i = 0; i < kNodes; ++i) {
      const auto at = kNodes + 2 * i;
      text += "server." + std::to_string(i + 1) + "=" + local(ports_[at]) + ":" + std::to_string(ports_[at + 1]) + "\n";
    }
    nodes_.folder().file(number + "/myid", number + "\n");
    nodes_.start({"java", "-Xms512m", "-Xmx1500m", "-Dzookeeper.forceSync=yes", "-cp", "/usr/share/java/zookeeper.jar",
                  "org.apache.zookeeper.server.quorum.QuorumPeerMain", nodes_.folder().file(number + ".cfg", text)});
  }

  /// Whether one server leads and the others follow it; then the leader's port is known too.
  bool find_leader() {
    int serving = 0;
    leader_ = 0;
    for (std::size_t i = 0; i < kNodes; ++i) {
      const std::string said = described(client_port(i));
      if (said.find("Mode: leader") != std::string::npos) leader_ = client_port(i);
      serving += said.find("Mode: ") != std::string::npos ? 1 : 0;
    }
    return serving == kNodes && leader_ != 0;
  }

  /// All keys, and no server that does not have them.
  void make_keys() {
    std::atomic<std::uint64_t> done = 0;
    const auto must = [&](int code) {
      if (code != ZOK) cli::fail_with(cli::Exit::internal, std::string("ZooKeeper: no key is made: ") + zerror(code));
    };
    {
      const Session leader(leader_);
      const auto make = [&](const std::string& path) {
        must(::zoo_acreate(leader.handle(), path.c_str(), "", 0, &ZOO_OPEN_ACL_UNSAFE, 0, &ZooKeeper::on_made, &done));
      };
      make("/bench");
      for (std::uint64_t key = 0; key < kKeys; ++key) make(path_of(key));
      if (!wait_until(kStart, [&] { return done == kKeys + 1; })) must(ZOPERATIONTIMEOUT);
    }
    // A server that has done a write has done all those before it.
    for (std::size_t i = 0; i < kNodes; ++i) {
      done = 0;
      const Session session(client_port(i));
      must(::zoo_aset(session.handle(), "/bench", "", 0, -1, &ZooKeeper::on_written, &done));
      if (!wait_until(kStart, [&] { return done == 1; })) must(ZOPERATIONTIMEOUT);
    }
  }
  static void count(int code, const void* done) {
    if (code == ZOK) ++*static_cast<std::atomic<std::uint64_t>*>(const_cast<void*>(done));
  }
  static void on_made(int code, const char*, const void* done) { count(code, done); }
  static void on_written(int code, const struct Stat*, const void* done) { count(code, done); }

  ClusterNodes nodes_;
  std::vector<std::uint16_t> ports_;
  std::uint16_t leader_ = 0;

  const std::string value_ = std::string(kValueSize, 'v');
  Completions* completions_ = nullptr;
  std::vector<std::unique_ptr<Session>> sessions_;
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<std::size_t> under_way_ = 0;
};

}  // namespace

std::unique_ptr<Peer> start_zookeeper(const Place& place) { return std::make_unique<ZooKeeper>(place); }

}  // namespace gavel::peers
