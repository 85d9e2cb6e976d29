#include "node/metrics_server.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/check.hpp"
#include "common/base/version.hpp"
#include "common/bus/endpoint.hpp"

namespace gavel::node {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using tcp = asio::ip::tcp;
using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostConnections = 16;
constexpr std::uint32_t kMostHeaderBytes = 8192;
constexpr auto kIdle = 15s;     ///< for the whole of a further request on a connection that is kept alive
constexpr auto kPatience = 5s;  ///< for the whole of the first request, and of each answer
constexpr auto kFresh = 100ms;  ///< so long one text serves everybody
constexpr auto kReactor = 2s;   ///< for the reactor's answer

using Response = http::response<http::string_body>;

Response response(http::status status, unsigned version, bool keep_alive, std::string body) {
  Response out{status, version};
  out.set(http::field::server, std::string("gavel-node/") + kVersion);
  out.set(http::field::content_type, "text/plain; charset=utf-8");
  out.set(http::field::cache_control, "no-store");
  out.keep_alive(keep_alive);
  out.body() = std::move(body);
  out.prepare_payload();
  return out;
}

}  // namespace

/// Everything here but the first and the last few lines runs in the server's thread.
class MetricsServer::Impl {
 public:
  /// Null: the reactor did not answer in time.
  using Told = std::function<void(const Readings*)>;

  explicit Impl(std::function<std::string()> own)
      : own_(std::move(own)), asked_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)), acceptor_(io_), patience_(io_) {
    GAVEL_CHECK(asked_ >= 0, "the kernel gives an eventfd");
  }
  ~Impl() {
    asio::post(io_, [this] { io_.stop(); });
    if (thread_.joinable()) thread_.join();
    ::close(asked_);
  }

  Result<void> listen(const bus::Address& at) {
    boost::system::error_code error;
    const tcp::endpoint endpoint(asio::ip::make_address_v4(at.host), at.port);
    acceptor_.open(tcp::v4(), error);
    if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error)
      return fail("cannot serve metrics at " + at.host + ":" + std::to_string(at.port) + ": " + error.message() +
                  " (--metrics ADDRESS:PORT says where else)");
    url_ = "http://" + at.host + ":" + std::to_string(acceptor_.local_endpoint().port()) + "/metrics";
    return {};
  }
  void start() {
    accept();
    thread_ = std::thread([this] { io_.run(); });
  }

  int asked() const { return asked_; }
  const std::string& url() const { return url_; }
  void answer(Readings readings) {
    asio::post(io_, [this, readings = std::move(readings)]() mutable { on_answer(std::move(readings)); });
  }

  void ask(Told told) {
    if (readings_ && Clock::now() < fresh_until_) return told(&*readings_);
    waiting_.push_back(std::move(told));
    if (waiting_.size() > 1) return;
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto put = ::write(asked_, &one, sizeof one);
    patience_.expires_after(kReactor);
    patience_.async_wait([this](boost::system::error_code error) {
      if (!error) tell_all(nullptr);
    });
  }
  void gone() { --connections_; }

 private:
  void accept();
  void on_answer(Readings readings) {
    readings.metrics += own_();
    readings_ = std::move(readings);
    fresh_until_ = Clock::now() + kFresh;
    patience_.cancel();
    tell_all(&*readings_);
  }
  void tell_all(const Readings* readings) {
    for (auto& told : std::exchange(waiting_, {})) told(readings);
  }

  const std::function<std::string()> own_;
  const int asked_;
  std::string url_;
  std::optional<Readings> readings_;
  Clock::time_point fresh_until_;
  std::size_t connections_ = 0;  ///< counted down by connections that go with the context
  asio::io_context io_{1};
  tcp::acceptor acceptor_;
  asio::steady_timer patience_;
  std::vector<Told> waiting_;  ///< at most one for each connection
  std::thread thread_;
};

namespace {

/// One connection: a request, its answer, and the next one. It lives as long as something is under way for it.
template <class Server>
class Connection : public std::enable_shared_from_this<Connection<Server>> {
 public:
  Connection(Server& server, tcp::socket socket) : server_(server), stream_(std::move(socket)) {}
  ~Connection() { server_.gone(); }

