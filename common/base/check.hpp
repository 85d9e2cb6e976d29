// Assertions that stay on in release: a broken invariant stops the process before it can spread (README.md, "Errors").
// Before it aborts, a failed check prints what the registered witness has to say: the last notes of the core.
#pragma once

#include <functional>
#include <string>

namespace gavel {

/// Called once by a failing check, to print what led to it. Set by the program (or by the simulator, which throws).
using Witness = std::function<void(const std::string& what)>;
void set_check_witness(Witness witness);

[[noreturn]] void check_failed(const char* condition, const char* message, const char* file, int line);

}  // namespace gavel

/// Our bug if it does not hold. `message` says which rule was broken, with the number of the invariant where it has
/// one.
#define GAVEL_CHECK(condition, message) \
  (static_cast<bool>(condition) ? void(0) : ::gavel::check_failed(#condition, message, __FILE__, __LINE__))
