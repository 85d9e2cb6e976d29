// What is said to somebody who wrote a word that there is not.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace gavel::sniffer {

/// The same letters in any case.
bool same_word(std::string_view a, std::string_view b);
/// "'ordr' is no lane; did you mean order? Lanes are batch, order, …".
std::string no_such(std::string_view written, std::string_view what, const std::vector<std::string>& words);

}  // namespace gavel::sniffer
