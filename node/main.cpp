// gavel-node: one node of a cluster. It reads what it is told, opens its data directory and its sockets, and runs until
// it is asked to go (SIGTERM, SIGINT: it hands over first; a second one: at once). Exit codes: README.md here.
#include <malloc.h>

#include <iostream>

#include "node/runtime.hpp"

int main(int argc, char** argv) {
  using namespace gavel::node;
  constexpr int kFailed = 1;

  mallopt(M_ARENA_MAX, 2);  // three threads, one of which allocates: more arenas only waste memory
  const auto read = read_settings(argc, argv);
  if (const int* code = std::get_if<int>(&read)) return *code;
  const auto& settings = std::get<Settings>(read);

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
