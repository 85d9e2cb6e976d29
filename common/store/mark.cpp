#include "common/store/mark.hpp"

#include <filesystem>
#include <utility>

namespace gavel::store {
namespace {

constexpr const char* kName = "mark";
constexpr std::uint64_t kSecondPlace = kBlock;

}  // namespace

Result<MarkFile> MarkFile::create(const std::string& directory, std::uint64_t store, Faults* faults) {
  const auto first = encode(Mark{store, 1, 0, 0, 0});
  Bytes bytes(2 * kBlock, '\0');
  bytes.replace(0, first.size(), first.data(), first.size());
  bytes.replace(kSecondPlace, first.size(), first.data(), first.size());
  if (auto made = replace_file(directory, kName, bytes); !made) return tl::unexpected(made.error());
  auto file = open(directory, faults);
  if (!file) return tl::unexpected(file.error());
  return std::move(**file);
}

Result<std::optional<MarkFile>> MarkFile::open(const std::string& directory, Faults* faults) {
  const auto path = directory + "/" + kName;
  if (!std::filesystem::exists(path)) return std::nullopt;
  auto file = File::open(path, false, faults);
  if (!file) return tl::unexpected(file.error());
  // The life before may not have: only what is synced may be the one that stays while the other is written over.
  if (auto synced = file->sync(); !synced) return tl::unexpected(synced.error());
  const auto bytes = file->read(0, kSecondPlace + kHeaderBytes);
  if (!bytes) return tl::unexpected(bytes.error());
  const auto first = parse_mark(*bytes);
  const auto second = bytes->size() > kSecondPlace ? parse_mark(BytesView(*bytes).substr(kSecondPlace)) : std::nullopt;
  const bool second_counts = second && (!first || second->sequence > first->sequence);
  MarkFile mark;
  mark.file_ = std::move(*file);
  mark.mark_ = second_counts ? *second : first.value_or(Mark{});
  mark.place_ = second_counts ? 0 : kSecondPlace;
  return mark;
}

Result<void> MarkFile::write(std::uint64_t segment, std::uint64_t end, std::uint64_t round) {
  mark_ = {mark_.store, mark_.sequence + 1, segment, end, round};
  dirty_ = true;
  const auto bytes = encode(mark_);
  return file_.write(place_, BytesView(bytes.data(), bytes.size()));
}

Result<void> MarkFile::sync() {
  if (!dirty_) return {};
  if (auto synced = file_.sync(); !synced) return synced;
  dirty_ = false;
  place_ = place_ == 0 ? kSecondPlace : 0;
  return {};
}

}  // namespace gavel::store
