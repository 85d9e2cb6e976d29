// A snapshot's outer form: records one after the other, each with its length before it. A state may be larger than any
// one message may be; each of its records is one message.
#pragma once

#include <cstdint>
#include <optional>

#include "common/base/bytes.hpp"
#include "common/base/result.hpp"
#include "common/wire/codec.hpp"

namespace gavel {

/// What a service's snapshot begins with: the digest that the state had.
struct SnapshotHead {
  Digest digest;
  GAVEL_FIELDS(digest);
};

/// Appends one record: its length in 4 bytes, little end first, then its bytes (less than 4 GiB).
void append_record(Bytes& out, BytesView record);

/// Takes a snapshot apart, one record after the other.
class RecordReader {
 public:
  explicit RecordReader(BytesView bytes) : rest_(bytes) {}

  /// The next record, within the bytes that were handed in. Error: there is none, or it is cut short.
  Result<BytesView> next();
  template <wire::Fielded T>
  Result<T> next_as() {
    const auto record = next();
    if (!record) return tl::unexpected<Error>(record.error());
    return wire::decode<T>(*record);
  }
  bool done() const { return rest_.empty(); }

 private:
  BytesView rest_;
};

}  // namespace gavel
