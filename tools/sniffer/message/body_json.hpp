// A message's body as JSON: the very fields that it has on the wire, under their own names, for the messages that are
// listed in body_json.cpp. Byte strings are told by their length only ("bytes"); a batch's requests in words
// (words.hpp).
#pragma once

#include "client/cli/output.hpp"
#include "tools/sniffer/message/names.hpp"
#include "tools/sniffer/message/seen.hpp"

namespace gavel::sniffer {

/// Null if there is none, or none that may be told.
cli::Row body_as_json(const Seen& seen, const Names& names);

}  // namespace gavel::sniffer
