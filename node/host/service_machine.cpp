#include "node/host/service_machine.hpp"

#include <utility>
#include <vector>

#include "common/base/check.hpp"
#include "common/base/digest.hpp"
#include "node/services/records.hpp"

namespace gavel::host {
namespace {

Context context_of(const order::CommandContext& context) {
  return {context.slot, context.time, context.session, context.number};
}

class DirectoryMachine final : public ServiceMachine {
 public:
  std::uint16_t kind() const override { return static_cast<std::uint16_t>(ServiceKind::directory); }
  Bytes apply(const order::CommandContext& context, BytesView command, Events& events) override {
    return service_.apply(context_of(context), command, events);
  }
  Bytes query(BytesView question) const override { return service_.query(question); }
  Bytes snapshot() const override { return service_.snapshot(); }
  Result<void> restore(BytesView snapshot) override { return service_.restore(snapshot); }
  Digest digest() const override { return service_.digest(); }

  bool has_state() const override { return true; }
  std::optional<WallTime> next_deadline() const override { return service_.next_deadline(); }
  Bytes deadline_command() const override { return service_.deadline_command(); }

  const DirectoryService& service() const { return service_; }

 private:
  DirectoryService service_;
};

/// An auction's snapshot begins with its head and its terms; they come from outside, and are checked as such.
Result<auction::Terms> terms_in(BytesView snapshot) {
  RecordReader reader(snapshot);
  if (const auto head = reader.next(); !head) return tl::unexpected<Error>(head.error());
  auto terms = reader.next_as<auction::Terms>();
  if (!terms) return terms;
  const bool sound = terms->start_price.currency == terms->increment.currency && terms->start_price.minor >= 0 &&
                     terms->start_price.minor <= auction::kMaxAmount && terms->increment.minor >= 1 &&
                     terms->increment.minor <= auction::kMaxAmount;
  if (!sound) return fail("the terms of " + terms->auction + " are none that the directory would have fixed");
  return terms;
}

class AuctionMachine final : public ServiceMachine {
 public:
  AuctionMachine() = default;
  explicit AuctionMachine(const auction::Terms& terms) : service_(terms) {}

  std::uint16_t kind() const override { return static_cast<std::uint16_t>(ServiceKind::auction); }
  Bytes apply(const order::CommandContext& context, BytesView command, Events& events) override {
    GAVEL_CHECK(service_, "an auction applies nothing before it has its terms");
    return service_->apply(context_of(context), command, events);
  }
  Bytes query(BytesView question) const override {
    if (service_) return service_->query(question);
    return wire::encode_any(auction::Answer(auction::Refused{"this node does not know the auction's state yet"}));
  }
  Bytes snapshot() const override { return service_ ? service_->snapshot() : Bytes(); }
  Result<void> restore(BytesView snapshot) override {
    if (service_) return service_->restore(snapshot);
    const auto terms = terms_in(snapshot);
    if (!terms) return tl::unexpected<Error>(terms.error());
    AuctionService service(*terms);
    auto restored = service.restore(snapshot);
    if (restored) service_.emplace(std::move(service));
    return restored;
  }
  Digest digest() const override { return service_ ? service_->digest() : digest_of({}); }

  bool has_state() const override { return service_.has_value(); }
  std::optional<WallTime> next_deadline() const override { return service_ ? service_->next_deadline() : std::nullopt; }
  Bytes deadline_command() const override { return service_ ? service_->deadline_command() : Bytes(); }

  const AuctionService* service() const { return service_ ? &*service_ : nullptr; }

 private:
  std::optional<AuctionService> service_;
};

}  // namespace

std::unique_ptr<ServiceMachine> blank_machine(std::uint16_t kind) {
  switch (static_cast<ServiceKind>(kind)) {
    case ServiceKind::directory:
      return std::make_unique<DirectoryMachine>();
    case ServiceKind::auction:
      return std::make_unique<AuctionMachine>();
  }
  return nullptr;
}

std::unique_ptr<ServiceMachine> auction_machine(const auction::Terms& terms) {
  return std::make_unique<AuctionMachine>(terms);
}

const DirectoryService* directory_in(const order::StateMachine& machine) {
  const auto* found = dynamic_cast<const DirectoryMachine*>(&machine);
  return found ? &found->service() : nullptr;
}

const AuctionService* auction_in(const order::StateMachine& machine) {
  const auto* found = dynamic_cast<const AuctionMachine*>(&machine);
  return found ? found->service() : nullptr;
}

}  // namespace gavel::host
