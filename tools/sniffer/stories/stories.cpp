#include "tools/sniffer/stories/stories.hpp"

#include <optional>

#include "common/base/print.hpp"
#include "tools/sniffer/message/words.hpp"
#include "tools/sniffer/stories/request.hpp"

namespace gavel::sniffer {

// The same step again right after itself is one step; so are a question and its answer that repeat.
void Story::add(Step step) {
  const auto same = [&step](const Step& other) {
    return other.shape == step.shape && other.from == step.from && other.to == step.to && other.label == step.label;
  };
  for (std::size_t back = 1; back <= 2 && back <= steps.size(); ++back) {
    auto& earlier = steps[steps.size() - back];
    if (!same(earlier) || (back == 2 && steps.back().from != earlier.to)) continue;
    ++earlier.times;
    return;
  }
  if (steps.size() >= kSteps) {
    ++left_out;
    return;
  }
  steps.push_back(std::move(step));
}

namespace {

/// A request's way, as a story.
class BidStory : public StoryFinder {
 public:
  BidStory(const Names& names, RequestWay::Picks picks)
      : names_(names), way_(names, FollowRequest{}, std::chrono::seconds(10), std::move(picks)) {}

  void take(const Seen& seen) override { way_.take(seen); }
  void tick(WallTime now) override { way_.tick(now); }
  bool whole() const override { return way_.done(); }
  Story story() const override {
    Story story;
    if (!way_.known()) return story;
    story.title = "request " + std::to_string(way_.session().value) + "/" + print(way_.number()) + " of " +
                  names_.group(way_.group());
    const auto hops = way_.hops();
    for (const auto& hop : hops) {
      Step step;
      step.at = hop.at;
      step.from = hop.from;
      step.to = hop.to;
      step.label = hop.text + (hop.again ? ", again" : "");
      if (hop.kind == Hop::Kind::commit || hop.kind == Hop::Kind::announced)
        step.shape = Step::Shape::note;
      else
        step.shape = hop.to == Actor{} ? Step::Shape::cast : Step::Shape::arrow;
      step.key = hop.kind == Hop::Kind::commit || hop.kind == Hop::Kind::answer;
      story.add(std::move(step));
    }
    for (const auto& lacking : way_.not_seen()) {
      Step step;
      step.at = hops.empty() ? WallTime{} : hops.back().at;
      step.from = hops.empty() ? kClient : hops.front().from;
      step.label = "not seen: " + lacking;
      story.add(std::move(step));
    }
    return story;
  }

 private:
  const Names& names_;
  RequestWay way_;
};

/// Everything that passed the filters.
class AllStory : public StoryFinder {
 public:
  explicit AllStory(const Names& names) : names_(names) { story_.title = "what was seen"; }

  void take(const Seen& seen) override {
    if (seen.lane == Lane::tap || seen.lane == Lane::beacon) return;
    Step step;
    step.at = seen.at;
    step.from = {true, seen.from};
    step.label = seen.type;
    if (seen.term && seen.lane != Lane::ack) step.label += " " + shown_term(*seen.term, names_);
    if (seen.slots) step.label += " " + shown_slots(seen.slots);
    if (seen.batch) step.label += " " + shown_batch(seen.batch, names_);
    if (seen.lane == Lane::client) {
      step.shape = Step::Shape::arrow;
      step.to = kClient;
      if (seen.incoming) std::swap(step.from, step.to);
    } else if (seen.lane == Lane::unicast && seen.to) {
      step.shape = Step::Shape::arrow;
      step.to = {true, seen.to};
    } else {
      step.shape = Step::Shape::cast;
    }
    story_.add(std::move(step));
  }
  void tick(WallTime /*now*/) override {}
  bool whole() const override { return story_.left_out > 0; }
  Story story() const override { return story_; }

 private:
  const Names& names_;
  Story story_;
};

}  // namespace

std::unique_ptr<StoryFinder> find_bid(const Names& names, std::function<bool(const Seen&)> picks) {
  return std::make_unique<BidStory>(names, std::move(picks));
}
std::unique_ptr<StoryFinder> find_all(const Names& names) { return std::make_unique<AllStory>(names); }

}  // namespace gavel::sniffer
