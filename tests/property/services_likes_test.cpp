#include <catch2/catch.hpp>
#include <map>

#include "tests/property/services_plays.hpp"

namespace gavel {
namespace {

using namespace likes;

TEST_CASE("whatever is liked") {
  rc::prop("likes sum exactly: what was answered with counted, no more and no less", [] {
    Driver<LikesPlay> driver;
    std::map<std::string, std::uint64_t> sums;
    for (const auto& [pause, bytes] : *steps_of(likes_command())) {
      driver.now = driver.now + pause;
      driver.events.clear();
      const auto reply = wire::decode_any<Reply>(driver.bytes(bytes)).value();
      const auto* liked = std::get_if<Liked>(&reply);
      if (!liked || liked->verdict != Verdict::counted) {
        RC_ASSERT(driver.events.empty());
        continue;
      }
      const auto like = std::get<Like>(wire::decode_any<Command>(bytes).value());
      sums[like.thing] += like.count;
      RC_ASSERT(liked->total == sums[like.thing]);
      RC_ASSERT(std::get<Counted>(driver.events.at(0)).total == liked->total);
      RC_ASSERT(driver.events.size() == 1U);
    }
    RC_ASSERT(driver.machine.totals() == sums);
  });

  rc::prop("a replay gives the same state", [] { is_deterministic<LikesPlay>(*steps_of(likes_command())); });
  rc::prop("they go on from a snapshot taken anywhere as if nothing had been",
           [] { goes_on_from_a_snapshot<LikesPlay>(*steps_of(likes_command())); });
  rc::prop("a spoilt snapshot does no harm", [] { survives_a_spoilt_snapshot<LikesPlay>(*steps_of(likes_command())); });
  rc::prop("a question is answered, whatever it is", [](const Bytes& question) {
    RC_ASSERT(wire::decode_any<Answer>(Driver<LikesPlay>().machine.query(question)).has_value());
  });
}

}  // namespace
}  // namespace gavel
