#include "node/http_service.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "services/http_url.h"

namespace aqua::node {
namespace {

TEST(HttpUrl, HasHostPortAndTarget) {
  const auto shown = [](std::string_view url) {
    const auto address = services::parse_http_url(url);
    return address ? address->host + "|" + address->port + "|" + address->target : "none";
  };
  EXPECT_EQ(shown("http://localhost:8080/rpc?x=1"), "localhost|8080|/rpc?x=1");
  EXPECT_EQ(shown("http://localhost"), "localhost|80|/");
  EXPECT_EQ(shown("http://[::1]:99/"), "::1|99|/");
  EXPECT_EQ(shown("https://localhost"), "none");
  EXPECT_EQ(shown("http://"), "none");
  EXPECT_EQ(shown("http://localhost:"), "none");
  EXPECT_EQ(shown("http://localhost:eighty"), "none");
  EXPECT_EQ(shown("http://[::1"), "none");
  EXPECT_EQ(shown("http://localhost/a b"), "none");
  EXPECT_EQ(shown("http://localhost/\r\nX: y"), "none");
  EXPECT_EQ(services::parse_http_url("http://[::1]:99/")->authority, "[::1]:99");
}

// Answers one connection with these bytes, whatever it is asked.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer) : listener_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener_, 1), 0);
    EXPECT_EQ(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, answer = std::move(answer)] { serve(answer); });
  }
  ~OneAnswer() {
    thread_.join();
    ::close(listener_);
  }
  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/rpc"; }
  const std::string& request() const { return request_; }

 private:
  void serve(const std::string& answer) {
    const int connection = ::accept(listener_, nullptr, nullptr);
    char buffer[4096];
    // All that is asked here fits into one segment with its end.
    while (request_.find("\"id\"") == std::string::npos) {
      const ssize_t size = ::recv(connection, buffer, sizeof(buffer), 0);
      if (size <= 0) break;
      request_.append(buffer, static_cast<std::size_t>(size));
    }
    EXPECT_EQ(::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(answer.size()));
    ::close(connection);
  }

  int listener_;
  std::uint16_t port_ = 0;
  std::string request_;
  std::thread thread_;
};

// What the listener heard, a line each.
std::vector<std::string> ask(const std::string& url, bool makes_sense = true) {
  Loop loop;
  std::vector<std::string> heard;
  HttpService service(
      loop, "s", {url},
      {.replied =
           [&](std::string_view message) {
             heard.push_back("replied " + std::string(message));
             if (makes_sense) loop.stop();
             return makes_sense;
           },
       .failed =
           [&](const services::CallKey& key, std::string_view why) {
             heard.push_back("failed " + std::to_string(key.call_id) + " " + std::string(why));
             loop.stop();
           },
       .all_failed = {},
       .said = {}});
  service.ask({1, 2}, 7, R"({"id":7})");
  loop.run();
  return heard;
}

std::string response(std::string_view body, std::string_view status = "200 OK") {
  return "HTTP/1.1 " + std::string(status) + "\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + std::string(body);
}

TEST(HttpService, TheBodyOfTheAnswerIsTheReply) {
  OneAnswer server(response(R"({"id":7,"result":1})"));
  EXPECT_EQ(ask(server.url()), std::vector<std::string>{R"(replied {"id":7,"result":1})"});
}

TEST(HttpService, OtherAnswersFailTheCall) {
  {
    OneAnswer server(response("no", "500 Internal Server Error"));
    EXPECT_EQ(ask(server.url()), std::vector<std::string>{"failed 2 s at " + server.url() +
                                                          " answered with status 500"});
  }
  {
    OneAnswer server("this is not HTTP\r\n\r\n");
    const auto heard = ask(server.url());
    ASSERT_EQ(heard.size(), 1);
    EXPECT_TRUE(heard[0].starts_with("failed 2 s at http://127.0.0.1:")) << heard[0];
  }
  {
    OneAnswer server("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
    const auto heard = ask(server.url());
    ASSERT_EQ(heard.size(), 1);
    EXPECT_TRUE(heard[0].starts_with("failed 2 s at ")) << heard[0];
  }
  {
    OneAnswer server(response("rubbish"));
    const auto heard = ask(server.url(), false);
    ASSERT_EQ(heard.size(), 2);
    EXPECT_EQ(heard[0], "replied rubbish");
    EXPECT_TRUE(heard[1].ends_with("did not answer with a reply to this call")) << heard[1];
  }
}

// Otherwise the answer to one call could end another one.
TEST(HttpService, AReplyWithTheIdOfAnotherRequestIsNone) {
  OneAnswer server(response(R"({"jsonrpc":"2.0","id":8,"result":1})"));
  EXPECT_EQ(ask(server.url()),
            std::vector<std::string>{"failed 2 s at " + server.url() +
                                     " answered with a reply to the request 8, not 7"});
}

TEST(HttpService, NobodyThereFailsTheCall) {
  const auto heard = ask("http://127.0.0.1:9/");
  ASSERT_EQ(heard.size(), 1);
  EXPECT_TRUE(heard[0].starts_with("failed 2 s at http://127.0.0.1:9/: ")) << heard[0];
  EXPECT_EQ(ask("http://"),
            std::vector<std::string>{"failed 2 s at http://: its url makes no sense"});
}

}  // namespace
}  // namespace aqua::node
