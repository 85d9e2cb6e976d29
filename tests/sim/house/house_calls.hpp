// The calls that the house's clients have open, and what is to be done when each is answered. Whatever is asked must be
// answered in the end (9), unless its group has lost the majority of its disks for good.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <utility>

#include "common/wire/codec.hpp"
#include "tests/sim/checkers/violation.hpp"
#include "tests/sim/house/house_world.hpp"

namespace gavel::sim {

class HouseCalls {
 public:
  /// Called once, whatever becomes of it.
  using Then = std::function<void(const client::Outcome& outcome)>;

  explicit HouseCalls(HouseWorld& world) : world_(world) {}

  void command(HouseClient& client, GroupId group, const Bytes& body, Then then);
  void query(HouseClient& client, GroupId group, const Bytes& body, Then then);
  void on_completed(HouseClient& client, const client::Completed& completed);
  /// What is still unanswered; empty when nothing is.
  std::string missing() const;

 private:
  struct Pending {
    GroupId group;
    Then then;
  };
  using Start = client::CallId (client::Client::*)(TimePoint now, GroupId group, Bytes body, Duration timeout);
  void call(HouseClient& client, Start start, GroupId group, const Bytes& body, Then then);

  HouseWorld& world_;
  std::map<std::pair<std::size_t, client::CallId>, Pending> pending_;
};

/// The reply of a service, of which `Reply` lists the kinds. Throws a Violation if it is none.
template <class Reply>
Reply reply_in(const client::Outcome& outcome) {
  auto reply = wire::decode_any<Reply>(outcome.body);
  if (!reply) throw Violation(Invariant::contract, "a reply cannot be read: " + reply.error().message);
  return *std::move(reply);
}

}  // namespace gavel::sim
