// Who looks after the house, through a production client core: drains nodes and takes them back, strikes dead ones off
// the directory, has leads handed over. It remembers what it was told is done, and what must therefore be so at rest.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "tests/sim/house/house_world.hpp"

namespace gavel::sim {

class HouseOperator {
 public:
  HouseOperator(HouseWorld& world, Random random) : world_(world), random_(random) {}

  void drain_somebody();
  void remove_somebody();
  void transfer_something();
  /// Takes back into the pool all that it drained, or all but one.
  void heal();
  /// An effect of its own client.
  void on_effect(const client::Effect& effect);
  /// What is not as it wants it; empty when everything is.
  std::string missing() const;

 private:
  struct Wish {
    Uid uid;
    std::optional<bool> draining;  ///< nothing: it is to be removed
  };
  bool busy_with(Uid uid) const;
  void set_draining(Uid uid, bool draining);
  void ask(const directory::Command& command, Wish wish);
  void on_reply(const Wish& wish, const directory::Reply& reply);

  HouseWorld& world_;
  Random random_;
  std::map<client::CallId, Wish> pending_;
  std::set<Uid> drained_;
  std::set<Uid> removed_;
};

}  // namespace gavel::sim
