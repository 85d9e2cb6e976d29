// The program `gavel-sniff`: shows what goes over a cluster's bus.
#include <fcntl.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <clocale>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>

#include "client/cli/connection.hpp"
#include "client/cli/failure.hpp"
#include "client/cli/output.hpp"
#include "client/cli/rows.hpp"
#include "common/bus/clock.hpp"
#include "tools/sniffer/lines.hpp"
#include "tools/sniffer/live.hpp"
#include "tools/sniffer/options.hpp"
#include "tools/sniffer/recording.hpp"
#include "tools/sniffer/sniffing.hpp"
#include "tools/sniffer/standard_output.hpp"
#include "tools/sniffer/top.hpp"

namespace {

using namespace gavel;
using namespace gavel::sniffer;

constexpr Duration kTickEvery = 100ms;
/// Of a recording's time.
constexpr Duration kRecordedTickEvery = 10ms;

struct Terminal {
  std::size_t rows = 24;
  std::size_t columns = 100;
};
Terminal terminal_of(int fd) {
  winsize size{};
  Terminal terminal;
  if (::ioctl(fd, TIOCGWINSZ, &size) != 0) return terminal;
  if (size.ws_row > 0) terminal.rows = size.ws_row;
  if (size.ws_col > 0) terminal.columns = size.ws_col;
  return terminal;
}

bool wants_colour(Colour colour, int fd) {
  if (colour != Colour::automatic) return colour == Colour::always;
  const char* none = std::getenv("NO_COLOR");
  const char* kind = std::getenv("TERM");
  return ::isatty(fd) == 1 && (none == nullptr || *none == '\0') && (kind == nullptr || std::strcmp(kind, "dumb") != 0);
}

std::unique_ptr<View> make_view(const SniffOptions& options, int fd, std::ostream& out, Sniffing& sniffing) {
  const Names& names = sniffing.names();
  const bool colour = wants_colour(options.colour, fd);
  const auto terminal = terminal_of(fd);
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
    if (::isatty(fd) == 1) top.rows = [fd] { return terminal_of(fd).rows; };
    return make_top(out, names, std::move(top));
  }
  return make_lines(out, names, {options.jsonl, colour, options.hex, options.raw});
}

/// Where the view writes; the standard output unless a file is named.
class Sink {
 public:
  explicit Sink(const std::string& name)
      : name_(name.empty() ? "the standard output" : name),
        fd_(name.empty() ? STDOUT_FILENO : ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666)),
        buffer_(fd_),
        out_(&buffer_) {
    if (fd_ < 0) cli::fail_with(cli::Exit::usage, "--out " + name_ + ": " + std::strerror(errno));
  }
  ~Sink() {
    if (fd_ > STDERR_FILENO) ::close(fd_);
  }
  Sink(const Sink&) = delete;
  Sink& operator=(const Sink&) = delete;

  int fd() const { return fd_; }
  std::ostream& out() { return out_; }
  /// Whether somebody still reads. Throws if it cannot be written for another reason.
  bool flush() {
    out_.flush();
    const int error = buffer_.error();
    if (error != 0 && error != EPIPE && error != EINTR)
      cli::fail_with(cli::Exit::internal, "cannot write to " + name_ + ": " + std::strerror(error));
    return error == 0;
  }

 private:
  std::string name_;
  int fd_;
  DescriptorBuffer buffer_;
  std::ostream out_;
};

void require(const Result<void>& written) {
  if (!written) cli::fail_with(cli::Exit::internal, written.error().message);
}

[[noreturn]] void say_nobody_is_there(const SniffOptions& options, const Live& live) {
  std::string said =
      "no node of cluster '" + options.settings.cluster + "' was heard in " + cli::print(options.settings.timeout);
  if (!live.others().empty())
    said += "; other clusters are: " + cli::joined({live.others().begin(), live.others().end()}) +
            " (--cluster NAME chooses one)";
  else
    said += options.settings.nodes.empty()
                ? "; is one running, and are its beacons sent to this address and port? --node HOST:PORT names one"
                : "; is one running there? --node takes the address that clients use";
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
    if (!sink.flush()) return;
    if (!live.found() && bus::steady_now() >= give_up) say_nobody_is_there(options, live);
  }
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
  std::optional<WallTime> ticked;
  while (!sniffing.over() && !cli::interrupted()) {
    const auto capture = recording.next();
    if (!capture) break;
    if (!ticked || capture->at - *ticked >= kRecordedTickEvery) {
      ticked = capture->at;
      sniffing.tick(*ticked);
      if (!sink.flush()) return true;
    }
    require(sniffing.take(*capture));
  }
  for (const std::string* problem : {&recording.torn(), &recording.damage()})
    if (!problem->empty()) std::cerr << "gavel-sniff: " << cli::harmless(*problem) << '\n';
  return recording.damage().empty();
}

RecordingReader open_recording(const std::string& name) {
  auto opened = RecordingReader::open(name);
  if (opened) return *std::move(opened);
  cli::fail_with(opened.error().why == Unreadable::missing ? cli::Exit::not_found : cli::Exit::usage,
                 cli::harmless(opened.error().message));
}

int run(const SniffOptions& options) {
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
    sniff_live(options, sniffing, live, sink);
  }
  sniffing.end_view();
  sink.flush();
  require(sniffing.end());
  return !whole || (options.check && sniffing.violations() > 0) ? static_cast<int>(cli::Exit::internal) : 0;
}

}  // namespace

int main(int argc, char** argv) {
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
