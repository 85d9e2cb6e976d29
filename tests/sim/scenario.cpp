#include "tests/sim/scenario.hpp"

#include <functional>
#include <map>
#include <sstream>
#include <vector>

#include "common/base/check.hpp"
#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/group_world.hpp"
#include "tests/sim/run.hpp"

namespace gavel::sim {
namespace {
constexpr const char* kDashes = "---\n";

Plan calm_plan() {
  Plan plan;
  plan.weather.least = plan.weather.most = 200us;
  plan.sync_least = plan.sync_most = 1ms;
  return plan;
}

class Player {
 public:
  Player()
      : world_(
            {}, calm_plan(), Random(1),
            [this](const std::string& line) {
              if (telling_) told_ += line + "\n";
            },
            statistics_) {
    for (auto& node : world_.nodes) node.skew = {};
    world_.on_answer = [this](SimNode& node, const order::Answered& answer) { on_answer(node, answer); };
  }

  Result<void> play(const std::string& script) {
    std::istringstream lines(script);
    int number = 0;
    for (std::string line; std::getline(lines, line);) {
      ++number;
      std::istringstream words(line.substr(0, line.find('#')));
      std::string verb;
      if (!(words >> verb)) continue;
      const auto command = commands_.find(verb);
      if (command == commands_.end() || !command->second(words))
        return fail("line " + std::to_string(number) + " is not understood: " + line);
    }
    return {};
  }
  const std::string& told() const { return told_; }

 private:
  using Words = std::istringstream;
  using Command = std::function<bool(Words&)>;

  SimNode* node(Words& words) {
    std::size_t uid = 0;
    return words >> uid && uid >= 1 && uid <= kMaxNodes ? &world_.nodes[uid - 1] : nullptr;
  }
  static std::optional<Duration> time(Words& words) {
    std::int64_t count = 0;
    std::string unit;
    if (!(words >> count >> unit)) return std::nullopt;
    if (unit == "us") return Duration(count);
    if (unit == "ms") return std::chrono::milliseconds(count);
    if (unit == "s") return std::chrono::seconds(count);
    return std::nullopt;
  }
  std::vector<Index> several(Words& words) {
    std::vector<Index> out;
    while (const auto* one = node(words)) out.push_back(one->index);
    return out;
  }
  /// A command about one node.
  Command about(void (GroupWorld::*what)(SimNode&)) {
    return [this, what](Words& words) {
      auto* one = node(words);
      if (one != nullptr) (world_.*what)(*one);
      return one != nullptr;
    };
  }
  Command link(bool cut) {
    return [this, cut](Words& words) {
      const auto* from = node(words);
      const auto* to = node(words);
      if (from == nullptr || to == nullptr) return false;
      world_.network.cut(from->index, to->index, cut);
      world_.narrator.say((cut ? "cut " : "joined ") + show(from->uid) + " -> " + show(to->uid));
      return true;
    };
  }
  bool draining(Words& words, bool on) {
    auto* one = node(words);
    if (one == nullptr) return false;
    world_.narrator.say(one->uid, on ? "is to be drained" : "may lead again");
    world_.drain(*one, on);
    return true;
  }
  bool split(Words& words) {
    std::vector<bool> side(kMaxNodes);
    std::string names;
    for (const auto i : several(words)) side[i] = true, names += " " + show(world_.nodes[i].uid);
    world_.network.split(side);
    world_.narrator.say("the network splits:" + names + " on one side");
    return true;
  }
  bool mute(Words& words) {
    static const std::map<std::string, Path> kLanes = {
        {"batch", Path::batch}, {"order", Path::order}, {"ack", Path::ack}, {"beat", Path::beat}};
    const auto* one = node(words);
    std::string lane;
    if (one == nullptr || !(words >> lane) || !kLanes.contains(lane)) return false;
    const auto span = time(words);
    if (!span) return false;
    world_.network.mute(one->index, kLanes.at(lane), world_.timeline.now() + *span);
    world_.narrator.say(one->uid, "is not heard on lane " + lane);
    return true;
  }
  bool rank(Words& words) {
    auto* one = node(words);
    std::uint32_t rank = 0;
    if (one == nullptr || !(words >> rank)) return false;
    world_.narrator.say(one->uid, "has rank " + std::to_string(rank) + " from now on");
    world_.set_rank(*one, rank);
    return true;
  }
  bool transfer(Words& words) {
    const auto* one = node(words);
    if (one == nullptr) return false;
    world_.narrator.say("the operator wants " + show(one->uid) + " to lead");
    world_.transfer(one->uid);
    return true;
  }
  bool want(Words& words) {
    wire::Config goal;
    for (const auto i : several(words)) goal.voters.push_back(world_.nodes[i].uid);
    world_.want(goal);
    return !goal.voters.empty();
  }
  bool submit(Words& words, wire::RequestKind kind) {
    std::string via;
    words >> via;
    auto* one = node(words);
    if (via != "via" || one == nullptr) return false;
    wire::Request request{kind, {}, {}, {}};
    if (kind == wire::RequestKind::command) request = {kind, session_, {++number_}, "bid " + std::to_string(number_)};
    world_.narrator.say("a client, through " + show(one->uid) + ": " + (request.body.empty() ? "open" : request.body));
    world_.submit(*one, request);
    return true;
  }
  void on_answer(SimNode& node, const order::Answered& answer) {
    if (answer.session) session_ = answer.session;
    world_.narrator.say(node.uid, "answers " + std::string(answer.status == wire::AnswerStatus::ok ? "ok" : "no") +
                                      (answer.body.empty() ? "" : ", '" + answer.body + "'") + ", slot " +
                                      order::print(answer.slot));
  }

