#include "node/http_server.h"

#include <gtest/gtest.h>

#include "node/loop.h"
#include "node/transport.h"

namespace aqua::node {
namespace {

TEST(HttpServer, ReadsPaths) {
  EXPECT_EQ(path_of_request("GET /particles/a%20b%2Fc?x=1 HTTP/1.1\r\nHost: x\r\n\r\n"),
            "/particles/a b/c");
  EXPECT_EQ(path_of_request("POST / HTTP/1.1\r\n\r\n").error().status, 405u);
  for (const char* const head :
       {"\r\n\r\n", "GET\r\n\r\n", "GET /\r\n\r\n", "GET / FTP/1\r\n\r\n", "GET x HTTP/1.1\r\n\r\n",
        "GET /%4 HTTP/1.1\r\n\r\n", "GET /%zz HTTP/1.1\r\n\r\n"})
    EXPECT_EQ(path_of_request(head).error().status, 400u) << head;
}

// What comes back for `request`, until the server closes.
std::string ask(const std::string& request) {
  Loop loop;
  auto server = HttpServer::open(loop, {Carrier::kTcp, "127.0.0.1", 0},
                                 [&](const std::string& path, const HttpServer::Answer& answer) {
                                   loop.call_after(1, [answer, path] {
                                     answer({200, "text/plain", "you asked for " + path});
                                   });
                                 });
  EXPECT_TRUE(server.has_value()) << server.error();
  std::string got;
  std::shared_ptr<ByteStream> client;
  connect_tcp(
      loop, {Carrier::kTcp, "127.0.0.1", (*server)->port()}, 5'000,
      [&](base::Result<int, std::string> socket) {
        ASSERT_TRUE(socket.has_value()) << socket.error();
        open_dialled(
            loop, *socket, {}, [&](base::Result<std::shared_ptr<ByteStream>, std::string> s) {
              client = *s;
              client->start({.on_bytes = [&](base::ByteView bytes) { got += base::as_text(bytes); },
                             .on_sent = nullptr,
                             .on_closed = [&](const std::string&) { loop.stop(); }});
              const base::ByteView bytes = base::as_bytes(request);
              client->write(base::Bytes(bytes.begin(), bytes.end()));
            });
      });
  loop.run();
  return got;
}

TEST(HttpServer, AnswersLater) {
  const std::string got = ask("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(got.starts_with("HTTP/1.1 200 OK\r\n")) << got;
  EXPECT_TRUE(got.ends_with("\r\n\r\nyou asked for /health")) << got;
}

TEST(HttpServer, RefusesWhatIsTooLong) {
  const std::string got = ask("GET /" + std::string(kHttpRequestBytesMax, 'a'));
  EXPECT_TRUE(got.starts_with("HTTP/1.1 431 ")) << got;
}

}  // namespace
}  // namespace aqua::node
