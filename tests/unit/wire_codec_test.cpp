#include <catch2/catch.hpp>

#include "common/wire/order_messages.hpp"
#include "common/wire/services/auction.hpp"

namespace gavel::wire {
namespace {

/// Bytes from values that the test writes by hand.
template <class Write>
Bytes written(Write&& write) {
  Bytes out;
  Writer writer(out);
  write(writer);
  return out;
}

template <class T>
std::string refusal_of(const Bytes& bytes) {
  const auto message = decode<T>(bytes);
  return message ? "accepted" : message.error().message;
}

}  // namespace

TEST_CASE("a message is the array of its fields, numbers in their shortest form") {
  const Fetch fetch{{2, Uid{300}}, Slot{70000}, true};
  CHECK(encode(fetch) == BytesView("\x93\x92\x02\xcd\x01\x2c\xce\x00\x01\x11\x70\xc3", 12));
}

TEST_CASE("a number that is not in its shortest form is read all the same") {
  const auto ack = decode<TokenAck>(BytesView("\x91\xcf\x00\x00\x00\x00\x00\x00\x00\x07", 10));
  REQUIRE(ack);
  CHECK(ack->id == 7);
}

TEST_CASE("a field too few or too many is refused, by name") {
  const auto term_of = [](std::size_t fields) {
    return written([&](Writer& w) {
      w.array(1);
      w.array(fields);
      for (std::size_t i = 0; i < fields; ++i) w.number(1);
    });
  };
  CHECK(refusal_of<Rejected>(term_of(2)) == "accepted");
  CHECK(refusal_of<Rejected>(term_of(1)) == "Rejected.promised: 2 fields expected, 1 found");
  CHECK(refusal_of<Rejected>(term_of(3)) == "Rejected.promised: 2 fields expected, 3 found");
  CHECK(refusal_of<Rejected>("\xc0") == "Rejected: an array of 1 fields expected, nil found");
}

TEST_CASE("a refusal names the path to the field, what was expected there and what was found") {
  Repair repair;
  repair.batches.resize(3);
  Bytes bytes = encode(repair);  // [[[[0,0,0], bin], [[0,0,0], bin], [[0,0,0], bin]]]
  bytes[bytes.size() - 3] = '\xc0';
  CHECK(refusal_of<Repair>(bytes) == "Repair.batches[2].ref.number: a number of 0 or more expected, nil found");
  CHECK(refusal_of<Repair>("\x91\x91\x92\x01\xc0") == "Repair.batches[0].ref: an array of 3 fields expected, 1 found");
}

TEST_CASE("each type of field says what it would take") {
  CHECK(refusal_of<TokenAck>("\x91\xff") == "TokenAck.id: a number of 0 or more expected, -1 found");
  CHECK(refusal_of<TokenAck>("\x91\xc4\x02hi") == "TokenAck.id: a number of 0 or more expected, 2 bytes found");
  CHECK(refusal_of<Fetch>("\x93\x92\x01\x01\x01\x01") == "Fetch.recovery: true or false expected, 1 found");
  CHECK(refusal_of<auction::Join>("\x91\x92\x01\x01") == "Join.name: a byte string expected, an array of 2 found");
  CHECK(refusal_of<auction::History>("\x92\x01\xc2") == "History.bids: an array expected, false found");
}

TEST_CASE("a number that its field cannot hold is refused") {
  CHECK(refusal_of<auction::AskHistory>(Bytes("\x92\x01\xcf\x00\x00\x00\x01\x00\x00\x00\x00", 11)) ==
        "AskHistory.limit: at most 4294967295 expected, 4294967296 found");
}

TEST_CASE("an enumerator that is not known is refused, and never cast") {
  CHECK(refusal_of<Request>("\x94\x09\x01\x01\xc4") != "accepted");
  CHECK(refusal_of<Request>(Bytes("\x94\x09\x01\x01\xc4\x00", 6)) == "Request.kind: 9 is no value of RequestKind");
  CHECK(refusal_of<Request>(Bytes("\x94\x01\x01\x01\xc4\x00", 6)) == "accepted");
}

TEST_CASE("an optional is nil or its value") {
  CHECK(refusal_of<auction::CloseReply>("\x91\xc0") == "accepted");
  CHECK(refusal_of<auction::CloseReply>("\x91\xc2") ==
        "CloseReply.outcome: an array of 6 fields expected, false found");
}

TEST_CASE("money in a currency that is not known is refused") {
  CHECK(refusal_of<auction::Bid>("\x92\xc4\x01z\x92\x64\xc4\x03"
                                 "EUR") == "accepted");
  CHECK(refusal_of<auction::Bid>("\x92\xc4\x01z\x92\x64\xc4\x03"
                                 "XXX")
            .find("Bid.amount: ") == 0);
}

TEST_CASE("of several messages the kind says which one it is") {
  const auto bytes = encode_any(auction::Command(auction::Join{"ann"}));
  CHECK(bytes == BytesView("\x92\xcc\x96\x91\xc4\x03"
                           "ann"));
  const auto back = decode_any<auction::Command>(bytes);
  REQUIRE(back);
  CHECK(std::get<auction::Join>(*back).name == "ann");
}

TEST_CASE("a kind that does not belong here is refused by its number") {
  const auto wrong = decode_any<auction::Command>(encode_any(auction::Reply(auction::Refused{"no"})));
  REQUIRE_FALSE(wrong);
  CHECK(wrong.error().message == "kind 160 is not known here");
  const auto inside = decode_any<auction::Command>("\x92\xcc\x96\x91\xc0");
  REQUIRE_FALSE(inside);
  CHECK(inside.error().message == "kind 150, Join.name: a byte string expected, nil found");
}

TEST_CASE("the kind that is claimed is the one that is decoded, in whichever form the numbers are written") {
  const Bytes join = encode_any(auction::Command(auction::Join{"ann"}));
  CHECK(claims_to_be<auction::Command>(join));
  CHECK_FALSE(claims_to_be<auction::Reply>(join));
  const Bytes body = join.substr(3);
  for (const Bytes& kind :
       {Bytes("\xcc\x96"), Bytes("\xcd\0\x96", 3), Bytes("\xce\0\0\0\x96", 5), Bytes("\xcf\0\0\0\0\0\0\0\x96", 9),
        Bytes("\xd1\0\x96", 3), Bytes("\xd2\0\0\0\x96", 5), Bytes("\xd3\0\0\0\0\0\0\0\x96", 9)})
    for (const Bytes& array : {Bytes("\x92"), Bytes("\xdc\0\x02", 3), Bytes("\xdd\0\0\0\x02", 5)}) {
      CHECK(claimed_kind(array + kind + body) == 150);
      CHECK(decode_any<auction::Command>(array + kind + body).has_value());
    }
  CHECK(claimed_kind("\x92\x07") == 7);
}

TEST_CASE("bytes that claim no kind are none, wherever they end") {
  CHECK_FALSE(claimed_kind(""));
  const Bytes longest("\xdd\0\0\0\x02\xcf\0\0\0\0\0\0\0\x96", 14);
  for (std::size_t length = 0; length < longest.size(); ++length)
    CHECK_FALSE(claimed_kind(BytesView(longest).substr(0, length)));
  for (const char* other : {"\x91\x07", "\x93\x07", "\x92\xc0", "\x92\xd0\x96", "\x92\xff", "\x92\x92\x07", "garbage"})
    CHECK_FALSE(claimed_kind(other));
}

TEST_CASE("a batch of too many requests is refused, and as many as are allowed are read") {
  RequestList list;
  list.requests.resize(kMaxBatchRequests);
  CHECK(decode<RequestList>(encode(list)));
  list.requests.emplace_back();
  CHECK_FALSE(decode<RequestList>(encode(list)));
}

TEST_CASE("what a node kept itself is read back, however much it is") {
  SnapshotRecord snapshot;
  snapshot.state = Bytes(5U << 20U, 's');
  snapshot.last_ordered.resize(kMaxArrayElements + 1);
  const auto back = decode<SnapshotRecord>(encode(snapshot));
  REQUIRE(back);
  CHECK(back->state.size() == snapshot.state.size());
  CHECK(back->last_ordered.size() == snapshot.last_ordered.size());
}

TEST_CASE("no decoded message points into its input") {
  Bytes bytes = encode(Batch{{Uid{1}, Incarnation{2}, BatchNumber{3}}, share("payload")});
  const auto batch = decode<Batch>(bytes);
  bytes.assign(bytes.size(), 'x');
  REQUIRE(batch);
  CHECK(*batch->payload == "payload");
}

}  // namespace gavel::wire
