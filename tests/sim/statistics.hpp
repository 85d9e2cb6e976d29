// What a run did and met, in numbers that add up over runs. They travel as one message from the processes that run the
// seeds to the one that reports.
#pragma once

#include <cstdint>
#include <vector>

#include "common/wire/codec.hpp"
#include "tests/sim/faults.hpp"
#include "tests/sim/house/house_moments.hpp"

namespace gavel::sim {

struct Statistics {
  std::uint64_t runs = 0;
  std::uint64_t steps = 0;  ///< events that some part of a run handled
  std::uint64_t simulated_us = 0;
  std::uint64_t messages = 0;  ///< sent from one node to another
  std::uint64_t bytes = 0;
  std::uint64_t restarts = 0;
  std::uint64_t candidacies = 0;
  std::uint64_t leaders = 0;
  std::uint64_t swallowed = 0;
  std::uint64_t adopted = 0;  ///< logs restored from a voter with a newer one
  std::uint64_t cuts = 0;     ///< tails cut
  std::uint64_t hand_overs = 0;
  std::uint64_t configurations = 0;
  std::uint64_t snapshots = 0;
  std::uint64_t installed = 0;     ///< snapshots taken over from another member
  std::uint64_t commits = 0;       ///< slots
  std::uint64_t submitted = 0;     ///< requests handed to a gateway, repeats included
  std::uint64_t acknowledged = 0;  ///< commands and reads answered
  std::uint64_t retries = 0;
  std::uint64_t auctions = 0;     ///< that houses ran
  std::uint64_t seats_moved = 0;  ///< from one node to another
  std::uint64_t orphans = 0;      ///< groups that lost the majority of their disks for good
  std::uint64_t archives = 0;     ///< of retired auctions, on all disks
  std::uint64_t standing = 0;     ///< groups of standing services
  std::uint64_t rooms = 0;        ///< private ones that were opened
  std::uint64_t texts = 0;        ///< said in rooms, and acknowledged
  std::uint64_t lines = 0;        ///< of all rooms
  std::uint64_t lapses = 0;       ///< of those who fell silent
  std::uint64_t likes = 0;        ///< acknowledged
  std::uint64_t settle_us = 0;    ///< from the end of the faults to rest, summed
  std::uint64_t settle_max_us = 0;
  std::vector<std::uint64_t> faults = std::vector<std::uint64_t>(kFaults);
  std::vector<std::uint64_t> moments = std::vector<std::uint64_t>(kHouseMoments);
  std::vector<std::uint64_t> strikes = std::vector<std::uint64_t>(kHouseMoments);  ///< at those moments
  GAVEL_FIELDS(runs, steps, simulated_us, messages, bytes, restarts, candidacies, leaders, swallowed, adopted, cuts,
               hand_overs, configurations, snapshots, installed, commits, submitted, acknowledged, retries, auctions,
               seats_moved, orphans, archives, standing, rooms, texts, lines, lapses, likes, settle_us, settle_max_us,
               faults, moments, strikes);

  void count(Fault fault, std::uint64_t times = 1) { faults[static_cast<std::size_t>(fault)] += times; }
  void count(HouseMoment moment) { ++moments[static_cast<std::size_t>(moment)]; }
  std::uint64_t of(HouseMoment moment) const { return moments[static_cast<std::size_t>(moment)]; }
  std::uint64_t of(Fault fault) const { return faults[static_cast<std::size_t>(fault)]; }
  Statistics& operator+=(const Statistics& other);
};

}  // namespace gavel::sim
