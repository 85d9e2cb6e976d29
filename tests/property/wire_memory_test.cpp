// What hostile bytes cost in memory, counted where it is taken: invariant 10 for the codec. The counting replaces
// malloc, which sanitizers do as well; under them the same inputs are only read.
#include <malloc.h>

#include <catch2/catch.hpp>
#include <cstddef>
#include <cstdint>

#include "tests/property/wire_messages.hpp"

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define GAVEL_COUNTS_MEMORY 1
#else
#define GAVEL_COUNTS_MEMORY 0
#endif

namespace {

// One thread, one test at a time.
std::ptrdiff_t live_bytes = 0;
std::ptrdiff_t peak_bytes = 0;

[[maybe_unused]] void* counted(void* block) {
  live_bytes += static_cast<std::ptrdiff_t>(malloc_usable_size(block));
  if (live_bytes > peak_bytes) peak_bytes = live_bytes;
  return block;
}

}  // namespace

#if GAVEL_COUNTS_MEMORY
extern "C" {
void* __libc_malloc(std::size_t size);
void __libc_free(void* block);
void* malloc(std::size_t size) { return counted(__libc_malloc(size)); }
void free(void* block) {
  live_bytes -= static_cast<std::ptrdiff_t>(malloc_usable_size(block));
  __libc_free(block);
}
}
#endif

namespace gavel::wire {
namespace {

/// A document costs its zone at least, and an error its words.
constexpr std::size_t kAlways = 8192;
/// While a message is read, each of its bytes may be a value of 16 bytes in a zone that doubles, and become an element
/// several times its size in an array that doubles.
constexpr std::size_t kPerByte = 128;

template <class Read>
std::size_t peak_of(Read&& read) {
  const auto before = live_bytes;
  peak_bytes = live_bytes;
  read();
  CHECK(live_bytes <= before + 4096);  // nothing stays, but what the library makes once
  return static_cast<std::size_t>(peak_bytes - before);
}

void check_cost(const Message& message, BytesView bytes) {
  const auto cost = peak_of([&] { message.accepts(bytes); });
  if (cost > kAlways + kPerByte * bytes.size()) FAIL(message.name << ": " << bytes.size() << " bytes cost " << cost);
}

void check_cost(BytesView bytes) {
  for (const auto& message : all_messages()) check_cost(message, bytes);
}

/// `bytes` with the array header at `at` replaced by one that claims `claimed` elements.
Bytes inflated(BytesView bytes, std::size_t at, std::uint32_t claimed) {
  Bytes out(bytes.substr(0, at));
  Writer(out).array(claimed);
  return out + Bytes(bytes.substr(at + 1));
}

}  // namespace

TEST_CASE("P10 boundedness: five hostile bytes cost no memory") {
  const auto five = [](const char* bytes) { return Bytes(bytes, 5); };
  for (const auto& bytes : {five("\xdd\xff\xff\xff\xff"), five("\xdd\x00\x01\x00\x00"), five("\xc6\xff\xff\xff\xff"),
                            five("\xdf\xff\xff\xff\xff"), five("\xc9\xff\xff\xff\xff"), five("\xdb\xff\xff\xff\xff"),
                            five("\xdc\xff\xff\xdc\xff"), five("\x91\x91\x91\x91\x91")})
    check_cost(bytes);
}

TEST_CASE("P10 boundedness: nested claims do not add up") {
  for (const auto* header : {"\xdc\xff\xff", "\xdd\x00\x00\xff"}) {
    Bytes bytes;
    for (std::size_t i = 0; i < 20; ++i) bytes += header;
    check_cost(bytes + Bytes(200, '\x90'));
  }
}

TEST_CASE("P10 boundedness: a message whose arrays claim more than they have costs in proportion to its bytes") {
  for (const auto& message : all_messages()) {
    RandomSource source(7);
    const Bytes bytes = message.make(source).bytes.substr(0, 2000);
    for (std::size_t at = 0; at < bytes.size(); ++at) {
      if ((static_cast<unsigned char>(bytes[at]) & 0xf0U) != 0x90) continue;
      for (const std::uint32_t claimed : {15U, 1000U, 65536U})
        check_cost(message, inflated(bytes, at, claimed) + Bytes(2000, '\x01'));
    }
  }
}

TEST_CASE("P10 boundedness: well-formed arrays of the smallest elements cost in proportion to their bytes") {
  const auto cost_of = [](const auto& message) {
    using Written = std::remove_cvref_t<decltype(message)>;
    const Bytes bytes = encode(message);
    return static_cast<double>(peak_of([&] { CHECK(decode<Written>(bytes)); })) / static_cast<double>(bytes.size());
  };
  FullEntry entry;
  entry.payloads.assign(60000, share({}));
  Repair repair;
  repair.batches.resize(60000);
  Entries entries;
  entries.entries.resize(60000);
  directory::Auctions auctions;
  auctions.auctions.resize(20000);
#if GAVEL_COUNTS_MEMORY
  CHECK(cost_of(entry) > 10);  // it is counted at all
#endif
  CHECK(cost_of(entry) < kPerByte);
  CHECK(cost_of(repair) < kPerByte);
  CHECK(cost_of(entries) < kPerByte);
  CHECK(cost_of(auctions) < kPerByte);
}

TEST_CASE("P10 boundedness: the largest frame of the smallest values is refused for a bounded cost") {
  Bytes bytes = seal(kEnvelope, TokenAck{});
  bytes.pop_back();
  bytes.pop_back();
  Writer(bytes).array(60);
  for (std::size_t i = 0; i < 60; ++i) {
    Writer(bytes).array(65536);
    bytes += Bytes(65536, '\x01');
  }
  REQUIRE(bytes.size() <= kMaxFrameBytes);
  CHECK(peak_of([&] { CHECK_FALSE(open(bytes, kEnvelope.cluster)); }) < 64U << 20U);
}

}  // namespace gavel::wire
