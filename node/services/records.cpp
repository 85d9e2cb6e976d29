#include "node/services/records.hpp"

#include <limits>

#include "common/base/check.hpp"

namespace gavel {
namespace {
constexpr std::size_t kLengthBytes = 4;
}

void append_record(Bytes& out, BytesView record) {
  GAVEL_CHECK(record.size() <= std::numeric_limits<std::uint32_t>::max(), "a snapshot's record fits its length");
  for (std::size_t i = 0; i < kLengthBytes; ++i) out += static_cast<char>((record.size() >> (8 * i)) & 0xffU);
  out += record;
}

Result<BytesView> RecordReader::next() {
  if (rest_.size() < kLengthBytes) return fail("the snapshot ends where a record should be");
  std::size_t length = 0;
  for (std::size_t i = 0; i < kLengthBytes; ++i)
    length |= static_cast<std::size_t>(static_cast<unsigned char>(rest_[i])) << (8 * i);
  if (rest_.size() - kLengthBytes < length) return fail("the snapshot ends within a record");
  const BytesView record = rest_.substr(kLengthBytes, length);
  rest_.remove_prefix(kLengthBytes + length);
  return record;
}

}  // namespace gavel
