// The program `gavel-sniff`: shows what goes over a cluster's bus.
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <sstream>

#include "client/cli/connection.hpp"
#include "client/cli/failure.hpp"
#include "client/cli/output.hpp"
#include "client/cli/paint.hpp"
#include "client/cli/rows.hpp"
#include "common/base/print.hpp"
#include "common/bus/clock.hpp"
#include "common/bus/standard_streams.hpp"
#include "tools/sniffer/capture/live.hpp"
#include "tools/sniffer/capture/recording.hpp"
#include "tools/sniffer/options.hpp"
#include "tools/sniffer/sniffing.hpp"
#include "tools/sniffer/view/descriptor_buffer.hpp"
#include "tools/sniffer/view/lines.hpp"
#include "tools/sniffer/view/out_file.hpp"
#include "tools/sniffer/view/top.hpp"

namespace {

using namespace gavel;
using namespace gavel::sniffer;

constexpr Duration kTickEvery = 100ms;

bool wants_colour(Colour colour, int fd) {
  return colour == Colour::automatic ? cli::wants_colour(fd) : colour == Colour::always;
}

/// For a terminal that does not tell.
constexpr std::size_t kUsualRows = 24;
std::size_t rows_of(int fd) {
  const auto rows = cli::terminal_extent(fd).rows;
  return rows > 0 ? rows : kUsualRows;
}

std::unique_ptr<View> make_view(const SniffOptions& options, int fd, std::ostream& out, Sniffing& sniffing) {
  const Names& names = sniffing.names();
  const bool colour = wants_colour(options.colour, fd);
  const auto terminal = cli::terminal_extent(fd);
  if (options.follow) {
    FollowOptions follow;
    follow.jsonl = options.jsonl;
    follow.colour = colour;
    follow.width = terminal.columns;
    // All of a request's way, whatever lanes and nodes it takes: the filters only say which request.
    follow.picks = [&sniffing](const Seen& seen) { return sniffing.wants(seen); };
    return make_follow(out, names, *options.follow, follow);
  }
  if (options.ladder) {
    LadderOptions ladder;
    ladder.story = options.story;
    ladder.format = *options.ladder;
    ladder.width = terminal.columns;
    ladder.colour = colour;
    ladder.picks = [&sniffing](const Seen& seen) { return sniffing.wants(seen); };
    return make_ladder(out, names, ladder);
  }
  if (options.top) {
    TopOptions top;
    top.jsonl = options.jsonl;
    top.colour = colour;
    if (::isatty(fd) == 1) top.rows = [fd] { return rows_of(fd); };
    return make_top(out, names, std::move(top));
  }
  return make_lines(out, names, {options.jsonl, colour, options.hex, options.raw});
}

/// Where the view writes: the standard output, or memory, for a file that is to be there only once it is whole.
class Sink {
 public:
  explicit Sink(const std::string& file)
      : file_(file), out_(file.empty() ? static_cast<std::streambuf*>(&standard_output_) : &memory_) {}

  /// None, if it is a file.
  int fd() const { return file_.empty() ? STDOUT_FILENO : -1; }
  std::ostream& out() { return out_; }
  /// Whether somebody still reads. Throws if it cannot be written for another reason.
  bool flush() {
    if (!file_.empty()) return true;
    out_.flush();
    const int error = standard_output_.error();
    if (error != 0 && error != EPIPE && error != EINTR)
      cli::fail_with(cli::Exit::internal, std::string("cannot write to the standard output: ") + std::strerror(error));
    return error == 0;
  }
  /// The file, if there is anything to be in it.
  Result<void> finish() {
    if (file_.empty() || memory_.str().empty()) return {};
    return write_out_file(file_, memory_.str());
  }

