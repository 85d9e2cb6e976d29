// Every time and bound of the ordering protocol, in one place. The defaults are those of `gavel-node`; the simulator
// and the tests set others. All of a group's members should agree on them, but nothing unsafe happens if they do not.
#pragma once

#include <cstddef>
#include <cstdint>

#include "common/base/time.hpp"

namespace gavel::order {

struct Options {
  // -- failure detection and election (PROTOCOL.md §4)
  Duration heartbeat = 60ms;          ///< between two beats of a member
  Duration suspicion = 300ms;         ///< without a beat, a member counts as dead
  Duration hop_timeout = 30ms;        ///< for the acknowledgement of a token's hop
  Duration election_timeout = 250ms;  ///< for the token to come home, and again for the recovery
  Duration candidacy_jitter =
      40ms;                      ///< who is not the highest waits half of it and up to one more, at random, to stand
  Duration hold_down = 3s;       ///< up time of a higher uid before the leader hands over to it
  Duration stall = 1s;           ///< an orderable batch may wait so long for a leader that beats
  Duration backoff_limit = 30s;  ///< for hand-overs that fail
  std::uint64_t caught_up = 8;   ///< slots behind the leader's last that still count as caught up

  // -- membership (§6)
  std::size_t most_voters = 7;   ///< of a group, while one takes another's place too
  Duration catch_up_round = 1s;  ///< a learner that needs less for what the leader's log held is ready to vote

  // -- repair
  Duration missing_wait = 2ms;     ///< before a missing batch is asked for
  Duration fetch_interval = 20ms;  ///< between two fetches of the same thing
  Duration forget_after = 60s;     ///< silence after which a member of no configuration is forgotten, with its batches

  // -- batching and windows (§3, §9)
  std::size_t batches_in_flight = 4;               ///< of one publisher, not yet applied
  std::size_t batches_before_gathering = 2;        ///< the same: while there are so many, requests gather
  Duration batch_gap{};                            ///< least time between two that are not full: what can wait gathers
  std::size_t requests_waiting = 8192;             ///< at a gateway, for one group; above it, Busy
  std::size_t request_bytes_waiting = 16U << 20U;  ///< the same, in bytes of their bodies
  std::size_t batches_per_entry = 64;
  std::size_t bytes_per_entry = 1U << 20U;  ///< of payload; a batch that crosses it is the last of its entry
  std::size_t slots_in_flight = 256;        ///< ordered and not yet committed
  std::size_t slots_before_gathering = 1;   ///< the same: while there are so many, batches gather for the next one
  std::size_t stream_window = 64;           ///< batches of one stream held beyond the last ordered one
  std::size_t orders_parked = 1024;         ///< entries that wait for a batch or a predecessor
  std::size_t batches_retained = 256;       ///< ordered batches of one stream kept for repair

  // -- snapshots and digests (§8)
  std::uint64_t compact_entries = 16384;   ///< in the log since the last snapshot
  std::size_t compact_bytes = 16U << 20U;  ///< the same; and never less than twice the last snapshot's size
  std::uint64_t retained_entries = 1024;   ///< kept before the snapshot for members slightly behind
  std::size_t retained_bytes = 4U << 20U;  ///< the same, in bytes of payload; at most a quarter of what is after it
  std::uint64_t digest_interval = 1024;    ///< slots between two compared digests

  // -- narration
  bool narrate = false;  ///< also notes every slot that is ordered or committed, until SetNarration says otherwise

  // -- sessions (§7)
  std::uint64_t reply_window = 64;  ///< replies kept a session
  Duration session_ttl = 10min;     ///< of entry time, without a command
  std::size_t sessions = 65536;     ///< in one group; the one idle longest goes first
};

}  // namespace gavel::order
