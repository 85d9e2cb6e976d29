// Draws a story as a ladder: three forms of the same picture. Pure: a story in, text out.
#pragma once

#include <string>
#include <vector>

#include "tools/sniffer/stories/ladder.hpp"
#include "tools/sniffer/stories/stories.hpp"

namespace gavel::sniffer {

/// The columns: the client first, then nodes by name.
std::vector<Actor> actors_of(const Story& story, const Names& names);
std::string name_of(const Actor& actor, const Names& names);
/// "+12.345", milliseconds since the story began.
std::string since_start(const Story& story, const Step& step);
/// The label, and how often it was seen.
std::string label_of(const Step& step);

/// At most `width` columns wide, but never so narrow that its columns meet.
std::string draw_text(const Story& story, const Names& names, std::size_t width, bool coloured);
std::string draw_mermaid(const Story& story, const Names& names);
std::string draw_svg(const Story& story, const Names& names);

}  // namespace gavel::sniffer
