#include "common/bus/bench/raw.hpp"

#include <ctime>
#include <deque>
#include <string>
#include <thread>
#include <vector>
#include <zmq.hpp>

#include "common/bus/clock.hpp"

namespace gavel::bus {
namespace {

constexpr const char* kAnywhere = "tcp://127.0.0.1:*";
constexpr Duration kWarmUp = 100ms;

std::chrono::nanoseconds process_cpu() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void send(zmq::socket_t& socket, const std::string& words) {
  static_cast<void>(socket.send(zmq::buffer(words), zmq::send_flags::none));
}

/// Sends back what comes, until something empty came.
void echo(zmq::socket_t router) {
  zmq::message_t from;
  zmq::message_t body;
  for (bool over = false; !over;) {
    static_cast<void>(router.recv(from));
    static_cast<void>(router.recv(body));
    over = body.size() == 0;
    static_cast<void>(router.send(from, zmq::send_flags::sndmore));
    static_cast<void>(router.send(body, zmq::send_flags::none));
  }
}

/// One end of a measurement: what came in the time, after the warm-up.
class Stretch {
 public:
  explicit Stretch(Duration length) : begin_(steady_now() + kWarmUp), end_(begin_ + length) {}

  bool over(TimePoint now) const { return now >= end_; }
  /// True: it counts.
  bool count(TimePoint now, std::uint64_t messages = 1) {
    if (now < begin_) return false;
    if (!started_) {
      started_ = true;
      begin_ = now;
      cpu_ = process_cpu();
      return false;
    }
    figures_.messages += messages;
    return true;
  }
  RawFigures figures() {
    figures_.took = steady_now() - begin_;
    figures_.cpu = process_cpu() - cpu_;
    return figures_;
  }

 private:
  TimePoint begin_;
  TimePoint end_;
  bool started_ = false;
  std::chrono::nanoseconds cpu_{};
  RawFigures figures_;
};

/// Counts what comes until something empty came.
void listen(const std::string& endpoint, std::uint64_t& heard) {
  zmq::context_t context;
  zmq::socket_t sub(context, zmq::socket_type::sub);
  sub.set(zmq::sockopt::subscribe, "");
  sub.connect(endpoint);
  zmq::message_t message;
  do {
    static_cast<void>(sub.recv(message));
    ++heard;
  } while (message.size() > 0);
}

}  // namespace

RawFigures raw_round_trips(std::size_t depth, std::size_t bytes, Duration length,
                           const std::function<void(Duration)>& on_trip) {
  zmq::context_t far;
  zmq::socket_t router(far, zmq::socket_type::router);
  router.bind(kAnywhere);
  const std::string endpoint = router.get(zmq::sockopt::last_endpoint);
  std::thread other([&router] { echo(std::move(router)); });

  zmq::context_t near;
  zmq::socket_t dealer(near, zmq::socket_type::dealer);
  dealer.connect(endpoint);
  const std::string message(bytes, 'x');
  std::deque<TimePoint> sent;
  const auto send_one = [&] {
    sent.push_back(steady_now());
    send(dealer, message);
  };
  for (std::size_t i = 0; i < depth; ++i) send_one();
  Stretch stretch(length);
  zmq::message_t answer;
  while (true) {
    static_cast<void>(dealer.recv(answer));
    const TimePoint now = steady_now();
    if (stretch.count(now)) on_trip(now - sent.front());
    sent.pop_front();
    if (stretch.over(now)) break;
    send_one();
  }
  const RawFigures figures = stretch.figures();
  for (; !sent.empty(); sent.pop_front()) static_cast<void>(dealer.recv(answer));
  send(dealer, "");
  other.join();
  return figures;
}

RawFigures raw_fan_out(std::size_t subscribers, std::size_t bytes, Duration length) {
  zmq::context_t context;
  zmq::socket_t pub(context, zmq::socket_type::xpub);
  pub.set(zmq::sockopt::xpub_nodrop, 1);
  pub.set(zmq::sockopt::xpub_verbose, 1);
  pub.bind(kAnywhere);
  const std::string endpoint = pub.get(zmq::sockopt::last_endpoint);
  std::vector<std::uint64_t> heard(subscribers);
  std::vector<std::thread> others;
  for (std::size_t i = 0; i < subscribers; ++i) others.emplace_back([&, i] { listen(endpoint, heard[i]); });
  zmq::message_t subscription;
  for (std::size_t i = 0; i < subscribers; ++i) static_cast<void>(pub.recv(subscription));

  const std::string message(bytes, 'x');
  Stretch stretch(length);
  for (TimePoint now = steady_now(); !stretch.over(now); now = steady_now()) {
    send(pub, message);
    stretch.count(now, subscribers);
  }
  send(pub, "");
  for (std::thread& other : others) other.join();
  return stretch.figures();
}

}  // namespace gavel::bus
