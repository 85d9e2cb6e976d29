// The gateway's batches: at once when idle, gathered under load, never forgotten before they are applied.
#include <catch2/catch.hpp>

#include "common/order/publisher.hpp"
#include "common/wire/codec.hpp"
#include "common/wire/limits.hpp"

namespace gavel::order {
namespace {

struct Gateway {
  explicit Gateway(Options options_ = {}) : options(options_) {}

  bool submit(std::size_t bytes = 1) {
    return publisher.submit({SubmitId{++submitted}, {wire::RequestKind::proposal, {}, {}, Bytes(bytes, 'x')}});
  }
  /// Of the next batch: how many requests it holds; 0 if none leaves.
  std::size_t leaves() {
    const auto batch = publisher.next_batch(now);
    if (!batch) return 0;
    last = batch->ref.number;
    return wire::decode<wire::RequestList>(*batch->payload)->requests.size();
  }
  void apply(std::uint64_t number, std::size_t requests) {
    std::vector<Outcome> outcomes(requests);
    publisher.applied({BatchNumber{number}, std::move(outcomes)}, now, answers);
  }

  Options options;
  Publisher publisher{options, {Uid{4}, Incarnation{2}}};
  TimePoint now{1s};
  std::uint64_t submitted = 0;
  BatchNumber last;
  std::vector<Answered> answers;
};

TEST_CASE("a request leaves at once while one batch is in flight at most, and what comes meanwhile gathers") {
  Gateway gateway;
  gateway.submit();
  CHECK(gateway.leaves() == 1);
  gateway.submit();
  CHECK(gateway.leaves() == 1);
  CHECK(gateway.publisher.gathered_at() == kNever);
  for (int i = 0; i < 5; ++i) gateway.submit();
  CHECK(gateway.leaves() == 0);
  gateway.apply(1, 1);
  CHECK(gateway.leaves() == 5);
  CHECK(gateway.last == BatchNumber{3});
}

TEST_CASE("requests that can wait gather for a moment after the last batch, and never when there was none") {
  Options options;
  options.batch_gap = 20ms;
  Gateway gateway(options);
  CHECK(gateway.publisher.gathered_at() == kNever);
  gateway.submit();
  CHECK(gateway.publisher.gathered_at() <= gateway.now);
  CHECK(gateway.leaves() == 1);
  gateway.apply(1, 1);
  gateway.now += 5ms;
  for (int i = 0; i < 3; ++i) gateway.submit();
  CHECK(gateway.leaves() == 0);
  CHECK(gateway.publisher.gathered_at() == gateway.now + 15ms);
  gateway.now += 15ms;
  CHECK(gateway.leaves() == 3);
  gateway.apply(2, 3);
  gateway.now += 1ms;
  for (std::size_t i = 0; i < wire::kMaxBatchRequests; ++i) gateway.submit(0);
  CHECK(gateway.leaves() == wire::kMaxBatchRequests);  // a full one waits for nothing
}

TEST_CASE("full batches are pipelined, up to the bound of what is in flight") {
  Gateway gateway;
  const auto half = wire::kMaxBatchBytes / 2;
  for (int i = 0; i < 20; ++i) gateway.submit(half);
  std::size_t batches = 0;
  while (gateway.leaves() > 0) ++batches;
  CHECK(batches == gateway.options.batches_in_flight);
}

TEST_CASE("P10: above its bound a gateway takes no more, in number or in bytes") {
  Options options;
  options.requests_waiting = 10;
  options.request_bytes_waiting = 1000;
  SECTION("number") {
    Gateway gateway(options);
    for (int i = 0; i < 10; ++i) CHECK(gateway.submit());
    CHECK_FALSE(gateway.submit());
    CHECK(gateway.leaves() == 10);
    CHECK(gateway.submit());
  }
  SECTION("bytes") {
    Gateway gateway(options);
    CHECK(gateway.submit(999));
    CHECK(gateway.submit(999));
    CHECK_FALSE(gateway.submit());
  }
}

TEST_CASE("answers go to the requests of the batch, in order, and each once") {
  Gateway gateway;
  gateway.submit();
  gateway.leaves();
  gateway.apply(1, 1);
  gateway.apply(1, 1);
  REQUIRE(gateway.answers.size() == 1);
  CHECK(gateway.answers[0].id == SubmitId{1});
}

TEST_CASE("a batch that does not come back is offered again, ever more seldom") {
  Gateway gateway;
  gateway.submit();
  gateway.leaves();
  CHECK_FALSE(gateway.publisher.offer_again(gateway.now));
  gateway.now = gateway.publisher.offer_at();
  const auto first = gateway.publisher.offer_again(gateway.now);
  REQUIRE(first);
  CHECK(first->ref.number == BatchNumber{1});
  const auto wait = gateway.publisher.offer_at() - gateway.now;
  gateway.now = gateway.publisher.offer_at();
  REQUIRE(gateway.publisher.offer_again(gateway.now));
  CHECK(gateway.publisher.offer_at() - gateway.now == 2 * wait);
}

TEST_CASE(
    "P9: under lasting load a lost batch is still offered again within two beats of the last one that came back") {
  Gateway gateway;
  for (std::uint64_t number = 1; number <= 1000; ++number) {
    gateway.submit();
    REQUIRE(gateway.leaves() == 1);
    gateway.submit();
    gateway.now += 1ms;
    gateway.apply(number, 1);
    REQUIRE(gateway.leaves() == 1);
    gateway.apply(++number, 1);
  }
  gateway.submit();
  REQUIRE(gateway.leaves() == 1);
  CHECK(gateway.publisher.offer_at() - gateway.now <= 2 * gateway.options.heartbeat);
}

TEST_CASE("P7: what a snapshot covers is asked for anew, in its order, under new numbers") {
  Gateway gateway;
  const auto half = wire::kMaxBatchBytes / 2;
  for (int i = 0; i < 6; ++i) gateway.submit(half);
  CHECK(gateway.leaves() == 2);
  CHECK(gateway.leaves() == 2);
  CHECK(gateway.leaves() == 2);
  gateway.publisher.covered(BatchNumber{2});
  CHECK(gateway.publisher.waiting() == 4);
  CHECK(gateway.leaves() == 2);
  CHECK(gateway.last == BatchNumber{4});
  CHECK(gateway.leaves() == 2);
  gateway.apply(3, 2);
  gateway.apply(4, 2);
  gateway.apply(5, 2);
  std::vector<std::uint64_t> ids;
  for (const auto& answer : gateway.answers) ids.push_back(answer.id.value);
  CHECK(ids == std::vector<std::uint64_t>{5, 6, 1, 2, 3, 4});
}

}  // namespace
}  // namespace gavel::order
