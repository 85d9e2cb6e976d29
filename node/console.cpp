#include "node/console.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <vector>

#include "common/base/print.hpp"
#include "node/services/directory.hpp"

namespace gavel::node {
namespace {

using Cells = std::vector<std::string>;

/// Without control characters: names come from others.
std::string shown(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' ' || c == '\x7f'; }, '?');
  return text;
}

/// The first row is the heading.
std::string table(const std::vector<Cells>& rows) {
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows)
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  std::string out;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += (i == 0 ? "" : "  ") + row[i] + std::string(widths[i] - row[i].size(), ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    out += line + "\n";
  }
  return out;
}

std::string counted(std::uint64_t n, const std::string& one) {
  return std::to_string(n) + " " + one + (n == 1 ? "" : "s");
}

std::string seconds(Duration duration) { return std::to_string(duration.count() / 1'000'000) + " s"; }

std::string name_of(const host::Node& node, Uid uid) {
  if (!uid) return "none";
  if (uid == node.setup().self.uid) return node.setup().name;
  const auto* directory = node.directory();
  if (directory == nullptr) return hex(uid.value);
  const auto it = directory->nodes().find(uid);
  return it == directory->nodes().end() ? hex(uid.value) : shown(it->second.name);
}

std::string group_name(const host::Node& node, GroupId group) {
  if (group == kDirectoryGroup) return "directory";
  const auto* directory = node.directory();
  const auto* auction = directory != nullptr ? directory->auction_of(group) : nullptr;
  return auction != nullptr ? auction->id : "group " + print(group);
}

std::string report(const host::Node& node, Now now) {
  const auto status = node.status(now);
  const auto& setup = node.setup();
  std::string out = setup.name + ", uid " + hex(setup.self.uid.value) + ", in cluster " + setup.cluster + ", version " +
                    setup.version + ", up " + seconds(status.uptime) + (status.draining ? ", draining" : "") + "\n";
  out += "logs " + std::string(name_of(node.log_level())) + " and what is more urgent\n";
  out += "clients at " + setup.endpoints.client + ", serves " + counted(status.clients, "client") + " of at most " +
         std::to_string(status.room) + "\n";
  std::vector<Cells> rows{{"GROUP", "THIS NODE", "LEADER", "APPLIED"}};
  for (const auto& group : status.groups) {
    const bool leads = group.role == wire::Role::leader;
    const char* role = group.observer                            ? "observes"
                       : leads                                   ? "leads"
                       : group.config.is_voter(setup.self.uid)   ? "follows"
                       : group.config.is_learner(setup.self.uid) ? "learns"
                                                                 : "is not listed";
    rows.push_back({group_name(node, group.group), role, name_of(node, group.leader), print(group.applied)});
  }
  if (rows.size() > 1) out += table(rows);
  for (const auto& alarm : status.alarms) out += "alarm: " + shown(alarm) + "\n";
  return out;
}

std::string servers(const host::Node& node, Now now) {
  const auto* directory = node.directory();
  const auto* replica = node.replica(kDirectoryGroup);
  if (directory == nullptr || replica == nullptr || directory->nodes().empty())
    return "this node knows of no cluster yet\n";
  const auto status = replica->status(now.at);
  std::vector<Cells> rows{{"NODE", "UID", "STATE", "DUTY", "SLOTS", "CLIENTS", "ENDPOINT"}};
  for (const auto& [uid, record] : directory->nodes()) {
    const auto member = std::find_if(status.members.begin(), status.members.end(),
                                     [uid = uid](const auto& one) { return one.uid == uid; });
    const bool heard = member != status.members.end() && member->heard;
    const bool drained = record.draining && record.life == directory::Life::up;
    rows.push_back({shown(record.name) + (status.leader == uid ? " (manager)" : ""), hex(uid.value),
                    drained ? "draining" : std::string(directory::words_for(record.life)),
                    record.used > 0 ? "busy" : "idle", std::to_string(record.used) + "/" + std::to_string(record.slots),
                    heard ? std::to_string(member->load) : "", record.endpoints.client});
  }
  std::sort(rows.begin() + 1, rows.end());
  return table(rows);
}

