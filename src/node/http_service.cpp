#include "node/http_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <map>
#include <utility>

#include "services/http_url.h"
#include "services/json_rpc.h"

namespace aqua::node {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using asio::ip::tcp;
using Error = boost::system::error_code;

class HttpService::Requests : public std::enable_shared_from_this<Requests> {
 public:
  Requests(Loop& loop, std::string name, std::string url, OutsideListener listener)
      : loop_(loop),
        name_(std::move(name)),
        url_(std::move(url)),
        listener_(std::move(listener)),
        address_(services::parse_http_url(url_)) {}

  void ask(const services::CallKey& key, std::uint64_t request_id, std::string message) {
    auto request = std::make_shared<Request>(loop_.context(), key, request_id);
    open_.emplace(request_id, request);
    if (!address_) {
      loop_.post(
          [self = shared_from_this(), request] { self->fail(request, "its url makes no sense"); });
      return;
    }
    request->message = {http::verb::post, address_->target, 11, std::move(message)};
    request->message.set(http::field::host, address_->authority);
    request->message.set(http::field::content_type, "application/json");
    request->message.set(http::field::connection, "close");
    request->message.prepare_payload();
    request->parser.body_limit(kReplyBytesMax);
    request->resolver.async_resolve(
        address_->host, address_->port,
        [self = shared_from_this(), request](const Error& error,
                                             const tcp::resolver::results_type& found) {
          if (error) return self->fail(request, error.message());
          self->connect(request, found);
        });
  }

  void withdraw(std::uint64_t request_id) {
    const auto found = open_.find(request_id);
    if (found == open_.end()) return;
    found->second->abandon();
    open_.erase(found);
  }

  void abandon() {
    for (auto& [id, request] : open_) request->abandon();
    open_.clear();
  }

 private:
  struct Request {
    Request(asio::io_context& context, const services::CallKey& call_key, std::uint64_t number)
        : key(call_key), id(number), resolver(context), socket(context) {}
    void abandon() {
      Error ignored;
      resolver.cancel();
      socket.close(ignored);
    }
    services::CallKey key;
    std::uint64_t id;
    tcp::resolver resolver;
    tcp::socket socket;
    http::request<http::string_body> message;
    beast::flat_buffer buffer;
    http::response_parser<http::string_body> parser;
  };
  using RequestPointer = std::shared_ptr<Request>;

  void connect(const RequestPointer& request, const tcp::resolver::results_type& found) {
    asio::async_connect(
        request->socket, found,
        [self = shared_from_this(), request](const Error& error, const tcp::endpoint&) {
          if (error) return self->fail(request, error.message());
          self->write(request);
        });
  }

  void write(const RequestPointer& request) {
    http::async_write(request->socket, request->message,
                      [self = shared_from_this(), request](const Error& error, std::size_t) {
                        if (error) return self->fail(request, error.message());
                        self->read(request);
                      });
  }

  void read(const RequestPointer& request) {
    http::async_read(request->socket, request->buffer, request->parser,
                     [self = shared_from_this(), request](const Error& error, std::size_t) {
                       if (error) return self->fail(request, error.message());
                       self->take(request);
                     });
  }

  void take(const RequestPointer& request) {
    if (open_.erase(request->id) == 0) return;
    const auto& response = request->parser.get();
    if (response.result() != http::status::ok) {
      return listener_.failed(request->key, fmt::format("{} at {} answered with status {}", name_,
                                                        url_, response.result_int()));
    }
    // A reply is for the call that it was asked for, whatever it says of others.
    const auto reply = services::decode_reply(response.body());
    if (reply && reply->id != request->id) {
      return listener_.failed(
          request->key, fmt::format("{} at {} answered with a reply to the request {}, not {}",
                                    name_, url_, reply->id, request->id));
    }
    if (!listener_.replied(response.body()))
      listener_.failed(
          request->key,
          fmt::format("{} at {} did not answer with a reply to this call", name_, url_));
  }

  void fail(const RequestPointer& request, std::string_view why) {
    if (open_.erase(request->id) == 0) return;
    listener_.failed(request->key, fmt::format("{} at {}: {}", name_, url_, why));
  }

  Loop& loop_;
  std::string name_;
  std::string url_;
  OutsideListener listener_;
  std::optional<services::HttpAddress> address_;
  std::map<std::uint64_t, RequestPointer> open_;
};

HttpService::HttpService(Loop& loop, std::string name, const services::HttpService& http,
                         OutsideListener listener)
    : requests_(std::make_shared<Requests>(loop, std::move(name), http.url, std::move(listener))) {}

HttpService::~HttpService() { requests_->abandon(); }

void HttpService::ask(const services::CallKey& key, std::uint64_t request_id, std::string message) {
  requests_->ask(key, request_id, std::move(message));
}

void HttpService::withdraw(std::uint64_t request_id) { requests_->withdraw(request_id); }

}  // namespace aqua::node
