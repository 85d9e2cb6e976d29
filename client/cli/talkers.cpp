// talkers: several who talk in one room at once, each saying numbered texts one after the other. Prints what became of
// each, and with --listen every line that a talker heard, so that a test can compare what all heard.
#include <algorithm>

#include "client/cli/chat_room.hpp"
#include "client/cli/commands.hpp"
#include "client/cli/crowd.hpp"
#include "client/cli/person.hpp"
#include "common/bus/clock.hpp"

namespace gavel::cli {
namespace {

struct TalkersOptions {
  std::string room, duration = "10s", pause = "20ms";
  std::size_t talkers = 3;
  bool listen = false;
};

/// After its last text a talker waits at most so long for the acknowledgement, and to hear it.
constexpr Duration kToEnd = 10s;

class Talker {
 public:
  Talker(const Settings& settings, const TalkersOptions& options, std::size_t index)
      : house_(settings_in_crowd(settings, "talker", index)),
        options_(options),
        pause_(duration_option("--pause", options.pause)),
        until_(bus::steady_now() + duration_option("--for", options.duration)),
        room_(house_, find_room(house_, options.room, true), {house_.settings().as, draw_secret()},
              {[this](const Telling& telling) { heard(telling); },
               [this](const std::string& text) { std::cerr << "gavel: " + house_.settings().as + ": " + text + "\n"; },
               [this](const Outbox::Answered& answered) { tell(answered); }}) {}

  void run() {
    room_.enter(0);
    TimePoint next = bus::steady_now();
    for (std::uint64_t said = 0; goes_on(until_); turn(std::min(next, until_))) {
      if (!room_.is_idle() || bus::steady_now() < next) continue;
      room_.say(house_.settings().as + " " + std::to_string(++said));
      next = bus::steady_now() + pause_;
    }
    const TimePoint end = bus::steady_now() + kToEnd;
    while (goes_on(end) && !(room_.is_idle() && room_.has_heard_itself())) turn(end);
    if (const auto over = room_.over()) throw Failure(*over);
    room_.leave(kToEnd);
  }

 private:
  bool goes_on(TimePoint until) const { return !interrupted() && !room_.over() && bus::steady_now() < until; }

  void turn(TimePoint until) {
    house_.connection().turn(std::min(until, room_.next_deadline()));
    room_.tick();
  }

  void heard(const Telling& telling) {
    if (!options_.listen || telling.row.value("event", "") != "chat") return;
    Row line = telling.row;
    line["event"] = "heard";
    line["talker"] = house_.settings().as;
    if (house_.settings().format != Format::table) return print_line(line);
    print_line(house_.settings().as + " heard " + std::to_string(line.value("number", std::uint64_t{0})) + ": " +
               telling.sentence);
  }

  void tell(const Outbox::Answered& answered) {
    const auto* said = std::get_if<chat::Say>(&answered.command);
    if (said == nullptr) return;
    const auto& reply = answered.reply;
    const std::string verdict(reply ? chat::words_for(reply->verdict) : client::print(answered.outcome.kind));
    Row line{{"event", "said"},
             {"room", said->room},
             {"talker", house_.settings().as},
             {"text", said->text},
             {"verdict", verdict},
             {"acknowledged", reply.has_value()},
             {"line", reply && reply->number != 0 ? Row(reply->number) : Row()}};
    line.update(audit_row(answered.outcome, answered.sent, answered.answered));
    if (house_.settings().format != Format::table) return print_line(line);
    print_line(said->text + ": " + (reply && reply->number != 0 ? "line " + std::to_string(reply->number) : verdict) +
               " (" + std::to_string((answered.answered - answered.sent).count() / 1000) + " ms, via " +
               harmless(answered.outcome.gateway_name) + ")");
  }

  House house_;
  const TalkersOptions& options_;
  Duration pause_;
  TimePoint until_;
  ChatRoom room_;
};

void talkers(Context& context, const TalkersOptions& options) {
  check_room_name(options.room);
  duration_option("--for", options.duration);
  duration_option("--pause", options.pause);
  static_cast<void>(find_room(context.house(), options.room, true));  // said once if there is none
  const Exit code =
      run_crowd(options.talkers, "talker", [&](std::size_t i) { Talker(context.settings, options, i).run(); });
  if (code != Exit::ok) fail_with(code, "");
}

}  // namespace

void add_talkers_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("talkers",
                                     "Let several talk in a room, and print what became of every text\n\n"
                                     "Examples:\n"
                                     "  gavel talkers lobby --talkers 3 --for 10s -o jsonl\n"
                                     "  gavel talkers lobby --listen       and every line that each heard\n"
                                     "How fast one may talk is the room's: gavel room rules lobby --pace 0s");
  auto options = std::make_shared<TalkersOptions>();
  command->add_option("ROOM", options->room, "lobby, an auction's id, or @name")->required();
  command->add_option("--talkers", options->talkers, "How many")->check(CLI::Range(1, 64))->capture_default_str();
  command->add_option("--for", options->duration, "How long")->capture_default_str();
  command->add_option("--pause", options->pause, "Between two texts at least")->capture_default_str();
  command->add_flag("--listen", options->listen, "Print every line that a talker hears");
  command->callback([&context, options] { context.action = [&context, options] { talkers(context, *options); }; });
}

}  // namespace gavel::cli
