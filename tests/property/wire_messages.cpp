#include "tests/property/wire_messages.hpp"

#include "common/wire/describe.hpp"

namespace gavel::wire {

const Envelope kEnvelope{"gavel", GroupId{7}, Uid{0x300000000005}, Incarnation{0x20001}};

namespace {

template <Form kForm, class T>
Bytes bytes_of(const Envelope& envelope, const T& message) {
  if constexpr (kForm == Form::frame)
    return seal(envelope, message);
  else if constexpr (kForm == Form::service)
    return encode_any(std::variant<T>(message));
  else
    return encode(message);
}

template <Form kForm, class T>
Result<T> read_as(BytesView bytes, Envelope& envelope) {
  if constexpr (kForm == Form::record) {
    return decode<T>(bytes);
  } else {
    auto any = [&]() -> Result<std::variant<T>> {
      if constexpr (kForm == Form::service) return decode_any<std::variant<T>>(bytes);
      const auto opened = open(bytes, kEnvelope.cluster);
      if (!opened) return fail(opened.error().message);
      envelope = opened->envelope;
      return opened->template body<std::variant<T>>();
    }();
    if (!any) return tl::unexpected<Error>(any.error());
    return std::get<T>(std::move(*any));
  }
}

template <Form kForm, class T>
Result<T> read_by_document(BytesView bytes, Envelope& envelope) {
  if constexpr (kForm == Form::record) {
    return decode_by_document<T>(bytes);
  } else {
    auto any = [&]() -> Result<std::variant<T>> {
      if constexpr (kForm == Form::service) return decode_any_by_document<std::variant<T>>(bytes);
      const auto document = Document::parse(bytes);
      if (!document) return tl::unexpected<Error>(document.error());
      const auto opened = open(bytes, kEnvelope.cluster);  // (by itself held against the document: wire_envelope_test)
      if (!opened) return fail(opened.error().message);
      envelope = opened->envelope;
      return decode_kind<std::variant<T>>(opened->kind, document->root()[6]);
    }();
    if (!any) return tl::unexpected<Error>(any.error());
    return std::get<T>(std::move(*any));
  }
}

template <Form kForm, class T>
Specimen specimen_of(const Envelope& envelope, const T& message) {
  return {bytes_of<kForm>(envelope, message), describe(message)};
}

template <Form kForm, class T>
Message message_of(std::string_view family, Types& types) {
  Message out{family, type_name<T>(), kForm, 0, layout_of<T>(types), nullptr, nullptr, nullptr, nullptr};
  if constexpr (Kinded<T>) out.kind = T::kKind;
  out.make = [](Source& source) {
    const auto message = arbitrary<T>(source);
    return Specimen{bytes_of<kForm>(kEnvelope, message), describe(message)};
  };
  out.read = [](BytesView bytes) -> Result<Specimen> {
    Envelope envelope;
    const auto message = read_as<kForm, T>(bytes, envelope);
    if (!message) return tl::unexpected<Error>(message.error());
    return specimen_of<kForm>(envelope, *message);
  };
  out.read_by_document = [](BytesView bytes) -> Result<Specimen> {
    Envelope envelope;
    const auto message = read_by_document<kForm, T>(bytes, envelope);
    if (!message) return tl::unexpected<Error>(message.error());
    return specimen_of<kForm>(envelope, *message);
  };
  out.accepts = [](BytesView bytes) {
    Envelope envelope;
    return read_as<kForm, T>(bytes, envelope).has_value();
  };
  return out;
}

struct Catalogue {
  std::vector<Message> messages;
  Types types;

  Catalogue() {
    for_each_message([this]<class T>(std::string_view family, Form form, std::type_identity<T>) {
      if constexpr (!Kinded<T>)
        messages.push_back(message_of<Form::record, T>(family, types));
      else if (form == Form::frame)
        messages.push_back(message_of<Form::frame, T>(family, types));
      else
        messages.push_back(message_of<Form::service, T>(family, types));
    });
  }
};

const Catalogue& catalogue() {
  static const Catalogue kCatalogue;
  return kCatalogue;
}

}  // namespace

const std::vector<Message>& all_messages() { return catalogue().messages; }
const Types& all_types() { return catalogue().types; }

}  // namespace gavel::wire
