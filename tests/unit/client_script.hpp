// A gateway that a test plays by hand: it sees what the client sends, decoded, and says what the test wants it to say.
#pragma once

#include <catch2/catch.hpp>
#include <deque>
#include <map>
#include <set>

#include "client/core/client.hpp"

namespace gavel::client {

class Script {
 public:
  explicit Script(std::vector<std::string> gateways, void (*adjust)(Options&) = nullptr)
      : client(options(std::move(gateways), adjust), Random(7)) {}

  /// Lets `time` pass in small steps, so that everything happens when it is due.
  void pass(Duration time) {
    const TimePoint until = now + time;
    while (now < until) {
      now = std::min(until, now + 1ms);
      if (client.next_deadline() <= now) client.tick(now);
      take();
    }
  }
  template <class Message>
  void say(const Message& message) {
    client.on_frame(now, wire::seal(from_gateway, message));
    take();
  }
  void welcome(std::vector<std::string> gateways = {}) {
    expect<wire::Hello>();
    say(wire::Welcome{Uid{1}, "one", std::move(gateways)});
  }
  void lose() {
    client.on_gateway_lost(now);
    take();
  }
  void answer(const wire::Call& call, wire::AnswerStatus status, Bytes body = {}) {
    wire::Answer answer;
    answer.id = call.id;
    answer.status = status;
    answer.slot = Slot{10};
    answer.body = std::move(body);
    answer.retry_after = 30ms;
    say(answer);
  }
  void open_session(std::uint64_t session) {
    const auto call = expect<wire::Call>();
    REQUIRE(call.kind == wire::CallKind::open);
    wire::Answer answer;
    answer.id = call.id;
    answer.session = SessionId{session};
    say(answer);
  }

  /// The next message of that type that the client sent, pings and other types apart.
  template <class Message>
  Message expect() {
    take();
    for (auto at = sent.begin(); at != sent.end(); ++at) {
      if (auto* message = std::get_if<Message>(&*at)) {
        Message found = *message;
        sent.erase(sent.begin(), at + 1);
        return found;
      }
    }
    FAIL("the client sent nothing of the expected type");
    return {};
  }
  template <class Message>
  bool sent_any() {
    take();
    return std::any_of(sent.begin(), sent.end(), [](const auto& m) { return std::holds_alternative<Message>(m); });
  }
  const Outcome& outcome(CallId call) {
    take();
    REQUIRE(outcomes.count(call) == 1);
    return outcomes.at(call);
  }

  void take() {
    for (Effect& effect : client.effects()) {
      if (auto* connect = std::get_if<Connect>(&effect)) {
        connects.push_back(connect->endpoint);
        sent.clear();
      } else if (auto* frame = std::get_if<Send>(&effect)) {
        const auto opened = wire::open(frame->frame, "test");
        REQUIRE(opened.has_value());
        const auto message = *opened->body<wire::FromClient>();
        const auto* gathered = std::get_if<wire::Calls>(&message);
        frames.push_back(gathered != nullptr ? gathered->calls.size() : 1);
        if (gathered != nullptr)
          sent.insert(sent.end(), gathered->calls.begin(), gathered->calls.end());
        else
          sent.push_back(message);
      } else if (auto* done = std::get_if<Completed>(&effect)) {
        REQUIRE(outcomes.emplace(done->call, done->outcome).second);
      } else if (auto* event = std::get_if<Event>(&effect)) {
        events.push_back(*event);
      } else if (auto* resync = std::get_if<Resync>(&effect)) {
        resyncs.push_back(*resync);
      } else if (std::holds_alternative<Probe>(effect)) {
        ++probes;
      }
    }
    client.effects().clear();
  }

  TimePoint now = TimePoint(1h);
  Client client;
  wire::Envelope from_gateway{"test", {}, Uid{1}, {}};
  std::vector<std::string> connects;
  std::deque<wire::FromClient> sent;
  std::vector<std::size_t> frames;  ///< messages in each that was sent
  std::map<CallId, Outcome> outcomes;
  std::vector<Event> events;
  std::vector<Resync> resyncs;
  int probes = 0;

 private:
  static Options options(std::vector<std::string> gateways, void (*adjust)(Options&)) {
    Options options;
    options.cluster = "test";
    options.id = ClientId{99};
    options.name = "ann";
    options.gateways = std::move(gateways);
    if (adjust != nullptr) adjust(options);
    return options;
  }
};

inline const std::string kA = "tcp://127.0.0.1:1001";
inline const std::string kB = "tcp://127.0.0.1:2001";
inline constexpr GroupId kGroup{5};

}  // namespace gavel::client
