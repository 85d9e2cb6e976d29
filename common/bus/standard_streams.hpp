// Descriptors 0, 1 and 2 belong to standard input, output and error. Where a program was started without one of them,
// the next socket that it opens would take its number, and be read or written as if it were.
#pragma once

namespace gavel::bus {

/// Opens /dev/null for each of the three that is closed. To be called before anything else is opened.
void keep_standard_streams();

}  // namespace gavel::bus
