// Everything that arrives on a socket or stands in a batch, as libFuzzer imagines it: frames of nodes and clients,
// messages of services, records. What is taken for a message must be printable, and be read back from what it is
// written as.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "common/wire/describe.hpp"
#include "common/wire/envelope.hpp"
#include "common/wire/services/catalogue.hpp"

namespace gavel::wire {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

/// What a batch, an entry or an event carries goes on to be decoded too.
void decode_records(BytesView bytes) {
  const auto each = [bytes]<class... T>(std::type_identity<std::variant<T...>>) {
    const auto one = [bytes]<class U>(std::type_identity<U>) {
      const auto record = decode<U>(bytes);
      if (!record) return require(!record.error().message.empty());
      const Bytes again = encode(*record);
      const auto back = decode<U>(again);
      require(back && encode(*back) == again && describe(*back) == describe(*record));
    };
    (one(std::type_identity<T>{}), ...);
  };
  each(std::type_identity<Record>{});
}

void decode_services(BytesView bytes) {
  for_each_family([bytes]<class Variant>(std::string_view /*family*/, Form form, std::type_identity<Variant>) {
    if (form != Form::service) return;
    const auto message = decode_any<Variant>(bytes);
    if (!message) return require(!message.error().message.empty());
    require(claims_to_be<Variant>(bytes));
    const Bytes again = encode_any(*message);
    const auto back = decode_any<Variant>(again);
    require(back && encode_any(*back) == again && describe(*back) == describe(*message));
  });
}

void decode_frame(BytesView bytes) {
  const auto opened = open(bytes, "gavel");
  if (!opened) return require(!opened.error().message.empty());
  for_each_family([&]<class Variant>(std::string_view /*family*/, Form form, std::type_identity<Variant>) {
    if (form != Form::frame) return;
    const auto message = opened->template body<Variant>();
    if (!message) return require(!message.error().message.empty());
    const Bytes again = seal(opened->envelope, *message);
    const auto back = open(again, "gavel");
    require(back && back->envelope == opened->envelope && back->kind == opened->kind);
    const auto body = back->template body<Variant>();
    require(body && describe(*body) == describe(*message));
  });
}

}  // namespace
}  // namespace gavel::wire

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const gavel::BytesView view(reinterpret_cast<const char*>(bytes), size);
  gavel::wire::decode_frame(view);
  gavel::wire::decode_services(view);
  gavel::wire::decode_records(view);
  return 0;
}
