// Random but valid operations on a few groups, and the image that they must leave, for tests of stores.
#pragma once

#include <utility>
#include <vector>

#include "common/base/random.hpp"
#include "common/store/image.hpp"
#include "common/store/log_store.hpp"

namespace gavel::store {

class Scenario {
 public:
  struct Sizes {
    int groups = 3;
    std::int64_t most_bytes = 600;  // of a record
    std::int64_t snapshot_bytes = 2000;
    double snapshots = 0.03;           // how likely an operation is one
    std::int64_t most_operations = 6;  // of a round
  };

  Scenario(std::uint64_t seed, Sizes sizes) : random_(seed), sizes_(sizes) {}

  /// The next operations; the image is then as they leave it.
  std::vector<Operation> round() {
    std::vector<Operation> operations;
    for (auto n = random_.between(std::int64_t{1}, sizes_.most_operations); n > 0; --n) {
      operations.push_back(next());
      apply_to(image_, operations.back());
    }
    return operations;
  }

  const Image& image() const { return image_; }
  /// The operations since then were lost.
  void set_image(Image image) { image_ = std::move(image); }
  Random& random() { return random_; }

 private:
  Operation next() {
    using Kind = Operation::Kind;
    const GroupId group{static_cast<std::uint64_t>(random_.between(std::int64_t{1}, std::int64_t{sizes_.groups}))};
    const auto at = image_.find(group);
    const auto last = at == image_.end() ? Slot{} : at->second.last();
    const auto covered = at == image_.end() ? Slot{} : at->second.snapshot_slot;
    const auto slot_from = [&](Slot low, Slot high) {
      return Slot{static_cast<std::uint64_t>(
          random_.between(static_cast<std::int64_t>(low.value), static_cast<std::int64_t>(high.value)))};
    };
    if (random_.chance(0.1)) return {Kind::meta, group, {}, true, bytes(40)};
    if (random_.chance(0.05)) return {Kind::cut_tail, group, slot_from(covered, last), true, {}};
    if (random_.chance(sizes_.snapshots)) {
      return {Kind::snapshot, group, slot_from(covered, last + 2), random_.chance(0.8), bytes(sizes_.snapshot_bytes)};
    }
    if (random_.chance(0.003)) return {Kind::remove, group, {}, true, {}};
    return {Kind::append, group, last.next(), true, bytes(sizes_.most_bytes)};
  }

  SharedBytes bytes(std::int64_t most) {
    Bytes out(static_cast<std::size_t>(random_.between(std::int64_t{1}, most)), '\0');
    for (auto& c : out) c = static_cast<char>(random_.next());
    return share(std::move(out));
  }

  Random random_;
  Sizes sizes_;
  Image image_;
};

}  // namespace gavel::store
