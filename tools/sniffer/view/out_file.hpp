// `--out`: a file that is there whole or not at all. What is written stands in a file of its own beside it until it is
// complete, so that what the name stood for before stays if nothing comes, or if writing fails.
#pragma once

#include <string>
#include <string_view>

#include "common/base/result.hpp"

namespace gavel::sniffer {

/// Whether both names lead to one file, be it there already or not.
bool same_file(const std::string& a, const std::string& b);

/// Whether a file can be made there, as far as that shows beforehand. Error: in words, with the name.
Result<void> check_out_file(const std::string& name);

/// In the place of what was there; a pipe or a device is written to as it is. Error: in words, with the name.
Result<void> write_out_file(const std::string& name, std::string_view text);

}  // namespace gavel::sniffer
