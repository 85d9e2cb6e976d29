#include "tools/sniffer/message/body_json.hpp"

#include "client/cli/rows.hpp"
#include "common/wire/describe.hpp"
#include "tools/sniffer/message/words.hpp"

namespace gavel::sniffer {
namespace {

using cli::Row;

/// Messages whose fields may be told, all of them. What is not here is not told.
template <class Message>
inline constexpr bool kMayBeTold = false;
template <>
inline constexpr bool kMayBeTold<wire::Batch> = true;
template <>
inline constexpr bool kMayBeTold<wire::Order> = true;
template <>
inline constexpr bool kMayBeTold<wire::Ack> = true;
template <>
inline constexpr bool kMayBeTold<wire::Beat> = true;
template <>
inline constexpr bool kMayBeTold<wire::Missing> = true;
template <>
inline constexpr bool kMayBeTold<wire::Repair> = true;
template <>
inline constexpr bool kMayBeTold<wire::Token> = true;
template <>
inline constexpr bool kMayBeTold<wire::TokenAck> = true;
template <>
inline constexpr bool kMayBeTold<wire::Rejected> = true;
template <>
inline constexpr bool kMayBeTold<wire::HandOver> = true;
template <>
inline constexpr bool kMayBeTold<wire::Fetch> = true;
template <>
inline constexpr bool kMayBeTold<wire::Entries> = true;
template <>
inline constexpr bool kMayBeTold<wire::SnapshotChunk> = true;
template <>
inline constexpr bool kMayBeTold<wire::SnapshotFetch> = true;
template <>
inline constexpr bool kMayBeTold<wire::Beacon> = true;
template <>
inline constexpr bool kMayBeTold<wire::Probe> = true;
template <>
inline constexpr bool kMayBeTold<wire::TappedClient> = true;
template <>
inline constexpr bool kMayBeTold<wire::TapMark> = true;

class ToJson {
 public:
  explicit ToJson(const Names& names) : names_(names) {}

  Row operator()(bool value) const { return value; }
  template <std::integral T>
  requires(!std::same_as<T, bool>) Row operator()(T value) const { return value; }
  template <class E>
  requires std::is_enum_v<E> Row operator()(E value) const { return wire::shown(value); }
  Row operator()(const std::string& text) const { return cli::harmless(text); }
  Row operator()(const SharedBytes& bytes) const { return {{"bytes", bytes ? bytes->size() : 0}}; }
  Row operator()(Duration duration) const { return wire::shown(duration); }
  Row operator()(WallTime time) const { return cli::iso(time); }
  Row operator()(Uid uid) const { return uid ? Row(names_.node(uid)) : Row(); }
  Row operator()(GroupId group) const { return group.value; }
  Row operator()(SessionId session) const { return session.value; }
  template <class Tag>
  Row operator()(Id<Tag> id) const {
    return print(id);
  }
  template <class Tag>
  Row operator()(Position<Tag> position) const {
    return position.value;
  }
  Row operator()(const wire::Term& term) const { return term ? Row(shown_term(term, names_)) : Row(); }
  template <class T>
  Row operator()(const std::optional<T>& value) const {
    return value ? (*this)(*value) : Row();
  }
  template <class T>
  Row operator()(const std::vector<T>& values) const {
    Row all = Row::array();
    for (const T& value : values) all.push_back((*this)(value));
    return all;
  }
  Row operator()(const wire::Batch& batch) const {
    Row row{{"ref", (*this)(batch.ref)}, {"payload", (*this)(batch.payload)}, {"requests", Row::array()}};
    for (const wire::Request& request : requests_of(batch)) row["requests"].push_back(words_for(request, names_));
    return row;
  }
  // A text for people in everything but the type: an authenticator is bytes.
  Row operator()(const wire::Beacon& beacon) const {
    Row row = fields_of(beacon);
    row["authenticator"] = {{"bytes", beacon.authenticator.size()}};
    return row;
  }
  template <wire::Fielded T>
  Row operator()(const T& message) const {
    return fields_of(message);
  }

 private:
  template <wire::Fielded T>
  Row fields_of(const T& message) const {
    Row row = Row::object();
    message.visit_fields([&](const auto&... field) {
      std::size_t index = 0;
      [[maybe_unused]] const auto one = [&](const auto& value) {
        row[std::string(wire::field_name(T::kFieldNames, index++))] = (*this)(value);
      };
      (one(field), ...);
    });
    return row;
  }

  const Names& names_;
};

template <class Message>
Row told_as_json(const Message& message, const Names& names) {
  if constexpr (kMayBeTold<Message>)
    return ToJson(names)(message);
  else
    return {};
}
template <class... T>
Row told_as_json(const std::variant<T...>& any, const Names& names) {
  return std::visit([&names](const auto& message) { return told_as_json(message, names); }, any);
}

}  // namespace

Row body_as_json(const Seen& seen, const Names& names) { return told_as_json(seen.body, names); }

}  // namespace gavel::sniffer
