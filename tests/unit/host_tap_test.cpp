// What a node's tap tells of the client lane: enough to tell one request from another.
#include <catch2/catch.hpp>

#include "node/tap_identity.hpp"

namespace gavel::node {
namespace {

wire::TappedClient told_of(wire::CallKind kind) {
  wire::Call call;
  call.id = 7;
  call.group = GroupId{9};
  call.kind = kind;
  call.session = SessionId{21};
  call.number = RequestNumber{3};
  wire::TappedClient out;
  note_identity(call, out);
  return out;
}

}  // namespace

TEST_CASE("the tap tells session and number of a command") {
  const auto told = told_of(wire::CallKind::command);
  CHECK(told.id == 7);
  CHECK(told.group == GroupId{9});
  CHECK(told.session == SessionId{21});
  CHECK(told.number == RequestNumber{3});
}

TEST_CASE("the tap takes no other call for a command, though it names a session and a number") {
  for (const auto kind : {wire::CallKind::open, wire::CallKind::query, wire::CallKind::local, wire::CallKind::mark}) {
    const auto told = told_of(kind);
    CHECK(told.id == 7);
    CHECK(told.group == GroupId{9});
    CHECK_FALSE(told.session);
    CHECK_FALSE(told.number);
  }
}

}  // namespace gavel::node
