// Fills any message with values from a source: random ones for properties, counted ones for the vectors of WIRE.md.
#pragma once

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <type_traits>
#include <vector>

#include "common/base/money.hpp"
#include "common/base/random.hpp"
#include "common/wire/codec.hpp"

namespace gavel::wire {

struct Source {
  virtual ~Source() = default;
  /// In [0, most].
  virtual std::uint64_t number(std::uint64_t most) = 0;
  virtual std::int64_t signed_number() = 0;
  virtual Bytes bytes() = 0;
  /// How many elements an array has.
  virtual std::size_t count() = 0;
  virtual bool present() = 0;
};

/// Small numbers mostly, and the edges where encodings change their length.
class RandomSource final : public Source {
 public:
  explicit RandomSource(std::uint64_t seed) : random_(seed) {}

  std::uint64_t number(std::uint64_t most) override {
    static constexpr std::array<std::uint64_t, 8> kEdges{0x7f,   0x80,    0xff,       0x100,
                                                         0xffff, 0x10000, 0xffffffff, 0x100000000};
    const auto drawn = random_.next();
    switch (drawn % 4) {
      case 0:
        return std::min(most, kEdges[(drawn >> 8U) % kEdges.size()]);
      case 1:
        return most - std::min<std::uint64_t>(most, drawn >> 60U);
      case 2:
        return most == std::numeric_limits<std::uint64_t>::max() ? drawn : drawn % (most + 1);
      default:
        return std::min(most, drawn >> 58U);
    }
  }
  std::int64_t signed_number() override {
    const auto value = number(std::numeric_limits<std::uint64_t>::max());
    return static_cast<std::int64_t>(random_.chance(0.5) ? value : ~value);
  }
  Bytes bytes() override {
    Bytes out(static_cast<std::size_t>(random_.chance(0.02) ? random_.between(250, 70000) : random_.between(0, 40)),
              '\0');
    const bool text = random_.chance(0.5);
    for (auto& c : out) c = static_cast<char>(text ? 'a' + random_.between(0, 25) : random_.between(-128, 127));
    return out;
  }
  std::size_t count() override {
    return static_cast<std::size_t>(random_.chance(0.05) ? random_.between(14, 40) : random_.between(0, 4));
  }
  bool present() override { return random_.chance(0.5); }

 private:
  Random random_;
};

/// 1, 2, 3, …: every field another value.
class CountingSource final : public Source {
 public:
  std::uint64_t number(std::uint64_t most) override { return most < 32 ? std::min<std::uint64_t>(most, 1) : ++last_; }
  std::int64_t signed_number() override { return static_cast<std::int64_t>(++last_) * 1000; }
  Bytes bytes() override { return "text-" + std::to_string(++last_); }
  std::size_t count() override { return ++counts_ % 2 + 1; }
  bool present() override { return true; }

 private:
  std::uint64_t last_ = 0;
  std::size_t counts_ = 0;
};

inline void fill(Source& s, bool& out) { out = s.number(1) == 1; }
template <std::unsigned_integral T>
requires(!std::same_as<T, bool>) void fill(Source& s, T& out) {
  out = static_cast<T>(s.number(std::numeric_limits<T>::max()));
}
template <std::signed_integral T>
void fill(Source& s, T& out) {
  out = static_cast<T>(s.signed_number());
}
template <class E>
requires std::is_enum_v<E>
void fill(Source& s, E& out) {
  std::vector<E> known;
  for (std::uint8_t i = 0; i < 32; ++i)
    if (is_known(static_cast<E>(i))) known.push_back(static_cast<E>(i));
  out = known[s.number(known.size() - 1)];
}
template <class Tag>
void fill(Source& s, Id<Tag>& out) {
  fill(s, out.value);
}
template <class Tag>
void fill(Source& s, Position<Tag>& out) {
  fill(s, out.value);
}
inline void fill(Source& s, Duration& out) { out = Duration(s.signed_number()); }
inline void fill(Source& s, WallTime& out) { out.micros = s.signed_number(); }
inline void fill(Source& s, Bytes& out) { out = s.bytes(); }
inline void fill(Source& s, SharedBytes& out) { out = share(s.bytes()); }
inline void fill(Source& s, Rope& out) { out = s.bytes(); }
inline void fill(Source& s, Money& out) {
  static constexpr std::array<std::string_view, 3> kCodes{"EUR", "JPY", "USD"};
  out.minor = s.signed_number();
  out.currency = *Currency::parse(kCodes[s.number(kCodes.size() - 1)]);
}
template <class T>
void fill(Source& s, std::optional<T>& out);
template <class T>
void fill(Source& s, std::vector<T>& out);
template <Fielded T>
void fill(Source& s, T& out) {
  std::apply([&s](auto&... field) { (fill(s, field), ...); }, out.fields());
}
template <class T>
void fill(Source& s, std::optional<T>& out) {
  if (s.present()) fill(s, out.emplace());
}
template <class T>
void fill(Source& s, std::vector<T>& out) {
  out.resize(s.count());
  for (auto& element : out) fill(s, element);
}

template <class T>
T arbitrary(Source& source) {
  T out{};
  fill(source, out);
  return out;
}

}  // namespace gavel::wire
