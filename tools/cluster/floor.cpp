// The floor under every durable bid on this machine: one ZeroMQ round trip over loopback TCP (client to gateway and
// back, with the very sockets that Gavel uses) and one fdatasync of one block, in a file that is recycled in place
// as the store's are. Prints the median and the 99th percentile of both, in microseconds, as JSON.
//
//   gavel-floor DIR [rounds, 2000]
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <vector>

#include "common/bus/bus.hpp"
#include "common/bus/client_socket.hpp"
#include "common/bus/clock.hpp"

namespace {

using namespace gavel;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMessage = 128;  // about a bid and its envelope
constexpr std::size_t kRecord = 4096;  // a block: the least that the store writes
constexpr std::size_t kFile = std::size_t{4} << 20U;

[[noreturn]] void die(const std::string& what) {
  std::fprintf(stderr, "gavel-floor: %s\n", what.c_str());
  std::exit(1);
}

double micros_since(Clock::time_point start) {
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

std::string summary(std::vector<double> samples) {
  std::sort(samples.begin(), samples.end());
  const auto at = [&](double share) {
    return samples[std::min(samples.size() - 1, static_cast<std::size_t>(share * static_cast<double>(samples.size())))];
  };
  char text[96];
  std::snprintf(text, sizeof text, R"({"median": %.1f, "p99": %.1f})", at(0.5), at(0.99));
  return text;
}

/// A gateway that only sends back what came.
struct Echo : bus::Sink {
  explicit Echo(bus::Bus& to) : bus(to) {}
  void on_client(BytesView routing_id, BytesView payload) override { bus.send_client(routing_id, payload); }
  bus::Bus& bus;
};

struct Waiting : bus::ClientSink {
  void on_message(BytesView) override { ++answers; }
  void on_lost() override { die("the connection broke"); }
  int answers = 0;
};

std::vector<double> round_trips(int rounds) {
  bus::BusOptions options;
  options.self = Uid{1};
  options.beacon.enabled = false;
  auto opened = bus::Bus::open(options);
  if (!opened) die(opened.error().message);
  const auto bus = std::move(*opened);
  std::atomic<bool> over = false;
  std::thread echo([&] {
    Echo sink(*bus);
    while (!over) bus->poll(bus::steady_now() + 20ms, sink);
  });

  std::vector<double> samples;
  bus::ClientSocket socket;
  if (const auto connected = socket.connect(bus->endpoints().client); !connected) die(connected.error().message);
  Waiting sink;
  const std::string message(kMessage, 'x');
  for (int i = -100; i < rounds; ++i) {  // the first hundred warm up
    const auto start = Clock::now();
    const int before = sink.answers;
    if (!socket.send(message)) die("the socket is full");
    while (sink.answers == before) socket.poll(bus::steady_now() + 1s, sink);
    if (i >= 0) samples.push_back(micros_since(start));
  }
  over = true;
  echo.join();
  return samples;
}

std::vector<double> syncs(const std::string& directory, int rounds) {
  std::string path = directory + "/floor.XXXXXX";
  const int fd = mkstemp(path.data());
  if (fd < 0) die("no file can be made in " + directory);
  unlink(path.c_str());
  const std::string whole(kFile, 'x');
  if (pwrite(fd, whole.data(), whole.size(), 0) != static_cast<ssize_t>(whole.size()) || fsync(fd) != 0)
    die("the disk is full");
  std::vector<double> samples;
  const std::string record(kRecord, 'y');
  for (int i = 0; i < rounds; ++i) {
    const auto start = Clock::now();
    const auto offset = static_cast<off_t>(static_cast<std::size_t>(i) * kRecord % kFile);
    if (pwrite(fd, record.data(), record.size(), offset) != static_cast<ssize_t>(record.size()) || fdatasync(fd) != 0)
      die("a write failed");
    samples.push_back(micros_since(start));
  }
  close(fd);
  return samples;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) die("usage: gavel-floor DIR [rounds]");
  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 2000;
  const auto trips = round_trips(rounds);
  const auto disk = syncs(argv[1], rounds);
  std::printf("{\"round_trip_us\": %s, \"fdatasync_us\": %s}\n", summary(trips).c_str(), summary(disk).c_str());
}
