// What is read from a backup or an archive instead of from the cluster: verify --file and history --file.
#pragma once

#include <string>

#include "client/cli/archive_file.hpp"
#include "client/cli/commands.hpp"

namespace gavel::cli {

Row row(const FiledGroup& group);
Section filed_section();

/// Says of each group whether it holds. Throws Failure{internal} if one does not.
void verify_file(Context& context, const std::string& file);
/// The auction of that id in the file; of any id, if it is empty and there is one only. Throws Failure.
FiledAuction auction_in(const std::string& file, const std::string& auction);

}  // namespace gavel::cli
