// The service that the group world orders: a ledger that gives each command the next number, once. It tells the world
// what it executes, so that the checkers see every effect on every replica, and it can tell its reads and its state.
#pragma once

#include <vector>

#include "common/order/state_machine.hpp"
#include "tests/sim/checkers/total_order.hpp"

namespace gavel::sim {

/// What a replica's ledger executed, in order; emptied by whoever reads it.
struct Execution {
  Slot slot;
  Executed executed;
};
using Executions = std::vector<Execution>;

class Ledger : public order::StateMachine {
 public:
  static constexpr std::uint16_t kKind = 99;

  /// `watch` may be null, and outlives the ledger. `wild`: it would err, if that mistake were switched on.
  explicit Ledger(Executions* watch = nullptr, bool wild = false) : watch_(watch), wild_(wild) {}

  std::uint16_t kind() const override { return kKind; }
  Bytes apply(const order::CommandContext& context, BytesView command, Events& events) override;
  Bytes query(BytesView question) const override;
  Rope snapshot() const override;
  Result<void> restore(BytesView snapshot) override;
  Digest digest() const override { return digest_; }

 private:
  Executions* watch_;
  bool wild_;
  std::uint64_t total_ = 0;
  std::uint64_t deadline_ = 0;  ///< the highest that was proposed
  Digest digest_{1};
};

}  // namespace gavel::sim
