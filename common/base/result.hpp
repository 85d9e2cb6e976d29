// Results that may fail without an exception: bytes from outside and the environment (README.md, "Errors").
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace gavel {

/// What went wrong, in words for the person who reads it: what was found, and what would be right.
struct Error {
  std::string message;
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(std::string message) { return tl::unexpected<Error>(Error{std::move(message)}); }

}  // namespace gavel
