// Between the ordering protocol's records and the store's bytes, both ways.
#pragma once

#include <string>

#include "common/base/result.hpp"
#include "common/order/replica.hpp"
#include "common/store/log_store.hpp"

namespace gavel::host {

/// What a replica starts from. Error: names the record that cannot be read; then the store's data are damaged.
Result<order::Recovered> recovered_from(const store::Recovered& kept);
/// The disk operation that a replica asked for.
store::Operation operation_for(GroupId group, const order::Persist& persist);
store::Operation operation_for_promise(GroupId group, const wire::PromiseRecord& promise);
/// A founding member's first record.
store::Operation operation_for_genesis(GroupId group, const wire::SnapshotRecord& genesis);
/// Everything of the group goes.
store::Operation operation_for_removal(GroupId group);
/// The same, after an archive of that name was kept.
store::Operation operation_for_retirement(GroupId group, std::string name, Bytes archive);

}  // namespace gavel::host
