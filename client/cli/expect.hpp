// What a service answered, as the one kind of answer that was wanted; everything else is thrown as a Failure.
#pragma once

#include <string>
#include <utility>
#include <variant>

#include "client/cli/failure.hpp"
#include "client/cli/output.hpp"
#include "client/core/effects.hpp"
#include "common/wire/services/auction.hpp"
#include "common/wire/services/chat.hpp"
#include "common/wire/services/directory.hpp"
#include "common/wire/services/likes.hpp"

namespace gavel::cli {

/// Throws unless the outcome is ok. `finds_out`: the command that tells what became of an unknown one.
void require_ok(const client::Outcome& outcome, const std::string& finds_out);

[[noreturn]] void refuse(const directory::Refused& refused);
[[noreturn]] inline void refuse(const auction::Refused& refused) {
  fail_with(Exit::internal, harmless(refused.message));
}
[[noreturn]] inline void refuse(const chat::Refused& refused) { fail_with(Exit::internal, harmless(refused.message)); }
[[noreturn]] inline void refuse(const likes::Refused& refused) { fail_with(Exit::internal, harmless(refused.message)); }

/// All that a service may have answered; a Refused, which is the first alternative, is thrown.
template <class Answer>
Answer expect_any(const client::Outcome& outcome, const std::string& finds_out) {
  require_ok(outcome, finds_out);
  auto answer = wire::decode_any<Answer>(outcome.body);
  if (!answer)
    fail_with(Exit::internal,
              "the answer of " + outcome.gateway_name + " is not understood: " + answer.error().message);
  if (const auto* refused = std::get_if<std::variant_alternative_t<0, Answer>>(&*answer)) refuse(*refused);
  return *std::move(answer);
}

/// The expected alternative of what a service answered.
template <class Wanted, class Answer>
Wanted expect(const client::Outcome& outcome, const std::string& finds_out) {
  auto answer = expect_any<Answer>(outcome, finds_out);
  if (auto* wanted = std::get_if<Wanted>(&answer)) return std::move(*wanted);
  fail_with(Exit::internal, "an answer of another kind came from " + outcome.gateway_name);
}

}  // namespace gavel::cli
