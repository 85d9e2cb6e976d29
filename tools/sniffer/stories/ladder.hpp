// `--ladder`: an election, a recovery or a bid as a sequence diagram: a column for each node (and the client), time
// runs down, an arrow for each message. As text that fits the width, as source for mermaid, or as a picture (SVG). It
// waits for the first whole story of the kind that is wanted, draws it, and is done. stories.hpp finds the story, and
// ladder_text, ladder_mermaid, ladder_svg draw it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string_view>

#include "tools/sniffer/message/names.hpp"
#include "tools/sniffer/view/view.hpp"

namespace gavel::sniffer {

/// `all`: everything that passes the filters, until the end.
enum class StoryKind : std::uint8_t { election, recovery, bid, all };
enum class LadderFormat : std::uint8_t { text, mermaid, svg };
/// "election", "recovery", "bid", "all"; "text", "mermaid", "svg"; nothing for anything else.
std::optional<StoryKind> story_kind_of(std::string_view name);
std::optional<LadderFormat> ladder_format_of(std::string_view name);

struct LadderOptions {
  StoryKind story = StoryKind::election;
  LadderFormat format = LadderFormat::text;
  std::size_t width = 100;  ///< columns of the terminal, text only
  bool colour = false;      ///< text only
  /// Which calls a bid's story may begin with, as the filters say; it wants to see everything then. Empty: any.
  std::function<bool(const Seen&)> picks;
};
std::unique_ptr<View> make_ladder(std::ostream& out, const Names& names, LadderOptions options);

}  // namespace gavel::sniffer
