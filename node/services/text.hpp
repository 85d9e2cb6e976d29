// What text from outside may be, before it is replicated and shown on other people's screens.
#pragma once

#include <string>
#include <string_view>

namespace gavel {

/// Well-formed UTF-8 of `min` to `max` bytes without control characters, and without a space at either end.
bool is_plain_text(std::string_view text, std::size_t min, std::size_t max);

/// Lower-case letters, digits and single dashes within, at most directory::kMaxItemId bytes; so it needs no quotes in a
/// shell, is good as a file's name, and no room is left for look-alikes.
bool is_item_id(std::string_view id);

/// Text from outside as a message quotes it: shortened, and with '?' for all but printable ASCII if it is not plain.
std::string quoted(std::string_view text);

}  // namespace gavel
