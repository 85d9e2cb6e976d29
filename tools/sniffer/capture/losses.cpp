#include "tools/sniffer/capture/losses.hpp"

namespace gavel::sniffer {
namespace {

/// The low 24 bits of an incarnation count the replicas of one life.
std::uint64_t life_of(Incarnation incarnation) { return incarnation.value >> 24U; }

}  // namespace

std::uint64_t Losses::arrived(Uid node, Incarnation incarnation, std::optional<std::uint64_t> published) {
  if (lives_.size() >= kMostNodes && !lives_.contains(node)) return 0;
  Life& life = lives_[node];
  std::uint64_t& missed = missed_[node];
  if (const auto number = life_of(incarnation); number != life.number) {
    // A straggler of a life that is over says nothing about the present one.
    if (number < life.number) return 0;
    life = Life{};
    life.number = number;
  }
  if (!published) {
    if (life.baseline) ++life.received;
    return 0;
  }
  if (!life.baseline) life.baseline = *published;
  ++life.received;
  // A word that is lower than what was counted is none of ours to explain: it changes nothing.
  const std::uint64_t sent = *published < *life.baseline ? 0 : *published - *life.baseline + 1;
  const std::uint64_t gone = sent > life.received ? sent - life.received : 0;
  if (gone <= life.missed) return 0;
  const std::uint64_t news = gone - life.missed;
  life.missed = gone;
  missed += news;
  return news;
}

std::uint64_t Losses::total() const {
  std::uint64_t sum = 0;
  for (const auto& [node, count] : missed_) sum += count;
  return sum;
}

}  // namespace gavel::sniffer
