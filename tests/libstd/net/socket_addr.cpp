// SPDX-License-Identifier: MIT
//
// SocketAddr: its value, and its text.
#include <support/net.hpp>
#include <support/words.hpp>

#include <weld/net/socket_addr.hpp>

#include <random>
#include <string>
#include <unordered_set>

using test::kind_of;
using test::must;
using weld::Kind;
using weld::net::Ipv4Addr;
using weld::net::Ipv6Addr;
using weld::net::SocketAddr;

static_assert(sizeof(SocketAddr) <= 32 && std::is_trivially_copyable_v<SocketAddr>);
static_assert(SocketAddr(Ipv4Addr::localhost(), 80).port() == 80);
static_assert(SocketAddr(Ipv4Addr::localhost(), 80).ip() == Ipv4Addr::localhost());
static_assert(SocketAddr(Ipv6Addr::localhost(), 1, 2, 3).scope_id() == 3);
static_assert(SocketAddr(Ipv6Addr::localhost(), 1, 2, 3).flowinfo() == 2);
static_assert(SocketAddr(Ipv6Addr::localhost(), 1).is_ipv6() && SocketAddr(Ipv4Addr(), 1).is_ipv4());
static_assert(SocketAddr(Ipv6Addr(), 1) != SocketAddr(Ipv4Addr(), 1));
static_assert(SocketAddr(Ipv4Addr(1, 2, 3, 4), 9) < SocketAddr(Ipv4Addr(1, 2, 3, 5), 8));
static_assert(SocketAddr(Ipv4Addr(1, 2, 3, 4), 9) < SocketAddr(Ipv4Addr(1, 2, 3, 4), 10));
static_assert(SocketAddr(Ipv4Addr::broadcast(), 9) < SocketAddr(Ipv6Addr(), 0));
static_assert(SocketAddr(Ipv6Addr(), 1, 0, 2) > SocketAddr(Ipv6Addr(), 1, 0, 1));

TEST_CASE("to_string prints the text that parse reads") {
    for (const char* text : {"127.0.0.1:80", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:80", "[::]:0",
                             "[2001:db8::1]:443", "[fe80::1%2]:8080", "[fe80::1%4294967295]:1", "[::ffff:1.2.3.4]:5"}) {
        INFO(text);
        CHECK(must(SocketAddr::parse(text)).to_string() == text);
    }
    CHECK(must(SocketAddr::parse("1.2.3.4:080")) == SocketAddr(Ipv4Addr(1, 2, 3, 4), 80));
    CHECK(must(SocketAddr::parse("[::1%0]:80")) == SocketAddr(Ipv6Addr::localhost(), 80));
    CHECK(must(SocketAddr::parse("[FE80::1%7]:80")) ==
          SocketAddr(Ipv6Addr::from_segments({0xfe80, 0, 0, 0, 0, 0, 0, 1}), 80, 0, 7));
}

