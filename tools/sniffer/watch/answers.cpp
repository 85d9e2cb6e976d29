#include "tools/sniffer/watch/answers.hpp"

#include <algorithm>

#include "common/base/print.hpp"
#include "common/wire/codec.hpp"
#include "tools/sniffer/message/shown.hpp"

namespace gavel::sniffer {
void AnswerWatch::on_batch(GroupId group, const wire::Batch& batch) {
  const std::pair key{group, batch.ref};
  if (!batch.payload || batches_.contains(key)) return;
  auto list = wire::decode<wire::RequestList>(*batch.payload);
  if (!list) return;
  std::vector<RequestName> names;
  for (const auto& request : list->requests)
    if (request.kind == wire::RequestKind::command) names.emplace_back(request.session, request.number);
  requests_ += names.size() + 1;
  batches_.emplace(key, std::move(names));
  batches_in_order_.push_back(key);
  while (requests_ > kRequests) {
    const auto oldest = batches_.find(batches_in_order_.front());
    requests_ -= oldest->second.size() + 1;
    batches_.erase(oldest);
    batches_in_order_.pop_front();
  }
}

void AnswerWatch::on_client(const Seen& seen, const wire::TappedClient& client) {
  if (!client.client || client.id == 0) return;
  const CallKey key{seen.from, client.client, client.id};
  if (client.incoming && client.kind == wire::Call::kKind) {
    if (!client.session || !client.number) return;
    if (calls_.insert_or_assign(key, Called{client.group, {client.session, client.number}}).second)
      calls_in_order_.push_back(key);
    while (calls_in_order_.size() > kCalls) {
      calls_.erase(calls_in_order_.front());
      calls_in_order_.pop_front();
    }
  }
  if (client.incoming || client.kind != wire::Answer::kKind) return;
  const auto call = calls_.find(key);
  if (call == calls_.end()) return;
  if (client.status == wire::AnswerStatus::ok && client.slot) {
    if (answers_.size() >= kAnswers) {
      answers_.pop_front();
      ++overlooked_;
    }
    answers_.push_back(
        {seen.from, call->second.group, call->second.request, client.slot, seen.at, seen.number, Duration{}});
  }
  calls_.erase(call);
}

void AnswerWatch::missed(Uid node) {
  const auto of_node = [node](const Answer& answer) { return answer.gateway == node; };
  overlooked_ += std::erase_if(answers_, of_node);
  // The answer to an open call may be among what was missed, and the number of the call be given again.
  overlooked_ += std::erase_if(calls_, [node](const auto& item) { return std::get<Uid>(item.first) == node; });
}

void AnswerWatch::prolong(Duration time) {
  for (auto& answer : answers_) answer.prolonged += time;
}

AnswerWatch::Verdict AnswerWatch::judge(const Answer& answer, const LogWatch* log, WallTime now,
                                        Duration patience) const {
  const auto waited = now - answer.at - answer.prolonged;
  const bool late = waited >= patience;
  if (log == nullptr) return late ? Verdict::unknown : Verdict::waits;
  if (const auto* entry = log->committed(answer.slot)) {
    bool whole = true;
    for (const auto& ref : entry->batches) {
      const auto known = batches_.find({answer.group, ref});
      if (known == batches_.end())
        whole = false;
      else if (std::find(known->second.begin(), known->second.end(), answer.request) != known->second.end())
        return Verdict::good;
    }
    if (whole && log->lived(answer.slot, answer.at)) return Verdict::lost;
    return late ? Verdict::unknown : Verdict::waits;
  }
  if (!late) return Verdict::waits;
  // Whoever leads the highest term, since well after the answer, has every committed slot in its log; if it was there
  // before the answer, so that it is of the same cluster.
  if (!log->is_led(now)) return Verdict::unknown;
  const auto& leading = log->leading();
  if (waited < leading->pace.scaled(patience)) return Verdict::waits;
  const bool led = leading->at > answer.at && leading->at - leading->since > leading->pace.lives() &&
                   log->was_heard_before(leading->term.uid, answer.at);
  return led && log->highest_commit() < answer.slot && leading->last < answer.slot ? Verdict::nowhere
                                                                                   : Verdict::unknown;
}

void AnswerWatch::look(const Names& names, const LogOf& log_of, WallTime now, Duration patience, Findings& findings) {
  findings.not_checkable += overlooked_;
  overlooked_ = 0;
  std::erase_if(answers_, [&](const Answer& answer) {
    const auto* log = log_of(answer.group);
    const auto verdict = judge(answer, log, now, patience);
    if (verdict == Verdict::unknown) ++findings.not_checkable;
    if (verdict == Verdict::lost || verdict == Verdict::nowhere) {
      const auto request = "request " + std::to_string(answer.request.first.value) + "/" + print(answer.request.second);
      findings.add(Rule::answers, answer.group, request,
                   names.group(answer.group) + ": " + request + ", which " + names.node(answer.gateway) +
                       " acknowledged at slot " + print(answer.slot) + " (" + message_words(answer.shown) + "), " +
                       (verdict == Verdict::lost
                            ? "is in none of the batches that were committed there"
                            : "is not in the order: the leader of term " + shown_term(log->leading()->term, names) +
                                  " ends with slot " + print(log->leading()->last)));
    }
    return verdict != Verdict::waits;
  });
}

void AnswerWatch::end(Findings& findings) {
  findings.not_checkable += answers_.size();
  answers_.clear();
}

}  // namespace gavel::sniffer
