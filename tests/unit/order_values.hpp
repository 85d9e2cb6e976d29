// Short names for the values that the tests of the ordering protocol are full of.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/wire/order_messages.hpp"

namespace gavel::order {

inline wire::Term term(std::uint64_t round, std::uint64_t uid) { return {round, Uid{uid}}; }
inline wire::BatchRef ref(std::uint64_t publisher, std::uint64_t incarnation, std::uint64_t number) {
  return {Uid{publisher}, Incarnation{incarnation}, BatchNumber{number}};
}
inline std::vector<Uid> uids(std::vector<std::uint64_t> values) {
  std::vector<Uid> out;
  for (const auto value : values) out.push_back(Uid{value});
  return out;
}
inline wire::Config voters(std::vector<std::uint64_t> values) { return {uids(std::move(values)), {}}; }

inline wire::FullEntry noop(wire::Term of) {
  wire::FullEntry full;
  full.entry.term = of;
  full.entry.owner = of.uid;
  return full;
}
/// An entry that orders these batches, each with its number as payload.
inline wire::FullEntry ordering(wire::Term of, std::vector<wire::BatchRef> refs) {
  auto full = noop(of);
  full.entry.kind = wire::EntryKind::batches;
  for (const auto& batch : refs) full.payloads.push_back(share(std::to_string(batch.number.value)));
  full.entry.batches = std::move(refs);
  return full;
}
inline wire::FullEntry configuring(wire::Term of, wire::Config config) {
  auto full = noop(of);
  full.entry.kind = wire::EntryKind::config;
  full.entry.config = std::move(config);
  return full;
}
inline wire::FullEntry viewing(wire::Term of, std::uint64_t incarnation = 1) {
  auto full = noop(of);
  full.entry.kind = wire::EntryKind::view;
  full.entry.rotation = {{of.uid, Incarnation{incarnation}}};
  return full;
}
inline wire::SnapshotRecord founding(wire::Config config) {
  wire::SnapshotRecord record;
  record.config = std::move(config);
  return record;
}

}  // namespace gavel::order
