#include "node/byte_stream.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "node/loop.h"
#include "node/transport.h"

namespace aqua::node {
namespace {

base::Bytes pattern(std::size_t size) {
  base::Bytes bytes(size);
  std::uint32_t state = 1;
  for (base::Byte& byte : bytes) {
    state = state * 1664525 + 1013904223;
    byte = static_cast<base::Byte>(state >> 24);
  }
  return bytes;
}

// Both ends of one connection on one loop.
class ByteStreams : public testing::TestWithParam<Carrier> {
 protected:
  using Stream = std::shared_ptr<ByteStream>;
  using Result = base::Result<Stream, std::string>;

  void connect(std::function<void()> ready) {
    ready_ = std::move(ready);
    auto listener = Listener::open(loop_, {GetParam(), "127.0.0.1", 0}, [this](const auto& a) {
      open_accepted(loop_, a.socket, {GetParam(), "", "", nullptr}, [this](Result stream) {
        ASSERT_TRUE(stream.has_value()) << stream.error();
        accepted_ = *stream;
        if (dialled_) ready_();
      });
    });
    ASSERT_TRUE(listener.has_value()) << listener.error();
    listener_ = std::move(*listener);
    connect_tcp(loop_, {GetParam(), "127.0.0.1", listener_->port()}, 5'000,
                [this](base::Result<int, std::string> socket) {
                  ASSERT_TRUE(socket.has_value()) << socket.error();
                  open_dialled(loop_, *socket, {GetParam(), "localhost", "/", nullptr},
                               [this](Result stream) {
                                 ASSERT_TRUE(stream.has_value()) << stream.error();
                                 dialled_ = *stream;
                                 if (accepted_) ready_();
                               });
                });
  }

