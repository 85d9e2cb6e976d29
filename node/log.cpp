#include "node/log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "common/base/check.hpp"
#include "common/base/print.hpp"
#include "common/bus/clock.hpp"
#include "node/settings.hpp"

namespace gavel::node {
namespace {

constexpr std::size_t kKeptNotes = 100;

constexpr std::array<std::string_view, 26> kKinds{
    "suspected",     "stalled",       "candidate",          "token_sent",     "token_passed",
    "swallowed",     "promised",      "token_home",         "asked_directly", "recovering",
    "adopted",       "elected",       "election_failed",    "stepped_down",   "followed",
    "cut",           "ordered",       "committed",          "configured",     "handing_over",
    "handed_over",   "snapshot_made", "snapshot_installed", "repaired",       "diverged",
    "storage_failed"};
static_assert(static_cast<std::size_t>(order::NoteKind::storage_failed) + 1 == kKinds.size());

spdlog::level::level_enum level_of(order::NoteKind kind) {
  using order::NoteKind;
  switch (kind) {
    case NoteKind::ordered:
    case NoteKind::committed:
      return spdlog::level::trace;
    case NoteKind::repaired:
    case NoteKind::cut:
    case NoteKind::snapshot_made:
      return spdlog::level::debug;
    case NoteKind::diverged:
    case NoteKind::storage_failed:
      return spdlog::level::err;
    default:
      return spdlog::level::info;
  }
}

/// 2025-01-31T12:00:00.123456Z
std::string time_text(WallTime now) {
  const auto micros = now.micros;
  const std::time_t seconds = micros / 1'000'000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  std::array<char, 40> text{};
  const auto length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text.data() + length, text.size() - length, ".%06dZ", static_cast<int>(micros % 1'000'000));
  return text.data();
}

}  // namespace

Log::Log(const Settings& settings) : logger_(spdlog::stderr_logger_mt("gavel-node")), json_(settings.log_json) {
  logger_->set_pattern("%v");
  logger_->set_level(spdlog::level::from_str(settings.log_level));
  logger_->flush_on(spdlog::level::trace);
  logger_->set_error_handler([](const std::string& /*a log that cannot be written stops nobody*/) {});
  set_check_witness([this](const std::string& what) {
    std::fprintf(stderr, "gavel-node: %s\nThe last notes before it:\n", what.c_str());
    for (const auto& line : last_) std::fprintf(stderr, "  %s\n", line.c_str());
  });
}

Log::~Log() { set_check_witness({}); }

void Log::set_level(LogLevel least) { logger_->set_level(static_cast<spdlog::level::level_enum>(least)); }

void Log::note(const host::NodeNote& note, const std::string& group_name) {
  const auto level = note.kind ? level_of(*note.kind) : spdlog::level::info;
  const auto kind = note.kind ? kKinds[static_cast<std::size_t>(*note.kind)] : std::string_view();
  const std::string group = note.group ? std::to_string(note.group.value) : std::string();
  last_.push_back((group.empty() ? "" : "group " + group + ": ") + std::string(kind) + " " + note.text);
  if (last_.size() > kKeptNotes) last_.pop_front();
  write({level, note.text, kind, group, group_name, note.term});
}

void Log::info(std::string_view text) { write({spdlog::level::info, text}); }
void Log::warn(std::string_view text) { write({spdlog::level::warn, text}); }
void Log::error(std::string_view text) { write({spdlog::level::err, text}); }

void Log::write(const Line& line) {
  const auto level = static_cast<spdlog::level::level_enum>(line.level);
  if (!logger_->should_log(level)) return;
  const auto level_name = spdlog::level::to_string_view(level);
  const std::string_view level_text(level_name.data(), level_name.size());
  const std::string time = time_text(bus::wall_now());
  if (json_) {
    nlohmann::ordered_json out{{"time", time}, {"level", level_text}, {"node", name_}};
    if (!line.group.empty()) out["group"] = line.group;
    if (!line.group_name.empty()) out["group_name"] = line.group_name;
    if (line.term) out["term"] = {{"round", line.term.round}, {"uid", hex(line.term.uid.value)}};
    if (!line.kind.empty()) out["kind"] = line.kind;
    out["text"] = line.text;
    logger_->log(level, "{}", out.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
    return;
  }
  std::string out = time + " " + std::string(level_text) + " " + name_;
  if (!line.group.empty()) out += " group " + std::string(line.group);
  if (!line.group_name.empty()) out += " (" + std::string(line.group_name) + ")";
  if (line.term) out += " term " + std::to_string(line.term.round) + "." + hex(line.term.uid.value);
  out += ": ";
  if (!line.kind.empty()) out += std::string(line.kind) + ": ";
  logger_->log(level, "{}{}", out, line.text);
}

}  // namespace gavel::node