std::string clients(const host::Node& node, Now now) {
  auto list = node.clients(now);
  if (list.clients.empty()) return "this node serves no client\n";
  std::sort(list.clients.begin(), list.clients.end(),
            [](const auto& a, const auto& b) { return std::pair(a.name, a.client) < std::pair(b.name, b.client); });
  std::vector<Cells> rows{{"CLIENT", "ID", "STAYS", "IDLE", "CALLS", "WATCHES"}};
  for (const auto& client : list.clients) {
    std::string watches;
    for (const GroupId group : client.watches) watches += (watches.empty() ? "" : ", ") + group_name(node, group);
    rows.push_back({shown(client.name), hex(client.client.value), client.stays ? "yes" : "no", seconds(client.idle),
                    std::to_string(client.calls), watches});
  }
  const auto more = list.total - list.clients.size();
  return table(rows) + (more > 0 ? "and " + std::to_string(more) + " more\n" : "");
}

std::string set_level(const std::string& wish, host::Node& node, Now now, host::NodeEffects& effects) {
  if (!wish.empty()) {
    const auto level = log_level_of(wish);
    if (!level)
      return "there is no log level '" + shown(wish.substr(0, 40)) + "': " + std::string(kLogLevelList) + " are\n";
    node.on_log_level(now, *level, effects);
  }
  return "logs " + std::string(name_of(node.log_level())) + " and what is more urgent\n";
}

constexpr const char* kHelp =
    "report    this node: its groups, and who leads them\n"
    "servers   the nodes of the cluster, as this one knows them\n"
    "clients   whom this node serves\n"
    "log LEVEL log that and what is more urgent from now on: trace, debug, info, warn or error\n"
    "help      this\n"
    "An end of the input (Ctrl-D) ends the console, not the node; Ctrl-C ends the node, which hands over first.\n";

/// As much as can be written without waiting.
void write_what_fits(const std::string& text) {
  std::size_t written = 0;
  while (written < text.size()) {
    pollfd out{STDOUT_FILENO, POLLOUT, 0};
    if (::poll(&out, 1, 0) <= 0 || (out.revents & POLLOUT) == 0) return;
    constexpr std::size_t kAtOnce = 512;  // which a pipe that can be written to takes whole
    const auto count = ::write(STDOUT_FILENO, text.data() + written, std::min(kAtOnce, text.size() - written));
    if (count <= 0) return;
    written += static_cast<std::size_t>(count);
  }
}

}  // namespace

std::string console_answer(const std::string& line, host::Node& node, Now now, host::NodeEffects& effects) {
  const auto first = line.find_first_not_of(" \t\r");
  if (first == std::string::npos) return {};
  const std::string word = line.substr(first, line.find_last_not_of(" \t\r") - first + 1);
  if (word == "report") return report(node, now);
  if (word == "servers") return servers(node, now);
  if (word == "clients") return clients(node, now);
  if (word == "help") return kHelp;
  if (word == "log") return set_level({}, node, now, effects);
  if (word.starts_with("log ")) return set_level(word.substr(word.find_first_not_of(' ', 4)), node, now, effects);
  return "'" + shown(word.substr(0, 40)) + "' is nothing that this console knows; help lists what is\n";
}

Console::Console(bool wanted) {
  const bool terminal = ::isatty(STDIN_FILENO) != 0 && ::tcgetpgrp(STDIN_FILENO) == ::getpgrp();
  if (!wanted && !terminal) return;
  // What could be read may be gone again by the time it is (Ctrl-C empties a terminal), and the node must not wait for
  // more. Opened anew, because others who have the same terminal open would not expect it to be set non-blocking.
  fd_ = ::open("/proc/self/fd/0", O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
  if (fd_ < 0) {
    fd_ = STDIN_FILENO;
    ::fcntl(fd_, F_SETFL, ::fcntl(fd_, F_GETFL) | O_NONBLOCK);
  }
  // Put into the background later, it would otherwise be stopped when somebody types; so it only loses its console.
  std::signal(SIGTTIN, SIG_IGN);
}

Console::~Console() { end(); }

void Console::end() {
  if (fd_ > STDIN_FILENO) ::close(fd_);
  fd_ = -1;
}

void Console::on_readable(host::Node& node, Now now, host::NodeEffects& effects) {
  constexpr std::size_t kLongestLine = 4096;
  char buffer[1024];
  const auto count = ::read(fd_, buffer, sizeof buffer);
  if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
  if (count <= 0) return end();
  typed_.append(buffer, static_cast<std::size_t>(count));
  for (auto end = typed_.find('\n'); end != std::string::npos; end = typed_.find('\n')) {
    write_what_fits(console_answer(typed_.substr(0, end), node, now, effects));
    typed_.erase(0, end + 1);
  }
  if (typed_.size() > kLongestLine) typed_.clear();
}

}  // namespace gavel::node
