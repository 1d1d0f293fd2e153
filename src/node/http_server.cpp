#include "node/http_server.h"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <utility>

#include "node/loop.h"
#include "node/transport.h"

namespace aqua::node {

namespace {

std::string_view reason_of(std::uint32_t status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 431: return "Request Header Fields Too Large";
    case 503: return "Service Unavailable";
  }
  return "Other";
}

HttpReply error_reply(std::uint32_t status, std::string_view sentence) {
  return {status, "text/plain; charset=utf-8", fmt::format("{}\n", sentence)};
}

}  // namespace

base::Result<std::string, HttpReply> path_of_request(std::string_view head) {
  const std::string_view line = head.substr(0, head.find("\r\n"));
  const std::size_t method_end = line.find(' ');
  const std::size_t path_end = line.rfind(' ');
  if (method_end == std::string_view::npos || path_end == method_end ||
      !line.substr(path_end + 1).starts_with("HTTP/1."))
    return std::unexpected(error_reply(400, "this is no HTTP/1.1 request"));
  if (line.substr(0, method_end) != "GET")
    return std::unexpected(error_reply(405, "there is only GET"));
  std::string_view raw = line.substr(method_end + 1, path_end - method_end - 1);
  raw = raw.substr(0, raw.find('?'));
  if (!raw.starts_with('/')) return std::unexpected(error_reply(400, "the path is missing"));
  std::string path;
  for (std::size_t i = 0; i < raw.size(); ++i) {
    if (raw[i] != '%') {
      path += raw[i];
      continue;
    }
    unsigned value = 0;
    const std::string_view digits = raw.substr(i + 1, 2);
    const auto [end, error] =
        std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2)
      return std::unexpected(error_reply(400, "an escape in the path is wrong"));
    path += static_cast<char>(value);
    i += 2;
  }
  return path;
}

std::string reply_text(const HttpReply& reply) {
  return fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n"
      "X-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{}",
      reply.status, reason_of(reply.status), reply.content_type, reply.body.size(), reply.body);
}

struct HttpServer::State {
  struct Connection {
    std::shared_ptr<ByteStream> stream;
    std::string head;
    Loop::TimerId deadline;
    bool is_answered = false;
  };

  State(Loop& on, Handler to) : loop(on), handler(std::move(to)) {}
  ~State() {
    for (auto& [number, connection] : connections) {
      loop.cancel(connection.deadline);
      connection.stream->abort();
    }
  }

  void opened(std::shared_ptr<ByteStream> stream) {
    if (connections.size() >= kHttpConnectionsMax) return stream->abort();
    const std::uint64_t number = ++last_number;
    Connection& connection = connections[number];
    connection.stream = stream;
    connection.deadline = loop.call_after(kHttpMsMax, [this, number] { drop(number); });
    stream->start({.on_bytes = [this, number](base::ByteView bytes) { read(number, bytes); },
                   .on_sent = nullptr,
                   .on_closed = [this, number](const std::string&) { forget(number); }});
  }

  void read(std::uint64_t number, base::ByteView bytes) {
    Connection& connection = connections.at(number);
    if (connection.is_answered) return;
    connection.head += base::as_text(bytes);
    if (connection.head.find("\r\n\r\n") != std::string::npos) {
      connection.is_answered = true;
      auto path = path_of_request(connection.head);
      if (!path) return reply(number, path.error());
      handler(std::move(*path), [this, number, alive = std::weak_ptr(is_alive)](HttpReply given) {
        if (!alive.expired()) reply(number, given);
      });
    } else if (connection.head.size() > kHttpRequestBytesMax) {
      connection.is_answered = true;
      reply(number, error_reply(431, "the request is too long"));
    }
  }

  void reply(std::uint64_t number, const HttpReply& given) {
    const auto found = connections.find(number);
    if (found == connections.end()) return;
    const std::string text = reply_text(given);
    const base::ByteView bytes = base::as_bytes(text);
    found->second.stream->write(base::Bytes(bytes.begin(), bytes.end()));
    found->second.stream->close();
  }

  void drop(std::uint64_t number) {
    const auto found = connections.find(number);
    if (found == connections.end()) return;
    found->second.stream->abort();
    connections.erase(found);
  }
  void forget(std::uint64_t number) {
    const auto found = connections.find(number);
    if (found == connections.end()) return;
    loop.cancel(found->second.deadline);
    connections.erase(found);
  }

  Loop& loop;
  Handler handler;
  std::unique_ptr<Listener> listener;
  std::map<std::uint64_t, Connection> connections;
  std::uint64_t last_number = 0;
  std::shared_ptr<bool> is_alive = std::make_shared<bool>(true);
};

base::Result<std::unique_ptr<HttpServer>, std::string> HttpServer::open(Loop& loop,
                                                                        const Endpoint& endpoint,
                                                                        Handler handler) {
  auto state = std::make_unique<State>(loop, std::move(handler));
  auto listener =
      Listener::open(loop, endpoint, [&loop, server = state.get()](const Listener::Accepted& a) {
        open_accepted(loop, a.socket, {},
                      [server, alive = std::weak_ptr(server->is_alive)](
                          base::Result<std::shared_ptr<ByteStream>, std::string> stream) {
                        if (!stream) return;
                        if (alive.expired()) return (*stream)->abort();
                        server->opened(std::move(*stream));
                      });
      });
  if (!listener) return std::unexpected(listener.error());
  state->listener = std::move(*listener);
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::HttpServer(std::unique_ptr<State> state) : state_(std::move(state)) {}
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return state_->listener->port(); }
void HttpServer::stop() { state_->listener->stop(); }

}  // namespace aqua::node
