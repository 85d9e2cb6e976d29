// Byte strings. `Bytes` owns, `BytesView` looks, `SharedBytes` is immutable and shared: a batch is encoded once and
// then only pointed at, by the log, the disk queue and the repair of others.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace gavel {

using Bytes = std::string;
using BytesView = std::string_view;
using SharedBytes = std::shared_ptr<const Bytes>;

inline SharedBytes share(Bytes bytes) { return std::make_shared<const Bytes>(std::move(bytes)); }

}  // namespace gavel
