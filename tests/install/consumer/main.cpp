#include <cstdio>

#include "common/base/digest.hpp"

int main() {
  const auto digest = gavel::digest_of("somebody else's bytes");
  std::printf("digest %016llx\n", static_cast<unsigned long long>(digest.value));
  return digest == gavel::digest_of("somebody else's bytes") ? 0 : 1;
}
