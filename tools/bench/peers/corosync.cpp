// Corosync: three nodes, each in a network namespace of its own, whose closed process groups (CPG) deliver messages in
// an agreed order, in memory. Each node has a member of the group; the first one sends, as fast as flow control lets
// it, and a write is done when its message is delivered to the sender.
#include <corosync/cpg.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/uio.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstring>
#include <deque>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>

#include "client/cli/failure.hpp"
#include "tools/bench/peers/cluster_nodes.hpp"
#include "tools/bench/peers/known.hpp"
#include "tools/bench/peers/namespaces.hpp"
#include "tools/bench/peers/waiting.hpp"

namespace gavel::peers {
namespace {

constexpr Duration kStart = 30s;
constexpr Duration kDrain = 3s;
constexpr std::string_view kGroup = "bench";

cpg_name group_name() {
  cpg_name name{};
  name.length = kGroup.size();
  std::memcpy(name.value, kGroup.data(), kGroup.size());
  return name;
}

/// What a message begins with.
struct Head {
  std::uint64_t token;
  std::uint64_t number;
};
static_assert(sizeof(Head) <= kValueSize);

/// One member of the group, on one node, in a thread that is in the node's namespaces.
class Member {
 public:
  /// `completions`: of the sender; null for who only hears. `all`: counts those that have opened the library, which
  /// keeps what is open in a table that nobody may use while it grows.
  Member(pid_t node, Completions* completions, std::shared_ptr<std::latch> all)
      : completions_(completions),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        thread_([this, node, all = std::move(all)] { run(node, *all); }) {}
  ~Member() {
    stop_ = true;
    wake();
    thread_.join();
    ::close(wake_);
  }
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  /// Of the group, as this member has heard.
  std::size_t members() const { return members_; }
  bool failed() const { return failed_; }
  std::size_t under_way() const { return under_way_; }

  void send(std::uint64_t token) {
    under_way_.fetch_add(1, std::memory_order_relaxed);
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(token);
    }
    if (std::this_thread::get_id() != thread_.get_id()) wake();
  }

 private:
  void wake() const { static_cast<void>(::eventfd_write(wake_, 1)); }

  bool open(pid_t node) {
    static std::mutex one_by_one;
    cpg_callbacks_t callbacks{};
    callbacks.cpg_deliver_fn = &Member::on_deliver;
    callbacks.cpg_confchg_fn = &Member::on_change;
    const std::lock_guard lock(one_by_one);
    return enter_namespaces_of(node) && ::cpg_initialize(&handle_, &callbacks) == CS_OK;
  }

