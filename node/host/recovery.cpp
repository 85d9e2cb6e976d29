#include "node/host/recovery.hpp"

#include <utility>

#include "common/base/print.hpp"
#include "common/wire/codec.hpp"

namespace gavel::host {
namespace {

tl::unexpected<Error> unreadable(const std::string& what, const Error& why) {
  return fail("the " + what + " on the disk cannot be read (" + why.message + ")");
}

store::Operation::Kind kind_of(order::PersistKind kind) {
  switch (kind) {
    case order::PersistKind::promise:
      return store::Operation::Kind::meta;
    case order::PersistKind::append:
      return store::Operation::Kind::append;
    case order::PersistKind::cut_tail:
      return store::Operation::Kind::cut_tail;
    case order::PersistKind::snapshot:
      return store::Operation::Kind::snapshot;
  }
  return store::Operation::Kind::meta;
}

}  // namespace

Result<order::Recovered> recovered_from(const store::Recovered& kept) {
  order::Recovered out;
  if (!kept.meta.empty()) {
    const auto promise = wire::decode<wire::PromiseRecord>(kept.meta);
    if (!promise) return unreadable("promise", promise.error());
    out.promised = promise->promised;
  }
  if (!kept.snapshot.empty()) {
    auto snapshot = wire::decode<wire::SnapshotRecord>(*kept.snapshot.joined());
    if (!snapshot) return unreadable("snapshot", snapshot.error());
    out.snapshot = *std::move(snapshot);
  }
  out.entries.reserve(kept.records.size());
  for (const auto& [slot, bytes] : kept.records) {
    auto entry = wire::decode<wire::FullEntry>(*bytes.joined());
    if (!entry) return unreadable("entry at slot " + print(slot), entry.error());
    out.entries.push_back(*std::move(entry));
  }
  return out;
}

store::Operation operation_for(GroupId group, const order::Persist& persist) {
  return {kind_of(persist.kind), group, persist.slot, persist.keep_tail, persist.bytes};
}

store::Operation operation_for_promise(GroupId group, const wire::PromiseRecord& promise) {
  return {store::Operation::Kind::meta, group, {}, false, Rope(wire::encode(promise))};
}

store::Operation operation_for_genesis(GroupId group, const wire::SnapshotRecord& genesis) {
  return {store::Operation::Kind::snapshot, group, genesis.slot, false, wire::encode_shared(genesis)};
}

store::Operation operation_for_removal(GroupId group) { return {store::Operation::Kind::remove, group, {}, false, {}}; }

store::Operation operation_for_retirement(GroupId group, std::string name, Bytes archive) {
  return {store::Operation::Kind::retire, group, {}, false, Rope(std::move(archive)), std::move(name)};
}

}  // namespace gavel::host
