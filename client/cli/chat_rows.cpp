#include "client/cli/chat_rows.hpp"

#include <algorithm>

#include "node/services/room_rules.hpp"

namespace gavel::cli {
namespace {

/// "16:20:00": of people who talk, seconds will do.
std::string to_the_second(WallTime time) { return clock(time).substr(0, 8); }

std::string serving_words(const chat::Line& line, const LineAbout& about) {
  const Names none;
  const Names& names = about.names != nullptr ? *about.names : none;
  const std::string now = harmless(names.of(line.node));
  if (about.former == line.node) return "— others serve the room with " + now + " now";
  return "— " + now + " serves the room now" + (about.former ? ", after " + harmless(names.of(about.former)) : "");
}

std::string words_of_line(const chat::Line& line, const LineAbout& about) {
  const std::string who = harmless(line.who);
  const std::string text = harmless(line.text);
  switch (line.kind) {
    case chat::LineKind::said:
      return to_the_second(line.time) + " " + who + ": " + text;
    case chat::LineKind::entered:
      return "— " + who + " entered";
    case chat::LineKind::left:
      return "— " + who + " left";
    case chat::LineKind::lapsed:
      return "— " + who + " has gone without a word";
    case chat::LineKind::notice:
      return "— " + who + " " + text;
    case chat::LineKind::bid:
    case chat::LineKind::going:
    case chat::LineKind::closed:
      return "** " + who + ": " + text;
    case chat::LineKind::serving:
      break;
  }
  return serving_words(line, about);
}

std::string people_in(const chat::RoomState& state) {
  if (state.present == 0) return "nobody is here";
  constexpr std::size_t kShown = 12;
  std::vector<std::string> names;
  for (const auto& member : state.members)
    if (names.size() < kShown) names.push_back(harmless(member.name));
  std::string text = joined(names);
  if (const auto more = state.present - std::min<std::uint64_t>(state.present, names.size()); more > 0)
    text += " and " + std::to_string(more) + (more == 1 ? " other" : " others");
  return text + (state.present == 1 ? " is here" : " are here");
}

std::string served_by(const chat::RoomState& state, const Names& names) {
  std::vector<std::string> others;
  for (const Uid uid : state.serving)
    if (uid != state.leader) others.push_back(harmless(names.of(uid)));
  std::sort(others.begin(), others.end());
  return harmless(names.of(state.leader)) + " serves the room" + (others.empty() ? "" : ", with " + joined(others));
}

}  // namespace

std::string word_for(chat::LineKind kind) {
  switch (kind) {
    case chat::LineKind::said:
      return "said";
    case chat::LineKind::entered:
      return "entered";
    case chat::LineKind::left:
      return "left";
    case chat::LineKind::lapsed:
      return "lapsed";
    case chat::LineKind::notice:
      return "notice";
    case chat::LineKind::bid:
      return "bid";
    case chat::LineKind::going:
      return "going";
    case chat::LineKind::closed:
      return "closed";
    case chat::LineKind::serving:
      break;
  }
  return "serving";
}

Telling describe(const std::string& room, const chat::Line& line, const LineAbout& about) {
  Row all{{"event", "chat"},
          {"room", room},
          {"number", line.number},
          {"time", iso(line.time)},
          {"kind", word_for(line.kind)},
          {"who", line.who},
          {"text", line.text}};
  if (line.kind == chat::LineKind::serving && about.names != nullptr) {
    all["node"] = about.names->of(line.node);
    all["former"] = about.former ? Row(about.names->of(about.former)) : Row();
  }
  return {std::move(all), (about.names_room ? "[" + harmless(room) + "] " : "") + words_of_line(line, about)};
}

Telling describe(const chat::Invited& invited, const std::string& how_to_enter) {
  return {{{"event", "invited"}, {"room", invited.room}, {"by", invited.by}, {"name", invited.name}},
          (invited.by.empty() ? "you are invited to " : harmless(invited.by) + " invites you to ") +
              harmless(invited.room) + ": " + how_to_enter + harmless(invited.room)};
}

Telling describe(const likes::Count& count) {
  return {{{"event", "likes"}, {"thing", count.thing}, {"total", count.total}},
          harmless(count.thing) + ": " + std::to_string(count.total) + (count.total == 1 ? " like" : " likes")};
}

Row row(const std::string& room, const chat::RoomRules& rules) {
  return {{"room", room},         {"keep", rules.keep},        {"bytes", rules.bytes},
          {"burst", rules.burst}, {"pace", print(rules.pace)}, {"lease", print(rules.lease)}};
}

Row row(const chat::RoomState& state, const Names& names) {
  Row members = Row::array();
  for (const auto& member : state.members)
    members.push_back({{"name", member.name},
                       {"since", iso(member.since)},
                       {"moderator", member.moderator},
                       {"muted_until", member.muted_until == WallTime{} ? Row() : Row(iso(member.muted_until))}});
  return {{"room", state.room},
          {"present", state.present},
          {"members", std::move(members)},
          {"leader", state.leader ? Row(names.of(state.leader)) : Row()},
          {"since", state.since.value},
          {"serving", names.of(state.serving)},
          {"last", state.last}};
}

std::string describe(const chat::RoomState& state, const Names& names) {
  return harmless(state.room) + ": " + people_in(state) + "; " + served_by(state, names);
}

Section members_of_room(const chat::RoomState& state) {
  Section section{"members", {{"name", "NAME"}, {"since", "SINCE"}, {"remark", ""}}, {}, "nobody is here"};
  for (const auto& member : state.members) {
    std::string remark = member.moderator ? "moderates" : "";
    if (member.muted_until != WallTime{})
      remark += (remark.empty() ? "" : ", ") + std::string("muted until ") + to_the_second(member.muted_until);
    section.rows.push_back({{"name", member.name}, {"since", clock(member.since)}, {"remark", remark}});
  }
  if (state.present > state.members.size())
    section.rows.push_back({{"name", "and " + std::to_string(state.present - state.members.size()) + " more"}});
  return section;
}

std::string describe(const std::string& room, const chat::RoomRules& rules) {
  return harmless(room) + ": " + in_words(rules);
}

}  // namespace gavel::cli
