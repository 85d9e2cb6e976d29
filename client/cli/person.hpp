// Who the user is to the chat, whatever they call themselves: a secret that is drawn once and kept in a file that only
// they can read, so that a second terminal, or a program that was started again, is the same person. It goes to the
// service and nowhere else: nothing prints it.
#pragma once

#include <string>

#include "common/wire/services/chat.hpp"

namespace gavel::cli {

/// Drawn at random, of nobody yet.
chat::Secret draw_secret();

/// The user's own; drawn and kept at the first time. Of two programs that draw at the same time both take the one that
/// was kept first. Where nothing can be kept, it lasts as long as the program, and that is said on stderr. Throws
/// Failure if what is kept there is none.
chat::Secret own_secret();
/// The same of that file; empty: nowhere.
chat::Secret secret_kept_in(const std::string& file);

}  // namespace gavel::cli
