// The moments of an assignment, from the wish to start an auction to its first report of a close, and of a seat's move
// from one node to another: at each of them the manager (the directory's leader) may die. By name, for the statistics.
#pragma once

#include <cstddef>
#include <cstdint>

namespace gavel::sim {

#define GAVEL_HOUSE_MOMENTS(X)                                \
  X(asked, "a gateway is asked to start an auction")          \
  X(published, "the wish goes out in a batch")                \
  X(ordered, "the manager gives it a slot")                   \
  X(persisted, "the manager's disk has it")                   \
  X(committed, "the manager decides it, and has told nobody") \
  X(applied, "another node learns of it")                     \
  X(answered, "the client's answer leaves")                   \
  X(founding, "a member founds the auction's group")          \
  X(elected, "the auction's group has its first leader")      \
  X(closing, "the close is reported")                         \
  X(recorded, "the close is decided")                         \
  X(reseated, "a seat is given to another node")              \
  X(blank, "a member without a history waits for one")        \
  X(learner, "the auction's group takes it in as a learner")  \
  X(promoted, "the learner becomes a voter")                  \
  X(unseated, "who lost the seat leaves the auction's configuration")

enum class HouseMoment : std::uint8_t {
#define X(name, text) name,
  GAVEL_HOUSE_MOMENTS(X)
#undef X
};
#define X(name, text) +1
inline constexpr std::size_t kHouseMoments = 0 GAVEL_HOUSE_MOMENTS(X);
#undef X

const char* name_of(HouseMoment moment);
const char* text_of(HouseMoment moment);

}  // namespace gavel::sim
