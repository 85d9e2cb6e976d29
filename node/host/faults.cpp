#include "node/host/faults.hpp"

#include <algorithm>
#include <utility>

#include "common/base/print.hpp"

namespace gavel::host {
namespace {

std::string milliseconds(Duration duration) { return std::to_string(duration.count() / 1000) + " ms"; }

}  // namespace

std::string Faults::apply(const wire::SetFaults& faults, NodeEffects& effects) {
  if (!allowed_) return "this node takes no faults: it was started without --allow-faults";
  if (faults.drop_percent > 100) return "drop " + std::to_string(faults.drop_percent) + " %: 0 to 100 is right";
  for (const Duration delay : {faults.delay, faults.sync_delay})
    if (delay < Duration{} || delay > kMostDelay)
      return "a delay of " + milliseconds(delay) + ": 0 to " + milliseconds(kMostDelay) + " is right";
  if (faults.sync_delay != faults_.sync_delay) effects.sync_delay = faults.sync_delay;
  faults_ = faults;
  const auto now = summary();
  effects.notes.push_back({{}, {}, now.empty() ? "no faults are injected any more" : now});
  return {};
}

std::string Faults::summary() const {
  std::string text;
  const auto add = [&](const std::string& what) { text += (text.empty() ? "faults injected: " : ", ") + what; };
  for (const Uid uid : faults_.blocked) add("node " + print(uid) + " not heard");
  if (faults_.drop_percent > 0) add(std::to_string(faults_.drop_percent) + " % lost");
  if (faults_.delay > Duration{}) add("all " + milliseconds(faults_.delay) + " late");
  if (faults_.sync_delay > Duration{}) add("disk " + milliseconds(faults_.sync_delay) + " slower");
  return text;
}

bool Faults::hears(Now now, Uid from, BytesView frame, bool datagram) {
  if (!allowed_) return true;
  if (std::find(faults_.blocked.begin(), faults_.blocked.end(), from) != faults_.blocked.end()) return false;
  if (faults_.drop_percent > 0 && random_.chance(faults_.drop_percent / 100.0)) return false;
  if (faults_.delay <= Duration{} && held_.empty()) return true;
  if (held_.size() >= kMostFrames || held_bytes_ + frame.size() > kMostBytes) return false;
  // What comes later goes out later, whatever became of the delay meanwhile.
  const TimePoint due = now.at + faults_.delay;
  held_.push_back({held_.empty() ? due : std::max(due, held_.back().due), Bytes(frame), datagram});
  held_bytes_ += frame.size();
  return false;
}

std::optional<Faults::Held> Faults::take_due(Now now) {
  if (held_.empty() || held_.front().due > now.at) return {};
  std::optional<Held> due(std::move(held_.front()));
  held_.pop_front();
  held_bytes_ -= due->frame.size();
  return due;
}

}  // namespace gavel::host
