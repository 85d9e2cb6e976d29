#include "tools/sniffer/stories/ladder.hpp"

#include <algorithm>
#include <cstdio>
#include <set>

#include "tools/sniffer/stories/ladder_draw.hpp"
#include "tools/sniffer/stories/stories.hpp"

namespace gavel::sniffer {

std::optional<StoryKind> story_kind_of(std::string_view name) {
  if (name == "election") return StoryKind::election;
  if (name == "recovery") return StoryKind::recovery;
  if (name == "bid") return StoryKind::bid;
  if (name == "all") return StoryKind::all;
  return std::nullopt;
}
std::optional<LadderFormat> ladder_format_of(std::string_view name) {
  if (name == "text") return LadderFormat::text;
  if (name == "mermaid") return LadderFormat::mermaid;
  if (name == "svg") return LadderFormat::svg;
  return std::nullopt;
}

std::vector<Actor> actors_of(const Story& story, const Names& names) {
  std::set<Actor> found;
  for (const auto& step : story.steps) {
    found.insert(step.from);
    if (step.shape == Step::Shape::arrow) found.insert(step.to);
  }
  std::vector<Actor> actors(found.begin(), found.end());
  std::stable_sort(actors.begin(), actors.end(), [&](const Actor& a, const Actor& b) {
    if (a.node != b.node) return !a.node;
    const auto left = names.node(a.uid);
    const auto right = names.node(b.uid);
    return std::pair(left.size(), left) < std::pair(right.size(), right);  // n2 before n10
  });
  return actors;
}
std::string name_of(const Actor& actor, const Names& names) { return actor.node ? names.node(actor.uid) : "client"; }

std::string since_start(const Story& story, const Step& step) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.3f", static_cast<double>((step.at - story.steps.front().at).count()) / 1000);
  return text;
}
std::string label_of(const Step& step) {
  return step.label + (step.times > 1 ? " ×" + std::to_string(step.times) : "");
}

namespace {

std::unique_ptr<StoryFinder> finder_of(const LadderOptions& options, const Names& names) {
  switch (options.story) {
    case StoryKind::election:
      return find_election(names);
    case StoryKind::recovery:
      return find_recovery(names);
    case StoryKind::bid:
      return find_bid(names, options.picks);
    case StoryKind::all:
      break;
  }
  return find_all(names);
}

class Ladder : public View {
 public:
  Ladder(std::ostream& out, const Names& names, LadderOptions options)
      : out_(out), names_(names), options_(std::move(options)), finder_(finder_of(options_, names)) {}

  void show(const Seen& seen) override {
    if (done_) return;
    finder_->take(seen);
    if (finder_->whole()) draw();
  }
  void tick(WallTime now) override {
    if (done_) return;
    finder_->tick(now);
    if (finder_->whole()) draw();
  }
  bool done() const override { return done_; }
  void end() override {
    if (!done_) draw();
  }
  bool told_anything() const override { return drawn_; }

 private:
  void draw() {
    done_ = true;
    const auto story = finder_->story();
    if (story.steps.empty()) return;  // nothing of the kind was seen
    drawn_ = true;
    switch (options_.format) {
      case LadderFormat::text:
        out_ << draw_text(story, names_, options_.width, options_.colour);
        break;
      case LadderFormat::mermaid:
        out_ << draw_mermaid(story, names_);
        break;
      case LadderFormat::svg:
        out_ << draw_svg(story, names_);
        break;
    }
    out_.flush();
  }

  std::ostream& out_;
  const Names& names_;
  const LadderOptions options_;
  std::unique_ptr<StoryFinder> finder_;
  bool done_ = false;
  bool drawn_ = false;
};

}  // namespace

std::unique_ptr<View> make_ladder(std::ostream& out, const Names& names, LadderOptions options) {
  return std::make_unique<Ladder>(out, names, std::move(options));
}

}  // namespace gavel::sniffer