  Loop loop_;
  std::unique_ptr<Listener> listener_;
  std::function<void()> ready_;
  Stream accepted_;
  Stream dialled_;
};

TEST_P(ByteStreams, CarryWhatIsWrittenAndThenClose) {
  const base::Bytes sent = pattern(3'000'000);
  base::Bytes got;
  std::string why = "never";
  std::string other_why = "never";
  int closed = 0;
  const auto count_closed = [&] {
    if (++closed == 2) loop_.stop();
  };
  connect([&] {
    accepted_->start(
        {.on_bytes = [&](base::ByteView b) { got.insert(got.end(), b.begin(), b.end()); },
         .on_sent = nullptr,
         .on_closed =
             [&](std::string w) {
               why = std::move(w);
               count_closed();
             }});
    dialled_->start({.on_bytes = [](base::ByteView) { FAIL(); },
                     .on_sent = nullptr,
                     .on_closed =
                         [&](std::string w) {
                           other_why = std::move(w);
                           count_closed();
                         }});
    for (std::size_t at = 0; at < sent.size(); at += 100'000)
      dialled_->write(base::Bytes(sent.begin() + static_cast<std::ptrdiff_t>(at),
                                  sent.begin() + static_cast<std::ptrdiff_t>(at + 100'000)));
    EXPECT_EQ(dialled_->unsent_bytes(), sent.size());
    dialled_->close();
  });
  loop_.run();
  EXPECT_EQ(got, sent);
  EXPECT_EQ(why, "");
  EXPECT_EQ(other_why, "");
}

TEST_P(ByteStreams, WhoDoesNotReadIsNotWrittenTo) {
  // More than the buffers of the system hold.
  constexpr std::size_t kBytes = std::size_t{64} << 20;
  std::size_t got = 0;
  connect([&] {
    accepted_->start({.on_bytes =
                          [&](base::ByteView b) {
                            got += b.size();
                            if (got == kBytes) loop_.stop();
                          },
                      .on_sent = nullptr,
                      .on_closed = [](const std::string&) {}});
    accepted_->pause_reading();
    dialled_->start({.on_bytes = [](base::ByteView) {}, .on_sent = nullptr, .on_closed = nullptr});
    for (std::size_t i = 0; i < 64; ++i) dialled_->write(base::Bytes(kBytes / 64));
    // Whatever the system takes, it takes until nothing moves any more.
    loop_.call_after(100, [&] {
      EXPECT_GT(dialled_->unsent_bytes(), 0u);
      EXPECT_LT(got, std::size_t{1} << 20);
      accepted_->resume_reading();
    });
  });
  loop_.run();
  EXPECT_EQ(got, kBytes);
  EXPECT_EQ(dialled_->unsent_bytes(), 0u);
}

TEST_P(ByteStreams, AnAbortIsHeardByTheOtherEndOnly) {
  connect([&] {
    accepted_->start({.on_bytes = [](base::ByteView) {},
                      .on_sent = nullptr,
                      .on_closed = [&](const std::string&) { loop_.stop(); }});
    dialled_->start({.on_bytes = [](base::ByteView) {},
                     .on_sent = nullptr,
                     .on_closed = [](const std::string&) { FAIL(); }});
    dialled_->abort();
  });
  loop_.run();
}

INSTANTIATE_TEST_SUITE_P(Carriers, ByteStreams,
                         testing::Values(Carrier::kTcp, Carrier::kWebSocket));

// A key and a certificate for "localhost" that signs itself, as PEM files.
class Tls : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "aqua-tls-XXXXXX").string();
    ASSERT_NE(::mkdtemp(name.data()), nullptr);
    folder_ = name;
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* const subject = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), subject);
    X509_EXTENSION* const names =
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
    X509_add_ext(certificate.get(), names, -1);
    X509_EXTENSION_free(names);
    ASSERT_NE(X509_sign(certificate.get(), key.get(), EVP_sha256()), 0);
    std::FILE* file = std::fopen((folder_ / "key.pem").c_str(), "w");
    PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    file = std::fopen((folder_ / "certificate.pem").c_str(), "w");
    PEM_write_X509(file, certificate.get());
    std::fclose(file);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  // What is heard over wss by who trusts `roots`; or why there is no connection.
  std::string hear(const std::string& roots, const std::string& host) {
    Loop loop;
    const auto tls = load_tls(folder_ / "certificate.pem", folder_ / "key.pem");
    EXPECT_TRUE(tls.has_value()) << tls.error();
    const auto trust = trust_tls(roots);
    EXPECT_TRUE(trust.has_value()) << trust.error();
    std::shared_ptr<ByteStream> accepted;
    std::shared_ptr<ByteStream> dialled;
    std::string heard;
    auto listener = Listener::open(loop, {Carrier::kTcp, "127.0.0.1", 0}, [&](const auto& a) {
      open_accepted(
          loop, a.socket, {Carrier::kSecureWebSocket, "", "", *tls},
          [&](base::Result<std::shared_ptr<ByteStream>, std::string> stream) {
            if (!stream) return;
            accepted = *stream;
            accepted->start(
                {.on_bytes = [](base::ByteView) {}, .on_sent = nullptr, .on_closed = nullptr});
            accepted->write({'o', 'k'});
          });
    });
    connect_tcp(loop, {Carrier::kTcp, "127.0.0.1", (*listener)->port()}, 5'000,
                [&](base::Result<int, std::string> socket) {
                  open_dialled(loop, *socket, {Carrier::kSecureWebSocket, host, "/", *trust},
                               [&](base::Result<std::shared_ptr<ByteStream>, std::string> stream) {
                                 if (!stream) {
                                   heard = stream.error();
                                   return loop.stop();
                                 }
                                 dialled = *stream;
                                 dialled->start({.on_bytes =
                                                     [&](base::ByteView b) {
                                                       heard = base::as_text(b);
                                                       loop.stop();
                                                     },
                                                 .on_sent = nullptr,
                                                 .on_closed = nullptr});
                               });
                });
    loop.run();
    return heard;
  }

  std::filesystem::path folder_;
};

TEST_F(Tls, ASecureWebSocketIsTrustedByItsCertificateOnly) {
  EXPECT_EQ(hear(folder_ / "certificate.pem", "localhost"), "ok");
  EXPECT_TRUE(hear("", "localhost").starts_with("TLS handshake: "));
  EXPECT_TRUE(hear(folder_ / "certificate.pem", "example.org").starts_with("TLS handshake: "));
}

TEST_F(Tls, FilesThatAreNoneAreErrors) {
  EXPECT_FALSE(load_tls(folder_ / "key.pem", folder_ / "key.pem").has_value());
  EXPECT_FALSE(load_tls(folder_ / "none", folder_ / "key.pem").has_value());
  EXPECT_FALSE(trust_tls(folder_ / "none").has_value());
}

TEST(Transport, ARefusedConnectionIsAnError) {
  Loop loop;
  std::string why;
  connect_tcp(loop, {Carrier::kTcp, "127.0.0.1", 1}, 5'000, [&](base::Result<int, std::string> s) {
    ASSERT_FALSE(s.has_value());
    why = s.error();
    loop.stop();
  });
  loop.run();
  EXPECT_FALSE(why.empty());
}

TEST(Transport, APortIsListenedOnOnce) {
  Loop loop;
  auto first = Listener::open(loop, {Carrier::kTcp, "127.0.0.1", 0}, [](const auto&) {});
  ASSERT_TRUE(first.has_value());
  EXPECT_FALSE(
      Listener::open(loop, {Carrier::kTcp, "127.0.0.1", (*first)->port()}, [](const auto&) {}));
}

}  // namespace
}  // namespace aqua::node
