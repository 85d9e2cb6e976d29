#include "common/store/recovery.hpp"

#include <algorithm>
#include <utility>

namespace gavel::store {
namespace {

tl::unexpected<Error> damage(const std::string& path, std::uint64_t offset, const std::string& what) {
  return fail(path + ": damaged at offset " + std::to_string(offset) + ": " + what +
              "; it had been synced, so this node may have forgotten what it promised or acknowledged");
}

std::string round_text(std::uint64_t round) { return "round " + std::to_string(round); }

/// How far the head's frames are whole.
struct HeadEnd {
  std::uint64_t offset = kBlock;
  std::uint64_t round = 0;
  std::uint64_t floor = 0;
};

class Reader {
 public:
  Reader(const std::string& directory, const Mark& mark) : directory_(directory), mark_(mark) {}

  Result<Recovery> run(std::vector<Segment> segments);

 private:
  Result<void> sort(std::vector<Segment> segments);
  Result<HeadEnd> find_end() const;
  Result<void> refuse_damage(const HeadEnd& end);
  Result<void> note_torn(const HeadEnd& end);
  Result<void> replay(const HeadEnd& end);
  Result<void> replay_segment(const Segment& segment, std::uint64_t stop, std::uint64_t& round);
  void set_spares_aside(std::uint64_t floor);

