// Questions to the directory and their answers, from the state as it is.
#pragma once

#include "common/base/bytes.hpp"
#include "common/wire/services/directory.hpp"
#include "node/services/directory_state.hpp"

namespace gavel {

directory::Answer answer(const DirectoryState& state, BytesView question);

}  // namespace gavel
