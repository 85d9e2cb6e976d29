// Captures of a living cluster: hears the beacons, connects to every node that it hears of, by beacon, by --node or
// from the cluster's directory, and subscribes to all lanes and to the tap. What nodes and groups are called comes as a
// capture of its own, so that a recording holds it too.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "client/cli/settings.hpp"
#include "common/bus/beacon.hpp"
#include "common/bus/subscriber.hpp"
#include "tools/sniffer/capture/capture.hpp"
#include "tools/sniffer/capture/directory.hpp"
#include "tools/sniffer/capture/places.hpp"
#include "tools/sniffer/message/names.hpp"

namespace gavel::sniffer {

class Live final : private bus::SubscriberSink {
 public:
  /// Connects to the nodes that the settings name. Throws cli::Failure: one cannot be understood, or there is none and
  /// beacons cannot be heard.
  explicit Live(const cli::Settings& settings);
  ~Live() override;

  /// Hands over what arrives until then, or until a signal comes; at most about a thousand captures.
  void turn(TimePoint until, const std::function<void(const Capture&)>& take);
  /// Where nodes publish, as far as that is known: all that it is connected to, or tries to be.
  std::set<std::string> endpoints() const;
  /// Names of other clusters that were heard, the first few.
  const std::set<std::string>& others() const { return others_; }

 private:
  void on_published(BytesView topic, BytesView payload) override;
  void on_fd(int fd) override;
  void on_datagram(BytesView datagram);
  void on_news(const DirectoryNews& news);
  /// Whose it is, and whether that is news.
  void look_at(BytesView frame);
  /// A group or a node that has no name.
  void ask_about(std::uint64_t unknown);
  void follow(const Places::Change& change);
  /// After what is new about names.
  void hand_over(const Capture& capture);
  void probe();

  const cli::Settings settings_;
  bus::Subscriber subscriber_;
  std::optional<bus::Beacon> beacon_;
  std::unique_ptr<Directory> directory_;
  TimePoint probe_at_ = kLongAgo;
  Places places_;
  std::set<std::string> given_;  ///< endpoints of --node
  Names names_;
  Names told_;                                ///< what was handed over of them
  std::set<Uid> named_;                       ///< nodes whose name the directory told: no beacon calls them otherwise
  std::map<std::uint64_t, TimePoint> asked_;  ///< about what has no name, and when
  bool found_ = false;
  std::set<std::string> others_;
  const std::function<void(const Capture&)>* take_ = nullptr;  ///< during turn() only
};

}  // namespace gavel::sniffer