  void run(pid_t node, std::latch& all) {
    const cpg_name group = group_name();
    int fd = -1;
    const bool opened = open(node);
    all.arrive_and_wait();
    if (!opened) {
      failed_ = true;
      return;
    }
    cs_error_t joined = CS_ERR_TRY_AGAIN;
    ::cpg_context_set(handle_, this);
    while (!stop_ && (joined = ::cpg_join(handle_, &group)) == CS_ERR_TRY_AGAIN) ::usleep(10'000);
    failed_ = joined != CS_OK || ::cpg_fd_get(handle_, &fd) != CS_OK;
    while (!stop_ && !failed_) turn(fd);
    ::cpg_finalize(handle_);
  }

  void turn(int fd) {
    const bool held_back = !send_waiting();
    // Flow control tells nobody when it lets go: the next attempt is a millisecond later, or with the next message.
    std::array<pollfd, 2> fds{pollfd{fd, POLLIN, 0}, pollfd{wake_, POLLIN, 0}};
    ::poll(fds.data(), fds.size(), held_back ? 1 : 100);
    if (fds[1].revents != 0) {
      eventfd_t ignored = 0;
      static_cast<void>(::eventfd_read(wake_, &ignored));
    }
    if (fds[0].revents != 0 && ::cpg_dispatch(handle_, CS_DISPATCH_ALL) != CS_OK) failed_ = true;
  }

  /// False: flow control holds the rest back.
  bool send_waiting() {
    for (;;) {
      Head head{0, next_};
      {
        const std::lock_guard lock(mutex_);
        if (waiting_.empty()) return true;
        head.token = waiting_.front();
      }
      std::array<char, kValueSize> message{};
      std::memcpy(message.data(), &head, sizeof head);
      const iovec part{message.data(), message.size()};
      const cs_error_t sent = ::cpg_mcast_joined(handle_, CPG_TYPE_AGREED, &part, 1);
      if (sent != CS_OK) {
        failed_ = sent != CS_ERR_TRY_AGAIN;
        return false;
      }
      ++next_;
      const std::lock_guard lock(mutex_);
      waiting_.pop_front();
    }
  }

  static Member& of(cpg_handle_t handle) {
    void* member = nullptr;
    ::cpg_context_get(handle, &member);
    return *static_cast<Member*>(member);
  }

  static void on_deliver(cpg_handle_t handle, const cpg_name*, std::uint32_t, std::uint32_t, void* bytes, std::size_t) {
    Member& member = of(handle);
    Head head{};
    std::memcpy(&head, bytes, sizeof head);
    if (member.completions_ == nullptr) return;
    member.completions_->on_done(head.token, head.number == member.expected_++);  // false: one was lost
    member.under_way_.fetch_sub(1, std::memory_order_relaxed);
  }

  static void on_change(cpg_handle_t handle, const cpg_name*, const cpg_address*, std::size_t members,
                        const cpg_address*, std::size_t, const cpg_address*, std::size_t) {
    of(handle).members_ = members;
  }

  Completions* completions_;
  cpg_handle_t handle_{};
  int wake_;
  std::mutex mutex_;
  std::deque<std::uint64_t> waiting_;
  std::uint64_t next_ = 0;
  std::uint64_t expected_ = 0;
  std::atomic<std::size_t> under_way_ = 0;
  std::atomic<std::size_t> members_ = 0;
  std::atomic<bool> failed_ = false;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

class Corosync final : public Peer {
 public:
  explicit Corosync(const Place& place) : namespaces_(kNodes), nodes_("Corosync", place) {
    for (std::size_t i = 0; i < kNodes; ++i) {
      const std::string file = nodes_.folder().file(std::to_string(i + 1) + ".conf", configuration(i));
      nodes_.start({"corosync", "-f", "-c", file}, namespaces_.entry(i));
    }
    namespaces_.connect(nodes_.pids());
    Nobody nobody;
    nodes_.wait_until_ready(kStart, [&] { return can_join(nobody); });
    disconnect();
  }
  ~Corosync() override {
    nodes_.kill();
    members_.clear();
  }

  void connect(std::size_t, Completions& completions) override {
    join(completions);
    if (!wait_until(kStart, [this] { return all_joined(); }))
      cli::fail_with(cli::Exit::internal, "Corosync: the members of the group do not hear each other");
  }

  bool put(std::uint64_t token) override {
    members_.front()->send(token);
    return true;
  }

  void disconnect() override {
    if (members_.empty()) return;
    try {
      if (!wait_until(kDrain, [this] { return members_.front()->under_way() == 0; })) nodes_.kill();
    } catch (const cli::Failure&) {  // interrupted
      nodes_.kill();
    }
    members_.clear();
  }

  std::vector<pid_t> nodes() override { return nodes_.pids(); }

 private:
  struct Nobody : Completions {
    void on_done(std::uint64_t, bool) override {}
  };

  /// The defaults of its totem protocol, without encryption.
  std::string configuration(std::size_t node) const {
    std::string text =
        "totem {\n version: 2\n cluster_name: bench\n transport: knet\n crypto_cipher: none\n crypto_hash: none\n}\n"
        "system {\n state_dir: " +
        nodes_.folder().directory(std::to_string(node + 1)) + "\n}\nnodelist {\n";
    for (std::size_t i = 0; i < kNodes; ++i)
      text += " node {\n  ring0_addr: " + Namespaces::address(i) + "\n  nodeid: " + std::to_string(i + 1) +
              "\n  name: c" + std::to_string(i + 1) + "\n }\n";
    return text +
           "}\nquorum {\n provider: corosync_votequorum\n}\n"
           "logging {\n to_stderr: yes\n to_syslog: no\n to_logfile: no\n}\n";
  }

  void join(Completions& completions) {
    const auto all = std::make_shared<std::latch>(static_cast<std::ptrdiff_t>(kNodes));
    for (const pid_t pid : nodes_.pids())
      members_.push_back(std::make_unique<Member>(pid, members_.empty() ? &completions : nullptr, all));
  }
  bool all_joined() const {
    std::size_t joined = 0;
    for (const auto& member : members_) joined += member->members() == kNodes ? 1U : 0U;
    return joined == kNodes;
  }
  /// Nodes that have just started take no members yet.
  bool can_join(Completions& completions) {
    if (members_.empty()) join(completions);
    for (const auto& member : members_)
      if (member->failed()) {
        members_.clear();
        return false;
      }
    return all_joined();
  }

  Namespaces namespaces_;
  ClusterNodes nodes_;
  std::vector<std::unique_ptr<Member>> members_;
};

}  // namespace

std::unique_ptr<Peer> start_corosync(const Place& place) { return std::make_unique<Corosync>(place); }

}  // namespace gavel::peers
