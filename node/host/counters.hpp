// What a node counts, for its status and its metrics: every refusal of bytes from outside costs one of these, and
// nothing else.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/wire/client_messages.hpp"
#include "common/wire/envelope.hpp"
#include "node/host/tally.hpp"

namespace gavel::host {

// clang-format off
#define GAVEL_NODE_COUNTERS(X)                                                            \
  X(frames_in) X(bytes_in) X(frames_out) X(bytes_out)                                     \
  X(refused_malformed) X(refused_version) X(refused_cluster) X(refused_kind)              \
  X(refused_own_uid) X(for_unhosted_group) X(beacons) X(peers_lost) X(disk_writes)        \
  X(clients_welcomed) X(clients_refused) X(clients_lost) X(clients_idle) X(clients_sent_on) \
  X(calls) X(calls_busy) X(calls_attached) X(calls_lost) X(answers) X(pushes) X(push_gaps) \
  X(proposals) X(observers_started) X(observers_dropped)
// clang-format on

struct Counters {
#define X(name) std::uint64_t name = 0;
  GAVEL_NODE_COUNTERS(X)
#undef X
  Tally tally;

  void count(wire::RefusalKind kind) {
    switch (kind) {
      case wire::RefusalKind::malformed:
        ++refused_malformed;
        return;
      case wire::RefusalKind::version:
        ++refused_version;
        return;
      case wire::RefusalKind::cluster:
        ++refused_cluster;
        return;
      case wire::RefusalKind::unknown_kind:
        ++refused_kind;
        return;
    }
  }
  void count_in(BytesView frame) {
    ++frames_in;
    bytes_in += frame.size();
  }
  void count_out(BytesView frame) {
    ++frames_out;
    bytes_out += frame.size();
  }
  std::vector<wire::Counter> list() const {
    return {
#define X(name) {#name, name},
        GAVEL_NODE_COUNTERS(X)
#undef X
    };
  }
};

}  // namespace gavel::host
