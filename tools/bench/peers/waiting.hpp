// Waiting, with an end to it: a deadline, or somebody who interrupts.
//
// SIGINT and SIGTERM are held back from all threads, since those of the peers' clients do not all bear an interrupted
// system call; whoever waits looks whether one has come.
#pragma once

#include <functional>

#include "common/base/time.hpp"

namespace gavel::peers {

/// Before any thread is started.
void hold_interrupts();
/// Throws cli::Failure{interrupted} if there was an interrupt, then and ever after.
void stop_if_interrupted();

/// Waits until `is_so`, asking every 20 ms. False: it is not so after `most`. Throws if somebody interrupts.
bool wait_until(Duration most, const std::function<bool()>& is_so);
/// Throws if somebody interrupts.
void pause_for(Duration how_long);

}  // namespace gavel::peers
