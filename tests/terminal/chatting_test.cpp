// What is said in rooms and how it is typed, in words and rows; who one is to the chat.
#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>

#include "client/cli/chat_commands.hpp"
#include "client/cli/chat_rows.hpp"
#include "client/cli/person.hpp"
#include "client/cli/room_calls.hpp"

namespace gavel::cli {
namespace {

const chat::Speaker kAnn{"ann", {Bytes(chat::kSecretBytes, 'a')}};

Names two_nodes() {
  Names names;
  names.learn(Uid{4}, "n4");
  names.learn(Uid{5}, "n5");
  return names;
}

chat::Line line_of(chat::LineKind kind, std::string who, std::string text = {}) {
  chat::Line line;
  line.number = 7;
  line.time = {1'700'000'000'500'000};
  line.kind = kind;
  line.who = std::move(who);
  line.text = std::move(text);
  return line;
}

std::string words_for_line(const chat::Line& line, Uid former = {}) {
  const Names names = two_nodes();
  return describe("lobby", line, {&names, former, false}).sentence;
}

Exit code_of(void (*run)()) {
  try {
    run();
    return Exit::ok;
  } catch (const Failure& failure) {
    return failure.code;
  }
}

chat::Command typed(const std::string& line) { return *read_slash_command(line, "lobby", kAnn).command; }

}  // namespace

TEST_CASE("terminal: each kind of line of a room has its words") {
  CHECK(words_for_line(line_of(chat::LineKind::said, "ann", "hello")) == "22:13:20 ann: hello");
  CHECK(words_for_line(line_of(chat::LineKind::entered, "ben")) == "— ben entered");
  CHECK(words_for_line(line_of(chat::LineKind::left, "ben")) == "— ben left");
  CHECK(words_for_line(line_of(chat::LineKind::lapsed, "ben")) == "— ben has gone without a word");
  CHECK(words_for_line(line_of(chat::LineKind::notice, "ann", "mutes ben for 60 s")) == "— ann mutes ben for 60 s");
  CHECK(words_for_line(line_of(chat::LineKind::going, "auctioneer", "going once at 25.00 EUR")) ==
        "** auctioneer: going once at 25.00 EUR");
  auto serving = line_of(chat::LineKind::serving, "");
  serving.node = Uid{4};
  CHECK(words_for_line(serving) == "— n4 serves the room now");
  CHECK(words_for_line(serving, Uid{5}) == "— n4 serves the room now, after n5");
  CHECK(words_for_line(serving, Uid{4}) == "— others serve the room with n4 now");
}

TEST_CASE("terminal: a line as a row says the same, and the nodes by name") {
  const Names names = two_nodes();
  auto serving = line_of(chat::LineKind::serving, "");
  serving.node = Uid{4};
  const Row row = describe("lobby", serving, {&names, Uid{5}, true}).row;
  CHECK(row["event"] == "chat");
  CHECK(row["room"] == "lobby");
  CHECK(row["number"] == 7);
  CHECK(row["kind"] == "serving");
  CHECK(row["node"] == "n4");
  CHECK(row["former"] == "n5");
  CHECK(describe("lot-7", line_of(chat::LineKind::said, "ann", "hello"), {nullptr, {}, true}).sentence ==
        "[lot-7] 22:13:20 ann: hello");
}

TEST_CASE("terminal: what others say cannot move the cursor") {
  CHECK(words_for_line(line_of(chat::LineKind::said, "a\x1b[2J", "\x1b]0;x\x07")) == "22:13:20 a?[2J: ?]0;x?");
}

TEST_CASE("terminal: who is in a room, and who serves it, in one line") {
  chat::RoomState state;
  state.room = "lobby";
  state.leader = Uid{5};
  state.serving = {Uid{4}, Uid{5}};
  CHECK(describe(state, two_nodes()) == "lobby: nobody is here; n5 serves the room, with n4");
  state.present = 3;
  state.members = {{"ann", {}, true, {}}, {"ben", {}, false, {5'000'000}}};
  CHECK(describe(state, two_nodes()) == "lobby: ann, ben and 1 other are here; n5 serves the room, with n4");
  const Row all = row(state, two_nodes());
  CHECK(all["members"][0]["moderator"] == true);
  CHECK(all["members"][1]["muted_until"] == "1970-01-01T00:00:05.000Z");
  CHECK(all["serving"] == Row({"n4", "n5"}));
}

TEST_CASE("terminal: what begins with a stroke is done and not said") {
  const auto mute = std::get<chat::Mute>(typed("/mute ben 90s"));
  CHECK((mute.room == "lobby" && mute.name == "ben" && mute.length == 90s));
  CHECK(std::get<chat::Mute>(typed("/mute ben")).length == 10min);
  CHECK(std::get<chat::Mute>(typed("/unmute \"ben the 2nd\"")).name == "ben the 2nd");
  CHECK(std::get<chat::Invite>(typed("/invite ben")).invited);
  CHECK_FALSE(std::get<chat::Invite>(typed("/uninvite ben")).invited);
  CHECK(std::get<chat::Appoint>(typed("/moderator ben")).moderator);
  CHECK(read_slash_command("/leave", "lobby", kAnn).what == SlashWhat::leave);
  CHECK(read_slash_command("/who", "lobby", kAnn).what == SlashWhat::who);
}

TEST_CASE("terminal: what begins with a stroke and is nothing is named, with what would be right") {
  const auto refusal = [](const std::string& line) {
    try {
      read_slash_command(line, "lobby", kAnn);
      return std::string();
    } catch (const Failure& failure) {
      CHECK(failure.code == Exit::usage);
      return failure.message;
    }
  };
  CHECK(refusal("/mutee ben").find("did you mean /mute?") != std::string::npos);
  CHECK(refusal("/mute").find("/mute NAME [10m]") != std::string::npos);
  CHECK(refusal("/mute ben soon").find("'soon'") != std::string::npos);
  CHECK(refusal("/invite a b").find("/invite NAME") != std::string::npos);
  CHECK(refusal("/who now").find("/who") != std::string::npos);
  CHECK(refusal("/invite auctioneer").find("no name in a room") != std::string::npos);
  for (const auto& name : slash_names()) CHECK(slash_help().find(name) != std::string::npos);
}

TEST_CASE("terminal: a verdict has its exit code, and says its words once") {
  CHECK(exit_for(chat::Verdict::unknown_room) == Exit::not_found);
  CHECK(exit_for(chat::Verdict::not_invited) == Exit::not_authorised);
  CHECK(exit_for(chat::Verdict::too_fast) == Exit::rejected);
  CHECK(code_of([] { check_room_name("@"); }) == Exit::usage);
  CHECK(code_of([] { check_room_name("lot-7.2"); }) == Exit::ok);
  CHECK(without_first_run("lot-7.1") == "lot-7");
  CHECK(without_first_run("lot-7.11") == "lot-7.11");
  CHECK(without_first_run(".1") == ".1");
}

TEST_CASE("terminal: texts are shortened between characters") {
  CHECK(shortened("short") == "short");
  CHECK(shortened(std::string(39, 'x') + "äö") == std::string(39, 'x') + "...");
}

TEST_CASE("terminal: the person is drawn once, kept for the user alone, and the same from then on") {
  const auto place = std::filesystem::temp_directory_path() / ("gavel-person-" + std::to_string(::getpid()));
  std::filesystem::create_directories(place);
  const std::string file = (place / "person").string();
  const auto first = secret_kept_in(file);
  CHECK(first.bytes.size() == chat::kSecretBytes);
  CHECK(secret_kept_in(file) == first);
  struct stat about {};
  REQUIRE(::stat(file.c_str(), &about) == 0);
  CHECK((about.st_mode & 0777U) == 0600U);
  CHECK(std::distance(std::filesystem::directory_iterator(place), {}) == 1);
  std::ofstream(file) << "short";
  CHECK_THROWS_AS(secret_kept_in(file), Failure);
  CHECK(draw_secret() != draw_secret());
  std::filesystem::remove_all(place);
}

}  // namespace gavel::cli
