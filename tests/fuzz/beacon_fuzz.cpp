// A datagram from anyone on the network, up to the largest that is received: refused in words, or a beacon or probe of
// this cluster that is read back from what it is written as.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "common/wire/client_messages.hpp"
#include "common/wire/describe.hpp"
#include "common/wire/envelope.hpp"
#include "common/wire/limits.hpp"

namespace gavel::wire {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

void receive(BytesView datagram) {
  const auto opened = open(datagram, "gavel");
  if (!opened) return require(!opened.error().message.empty());
  const auto message = opened->body<Discovery>();
  if (!message) return require(!message.error().message.empty());
  const Bytes sealed = seal(opened->envelope, *message);
  const auto back = open(sealed, "gavel");
  require(back.has_value());
  const auto again = back->body<Discovery>();
  require(again && describe(*again) == describe(*message));
  // Nothing is written longer than the shortest form that says it.
  require(sealed.size() <= datagram.size());
}

}  // namespace
}  // namespace gavel::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size <= gavel::wire::kMaxBeaconBytes)
    gavel::wire::receive(gavel::BytesView(reinterpret_cast<const char*>(bytes), size));
  return 0;
}
