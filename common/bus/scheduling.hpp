// How the kernel schedules a program's threads.
#pragma once

#include <sched.h>

namespace gavel::bus {

/// Whoever is woken waits until the one that runs is done: under load each turn of a loop finds more to do at once, and
/// there are fewer turns. An idle core takes a thread at once all the same. For the calling thread and those that it
/// makes later. Not a must: a refusal changes nothing.
inline void prefer_throughput() {
  const sched_param none{};
  ::sched_setscheduler(0, SCHED_BATCH, &none);
}

}  // namespace gavel::bus
