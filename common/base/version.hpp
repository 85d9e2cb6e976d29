// The version of Gavel, as its programs tell it to people and to each other. CMakeLists.txt reads it from here.
#pragma once

namespace gavel {

inline constexpr const char* kVersion = "0.1.0";

}  // namespace gavel
