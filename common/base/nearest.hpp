// What somebody may have meant who wrote a word that there is not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gavel {

/// Letters to insert, leave out or change, the same in any case (Levenshtein).
std::size_t differences(std::string_view a, std::string_view b);

/// The word with the fewest differences, if they are few enough for a slip: one letter in three, or `few` of a short
/// word. Empty otherwise.
std::string nearest(std::string_view written, const std::vector<std::string>& words, std::size_t few = 1);

}  // namespace gavel
