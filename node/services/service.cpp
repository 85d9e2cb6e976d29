#include "node/services/service.hpp"

#include <array>

#include "common/base/digest.hpp"

namespace gavel {
namespace {

/// Little-endian.
char* append(char* at, std::uint64_t number) {
  for (unsigned shift = 0; shift < 64; shift += 8) *at++ = static_cast<char>((number >> shift) & 0xffU);
  return at;
}

}  // namespace

Digest fold(Digest before, const Context& context, BytesView command, BytesView reply) {
  std::array<char, 4 * sizeof(std::uint64_t)> place{};
  char* at = append(place.data(), context.slot.value);
  at = append(at, static_cast<std::uint64_t>(context.time.micros));
  at = append(at, context.session.value);
  append(at, context.number.value);
  return digest_of(digest_of(digest_of(before, BytesView(place.data(), place.size())), command), reply);
}

}  // namespace gavel
