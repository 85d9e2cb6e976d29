// What tells one message of the client lane from another, for its copy on the tap lane: no names, no bodies. Session
// and number are those of commands only: a query may carry some too, and is answered without ever being in the order.
#pragma once

#include "common/wire/tap_messages.hpp"

namespace gavel::node {

template <class Message>
void note_identity(const Message& message, wire::TappedClient& out) {
  if constexpr (requires { message.id; }) out.id = message.id;
  if constexpr (requires { message.group; }) out.group = message.group;
  if constexpr (requires { message.slot; }) out.slot = message.slot;
}
inline void note_identity(const wire::Call& call, wire::TappedClient& out) {
  out.id = call.id;
  out.group = call.group;
  if (call.kind != wire::CallKind::command) return;
  out.session = call.session;
  out.number = call.number;
}
inline void note_identity(const wire::Answer& answer, wire::TappedClient& out) {
  out.id = answer.id;
  out.slot = answer.slot;
  out.status = answer.status;
}

}  // namespace gavel::node
