// For every message that there is: what is written is read back, and what is damaged is refused or read as something
// else, and harms nothing. Seeded: a failure names the message and the seed.
#include <catch2/catch.hpp>

#include "common/base/random.hpp"
#include "tests/property/wire_messages.hpp"

namespace gavel::wire {
namespace {

constexpr std::uint64_t kSeeds = 200;
constexpr std::uint64_t kMutatedSeeds = 6;

/// Calls check(message, specimen) for random specimens of every message.
template <class Check>
void for_random_specimens(std::uint64_t seeds, Check&& check) {
  for (const auto& message : all_messages()) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
      INFO(message.family << " " << message.name << ", seed " << seed);
      RandomSource source(seed);
      check(message, message.make(source));
    }
  }
}

}  // namespace

TEST_CASE("every message is read back as it was written") {
  for_random_specimens(kSeeds, [](const Message& message, const Specimen& specimen) {
    const auto back = message.read(specimen.bytes);
    if (!back) FAIL(back.error().message);
    if (back->text != specimen.text || back->bytes != specimen.bytes) FAIL(specimen.text);
  });
}

TEST_CASE("a message that is cut short anywhere is refused") {
  for_random_specimens(kMutatedSeeds, [](const Message& message, const Specimen& specimen) {
    const BytesView bytes = specimen.bytes;
    const std::size_t step = bytes.size() / 512 + 1;
    for (std::size_t length = 0; length < bytes.size(); length += step)
      if (message.accepts(bytes.substr(0, length))) FAIL("cut to " << length << " of " << bytes.size());
  });
}

TEST_CASE("a message with a byte more is refused") {
  for_random_specimens(kMutatedSeeds, [](const Message& message, const Specimen& specimen) {
    if (message.accepts(specimen.bytes + '\0')) FAIL(specimen.text);
  });
}

TEST_CASE("a message with one byte changed is refused in words, or is another that is read back as well, either way") {
  std::uint64_t accepted = 0;
  std::uint64_t refused = 0;
  for_random_specimens(kMutatedSeeds, [&](const Message& message, const Specimen& specimen) {
    Bytes bytes = specimen.bytes;
    const std::size_t step = bytes.size() / 256 + 1;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      const char original = bytes[at];
      for (const unsigned flip : {0x01U, 0x80U, 0x5dU, 0xffU, 0xc0U}) {
        bytes[at] = static_cast<char>(static_cast<unsigned char>(original) ^ flip);
        const auto other = message.read(bytes);
        const auto document = message.read_by_document(bytes);
        if (other.has_value() != document.has_value() || (other && other->text != document->text))
          FAIL("the quick way and the document differ at byte " << at << " of " << specimen.text);
        ++(other ? accepted : refused);
        if (!other) {
          if (other.error().message.empty()) FAIL("refused without a word at byte " << at);
          continue;
        }
        const auto again = message.read(other->bytes);
        if (!again || again->text != other->text) FAIL("byte " << at << ": " << other->text);
      }
      bytes[at] = original;
    }
  });
  CHECK(accepted > 1000);
  CHECK(refused > 1000);
}

TEST_CASE("random bytes are no message") {
  Random random(1);
  for (int i = 0; i < 2000; ++i) {
    Bytes bytes(static_cast<std::size_t>(random.between(3, 64)), '\0');
    for (auto& c : bytes) c = static_cast<char>(random.between(-128, 127));
    for (const auto& message : all_messages())
      if (message.form != Form::record && message.accepts(bytes)) FAIL("taken for " << message.name);
  }
}

}  // namespace gavel::wire
