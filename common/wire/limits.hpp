// What a message from outside may cost before it is refused. Every bound is checked before memory is taken for it.
#pragma once

#include <cstddef>

namespace gavel::wire {

/// One frame on a socket, header included (ZMQ_MAXMSGSIZE is set to the same).
inline constexpr std::size_t kMaxFrameBytes = 4U << 20U;
/// One UDP beacon.
inline constexpr std::size_t kMaxBeaconBytes = 1024;
/// One byte string within a message.
inline constexpr std::size_t kMaxBinBytes = 4U << 20U;
/// Elements of one array.
inline constexpr std::size_t kMaxArrayElements = 1U << 16U;
/// Nesting of arrays, the envelope included.
inline constexpr std::size_t kMaxDepth = 16;
/// One client command or question.
inline constexpr std::size_t kMaxRequestBytes = 64U << 10U;
/// Requests in one batch.
inline constexpr std::size_t kMaxBatchRequests = 4096;
/// Payload of one batch; a batch that holds one large request may reach kMaxRequestBytes more.
inline constexpr std::size_t kMaxBatchBytes = 256U << 10U;
/// One piece of a snapshot on its way to a member that is too far behind.
inline constexpr std::size_t kSnapshotChunkBytes = 256U << 10U;
/// Entries, with payloads, in one answer to a fetch: a soft bound on bytes; at least one entry is always sent.
inline constexpr std::size_t kMaxEntriesBytes = 1U << 20U;

}  // namespace gavel::wire