  void read() {
    parser_.emplace();
    parser_->header_limit(kMostHeaderBytes);
    stream_.expires_after(std::exchange(patience_, kIdle));
    http::async_read_header(
        stream_, buffer_, *parser_,
        [self = this->shared_from_this()](beast::error_code error, std::size_t) { self->on_read(error); });
  }

 private:
  void on_read(beast::error_code error) {
    if (error == http::error::end_of_stream || error == beast::error::timeout) return close();
    if (error.category() == http::make_error_code(http::error::end_of_stream).category())
      return write(
          response(http::status::bad_request, 11, false, "this is no HTTP request: " + error.message() + "\n"));
    if (error) return;
    const auto& request = parser_->get();
    const bool keep = request.keep_alive() && parser_->is_done();  // a body is nothing that is read here
    const auto target = request.target().substr(0, request.target().find('?'));
    const bool health = target == "/health";
    if (!health && target != "/metrics")
      return write(response(http::status::not_found, request.version(), keep, "there are /metrics and /health\n"));
    if (request.method() != http::verb::get && request.method() != http::verb::head) {
      auto refusal = response(http::status::method_not_allowed, request.version(), keep, "GET is what is served\n");
      refusal.set(http::field::allow, "GET, HEAD");
      return write(std::move(refusal));
    }
    stream_.expires_never();
    server_.ask([self = this->shared_from_this(), health, keep](const Readings* readings) {
      self->tell(readings, health, keep);
    });
  }

  void tell(const Readings* readings, bool health, bool keep) {
    const unsigned version = parser_->get().version();
    if (!readings)
      return write(response(http::status::service_unavailable, version, keep, "the node is busy: it did not answer\n"));
    if (health) {
      const bool well = readings->ailment.empty();
      return write(response(well ? http::status::ok : http::status::service_unavailable, version, keep,
                            (well ? "ok" : readings->ailment) + "\n"));
    }
    auto out = response(http::status::ok, version, keep, readings->metrics);
    out.set(http::field::content_type, "text/plain; version=0.0.4; charset=utf-8");
    write(std::move(out));
  }

  void write(Response out) {
    out_ = std::move(out);
    stream_.expires_after(kPatience);
    const auto written = [self = this->shared_from_this()](beast::error_code error, std::size_t) {
      if (error) return;
      if (!self->out_.keep_alive()) return self->close();
      self->read();
    };
    if (parser_ && parser_->is_header_done() && parser_->get().method() == http::verb::head) {
      head_.emplace(out_);
      http::async_write_header(stream_, *head_, written);
    } else {
      http::async_write(stream_, out_, written);
    }
  }

  void close() {
    beast::error_code ignored;
    stream_.socket().shutdown(tcp::socket::shutdown_send, ignored);
  }

  Server& server_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_{kMostHeaderBytes};
  std::optional<http::request_parser<http::empty_body>> parser_;
  Response out_;
  std::optional<http::response_serializer<http::string_body>> head_;
  std::chrono::seconds patience_ = kPatience;
};

}  // namespace

void MetricsServer::Impl::accept() {
  acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
    if (error) {  // out of descriptors, say: not again at once
      auto pause = std::make_shared<asio::steady_timer>(io_, kFresh);
      pause->async_wait([this, pause](boost::system::error_code) { accept(); });
      return;
    }
    if (connections_ < kMostConnections) {
      ++connections_;
      std::make_shared<Connection<Impl>>(*this, std::move(socket))->read();
    }
    accept();
  });
}

MetricsServer::MetricsServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
MetricsServer::~MetricsServer() = default;

Result<std::unique_ptr<MetricsServer>> MetricsServer::open(const std::string& address,
                                                           std::function<std::string()> own) {
  const auto at = bus::parse_address(address);
  if (!at) return fail("--metrics: " + at.error().message);
  auto impl = std::make_unique<Impl>(std::move(own));
  if (auto listening = impl->listen(*at); !listening) return tl::unexpected<Error>(listening.error());
  impl->start();
  return std::unique_ptr<MetricsServer>(new MetricsServer(std::move(impl)));
}

const std::string& MetricsServer::url() const { return impl_->url(); }
int MetricsServer::asked_fd() const { return impl_->asked(); }
void MetricsServer::answer(Readings readings) { impl_->answer(std::move(readings)); }

bool MetricsServer::take_question() {
  std::uint64_t count = 0;
  return ::read(impl_->asked(), &count, sizeof count) == sizeof count;
}

}  // namespace gavel::node
