// chat: talk in a room.
#include "client/cli/commands.hpp"
#include "client/cli/conversation.hpp"

namespace gavel::cli {
namespace {

void chat_in(Context& context, const ChatOptions& options) {
  check_room_name(options.room);
  if (context.rooms) {
    context.rooms->enter(options.room, options.history);
    return;
  }
  context.settings.stays = true;
  Conversation(context, options).run();
}

}  // namespace

void add_chat_command(CLI::App& app, Context& context) {
  auto* command =
      app.add_subcommand("chat",
                         "Talk in a room: the lobby, an auction's, or a private one\n\n"
                         "Examples:\n"
                         "  gavel chat lobby --as ann\n"
                         "  gavel chat lot-7                 the room of that auction\n"
                         "  gavel chat @friends              a private room that you opened, or are invited to\n"
                         "  gavel chat lobby --history 50 -o jsonl < texts.txt\n"
                         "A line is said when it is sent off; /help lists what else can be done. Ctrl-D leaves.");
  auto options = std::make_shared<ChatOptions>();
  command->add_option("ROOM", options->room, "lobby, an auction's id, or @name")->required();
  command->add_option("--history", options->history, "Lines to show of what was said before")
      ->check(CLI::Range(0U, chat::kMostKept).description(""))
      ->capture_default_str();
  command->callback([&context, options] { context.action = [&context, options] { chat_in(context, *options); }; });
}

}  // namespace gavel::cli
