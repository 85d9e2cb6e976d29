// Which of a replica's notes count in the statistics of a run.
#pragma once

#include "common/order/effects.hpp"
#include "tests/sim/statistics.hpp"

namespace gavel::sim {

inline void count(Statistics& statistics, order::NoteKind kind) {
  switch (kind) {
    case order::NoteKind::candidate:
      ++statistics.candidacies;
      break;
    case order::NoteKind::swallowed:
      ++statistics.swallowed;
      break;
    case order::NoteKind::elected:
      ++statistics.leaders;
      break;
    case order::NoteKind::adopted:
      ++statistics.adopted;
      break;
    case order::NoteKind::cut:
      ++statistics.cuts;
      break;
    case order::NoteKind::handing_over:
      ++statistics.hand_overs;
      break;
    case order::NoteKind::snapshot_made:
      ++statistics.snapshots;
      break;
    case order::NoteKind::snapshot_installed:
      ++statistics.installed;
      break;
    default:
      break;
  }
}

}  // namespace gavel::sim