  std::string told_;
  bool telling_ = true;
  Statistics statistics_;
  GroupWorld world_;
  SessionId session_;
  std::uint64_t number_ = 0;
  std::map<std::string, Command> commands_ = {
      {"nodes", [this](Words& w) { return world_.found(several(w)), true; }},
      {"run",
       [this](Words& w) {
         const auto span = time(w);
         if (span) world_.run_until(world_.timeline.now() + *span);
         return span.has_value();
       }},
      {"quiet", [this](Words&) { return telling_ = false, true; }},
      {"tell", [this](Words&) { return telling_ = true; }},
      {"messages", [this](Words&) { return world_.show_messages = true; }},
      {"crash", about(&GroupWorld::crash)},
      {"restart", about(&GroupWorld::restart)},
      {"pause",
       [this](Words& w) {
         auto* one = node(w);
         const auto span = time(w);
         if (one == nullptr || !span) return false;
         world_.pause(*one, *span);
         return true;
       }},
      {"start",
       [this](Words& w) {
         auto* one = node(w);
         if (one != nullptr) world_.join(*one, false);
         return one != nullptr;
       }},
      {"hint",
       [this](Words& w) {
         auto* one = node(w);
         const auto* lost = node(w);
         if (one == nullptr || lost == nullptr) return false;
         world_.narrator.say(one->uid, "finds the connection to " + show(lost->uid) + " reset");
         world_.hint(*one, lost->uid);
         return true;
       }},
      {"cut", link(true)},
      {"join", link(false)},
      {"split", [this](Words& w) { return split(w); }},
      {"heal",
       [this](Words&) {
         world_.network.clear_links();
         world_.narrator.say("the links heal");
         return true;
       }},
      {"mute", [this](Words& w) { return mute(w); }},
      {"rank", [this](Words& w) { return rank(w); }},
      {"transfer", [this](Words& w) { return transfer(w); }},
      {"want", [this](Words& w) { return want(w); }},
      {"drain", [this](Words& w) { return draining(w, true); }},
      {"undrain", [this](Words& w) { return draining(w, false); }},
      {"open", [this](Words& w) { return submit(w, wire::RequestKind::open); }},
      {"bid", [this](Words& w) { return submit(w, wire::RequestKind::command); }},
  };
};
}  // namespace

Scenario parse_scenario(const std::string& text) {
  const auto at = text.find(kDashes);
  if (at == std::string::npos) return {text, {}};
  return {text.substr(0, at), text.substr(at + 4)};
}

Result<std::string> play_scenario(const std::string& script) {
  set_check_witness(assertion_failed);
  Player player;
  try {
    if (auto played = player.play(script); !played) return tl::unexpected<Error>(played.error());
  } catch (const Violation& violation) {
    return fail(player.told() + "VIOLATION " + describe(violation));
  }
  set_check_witness(nullptr);
  return player.told();
}

std::string with_narration(const Scenario& scenario, const std::string& narration) {
  return scenario.script + kDashes + narration;
}

}  // namespace gavel::sim
