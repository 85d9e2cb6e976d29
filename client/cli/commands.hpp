// The program's commands, as they are declared to CLI11: once, for the command line and for the shell alike. Each
// declaration puts what is to be done into Context::action; it runs when the whole line has been understood.
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <iostream>
#include <memory>

#include "client/cli/follower.hpp"
#include "client/cli/house.hpp"
#include "client/cli/joined_rooms.hpp"
#include "client/cli/output.hpp"

namespace gavel::cli {

struct Context {
  Settings settings;
  std::function<void()> action;
  /// Made when first needed, kept for the next line of a shell.
  std::unique_ptr<House> made;
  /// In a shell: what is joined, bid for or watched is followed from then on, and the command does not wait for events.
  std::unique_ptr<Follower> follower;
  /// In a shell: the rooms that one is in.
  std::unique_ptr<JoinedRooms> rooms;

  House& house() {
    if (!made) made = std::make_unique<House>(settings);
    return *made;
  }
  Output output() const { return Output(std::cout, settings.format, wants_colour()); }
};

void add_global_options(CLI::App& app, Settings& settings);
void add_output_option(CLI::App& app, Settings& settings);

/// Runs a parse of `app`: help goes to stdout, what is wrong to stderr.
Exit parse(CLI::App& app, const std::function<void()>& parse_it);

/// A length of time as it was typed for that option. Throws Failure{usage}.
Duration duration_option(const std::string& option, const std::string& text);

void add_item_commands(CLI::App& app, Context& context);
void add_auction_commands(CLI::App& app, Context& context);
void add_bid_commands(CLI::App& app, Context& context);
void add_status_command(CLI::App& app, Context& context);
void add_health_command(CLI::App& app, Context& context);
void add_ring_command(CLI::App& app, Context& context);
void add_log_level_command(CLI::App& app, Context& context);
void add_find_command(CLI::App& app, Context& context);
void add_node_commands(CLI::App& app, Context& context);
void add_operator_commands(CLI::App& app, Context& context);
void add_members_command(CLI::App& app, Context& context);
void add_replicas_command(CLI::App& app, Context& context);
void add_verify_command(CLI::App& app, Context& context);
void add_backup_commands(CLI::App& app, Context& context);
void add_restore_command(CLI::App& app, Context& context);
void add_chat_command(CLI::App& app, Context& context);
void add_talk_commands(CLI::App& app, Context& context);
void add_room_commands(CLI::App& app, Context& context);
void add_like_commands(CLI::App& app, Context& context);
void add_bidders_command(CLI::App& app, Context& context);
void add_talkers_command(CLI::App& app, Context& context);
void add_likers_command(CLI::App& app, Context& context);
/// All of the above.
void add_commands(CLI::App& app, Context& context);

/// Those that make no sense within the shell.
void add_shell_command(CLI::App& app, Context& context);
void add_completion_command(CLI::App& app, Context& context);

/// An amount as the user typed it, in the currency that is written there, or else in `otherwise`. Throws
/// Failure{usage}.
Money read_amount(const std::string& text, Currency otherwise);
Currency read_currency(const std::string& code);
/// Throws Failure{usage} if no auction could understand the text, before anybody is asked.
void check_amount(const std::string& text, const std::string& currency);

}  // namespace gavel::cli
