#include "common/order/publisher.hpp"

#include <algorithm>

#include "common/order/mistakes.hpp"
#include "common/wire/limits.hpp"

namespace gavel::order {

namespace {

Bytes payload_of(const std::vector<Submission>& submissions) {
  wire::RequestViews list;
  list.requests.reserve(submissions.size());
  for (const auto& [id, request] : submissions)
    list.requests.push_back({request.kind, request.session, request.number, request.body});
  return wire::encode(list);
}

}  // namespace

bool Publisher::submit(Submission submission) {
  if (full() && !broken(Mistake::unbounded_queue)) return false;
  waiting_bytes_ += submission.request.body.size();
  waiting_.push_back(std::move(submission));
  return true;
}

std::optional<wire::Batch> Publisher::next_batch(TimePoint now) {
  if (waiting_.empty() || in_flight_.size() >= options_.batches_in_flight) return std::nullopt;
  const bool whole = waiting_.size() >= wire::kMaxBatchRequests || waiting_bytes_ >= wire::kMaxBatchBytes;
  if (!whole && (gathers() || now < left_at_ + options_.batch_gap)) return std::nullopt;
  left_at_ = now;

  Flying batch;
  batch.number = last_ = last_.next();
  std::size_t bytes = 0;
  while (!waiting_.empty() && batch.requests.size() < wire::kMaxBatchRequests && bytes < wire::kMaxBatchBytes) {
    bytes += waiting_.front().request.body.size();
    batch.requests.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  waiting_bytes_ -= bytes;
  batch.payload = share(payload_of(batch.requests));
  if (in_flight_.empty()) {
    offer_backoff_ = 2 * options_.heartbeat;
    offer_at_ = now + offer_backoff_;
  }
  wire::Batch message{{self_.uid, self_.incarnation, batch.number}, batch.payload};
  in_flight_.push_back(std::move(batch));
  return message;
}

void Publisher::applied(Applier::OwnBatch batch, TimePoint now, std::vector<Answered>& answers) {
  if (!in_flight_.empty()) covered(batch.number.prev());
  if (in_flight_.empty() || in_flight_.front().number != batch.number) return;
  auto& flying = in_flight_.front();
  for (std::size_t i = 0; i < flying.requests.size() && i < batch.outcomes.size(); ++i) {
    auto& outcome = batch.outcomes[i];
    answers.push_back({flying.requests[i].id, outcome.status, outcome.slot, outcome.session, std::move(outcome.body)});
  }
  in_flight_.pop_front();
  offer_backoff_ = 2 * options_.heartbeat;
  offer_at_ = now + offer_backoff_;
}

void Publisher::covered(BatchNumber number) {
  auto end = in_flight_.begin();
  while (end != in_flight_.end() && end->number <= number) ++end;
  for (auto flying = end; flying != in_flight_.begin();) {  // from the back, so that they stay in order
    --flying;
    for (auto request = flying->requests.rbegin(); request != flying->requests.rend(); ++request) {
      waiting_bytes_ += request->request.body.size();
      waiting_.push_front(std::move(*request));
    }
  }
  in_flight_.erase(in_flight_.begin(), end);
}

std::optional<wire::Batch> Publisher::offer_again(TimePoint now) {
  if (in_flight_.empty() || now < offer_at_) return std::nullopt;
  offer_backoff_ = std::min<Duration>(offer_backoff_ * 2, 20 * options_.heartbeat);
  offer_at_ = now + offer_backoff_;
  const auto& oldest = in_flight_.front();
  return wire::Batch{{self_.uid, self_.incarnation, oldest.number}, oldest.payload};
}

}  // namespace gavel::order
