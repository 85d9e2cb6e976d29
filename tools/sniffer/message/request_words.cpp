// What is asked of the services, in words: commands and questions within batches. This is the list of what may be told;
// see words.hpp.
#include "client/cli/output.hpp"
#include "client/cli/rows.hpp"
#include "common/wire/codec.hpp"
#include "common/wire/services/auction.hpp"
#include "common/wire/services/chat.hpp"
#include "common/wire/services/directory.hpp"
#include "common/wire/services/likes.hpp"
#include "tools/sniffer/message/words.hpp"

namespace gavel::sniffer {
namespace {

/// What is not in the list below.
template <class Message>
std::string wanted(const Message& /*message*/, const Names& /*names*/) {
  return std::string(wire::type_name<Message>());
}

std::string wanted(const auction::Join& m, const Names& /*names*/) { return "join as " + m.name; }
std::string wanted(const auction::Leave& m, const Names& /*names*/) { return "leave as " + m.name; }
// Bids in the open, as long as there are no others: a sealed one must not come here.
std::string wanted(const auction::Bid& m, const Names& /*names*/) {
  return "bid " + format(m.amount) + " by " + m.bidder;
}
std::string wanted(const auction::Close& /*m*/, const Names& /*names*/) { return "close"; }

std::string wanted(const directory::RegisterNode& m, const Names& /*names*/) {
  return "node " + m.name + " is here, " + std::to_string(m.slots) + " slots";
}
std::string wanted(const directory::NodeState& m, const Names& names) {
  return names.node(m.uid) + " is " + std::string(directory::words_for(m.life));
}
std::string wanted(const directory::LeaveNode& m, const Names& names) { return names.node(m.uid) + " leaves"; }
std::string wanted(const directory::AddItem& m, const Names& /*names*/) {
  return "item " + (m.id.empty() ? "" : m.id + " ") + "\"" + m.title + "\" from " + format(m.start_price);
}
std::string wanted(const directory::StartAuction& m, const Names& /*names*/) {
  return "start " + m.item + (m.end ? " until " + cli::iso(*m.end) : " for " + cli::print(m.duration));
}
std::string wanted(const directory::AuctionClosed& m, const Names& /*names*/) {
  return m.auction +
         " is closed: " + (m.outcome.winner ? *m.outcome.winner + " won for " + format(m.outcome.price) : "nobody bid");
}
std::string wanted(const directory::AuctionLed& m, const Names& names) {
  return m.auction + " is led by " + names.node(m.active) + " since slot " + std::to_string(m.since.value);
}
std::string wanted(const directory::DrainNode& m, const Names& names) {
  return (m.draining ? "drain " : "undrain ") + names.node(m.uid);
}
std::string wanted(const directory::RemoveNode& m, const Names& names) { return "remove " + names.node(m.uid); }
std::string wanted(const directory::RestoreAuction& m, const Names& names) {
  return "restore " + m.auction + " at " + names.node(m.uid);
}

std::string in_room(const std::string& room, const chat::Speaker& who) {
  return (room.empty() ? " by " : " in " + room + " by ") + who.name;
}
std::string wanted(const chat::Enter& m, const Names& /*names*/) { return "enter" + in_room(m.room, m.who); }
std::string wanted(const chat::Leave& m, const Names& /*names*/) { return "leave" + in_room(m.room, m.who); }
std::string wanted(const chat::Stay& m, const Names& /*names*/) { return "stay" + in_room(m.room, m.who); }
// What is said in a private room is for those who were invited.
std::string wanted(const chat::Say& m, const Names& /*names*/) {
  const bool is_private = m.room.starts_with(chat::kPrivateMark);
  return "says " + (is_private ? std::to_string(m.text.size()) + " bytes" : "\"" + m.text + "\"") +
         in_room(m.room, m.who);
}
std::string wanted(const chat::OpenRoom& m, const Names& /*names*/) { return "open " + m.room + " by " + m.who.name; }
std::string wanted(const chat::Invite& m, const Names& /*names*/) {
  return (m.invited ? "invite " : "uninvite ") + m.name + in_room(m.room, m.who);
}
std::string wanted(const chat::Mute& m, const Names& /*names*/) {
  const bool muted = m.length > Duration::zero();
  return (muted ? "mute " + m.name + " for " + cli::print(m.length) : "unmute " + m.name) + in_room(m.room, m.who);
}
std::string wanted(const chat::Appoint& m, const Names& /*names*/) {
  return (m.moderator ? "appoint " : "dismiss ") + m.name + in_room(m.room, m.who);
}
std::string wanted(const chat::SetRules& m, const Names& /*names*/) { return "set rules" + in_room(m.room, m.who); }
std::string wanted(const chat::Sweep& /*m*/, const Names& /*names*/) { return "sweep"; }
std::string wanted(const chat::Call& /*m*/, const Names& /*names*/) { return "call"; }

std::string wanted(const likes::Like& m, const Names& /*names*/) {
  return "likes " + m.thing + (m.count == 1 ? "" : " x" + std::to_string(m.count));
}

/// The first family that has such a message says it; kinds of different services never meet.
template <class... Family>
std::string in_words(const Bytes& body, const Names& names) {
  std::string said;
  const auto attempt = [&]<class Variant>(std::type_identity<Variant> /*family*/) {
    if (!said.empty()) return;
    if (const auto message = wire::decode_any<Variant>(body))
      said = std::visit([&names](const auto& m) { return wanted(m, names); }, *message);
  };
  (attempt(std::type_identity<Family>{}), ...);
  return said.empty() ? std::to_string(body.size()) + " bytes" : cli::harmless(std::move(said));
}
std::string command_in_words(const Bytes& body, const Names& names) {
  return in_words<auction::Command, directory::Command, chat::Command, likes::Command>(body, names);
}

}  // namespace

std::string words_for(const wire::Request& request, const Names& names) {
  switch (request.kind) {
    case wire::RequestKind::open:
      return "open a session";
    case wire::RequestKind::command:
      return command_in_words(request.body, names) + " (session " + std::to_string(request.session.value) + " #" +
             std::to_string(request.number.value) + ")";
    case wire::RequestKind::query:
      return "ask " +
             in_words<auction::Question, directory::Question, chat::Question, likes::Question>(request.body, names);
    case wire::RequestKind::proposal:
      return "propose: " + command_in_words(request.body, names);
    case wire::RequestKind::mark:
      return "mark";
  }
  return "?";
}

}  // namespace gavel::sniffer