TEST_CASE("parse of text without an address and a port is InvalidInput") {
    for (const std::string_view text : {"",
                                        ":",
                                        "80",
                                        ":80",
                                        "127.0.0.1",
                                        "127.0.0.1:",
                                        "127.0.0.1:65536",
                                        "127.0.0.1:000080",
                                        "127.0.0.1:-1",
                                        "127.0.0.1:+1",
                                        "127.0.0.1: 1",
                                        "127.0.0.1:1 ",
                                        "127.0.0.1:0x1",
                                        "127.0.0.01:1",
                                        "localhost:1",
                                        "[127.0.0.1]:1",
                                        "::1",
                                        "::1:80",
                                        "[::1]",
                                        "[::1]80",
                                        "[::1:80",
                                        "::1]:80",
                                        "[[::1]]:80",
                                        "[]:80",
                                        "[:]:80",
                                        "[::1%]:80",
                                        "[::1%eth0]:80",
                                        "[::1%-1]:80",
                                        "[::1%4294967296]:80",
                                        "[::1%00000000001]:80",
                                        "[::1%1%2]:80",
                                        "[%1]:80",
                                        "[::1]:",
                                        "[::1 ]:80",
                                        "127.0.0.1%1:80"}) {
        INFO(text);
        CHECK(kind_of(SocketAddr::parse(text)) == Kind::InvalidInput);
    }
    CHECK(kind_of(SocketAddr::parse(std::string_view("127.0.0.1:80\0", 13))) == Kind::InvalidInput);
    CHECK(kind_of(SocketAddr::parse(std::string(100'000, ':'))) == Kind::InvalidInput);
    CHECK(kind_of(SocketAddr::parse(std::string(100'000, '0') + ":1")) == Kind::InvalidInput);
}

TEST_CASE("the error of parse says which part of the text is wrong") {
    using weld::Fault;
    struct Row {
        const char* text;
        Fault part;
    };
    for (const auto& [text, part] : std::to_array<Row>({{"", Fault::NoPort},
                                                        {"127.0.0.1", Fault::NoPort},
                                                        {"localhost", Fault::NoPort},
                                                        {"[::1]", Fault::NoPort},
                                                        {"127.0.0.1:", Fault::BadPort},
                                                        {"127.0.0.1:65536", Fault::BadPort},
                                                        {"127.0.0.1:-1", Fault::BadPort},
                                                        {"127.0.0.1:http", Fault::BadPort},
                                                        {"[::1]:http", Fault::BadPort},
                                                        {"::1:80", Fault::NoBrackets},
                                                        {"[::1:80", Fault::NoBrackets},
                                                        {"::1]:80", Fault::NoBrackets},
                                                        {":80", Fault::BadIpv4},
                                                        {"localhost:80", Fault::BadIpv4},
                                                        {"127.0.0.256:80", Fault::BadIpv4},
                                                        {"[]:80", Fault::BadIpv6},
                                                        {"[127.0.0.1]:80", Fault::BadIpv6},
                                                        {"[fffff::]:80", Fault::BadIpv6},
                                                        {"[::1%]:80", Fault::BadScope},
                                                        {"[::1%eth0]:80", Fault::BadScope}})) {
        INFO(text);
        const auto parsed = SocketAddr::parse(text);
        REQUIRE_FALSE(parsed.has_value());
        CHECK(parsed.error().message() == weld::Error("parse", part).message());
    }
}

TEST_CASE("parse reads any address back from its text, and equal addresses hash alike") {
    std::mt19937_64 random(1);
    std::unordered_set<SocketAddr> seen;
    for (int number = 0; number < 20'000; ++number) {
        Ipv6Addr::Octets octets{};
        for (std::uint8_t& octet : octets) {
            octet = random() % 2 == 0 ? 0 : static_cast<std::uint8_t>(random());
        }
        const auto port = static_cast<std::uint16_t>(random());
        const auto scope = random() % 2 == 0 ? 0U : static_cast<std::uint32_t>(random());
        const SocketAddr v6(Ipv6Addr::from_octets(octets), port, 0, scope);
        const SocketAddr v4(Ipv4Addr::from_bits(static_cast<std::uint32_t>(random())), port);
        for (const SocketAddr& address : {v4, v6}) {
            const SocketAddr again = must(SocketAddr::parse(address.to_string()));
            REQUIRE(again == address);
            REQUIRE((again <=> address) == std::strong_ordering::equal);
            REQUIRE(std::hash<SocketAddr>{}(again) == std::hash<SocketAddr>{}(address));
            seen.insert(address);
        }
    }
    CHECK(seen.size() > 39'000);
    CHECK(seen.contains(*seen.begin()));
}

TEST_CASE("a SocketAddr converts to the layer below and back") {
    const SocketAddr address(Ipv6Addr::localhost(), 80, 5, 7);
    CHECK(SocketAddr::from_native(address.as_native()) == address);
    CHECK(address.as_native().ip[15] == 1);
    CHECK(address.as_native().port == 80);
}
