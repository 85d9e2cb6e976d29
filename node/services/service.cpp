#include "node/services/service.hpp"

#include "common/base/digest.hpp"

namespace gavel {
namespace {

void append(Bytes& out, std::uint64_t value) {
  for (unsigned shift = 0; shift < 64; shift += 8) out += static_cast<char>((value >> shift) & 0xffU);
}

}  // namespace

Digest fold(Digest before, const Context& context, BytesView command, BytesView reply) {
  Bytes place;
  append(place, context.slot.value);
  append(place, static_cast<std::uint64_t>(context.time.micros));
  append(place, context.session.value);
  append(place, context.number.value);
  return digest_of(digest_of(digest_of(before, place), command), reply);
}

}  // namespace gavel
