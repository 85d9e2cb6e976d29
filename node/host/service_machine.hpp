// The services as the ordering protocol sees them (common/order/state_machine.hpp), and what the host asks of them
// besides. Which services there are is registered in service_machine.cpp; nothing else in the host need know. A machine
// may be without a state: what is nothing without its terms (an auction) learns them from the group's first snapshot.
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "common/base/check.hpp"
#include "common/base/digest.hpp"
#include "common/order/state_machine.hpp"
#include "common/wire/services/auction.hpp"
#include "common/wire/services/kinds.hpp"
#include "node/services/service.hpp"

namespace gavel {
class AuctionService;
}

namespace gavel::host {

class ServiceMachine : public order::StateMachine {
 public:
  /// False until the first snapshot arrived: there is nothing to ask yet.
  virtual bool has_state() const = 0;
  /// From when on the leader should propose `deadline_command()`.
  virtual std::optional<WallTime> next_deadline() const = 0;
  virtual Bytes deadline_command() const = 0;
  /// What a gateway leaves between two batches (order::Options::batch_gap).
  virtual Duration batch_gap() const { return {}; }
  /// The machine that does the work, if this one stands for another.
  virtual const ServiceMachine* inner() const { return this; }
};

/// A service that can be made from nothing, or else from a snapshot by `S::read(snapshot)`, a Result<S>.
template <Service S>
class MachineOf final : public ServiceMachine {
 public:
  explicit MachineOf(ServiceKind kind) : kind_(kind) {
    if constexpr (std::default_initializable<S>) service_.emplace();
  }
  MachineOf(ServiceKind kind, S service) : kind_(kind), service_(std::move(service)) {}

  std::uint16_t kind() const override { return static_cast<std::uint16_t>(kind_); }
  Bytes apply(const order::CommandContext& context, BytesView command, Events& events) override {
    GAVEL_CHECK(service_, "a service applies nothing before it has its state");
    return service_->apply(ours(context), command, events);
  }
  void on_view(const order::CommandContext& context, const GroupView& view, Events& events) override {
    if constexpr (ViewedService<S>) service_->on_view(ours(context), view, events);
  }
  Bytes query(BytesView question) const override { return service_ ? service_->query(question) : Bytes(); }
  Rope snapshot() const override { return service_ ? Rope(service_->snapshot()) : Rope(); }
  Result<void> restore(BytesView snapshot) override {
    if (service_) return service_->restore(snapshot);
    if constexpr (!std::default_initializable<S>) {
      auto service = S::read(snapshot);
      if (!service) return tl::unexpected<Error>(service.error());
      service_.emplace(*std::move(service));
    }
    return {};
  }
  Digest digest() const override { return service_ ? service_->digest() : digest_of({}); }

  bool has_state() const override { return service_.has_value(); }
  std::optional<WallTime> next_deadline() const override { return service_ ? service_->next_deadline() : std::nullopt; }
  Bytes deadline_command() const override { return service_ ? service_->deadline_command() : Bytes(); }
  Duration batch_gap() const override {
    if constexpr (PatientService<S>) return S::kBatchGap;
    return {};
  }

  const S* service() const { return service_ ? &*service_ : nullptr; }

 private:
  static Context ours(const order::CommandContext& c) { return {c.slot, c.time, c.session, c.number}; }

  ServiceKind kind_;
  std::optional<S> service_;
};

/// Null if this program knows no such service.
std::unique_ptr<ServiceMachine> blank_machine(std::uint16_t kind);
inline std::unique_ptr<ServiceMachine> blank_machine(ServiceKind kind) {
  return blank_machine(static_cast<std::uint16_t>(kind));
}
std::unique_ptr<ServiceMachine> auction_machine(const auction::Terms& terms);
/// For a group of which only the disk knows: what it runs, its first snapshot will say.
std::unique_ptr<ServiceMachine> unknown_machine();

/// The service in a machine; null if it is another one, or has no state yet.
template <Service S>
const S* service_in(const order::StateMachine& machine) {
  const auto* outer = dynamic_cast<const ServiceMachine*>(&machine);
  const auto* found = outer ? dynamic_cast<const MachineOf<S>*>(outer->inner()) : nullptr;
  return found ? found->service() : nullptr;
}
/// The auction in a machine that auction_machine made, or one like it.
const AuctionService* auction_in(const order::StateMachine& machine);

}  // namespace gavel::host
