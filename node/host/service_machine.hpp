// The services as the ordering protocol sees them (common/order/state_machine.hpp), and what the host asks of them
// besides. An auction's machine may be without a state: a node that observes a group learns the terms from the
// snapshot.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "common/order/state_machine.hpp"
#include "node/services/auction.hpp"
#include "node/services/directory.hpp"

namespace gavel::host {

/// Which service a group runs; on disk and on the wire, so a number is never reused.
enum class ServiceKind : std::uint16_t { directory = 1, auction = 2 };

class ServiceMachine : public order::StateMachine {
 public:
  /// False until the first snapshot arrived: there is nothing to ask yet.
  virtual bool has_state() const = 0;
  /// From when on the leader should propose `deadline_command()`.
  virtual std::optional<WallTime> next_deadline() const = 0;
  virtual Bytes deadline_command() const = 0;
};

/// Null if this program knows no such service.
std::unique_ptr<ServiceMachine> blank_machine(std::uint16_t kind);
std::unique_ptr<ServiceMachine> auction_machine(const auction::Terms& terms);

/// The service in a machine that blank_machine or auction_machine made; null if it is another one, or has no state.
const DirectoryService* directory_in(const order::StateMachine& machine);
const AuctionService* auction_in(const order::StateMachine& machine);

}  // namespace gavel::host
