// The program's version, as nodes tell it to each other and to people.
#pragma once

namespace gavel::node {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace gavel::node
