// What a replicated service is: a deterministic state machine. It sees a command and the context of its entry, never
// the order, the bus or a clock, so that every replica that applies the same entries is in the same state. Commands are
// bytes that came from outside: whatever they hold, they are answered, and never break it.
#pragma once

#include <concepts>
#include <optional>

#include "common/base/bytes.hpp"
#include "common/base/group_view.hpp"
#include "common/base/ids.hpp"
#include "common/base/result.hpp"
#include "common/base/rope.hpp"
#include "common/base/service_event.hpp"
#include "common/base/time.hpp"

namespace gavel {

/// Where a command stands in the total order. `time` is that of its entry, and never goes back (PROTOCOL.md §3).
struct Context {
  Slot slot;
  WallTime time;
  SessionId session;
  RequestNumber number;
};

template <class T>
concept Service = requires(T service, const T view, const Context& context, BytesView bytes, Events& events) {
  /// Applies a command and returns the reply; appends to `events` what is to be pushed to those who watch, in order.
  { service.apply(context, bytes, events) } -> std::same_as<Bytes>;
  /// Answers a question from the state as it is.
  { view.query(bytes) } -> std::same_as<Bytes>;
  /// From when on the leader should propose `deadline_command()`.
  { view.next_deadline() } -> std::same_as<std::optional<WallTime>>;
  { view.deadline_command() } -> std::same_as<Bytes>;
  /// Equal states have equal snapshots, bytes or a rope, and equal digests; a digest costs no more than reading a
  /// number.
  { view.snapshot() } -> std::convertible_to<Rope>;
  { view.digest() } -> std::same_as<Digest>;
  /// Error: the bytes are no snapshot of this service; the state is as before.
  { service.restore(bytes) } -> std::same_as<Result<void>>;
};

/// One that wants to know who serves its group.
template <class T>
concept ViewedService = Service<T> &&
    requires(T service, const Context& context, const GroupView& view, Events& events) {
  service.on_view(context, view, events);
};

/// One whose commands can wait: a gateway leaves so much time between two batches, unless they are full, so that many
/// small commands cost few entries.
template <class T>
concept PatientService = Service<T> && requires {
  { T::kBatchGap } -> std::convertible_to<Duration>;
};

/// The running digest of a service: over everything that was applied and what was answered, in order.
Digest fold(Digest before, const Context& context, BytesView command, BytesView reply);

}  // namespace gavel
