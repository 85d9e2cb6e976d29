// What text from outside may be, before it is replicated and shown on other people's screens.
#pragma once

#include <string>
#include <string_view>

namespace gavel {

/// Well-formed UTF-8 of `min` to `max` bytes without control characters, and without a space at either end.
bool is_plain_text(std::string_view text, std::size_t min, std::size_t max);

/// Text from outside as a message quotes it: shortened, and with '?' for all but printable ASCII if it is not plain.
std::string quoted(std::string_view text);

}  // namespace gavel
