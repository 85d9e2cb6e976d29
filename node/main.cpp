// gavel-node: one node of a cluster. It reads what it is told, opens its data directory and its sockets, and runs until
// it is asked to go (SIGTERM, SIGINT: it hands over first; a second one: at once). Exit codes: README.md here.
#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <iostream>

#include "common/bus/processors.hpp"
#include "common/bus/scheduling.hpp"
#include "common/bus/standard_streams.hpp"
#include "node/runtime.hpp"

namespace {

/// A standard stream that was closed would lend its number to the first file opened, and log lines would end up there.
bool have_standard_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd)
    if (::fcntl(fd, F_GETFD) == -1 && ::open("/dev/null", O_RDWR) != fd) return false;
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace gavel::node;
  gavel::bus::keep_standard_streams();
  constexpr int kFailed = 1;

  if (!have_standard_streams()) return kFailed;

  gavel::bus::prefer_throughput();
  mallopt(M_ARENA_MAX, 2);  // three threads, one of which allocates: more arenas only waste memory
  const auto read = read_settings(argc, argv);
  if (const int* code = std::get_if<int>(&read)) return *code;
  const auto& settings = std::get<Settings>(read);
  if (!settings.processors.empty()) {  // before there are other threads
    if (const auto kept = gavel::bus::keep_to(*gavel::bus::parse_processors(settings.processors)); !kept) {
      std::cerr << "gavel-node: " << kept.error().message << "\n";
      return kFailed;
    }
  }

  const Signals signals;
  Log log(settings);
  auto directory = DataDirectory::open(settings);
  if (!directory) {
    std::cerr << "gavel-node: " << directory.error().message << "\n";
    return kFailed;
  }
  auto runtime = Runtime::open(settings, *std::move(directory), signals, log);
  if (!runtime) {
    std::cerr << "gavel-node: " << runtime.error().message << "\n";
    return kFailed;
  }
  return (*runtime)->run();
}
