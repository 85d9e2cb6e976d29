// Every message that there is, for what must know them all: the sniffer, the fuzz targets, the tests of WIRE.md. A new
// message belongs to one of these variants, and thereby is here.
#pragma once

#include <string_view>
#include <type_traits>
#include <variant>

#include "common/wire/client_messages.hpp"
#include "common/wire/order_messages.hpp"
#include "common/wire/services/auction.hpp"
#include "common/wire/services/chat.hpp"
#include "common/wire/services/directory.hpp"
#include "common/wire/services/likes.hpp"
#include "common/wire/tap_messages.hpp"

namespace gavel::wire {

enum class Form {
  frame,    ///< [version, cluster, group, from, incarnation, kind, body]
  service,  ///< [kind, body], within a frame
  record    ///< body, on a disk or within a frame
};

/// Calls visit(family, form, std::type_identity<Variant>{}) for each variant of messages.
template <class Visit>
void for_each_family(Visit&& visit) {
  visit("order", Form::frame, std::type_identity<OrderMessage>{});
  visit("discovery", Form::frame, std::type_identity<Discovery>{});
  visit("from-client", Form::frame, std::type_identity<FromClient>{});
  visit("to-client", Form::frame, std::type_identity<ToClient>{});
  visit("tap", Form::frame, std::type_identity<TapMessage>{});
  visit("directory-command", Form::service, std::type_identity<directory::Command>{});
  visit("directory-reply", Form::service, std::type_identity<directory::Reply>{});
  visit("directory-question", Form::service, std::type_identity<directory::Question>{});
  visit("directory-answer", Form::service, std::type_identity<directory::Answer>{});
  visit("directory-event", Form::service, std::type_identity<directory::Event>{});
  visit("auction-command", Form::service, std::type_identity<auction::Command>{});
  visit("auction-reply", Form::service, std::type_identity<auction::Reply>{});
  visit("auction-question", Form::service, std::type_identity<auction::Question>{});
  visit("auction-answer", Form::service, std::type_identity<auction::Answer>{});
  visit("auction-event", Form::service, std::type_identity<auction::Event>{});
  visit("chat-command", Form::service, std::type_identity<chat::Command>{});
  visit("chat-reply", Form::service, std::type_identity<chat::Reply>{});
  visit("chat-question", Form::service, std::type_identity<chat::Question>{});
  visit("chat-answer", Form::service, std::type_identity<chat::Answer>{});
  visit("chat-event", Form::service, std::type_identity<chat::Event>{});
  visit("likes-command", Form::service, std::type_identity<likes::Command>{});
  visit("likes-reply", Form::service, std::type_identity<likes::Reply>{});
  visit("likes-question", Form::service, std::type_identity<likes::Question>{});
  visit("likes-answer", Form::service, std::type_identity<likes::Answer>{});
  visit("likes-event", Form::service, std::type_identity<likes::Event>{});
}

/// What stands without a kind: its place says what it is.
using Record = std::variant<RequestList, FullEntry, PromiseRecord, SnapshotRecord, auction::Terms>;

/// Calls visit(family, form, std::type_identity<Message>{}) for each message; a refusal that is both a reply and an
/// answer comes twice.
template <class Visit>
void for_each_message(Visit&& visit) {
  const auto each = [&visit]<class... T>(std::string_view family, Form form, std::type_identity<std::variant<T...>>) {
    (visit(family, form, std::type_identity<T>{}), ...);
  };
  for_each_family(each);
  each("record", Form::record, std::type_identity<Record>{});
}

}  // namespace gavel::wire
