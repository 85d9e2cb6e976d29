#include "tests/sim/ledger.hpp"

#include <algorithm>
#include <string>

#include "common/base/digest.hpp"
#include "common/wire/codec.hpp"
#include "tests/sim/mistakes_made.hpp"

namespace gavel::sim {
namespace {
struct LedgerState {
  std::uint64_t total = 0;
  std::uint64_t deadline = 0;
  Digest digest;
  GAVEL_FIELDS(total, deadline, digest);
};
}  // namespace

Bytes Ledger::apply(const order::CommandContext& context, BytesView command, Events& events) {
  Bytes reply;
  if (!context.session) {
    // A proposal says something that may be said twice: here, a number that only rises.
    deadline_ = std::max<std::uint64_t>(deadline_, std::stoull(std::string(command)));
    reply = std::to_string(deadline_);
  } else {
    if (computes_wildly() && wild_ && total_ % 16 == 15) ++total_;
    reply = std::to_string(++total_);
    events.push_back({reply});
  }
  digest_ = digest_of(digest_, Bytes(command) + " " + reply + " " + std::to_string(context.time.micros));
  if (watch_ != nullptr) watch_->push_back({context.slot, {context.session, context.number, Bytes(command), reply}});
  return reply;
}

Bytes Ledger::query(BytesView /*question*/) const { return std::to_string(total_); }

/// In two pieces, as a service may.
Rope Ledger::snapshot() const {
  const auto whole = wire::encode(LedgerState{total_, deadline_, digest_});
  Rope rope(whole.substr(0, whole.size() / 2));
  rope.append(whole.substr(whole.size() / 2));
  return rope;
}

Result<void> Ledger::restore(BytesView snapshot) {
  const auto state = wire::decode<LedgerState>(snapshot);
  if (!state) return tl::unexpected<Error>(state.error());
  total_ = state->total;
  deadline_ = state->deadline;
  digest_ = state->digest;
  return {};
}

}  // namespace gavel::sim
