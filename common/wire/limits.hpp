// What a message from outside may cost before it is refused. Every bound is checked before memory is taken for it.
#pragma once

#include <cstddef>

namespace gavel::wire {

/// One frame on a socket, header included (ZMQ_MAXMSGSIZE is set to the same).
inline constexpr std::size_t kMaxFrameBytes = 4U << 20U;
/// One UDP beacon.
inline constexpr std::size_t kMaxBeaconBytes = 1024;
/// Elements of one array in a frame.
inline constexpr std::size_t kMaxArrayElements = 1U << 16U;
/// Values in a frame, all nested ones counted: 16 bytes are taken for each while it is read.
inline constexpr std::size_t kMaxValues = 1U << 20U;
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

/// What a document may hold beyond kMaxDepth; its length bounds it in any case, for a value takes a byte at least.
struct Limits {
  std::size_t elements = kMaxArrayElements;  ///< of one array
  std::size_t values = kMaxValues;           ///< in all
};
/// For what this node itself kept, and what was compared with a digest: as long as it is.
inline constexpr Limits kAtRest{static_cast<std::size_t>(-1), static_cast<std::size_t>(-1)};

}  // namespace gavel::wire
