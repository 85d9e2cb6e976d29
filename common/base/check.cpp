#include "common/base/check.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace gavel {
namespace {
Witness& witness() {
  static Witness instance;
  return instance;
}
}  // namespace

void set_check_witness(Witness next) { witness() = std::move(next); }

void check_failed(const char* condition, const char* message, const char* file, int line) {
  const std::string what = std::string(message) + " [" + condition + " at " + file + ":" + std::to_string(line) + "]";
  if (auto tell = std::exchange(witness(), nullptr)) tell(what);
  std::fprintf(stderr, "gavel: invariant broken: %s\n", what.c_str());
  std::abort();
}

}  // namespace gavel
