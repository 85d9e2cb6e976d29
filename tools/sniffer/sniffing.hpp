// The way of a capture through the program: counted, recorded, decoded, watched, filtered, shown. Live captures and
// recorded ones go the same way. What there is to say beside what is shown goes to the messages' stream: losses as they
// are noticed, violations at once, and a summary at the end.
#pragma once

#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "tools/sniffer/capture/losses.hpp"
#include "tools/sniffer/capture/recording.hpp"
#include "tools/sniffer/message/decode.hpp"
#include "tools/sniffer/message/filter.hpp"
#include "tools/sniffer/message/names.hpp"
#include "tools/sniffer/view/view.hpp"
#include "tools/sniffer/watch/watch.hpp"

namespace gavel::sniffer {

struct SniffingOptions {
  std::string cluster;
  bool quiet = false;
  bool watches = true;
  std::uint64_t most = 0;  ///< messages shown, or recorded when nothing is shown; 0: any number
  std::optional<Duration> time_limit;
  bool filters = true;  ///< what the view gets; otherwise it asks (Sniffing::wants)
  bool colours_messages = false;
};

class Sniffing {
 public:
  /// `messages` outlives this.
  Sniffing(SniffingOptions options, Filter filter, std::ostream& messages);

  /// For views, which are made with them.
  const Names& names() const { return names_; }
  /// What nodes and groups are called, before the first capture comes; nothing happens if it is not understood.
  void learn_names(BytesView encoded) { names_.learn_encoded(encoded); }
  /// By the filters.
  bool wants(const Seen& seen) { return filter_.passes(seen, names_); }
  /// Without a view nothing is shown.
  void show_in(std::unique_ptr<View> view) { view_ = std::move(view); }
  void record_in(Recorder recorder) { recorder_.emplace(std::move(recorder)); }

  /// Error: the recording cannot be written.
  Result<void> take(const Capture& capture);
  /// Time passes: several times a second live, and at least before each capture of a recording.
  void tick(WallTime now);
  /// Before each capture of a recording, whose clock says `at`: ticks if that moved on by 10 ms, or stepped back. True:
  /// it ticked.
  bool pace(WallTime at);
  /// Nothing more is wanted: enough was shown, or the time is over, or the view is done.
  bool over() const { return over_; }
  /// When the time will be over; nothing without a limit, or before the first capture.
  std::optional<WallTime> ends_at() const;
  /// False: it is over, and what the view was made for did not come.
  bool told_anything() const { return !view_ || view_->told_anything(); }
  /// What was buffered is written.
  Result<void> flush();
  /// The view shows what it held back.
  void end_view();
  /// The recording is complete, and the summary is said.
  Result<void> end();

  std::uint64_t violations() const { return watch_.found(); }
  /// Nodes of the cluster that were heard on the bus itself: beacons tell that there is one, and nothing else.
  std::size_t nodes_heard() const { return losses_.missed().size(); }

 private:
  void count(const Capture& capture);
  void look(const Capture& capture);
  void watch(Seen& seen);
  void show(Seen& seen);
  bool is_of_a_sniffer(const Seen& seen) const;
  void say(const std::vector<Violation>& violations);
  void say_missed();
  void say_summary();

  const SniffingOptions options_;
  Filter filter_;
  std::ostream& messages_;
  Names names_;
  Decoder decoder_;
  Losses losses_;
  Watch watch_;
  std::unique_ptr<View> view_;
  std::optional<Recorder> recorder_;

  std::optional<WallTime> began_;
  bool over_ = false;
  std::uint64_t seen_ = 0;
  std::uint64_t shown_ = 0;
  std::uint64_t foreign_ = 0;
  std::uint64_t not_understood_ = 0;
  std::map<Uid, std::uint64_t> unsaid_;  ///< missed, and not said yet
  WallTime said_at_;
  std::optional<WallTime> paced_;
};

}  // namespace gavel::sniffer
