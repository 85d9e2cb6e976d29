#include "node/host/service_machine.hpp"

#include <array>

#include "node/services/directory.hpp"
#include "node/services/floor.hpp"
#include "node/services/likes.hpp"
#include "node/services/rooms.hpp"

namespace gavel::host {
namespace {

struct Registered {
  ServiceKind kind;
  std::unique_ptr<ServiceMachine> (*make)(ServiceKind kind);
};

template <Service S>
constexpr Registered registered(ServiceKind kind) {
  return {kind, [](ServiceKind k) -> std::unique_ptr<ServiceMachine> { return std::make_unique<MachineOf<S>>(k); }};
}

/// Every service that there is.
constexpr std::array kServices{
    registered<DirectoryService>(ServiceKind::directory),
    registered<FloorService>(ServiceKind::auction),
    registered<RoomsService>(ServiceKind::lobby),
    registered<LikesService>(ServiceKind::likes),
};

class UnknownMachine final : public ServiceMachine {
 public:
  std::uint16_t kind() const override { return known_ ? known_->kind() : 0; }
  bool become(std::uint16_t kind) override {
    if (!known_) known_ = blank_machine(kind);
    return known_ && known_->kind() == kind;
  }
  Bytes apply(const order::CommandContext& context, BytesView command, Events& events) override {
    GAVEL_CHECK(known_, "a service applies nothing before it has its state");
    return known_->apply(context, command, events);
  }
  void on_view(const order::CommandContext& context, const GroupView& view, Events& events) override {
    if (known_) known_->on_view(context, view, events);
  }
  Bytes query(BytesView question) const override { return known_ ? known_->query(question) : Bytes(); }
  Rope snapshot() const override { return known_ ? known_->snapshot() : Rope(); }
  Result<void> restore(BytesView snapshot) override {
    return known_ ? known_->restore(snapshot) : fail("nobody has said which service this is");
  }
  Digest digest() const override { return known_ ? known_->digest() : digest_of({}); }

  bool has_state() const override { return known_ && known_->has_state(); }
  std::optional<WallTime> next_deadline() const override { return known_ ? known_->next_deadline() : std::nullopt; }
  Bytes deadline_command() const override { return known_ ? known_->deadline_command() : Bytes(); }
  const ServiceMachine* inner() const override { return known_.get(); }

 private:
  std::unique_ptr<ServiceMachine> known_;
};

}  // namespace

std::unique_ptr<ServiceMachine> blank_machine(std::uint16_t kind) {
  for (const auto& one : kServices)
    if (static_cast<std::uint16_t>(one.kind) == kind) return one.make(one.kind);
  return nullptr;
}

std::unique_ptr<ServiceMachine> auction_machine(const auction::Terms& terms) {
  return std::make_unique<MachineOf<FloorService>>(ServiceKind::auction, FloorService(terms));
}

const AuctionService* auction_in(const order::StateMachine& machine) {
  const auto* floor = service_in<FloorService>(machine);
  return floor ? &floor->auction() : nullptr;
}

std::unique_ptr<ServiceMachine> unknown_machine() { return std::make_unique<UnknownMachine>(); }

}  // namespace gavel::host