  const std::string& directory_;
  const Mark& mark_;
  std::vector<Segment> unmarked_;  // no valid header of this store
  Recovery result_;
};

Result<Recovery> Reader::run(std::vector<Segment> segments) {
  if (auto sorted = sort(std::move(segments)); !sorted) return tl::unexpected(sorted.error());
  const auto end = find_end();
  if (!end) return tl::unexpected(end.error());
  if (auto sound = refuse_damage(*end); !sound) return tl::unexpected(sound.error());
  if (auto noted = note_torn(*end); !noted) return tl::unexpected(noted.error());
  if (auto replayed = replay(*end); !replayed) return tl::unexpected(replayed.error());
  auto image = result_.index.take_image();
  if (!image) return damage(directory_, 0, image.error().message);
  result_.image = std::move(*image);
  result_.log.end = end->offset;
  result_.log.round = end->round;
  set_spares_aside(end->floor);
  return std::move(result_);
}

/// Tells the segments with a valid header from the rest.
Result<void> Reader::sort(std::vector<Segment> segments) {
  for (auto& segment : segments) {
    const auto number = segment.header.segment;
    if (number == 0 || segment.header.store != mark_.store) {
      segment.header = {};
      unmarked_.push_back(std::move(segment));
      continue;
    }
    const auto [at, fresh] = result_.log.live.try_emplace(number);
    if (!fresh) return damage(segment.file.path(), 0, "it claims to be the same segment as " + at->second.file.path());
    at->second = std::move(segment);
  }
  return {};
}

Result<HeadEnd> Reader::find_end() const {
  HeadEnd end;
  if (result_.log.live.empty()) return end;
  const auto& head = result_.log.live.rbegin()->second;
  end.round = head.header.first_round - 1;
  end.floor = head.header.floor;
  while (true) {
    const auto frame = read_frame(head, end.offset);
    if (!frame) return tl::unexpected(frame.error());
    if (!*frame || (*frame)->header.round != end.round + 1) return end;
    end = {(*frame)->end(), (*frame)->header.round, (*frame)->header.floor};
  }
}

/// What comes after the end must be nothing, or the torn write of the very next round.
Result<void> Reader::refuse_damage(const HeadEnd& end) {
  const auto& live = result_.log.live;
  const auto head_path = live.empty() ? directory_ : live.rbegin()->second.file.path();
  if (mark_.round > end.round) {
    const bool here = !live.empty() && mark_.segment == live.rbegin()->first;
    return damage(head_path, live.empty() ? 0 : end.offset,
                  "the log ends after " + round_text(end.round) + ", but " + round_text(mark_.round) + " was synced" +
                      (here ? "" : ", in segment " + std::to_string(mark_.segment) + ", which is not there"));
  }
  const auto check = [&](const Segment& segment, std::uint64_t offset) -> Result<void> {
    const auto highest = highest_round(segment.file, mark_.store, offset, segment.capacity);
    if (!highest) return tl::unexpected(highest.error());
    if (*highest <= end.round + 1) return {};
    return damage(head_path, end.offset,
                  round_text(end.round + 1) + " is not whole, but " + round_text(*highest) +
                      ", which was written after its sync, is in " + segment.file.path());
  };
  for (const auto& [number, segment] : live) {
    const bool is_head = number == result_.log.head();
    if (!is_head && number >= end.floor) continue;  // replay reads all of it
    if (auto sound = check(segment, is_head ? end.offset : kBlock); !sound) return sound;
  }
  for (const auto& segment : unmarked_) {
    if (auto sound = check(segment, kBlock); !sound) return sound;
  }
  return {};
}

Result<void> Reader::note_torn(const HeadEnd& end) {
  if (result_.log.live.empty()) return {};
  const auto& head = result_.log.live.rbegin()->second;
  const auto highest = highest_round(head.file, mark_.store, end.offset, std::min(end.offset + kBlock, head.capacity));
  if (!highest) return tl::unexpected(highest.error());
  if (*highest <= end.round) return {};
  result_.notes.push_back(head.file.path() + ": cut the torn write of " + round_text(*highest) + " at offset " +
                          std::to_string(end.offset) + "; it was never synced, so nobody relied on it");
  return {};
}

Result<void> Reader::replay(const HeadEnd& end) {
  auto& live = result_.log.live;
  if (live.empty()) return {};
  const auto head = result_.log.head();
  const auto missing = [&](std::uint64_t number) {
    return damage(directory_, 0,
                  "segment " + std::to_string(number) + " of " + std::to_string(end.floor) + " to " +
                      std::to_string(head) + " is missing, or its header is damaged");
  };
  const auto first = live.find(end.floor);
  if (first == live.end()) return missing(end.floor);
  auto round = first->second.header.first_round - 1;
  for (auto number = end.floor; number <= head; ++number) {
    const auto at = live.find(number);
    if (at == live.end()) return missing(number);
    const auto next = std::next(at);
    const bool last = number == head;
    if (!last && next->first != number + 1) return missing(number + 1);
    const auto stop = last ? end.offset : next->second.header.previous_end;
    if (auto done = replay_segment(at->second, stop, round); !done) return done;
  }
  return {};
}

/// All frames up to `stop`, which must be whole and in sequence.
Result<void> Reader::replay_segment(const Segment& segment, std::uint64_t stop, std::uint64_t& round) {
  const auto& path = segment.file.path();
  if (segment.header.first_round != round + 1) {
    return damage(path, 0,
                  "it begins with " + round_text(segment.header.first_round) + " instead of " + round_text(round + 1));
  }
  for (auto offset = kBlock; offset < stop;) {
    const auto frame = read_frame(segment, offset);
    if (!frame) return tl::unexpected(frame.error());
    if (!*frame || (*frame)->header.round != round + 1)
      return damage(path, offset, round_text(round + 1) + " is not whole");
    for (const auto& record : records_of(**frame)) {
      result_.index.put(record.header, record.place, share(Bytes(record.bytes)));
    }
    offset = (*frame)->end();
    ++round;
  }
  return {};
}

void Reader::set_spares_aside(std::uint64_t floor) {
  auto& log = result_.log;
  const auto needed = log.live.lower_bound(floor);
  for (auto at = log.live.begin(); at != needed; ++at) log.spare.push_back(std::move(at->second));
  log.live.erase(log.live.begin(), needed);
  std::move(unmarked_.begin(), unmarked_.end(), std::back_inserter(log.spare));
}

}  // namespace

Result<Recovery> recover_log(const std::string& directory, const Mark& mark, std::vector<Segment> segments) {
  return Reader(directory, mark).run(std::move(segments));
}

}  // namespace gavel::store