 private:
  const std::string file_;
  DescriptorBuffer standard_output_{STDOUT_FILENO};
  std::stringbuf memory_;
  std::ostream out_;
};

void check_out(const SniffOptions& options) {
  if (options.out.empty()) return;
  for (const std::string* recording : {&options.read, &options.record})
    if (!recording->empty() && *recording != "-" && same_file(options.out, *recording))
      cli::fail_with(cli::Exit::usage, "--out " + options.out + ": that is the recording; choose another name");
  if (const auto possible = check_out_file(options.out); !possible)
    cli::fail_with(cli::Exit::usage, "--out: " + possible.error().message);
}

void require(const Result<void>& written) {
  if (!written)
    cli::fail_with(cli::interrupted() ? cli::Exit::interrupted : cli::Exit::internal, written.error().message);
}

/// `waited`: for as long as the options say, and not only until somebody wanted an end.
[[noreturn]] void say_nobody_is_there(const SniffOptions& options, const Live& live, bool waited) {
  const auto tried = live.endpoints();
  std::string said = tried.empty() ? "no node of cluster '" + options.settings.cluster + "' was heard"
                                   : "nothing of cluster '" + options.settings.cluster + "' came from " +
                                         cli::joined({tried.begin(), tried.end()});
  if (waited) said += " in " + cli::print(options.settings.timeout);
  if (!live.others().empty())
    said += "; other clusters are: " + cli::joined({live.others().begin(), live.others().end()}) +
            " (--cluster NAME chooses one)";
  else if (tried.empty())
    said += "; is one running, and are its beacons sent to this address and port? --node HOST:PORT names one";
  else
    said += options.settings.nodes.empty()
                ? "; can that be reached from here?"
                : "; is a node running there? --node takes the address that clients use, two ports before that";
  cli::fail_with(cli::Exit::no_quorum, said);
}

/// Until it is over, somebody interrupts, or nobody reads any more.
void sniff_live(const SniffOptions& options, Sniffing& sniffing, Live& live, Sink& sink) {
  const TimePoint give_up = bus::steady_now() + options.settings.timeout;
  Result<void> written;
  const std::function<void(const Capture&)> take = [&](const Capture& capture) {
    if (written) written = sniffing.take(capture);
  };
  while (!sniffing.over() && !cli::interrupted()) {
    Duration wait = kTickEvery;
    if (const auto end = sniffing.ends_at()) wait = std::clamp(*end - bus::wall_now(), Duration(0), wait);
    live.turn(bus::steady_now() + wait, take);
    if (written) written = sniffing.flush();
    require(written);
    sniffing.tick(bus::wall_now());
    if (!sink.flush()) break;
    if (sniffing.nodes_heard() == 0 && bus::steady_now() >= give_up) say_nobody_is_there(options, live, true);
  }
  // What was checked is nothing then, and nothing is not well.
  if (options.check && sniffing.nodes_heard() == 0) say_nobody_is_there(options, live, false);
}

/// All names of a recording, so that its first messages have those that were learnt after them. Only of a file: what
/// comes through a pipe can be read once.
void learn_names_in(const std::string& name, Sniffing& sniffing) {
  if (name == "-" || !std::filesystem::is_regular_file(name)) return;
  auto recording = RecordingReader::open(name);
  if (!recording) return;
  while (const auto capture = recording->next())
    if (capture->channel == Channel::names) sniffing.learn_names(capture->payload);
}

/// False: the recording is damaged.
bool sniff_recorded(RecordingReader& recording, Sniffing& sniffing, Sink& sink) {
  while (!sniffing.over() && !cli::interrupted()) {
    const auto capture = recording.next();
    if (!capture) break;
    if (sniffing.pace(capture->at) && !sink.flush()) return true;
    require(sniffing.take(*capture));
  }
  for (const std::string* problem : {&recording.torn(), &recording.damage()})
    if (!problem->empty()) std::cerr << "gavel-sniff: " << cli::harmless(*problem) << '\n';
  return recording.damage().empty();
}

RecordingReader open_recording(const std::string& name) {
  auto opened = RecordingReader::open(name);
  if (opened) return *std::move(opened);
  if (cli::interrupted()) cli::fail_with(cli::Exit::interrupted, "interrupted before a recording came");
  cli::fail_with(opened.error().why == Unreadable::missing ? cli::Exit::not_found : cli::Exit::usage,
                 cli::harmless(opened.error().message));
}

std::string name_of(StoryKind story) {
  switch (story) {
    case StoryKind::election:
      return "election";
    case StoryKind::recovery:
      return "recovery";
    case StoryKind::bid:
      return "bid";
    case StoryKind::all:
      break;
  }
  return "story";
}

/// What a view that ends by itself waits for; nothing if it shows whatever comes.
std::string wanted_by(const SniffOptions& options) {
  if (options.follow)
    return options.follow->next
               ? "the next command"
               : "request " + std::to_string(options.follow->session.value) + "/" + print(options.follow->number);
  return options.ladder && options.story != StoryKind::all ? "the next " + name_of(options.story) : std::string();
}

std::string not_seen(const SniffOptions& options) {
  if (options.follow) return "no such request was seen";
  if (options.story == StoryKind::all) return "nothing was seen that passes the filters";
  return "no " + name_of(options.story) + " was seen";
}

int run(const SniffOptions& options) {
  check_out(options);
  std::optional<RecordingReader> recording;
  if (!options.read.empty()) recording.emplace(open_recording(options.read));
  const bool records_only = !options.record.empty() && !options.shows();

  SniffingOptions how;
  how.cluster = recording ? recording->head().cluster : options.settings.cluster;
  how.quiet = options.quiet;
  how.watches = options.check || !records_only;
  how.most = options.most;
  how.time_limit = options.time_limit;
  how.filters = !options.follow && !(options.ladder && options.story == StoryKind::bid);
  how.colours_messages = wants_colour(options.colour, STDERR_FILENO);
  Sniffing sniffing(std::move(how), options.filter, std::cerr);
  Sink sink(options.out);
  if (!records_only) sniffing.show_in(make_view(options, sink.fd(), sink.out(), sniffing));
  if (!options.record.empty()) {
    auto recorder = Recorder::open(options.record, {options.settings.cluster, bus::wall_now()});
    if (!recorder) cli::fail_with(cli::Exit::usage, recorder.error().message);
    sniffing.record_in(*std::move(recorder));
  }

  bool whole = true;
  if (recording) {
    learn_names_in(options.read, sniffing);
    whole = sniff_recorded(*recording, sniffing, sink);
  } else {
    Live live(options.settings);
    if (const auto wanted = wanted_by(options); !wanted.empty())
      std::cerr << "gavel-sniff: waiting for " << wanted << " …" << std::endl;
    sniff_live(options, sniffing, live, sink);
  }
  sniffing.end_view();
  sink.flush();
  if (sniffing.told_anything()) require(sink.finish());
  require(sniffing.end());
  if (whole && options.check && sniffing.nodes_heard() == 0)
    cli::fail_with(cli::Exit::no_quorum, "the recording holds no message of a node: nothing was checked");
  if (whole && !sniffing.told_anything()) {
    if (cli::interrupted()) return static_cast<int>(cli::Exit::interrupted);
    cli::fail_with(cli::Exit::not_found, not_seen(options));
  }
  return !whole || (options.check && sniffing.violations() > 0) ? static_cast<int>(cli::Exit::internal) : 0;
}

}  // namespace

int main(int argc, char** argv) {
  gavel::bus::keep_standard_streams();
  std::setlocale(LC_ALL, "");
  // Output goes to pipes and programs too: numbers look the same everywhere.
  std::setlocale(LC_NUMERIC, "C");
  const auto parsed = parse_options(argc, argv);
  if (const int* code = std::get_if<int>(&parsed)) return *code;
  cli::catch_interrupts();
  std::signal(SIGPIPE, SIG_IGN);  // whoever reads may go; a recording goes on to its end
  try {
    return run(std::get<SniffOptions>(parsed));
  } catch (const cli::Failure& failure) {
    std::cerr << "gavel-sniff: " << failure.message << '\n';
    return static_cast<int>(failure.code);
  } catch (const std::exception& error) {
    std::cerr << "gavel-sniff: internal error: " << error.what() << '\n';
    return static_cast<int>(cli::Exit::internal);
  }
}
