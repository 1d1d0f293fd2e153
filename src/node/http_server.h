#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "node/byte_stream.h"

// Answers to GET requests, one for each connection: for tools on the same machine.

namespace aqua::node {

class Loop;

struct HttpReply {
  std::uint32_t status = 200;
  std::string content_type = "application/json";
  std::string body;
};

inline constexpr std::size_t kHttpRequestBytesMax = 8'192;
inline constexpr std::size_t kHttpConnectionsMax = 64;
inline constexpr std::uint32_t kHttpMsMax = 10'000;  // of one connection

// The path of the request, with % escapes resolved; none: not a GET request. `head` ends with its empty line.
base::Result<std::string, HttpReply> path_of_request(std::string_view head);
std::string reply_text(const HttpReply& reply);

class HttpServer {
 public:
  using Answer = std::function<void(HttpReply)>;
  // Answers once, at once or later.
  using Handler = std::function<void(std::string path, Answer answer)>;

  // The error is a sentence.
  static base::Result<std::unique_ptr<HttpServer>, std::string> open(Loop& loop,
                                                                     const Endpoint& endpoint,
                                                                     Handler handler);
  ~HttpServer();

  std::uint16_t port() const;
  void stop();

 private:
  struct State;
  explicit HttpServer(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace aqua::node
