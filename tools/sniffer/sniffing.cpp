#include "tools/sniffer/sniffing.hpp"

#include <exception>
#include <utility>

#include "client/cli/output.hpp"
#include "tools/sniffer/capture/header.hpp"
#include "tools/sniffer/view/lines.hpp"

namespace gavel::sniffer {
namespace {

constexpr Duration kSayLossesEvery = 1s;
/// Of a recording's time.
constexpr Duration kPaceEvery = 10ms;
constexpr BytesView kMe = "gavel-sniff: ";

std::string plural(std::uint64_t count, const std::string& one) {
  return std::to_string(count) + " " + one + (count == 1 ? "" : "s");
}

void not_for_us(Seen& seen, const std::exception& error) {
  seen.body = {};
  seen.fault = "an error of gavel-sniff itself: " + std::string(error.what());
}

}  // namespace

Sniffing::Sniffing(SniffingOptions options, Filter filter, std::ostream& messages)
    : options_(std::move(options)),
      filter_(std::move(filter)),
      messages_(messages),
      decoder_(options_.cluster),
      watch_(names_) {}

Result<void> Sniffing::take(const Capture& capture) {
  if (capture.channel == Channel::names) {
    names_.learn_encoded(capture.payload);
  } else {
    if (!began_) began_ = capture.at;
    if (const auto end = ends_at(); end && capture.at >= *end) over_ = true;
    if (over_) return {};
    count(capture);
  }
  if (recorder_) {
    if (auto written = recorder_->write(capture); !written) return written;
    if (!view_ && options_.most > 0 && recorder_->written() >= options_.most) over_ = true;
  }
  if (view_ || options_.watches) look(capture);
  return {};
}

void Sniffing::count(const Capture& capture) {
  const auto header = peek(capture.payload);
  if (header && header->cluster != options_.cluster) {
    ++foreign_;
    return;
  }
  ++seen_;
  if (!header || capture.channel != Channel::published) return;
  const auto missed = losses_.arrived(header->from, header->incarnation, header->published);
  if (missed == 0) return;
  unsaid_[header->from] += missed;
  watch_.missed(header->from);
}

/// What this program itself, or another one like it, asks of the directory.
bool Sniffing::is_of_a_sniffer(const Seen& seen) const {
  return names_.is_sniffer(seen.client) ||
         (seen.kind == wire::Probe::kKind && names_.is_sniffer(ClientId{seen.from.value}));
}

void Sniffing::look(const Capture& capture) {
  auto seen = decoder_.decode(capture);
  if (!seen || is_of_a_sniffer(*seen)) return;
  if (options_.watches) watch(*seen);
  if (!seen->fault.empty()) ++not_understood_;
  if (!view_) return;
  if (options_.filters && options_.quiet && (seen->lane == Lane::beat || seen->lane == Lane::beacon)) return;
  if (options_.filters && !wants(*seen)) return;
  show(*seen);
  ++shown_;
  if (view_->done() || (options_.most > 0 && shown_ >= options_.most)) over_ = true;
}

/// One message that this program itself is not up to is no reason to hear no other: it is as good as damaged.
void Sniffing::watch(Seen& seen) {
  try {
    say(watch_.look(seen));
  } catch (const std::exception& error) {
    not_for_us(seen, error);
  }
}

void Sniffing::show(Seen& seen) {
  try {
    view_->show(seen);
  } catch (const std::exception& error) {
    if (seen.fault.empty()) ++not_understood_;
    not_for_us(seen, error);
    try {
      view_->show(seen);
    } catch (const std::exception&) {  // not even as that: it was counted
    }
  }
}

void Sniffing::tick(WallTime now) {
  if (over_) return;
  if (options_.watches) say(watch_.tick(now));
  if (view_) {
    view_->tick(now);
    if (view_->done()) over_ = true;
  }
  if (const auto end = ends_at(); end && now >= *end) over_ = true;
  if (now >= said_at_ && now - said_at_ < kSayLossesEvery) return;
  said_at_ = now;
  say_missed();
}

bool Sniffing::pace(WallTime at) {
  if (paced_ && at >= *paced_ && at - *paced_ < kPaceEvery) return false;
  paced_ = at;
  tick(at);
  return true;
}

std::optional<WallTime> Sniffing::ends_at() const {
  if (!began_ || !options_.time_limit) return std::nullopt;
  return *began_ + *options_.time_limit;
}

Result<void> Sniffing::flush() { return recorder_ ? recorder_->flush() : Result<void>{}; }

void Sniffing::end_view() {
  if (view_) view_->end();
}

Result<void> Sniffing::end() {
  auto flushed = flush();
  if (options_.watches) say(watch_.end());
  say_missed();
  say_summary();
  return flushed;
}

void Sniffing::say(const std::vector<Violation>& violations) {
  for (const Violation& violation : violations) {
    if (options_.colours_messages) messages_ << "\x1b[1;31m";
    messages_ << kMe << "VIOLATION at " << shown_time(violation.at) << " in " << names_.group(violation.group) << ": "
              << name_of(violation.rule) << ": " << cli::harmless(violation.text);
    if (options_.colours_messages) messages_ << "\x1b[0m";
    messages_ << std::endl;
  }
}

void Sniffing::say_missed() {
  if (unsaid_.empty()) return;
  messages_ << kMe << "missed";
  for (const auto& [node, count] : std::exchange(unsaid_, {}))
    messages_ << ' ' << count << " of " << names_.node(node) << (losses_.missed().at(node) > count ? " more" : "");
  messages_ << ": they came faster than they were read, or the connection broke" << std::endl;
}

void Sniffing::say_summary() {
  messages_ << kMe << plural(seen_, "message") << " seen of " << plural(nodes_heard(), "node");
  if (view_) messages_ << ", " << shown_ << " shown";
  if (recorder_) messages_ << ", " << recorder_->written() << " recorded";
  messages_ << ", " << losses_.total() << " missed";
  if (losses_.total() > 0) {
    const char* before = " (";
    for (const auto& [node, missed] : losses_.missed())
      if (missed > 0) messages_ << std::exchange(before, ", ") << names_.node(node) << ' ' << missed;
    messages_ << ')';
  }
  if (view_ || options_.watches) messages_ << ", " << not_understood_ << " not understood";
  messages_ << ", " << foreign_ << " of other clusters";
  if (options_.watches)
    messages_ << "; " << plural(watch_.found(), "violation")
              << (watch_.not_checkable() > 0 ? ", " + std::to_string(watch_.not_checkable()) + " not checkable" : "");
  messages_ << std::endl;
  if (!view_ || shown_ > 0) return;
  for (const std::string& text : filter_.unknown(names_))
    messages_ << kMe << "nothing called '" << cli::harmless(text) << "' was heard of" << std::endl;
}

}  // namespace gavel::sniffer
