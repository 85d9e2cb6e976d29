#include <fcntl.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>

#include "client/cli/rows.hpp"
#include "tests/unit/sniffer_frames.hpp"
#include "tools/sniffer/capture/recording.hpp"
#include "tools/sniffer/sniffing.hpp"
#include "tools/sniffer/view/lines.hpp"

namespace gavel::sniffer {
namespace {

using namespace testing;
namespace fs = std::filesystem;

class Directory {
 public:
  Directory() {
    std::string name = (fs::temp_directory_path() / "gavel-sniffer-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~Directory() { fs::remove_all(path_); }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  std::string file(const std::string& name) const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::string bytes_of(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}
void write_bytes(const std::string& file, const std::string& bytes) {
  std::ofstream(file, std::ios::binary | std::ios::trunc) << bytes;
}

Capture ack(std::uint64_t number, std::int64_t at = 1'000'000) {
  auto capture = on_lane('a', kN1, kLot, ack_of(number));
  capture.at = WallTime{at};
  return capture;
}

void record(const std::string& file, const std::vector<Capture>& captures) {
  auto recorder = Recorder::open(file, {kCluster, WallTime{42}});
  REQUIRE(recorder);
  for (const Capture& capture : captures) REQUIRE(recorder->write(capture));
  REQUIRE(recorder->flush());
}

std::vector<Capture> all_of(RecordingReader& reader) {
  std::vector<Capture> captures;
  while (auto capture = reader.next()) captures.push_back(*std::move(capture));
  return captures;
}

/// What was shown, and what was said beside it.
struct Sniffed {
  std::string shown;
  std::string said;
  bool over = false;
};
Sniffed sniff(const std::vector<Capture>& captures, SniffingOptions options = {},
              const std::vector<std::string>& terms = {}) {
  options.cluster = kCluster;
  std::ostringstream shown;
  std::ostringstream said;
  Sniffing sniffing(options, *Filter::parse(terms), said);
  sniffing.show_in(make_lines(shown, sniffing.names()));
  for (const Capture& capture : captures) {
    sniffing.tick(capture.at);
    REQUIRE(sniffing.take(capture));
  }
  sniffing.end_view();
  REQUIRE(sniffing.end());
  return {shown.str(), said.str(), sniffing.over()};
}

std::size_t lines_in(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("a recording is read as it was written") {
  const Directory directory;
  const auto file = directory.file("bus.gsniff");
  Names names;
  names.learn_node(kN1, "n1");
  record(file, {{WallTime{1}, Channel::names, {}, names.encode()}, ack(1), tap(kN1, wire::TapMark{7})});
  auto reader = RecordingReader::open(file);
  REQUIRE(reader);
  CHECK(reader->head().cluster == kCluster);
  CHECK(reader->head().made == WallTime{42});
  const auto captures = all_of(*reader);
  REQUIRE(captures.size() == 3);
  CHECK(captures[0].channel == Channel::names);
  CHECK(captures[1].topic == topic(kLot, 'a'));
  CHECK(captures[1].payload == ack(1).payload);
  CHECK(captures[1].at == WallTime{1'000'000});
  CHECK(reader->torn().empty());
  CHECK(reader->damage().empty());
}

TEST_CASE("wherever a recording is cut, everything before is read and the cut is told") {
  const Directory directory;
  const auto file = directory.file("bus.gsniff");
  record(file, {ack(1), ack(2)});
  const auto whole = bytes_of(file);
  record(file, {ack(1)});
  const auto first = bytes_of(file).size();
  for (std::size_t length = first + 1; length < whole.size(); ++length) {
    write_bytes(file, whole.substr(0, length));
    auto reader = RecordingReader::open(file);
    REQUIRE(reader);
    CHECK(all_of(*reader).size() == 1);
    CHECK_THAT(reader->torn(), Catch::Contains("cut short"));
    CHECK(reader->damage().empty());
  }
  write_bytes(file, whole.substr(0, first));
  auto reader = RecordingReader::open(file);
  REQUIRE(reader);
  CHECK(all_of(*reader).size() == 1);
  CHECK(reader->torn().empty());
}

TEST_CASE("a byte that is not as it was written is damage, and nothing behind it is believed") {
  const Directory directory;
  const auto file = directory.file("bus.gsniff");
  record(file, {ack(1), ack(2), ack(3)});
  auto bytes = bytes_of(file);
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  write_bytes(file, bytes);
  auto reader = RecordingReader::open(file);
  REQUIRE(reader);
  CHECK(all_of(*reader).size() < 3);
  CHECK_FALSE(reader->damage().empty());
}

TEST_CASE("a damaged length does not pass for a file that was cut short") {
  const Directory directory;
  const auto file = directory.file("bus.gsniff");
  record(file, {ack(1)});
  const auto second = bytes_of(file).size();
  record(file, {ack(1), ack(2), ack(3)});
  const auto whole = bytes_of(file);
  for (unsigned bit = 0; bit < 32; ++bit) {
    auto bytes = whole;
    auto& damaged = bytes[second + bit / 8];
    damaged = static_cast<char>(static_cast<unsigned char>(damaged) ^ (1U << bit % 8));
    write_bytes(file, bytes);
    auto reader = RecordingReader::open(file);
    REQUIRE(reader);
    CHECK(all_of(*reader).size() == 1);
    CHECK_THAT(reader->damage(), Catch::Contains("length"));
    CHECK(reader->torn().empty());
  }
}

TEST_CASE("what is no recording is told apart from what is not there") {
  const Directory directory;
  CHECK(RecordingReader::open(directory.file("none")).error().why == Unreadable::missing);
  write_bytes(directory.file("text"), "just some text");
  CHECK(RecordingReader::open(directory.file("text")).error().why == Unreadable::other_file);
  write_bytes(directory.file("empty"), "");
  CHECK(RecordingReader::open(directory.file("empty")).error().why == Unreadable::other_file);
  CHECK(RecordingReader::open(directory.file("")).error().why == Unreadable::other_file);
}

TEST_CASE("a recording replaces another one, and no other file") {
  const Directory directory;
  const auto file = directory.file("bus.gsniff");
  record(file, {ack(1), ack(2)});
  record(file, {ack(3)});
  auto reader = RecordingReader::open(file);
  REQUIRE(reader);
  CHECK(all_of(*reader).size() == 1);
  write_bytes(directory.file("notes"), "precious");
  CHECK_FALSE(Recorder::open(directory.file("notes"), {}));
  CHECK(bytes_of(directory.file("notes")) == "precious");
}

TEST_CASE("two recorders never write to the same file") {
  const Directory directory;
  const auto file = directory.file("bus.gsniff");
  auto first = Recorder::open(file, {kCluster, WallTime{42}});
  REQUIRE(first);
  CHECK_THAT(Recorder::open(file, {}).error().message, Catch::Contains("somebody else records"));
  REQUIRE(first->write(ack(1)));
  REQUIRE(first->flush());
  auto reader = RecordingReader::open(file);
  REQUIRE(reader);
  CHECK(all_of(*reader).size() == 1);
}

TEST_CASE("a disk that is full is an error that names the file") {
  auto recorder = Recorder::open("/dev/full", {});
  REQUIRE(recorder);
  const auto flushed = recorder->flush();
  REQUIRE_FALSE(flushed);
  CHECK_THAT(flushed.error().message, Catch::Contains("/dev/full") && Catch::Contains("No space"));
}

TEST_CASE("what was recorded is shown like what was live") {
  const Directory directory;
  const auto file = directory.file("bus.gsniff");
  Names names;
  names.learn_node(kN1, "n1");
  const std::vector<Capture> captures{{WallTime{1}, Channel::names, {}, names.encode()}, ack(1), ack(2)};
  record(file, captures);
  auto reader = RecordingReader::open(file);
  REQUIRE(reader);
  const auto live = sniff(captures);
  CHECK(lines_in(live.shown) == 2);
  CHECK(sniff(all_of(*reader)).shown == live.shown);
}

TEST_CASE("it is over after so many messages shown, or so much time") {
  const std::vector<Capture> captures{ack(1, 0), ack(2, 400'000), ack(3, 1'000'000), ack(4, 1'500'000)};
  SniffingOptions two;
  two.most = 2;
  const auto counted = sniff(captures, two);
  CHECK(counted.over);
  CHECK(lines_in(counted.shown) == 2);
  SniffingOptions second;
  second.time_limit = 1s;
  CHECK(lines_in(sniff(captures, second).shown) == 2);
  SniffingOptions filtered;
  filtered.most = 1;
  CHECK_THAT(sniff(captures, filtered, {"slot=3"}).shown, Catch::Contains("durable 3"));
}

TEST_CASE("quiet leaves out beats and beacons") {
  SniffingOptions quiet;
  quiet.quiet = true;
  CHECK(sniff({on_lane('h', kN1, kLot, wire::Beat{})}, quiet).shown.empty());
  CHECK(lines_in(sniff({on_lane('h', kN1, kLot, wire::Beat{}), ack(1)}, quiet).shown) == 1);
}

TEST_CASE("what was missed is said, and summed up by node") {
  Names names;
  names.learn_node(kN1, "n1");
  const auto sniffed = sniff(
      {{WallTime{1}, Channel::names, {}, names.encode()}, tap(kN1, wire::TapMark{10}), tap(kN1, wire::TapMark{20})});
  CHECK_THAT(sniffed.said, Catch::Contains("missed 9 of n1") && Catch::Contains("9 missed (n1 9)"));
}

TEST_CASE("what sniffers themselves ask is not shown, and a name that nobody has is pointed out") {
  Names names;
  names.learn_sniffer(ClientId{5});
  wire::TappedClient call;
  call.client = ClientId{5};
  call.kind = wire::Call::kKind;
  const auto sniffed = sniff({{WallTime{1}, Channel::names, {}, names.encode()}, tap(kN1, call)}, {}, {"node!=n9"});
  CHECK(sniffed.shown.empty());
  CHECK_THAT(sniffed.said, Catch::Contains("n9"));
}

TEST_CASE("frames of other clusters are counted, and change nothing else") {
  Capture other = ack(1);
  other.payload = wire::seal(from(kN1, kLot, "elsewhere"), ack_of(1));
  const auto sniffed = sniff({other, ack(2)});
  CHECK(lines_in(sniffed.shown) == 1);
  CHECK_THAT(sniffed.said, Catch::Contains("1 message seen") && Catch::Contains("1 of other clusters"));
}

TEST_CASE("a recording's clock that stepped back, or tells what none can, stops nothing") {
  const Directory directory;
  const auto file = directory.file("bus.gsniff");
  record(file, {ack(1, std::numeric_limits<std::int64_t>::max()), ack(2, 5'000'000),
                ack(3, std::numeric_limits<std::int64_t>::min()), ack(4, 9'000), ack(5, 11'000)});
  auto reader = RecordingReader::open(file);
  REQUIRE(reader);
  const auto captures = all_of(*reader);
  REQUIRE(captures.size() == 5);
  CHECK(cli::iso(captures[0].at) == "9999-12-31T23:59:59.999Z");
  CHECK(captures[2].at == WallTime{0});
  std::ostringstream said;
  SniffingOptions options;
  options.cluster = kCluster;
  Sniffing sniffing(options, {}, said);
  std::vector<bool> ticked;
  for (const Capture& capture : captures) ticked.push_back(sniffing.pace(capture.at));
  CHECK(ticked == std::vector<bool>{true, true, true, false, true});
}

}  // namespace gavel::sniffer
