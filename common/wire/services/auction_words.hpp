// What became of a bid, in words, from what the reply says besides: every bid is answered, and on every replica, but
// only who reads an answer needs a sentence.
#pragma once

#include <string>

#include "common/wire/services/auction.hpp"

namespace gavel::auction {

/// The verdict in words, with what was wrong and what would be right. `bid`: the one that the reply is to.
inline std::string in_words(const BidReply& reply, const Bid& bid) {
  if (!reply.message.empty()) return reply.message;
  const std::string amount = format(bid.amount);
  const std::string least = reply.enough ? ", at least " + format(*reply.enough) + " is needed" : "";
  if (reply.verdict == Verdict::accepted) return "accepted: " + bid.bidder + " leads with " + amount;
  if (reply.verdict == Verdict::too_low && !reply.leader) return amount + " is below the start price" + least;
  if (reply.verdict == Verdict::too_low)
    return amount + " is not more than the " + format(reply.price) + " of " + *reply.leader + least;
  if (reply.verdict == Verdict::below_increment && reply.enough)
    return amount + " is not " + format({reply.enough->minor - reply.price.minor, reply.price.currency}) +
           " above the " + format(reply.price) + " that lead" + least;
  return std::string(words_for(reply.verdict));
}

}  // namespace gavel::auction
