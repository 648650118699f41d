// SPDX-License-Identifier: MIT
//
// Ipv4Addr, Ipv6Addr, IpAddr: their values, and their text compared with inet_pton(3) and inet_ntop(3).
#include <support/net.hpp>
#include <support/words.hpp>

#include <weld/net/ip_addr.hpp>

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <random>
#include <set>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <vector>

using test::kind_of;
using test::must;
using weld::Kind;
using weld::net::IpAddr;
using weld::net::Ipv4Addr;
using weld::net::Ipv6Addr;

// All of it works in constant expressions.
static_assert(Ipv4Addr::localhost().is_loopback() && Ipv4Addr(127, 255, 0, 9).is_loopback());
static_assert(Ipv4Addr().is_unspecified() && Ipv4Addr::broadcast().is_broadcast());
static_assert(Ipv4Addr(224, 0, 0, 1).is_multicast() && Ipv4Addr(239, 255, 255, 255).is_multicast());
static_assert(!Ipv4Addr(223, 0, 0, 1).is_multicast() && !Ipv4Addr(240, 0, 0, 1).is_multicast());
static_assert(Ipv4Addr(169, 254, 7, 7).is_link_local() && !Ipv4Addr(169, 255, 7, 7).is_link_local());
static_assert(Ipv4Addr(10, 1, 1, 1).is_private() && Ipv4Addr(192, 168, 0, 1).is_private());
static_assert(Ipv4Addr(172, 16, 0, 1).is_private() && Ipv4Addr(172, 31, 0, 1).is_private());
static_assert(!Ipv4Addr(172, 15, 0, 1).is_private() && !Ipv4Addr(172, 32, 0, 1).is_private());
static_assert(Ipv4Addr::from_bits(0xc0000201) == Ipv4Addr(192, 0, 2, 1));
static_assert(Ipv4Addr(192, 0, 2, 1).to_bits() == 0xc0000201);
static_assert(Ipv4Addr::from_octets({1, 2, 3, 4}).octets()[3] == 4);
static_assert(Ipv6Addr::localhost().is_loopback() && Ipv6Addr().is_unspecified());
static_assert(Ipv6Addr::from_segments({0xff02, 0, 0, 0, 0, 0, 0, 1}).is_multicast());
static_assert(Ipv6Addr::from_segments({0xfe80, 0, 0, 0, 0, 0, 0, 1}).is_link_local());
static_assert(Ipv6Addr::from_segments({0xfebf, 0, 0, 0, 0, 0, 0, 1}).is_link_local());
static_assert(!Ipv6Addr::from_segments({0xfec0, 0, 0, 0, 0, 0, 0, 1}).is_link_local());
static_assert(Ipv6Addr::from_segments({0xfd00, 0, 0, 0, 0, 0, 0, 1}).is_unique_local());
static_assert(!Ipv6Addr::from_segments({0xfe00, 0, 0, 0, 0, 0, 0, 1}).is_unique_local());
static_assert(Ipv6Addr::from_ipv4(Ipv4Addr(1, 2, 3, 4)).to_ipv4() == Ipv4Addr(1, 2, 3, 4));
static_assert(!Ipv6Addr::localhost().to_ipv4());
static_assert(Ipv6Addr::from_segments({1, 2, 3, 4, 5, 6, 7, 0xabcd}).segments()[7] == 0xabcd);
static_assert(IpAddr(Ipv4Addr::localhost()).is_loopback() && IpAddr(Ipv6Addr::localhost()).is_loopback());
static_assert(IpAddr(Ipv4Addr()).is_unspecified() && !IpAddr(Ipv6Addr()).is_multicast());
static_assert(IpAddr(Ipv4Addr(1, 2, 3, 4)).ipv4() == Ipv4Addr(1, 2, 3, 4) && !IpAddr(Ipv4Addr()).ipv6());
static_assert(IpAddr(Ipv6Addr::localhost()).ipv6() == Ipv6Addr::localhost() && IpAddr(Ipv6Addr()).is_ipv6());
static_assert(Ipv4Addr(1, 0, 0, 0) > Ipv4Addr(0, 255, 255, 255));
static_assert(IpAddr(Ipv4Addr::broadcast()) < IpAddr(Ipv6Addr()));
static_assert(sizeof(Ipv4Addr) == 4 && sizeof(Ipv6Addr) == 16 && std::is_trivially_copyable_v<IpAddr>);

namespace {

using Random = std::mt19937_64;

std::size_t below(Random& random, std::size_t end) { return std::size_t{random() % end}; }

/// Rounds of a hundred thousand; in a soak ten or more, for as long as asked.
template <class Round>
void rounds(Round round) {
    const char* soak = std::getenv("WELD_SOAK_SECONDS");
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(soak != nullptr ? std::atoi(soak) : 0);
    const std::uint64_t least = soak != nullptr ? 10 : 1;
    for (std::uint64_t seed = 1; seed <= least || std::chrono::steady_clock::now() < end; ++seed) {
        INFO("seed " << seed);
        Random random(seed);
        round(random, 100'000);
    }
}

std::string nearly_an_address(Random& random) {
    static constexpr std::array pieces = std::to_array<std::string_view>({":",
                                                                          ":",
                                                                          ":",
                                                                          ":",
                                                                          "::",
                                                                          "::",
                                                                          ".",
                                                                          ".",
                                                                          "0",
                                                                          "1",
                                                                          "00",
                                                                          "01",
                                                                          "9",
                                                                          "10",
                                                                          "99",
                                                                          "127",
                                                                          "255",
                                                                          "256",
                                                                          "300",
                                                                          "f",
                                                                          "ff",
                                                                          "FfFf",
                                                                          "ffff",
                                                                          "abcd",
                                                                          "fe80",
                                                                          "12345",
                                                                          "g",
                                                                          "x",
                                                                          "-1",
                                                                          "+1",
                                                                          " ",
                                                                          "%",
                                                                          "%1",
                                                                          "[",
                                                                          "]",
                                                                          "/",
                                                                          "::ffff:",
                                                                          "1.2.3.4",
                                                                          "0.0.0.0",
                                                                          "1:2:3:4:5:6",
                                                                          "1:2:3:4:5:6:7",
                                                                          "0:0:0:"});
    std::string text;
    for (std::size_t left = below(random, 14) + 1; left > 0; --left) {
        text += pieces[below(random, pieces.size())];
    }
    return text;
}

/// An address as a user might write it, perhaps with one wrong character.
std::string written_address(Random& random) {
    const bool v4 = below(random, 3) == 0;
    const std::size_t groups = v4 ? 4 : 8;
    const std::size_t gap = below(random, 12);
    std::string text;
    for (std::size_t group = 0; group < groups; ++group) {
        if (!v4 && group == gap) {
            text += group == 0 ? "::" : ":";
            group += below(random, 8 - group);
            continue;
        }
        std::array<char, 8> number{};
        const auto value = static_cast<unsigned>(random() >> (below(random, 3) == 0 ? 63 : v4 ? 56 : 48));
        (void)std::snprintf(number.data(), number.size(), v4 ? "%u" : below(random, 2) == 0 ? "%x" : "%X", value);
        text += number.data();
        text += group + 1 < groups ? (v4 ? "." : ":") : "";
    }
    if (below(random, 3) == 0 && !text.empty()) {
        static constexpr std::string_view letters = "0123456789abcdefABCDEFg:.% []";
        text[below(random, text.size())] = letters[below(random, letters.size())];
    }
    return text;
}

template <class Address>
bool reads_as_the_library(const std::string& text, int family) {
    typename Address::Octets expected{};
    const bool valid = ::inet_pton(family, text.c_str(), expected.data()) == 1;
    const auto read = Address::parse(text);
    return read.has_value() == valid && (!valid || read->octets() == expected);
}

/// Octets with many zeros, as in real addresses.
template <class Address>
Address random_address(Random& random) {
    typename Address::Octets octets{};
    const auto zeros = random();
    for (std::size_t place = 0; place < octets.size(); ++place) {
        octets[place] = (zeros >> (place / 2) & 1U) != 0 ? 0 : static_cast<std::uint8_t>(random());
    }
    if (octets.size() == 16 && below(random, 8) == 0) {
        std::fill_n(octets.begin(), 10, std::uint8_t{0});
        octets[10] = octets[11] = below(random, 2) == 0 ? 0xff : 0;
    }
    return Address::from_octets(octets);
}

template <class Address>
bool prints_as_the_library(const Address& address, int family) {
    std::array<char, INET6_ADDRSTRLEN> expected{};
    const auto octets = address.octets();
    REQUIRE(::inet_ntop(family, octets.data(), expected.data(), expected.size()) != nullptr);
    return address.to_string() == expected.data() && must(Address::parse(expected.data())) == address;
}

}  // namespace

TEST_CASE("parse accepts and refuses what inet_pton does", "[soak][promise:2.49]") {
    rounds([](Random& random, int count) {
        int valid = 0;
        for (int number = 0; number < count; ++number) {
            const std::string text = number % 2 == 0 ? nearly_an_address(random) : written_address(random);
            if (!reads_as_the_library<Ipv4Addr>(text, AF_INET) || !reads_as_the_library<Ipv6Addr>(text, AF_INET6)) {
                FAIL("differs for \"" << text << "\"");
            }
            const auto either = IpAddr::parse(text);
            const bool one = Ipv4Addr::parse(text).has_value() || Ipv6Addr::parse(text).has_value();
            REQUIRE(either.has_value() == one);
            valid += one ? 1 : 0;
        }
        CHECK(valid > count / 8);
        CHECK(valid < count - count / 8);
    });
}

TEST_CASE("to_string prints what inet_ntop does, and parse reads it back", "[soak]") {
    rounds([](Random& random, int count) {
        for (int number = 0; number < count; ++number) {
            const auto v4 = random_address<Ipv4Addr>(random);
            const auto v6 = random_address<Ipv6Addr>(random);
            if (!prints_as_the_library(v4, AF_INET) || !prints_as_the_library(v6, AF_INET6)) {
                FAIL("differs for " << v4.to_string() << " or " << v6.to_string());
            }
            REQUIRE(must(IpAddr::parse(IpAddr(v6).to_string())) == IpAddr(v6));
        }
    });
}

TEST_CASE("to_string follows RFC 5952", "[promise:2.49]") {
    const auto print = [](const char* text) { return must(Ipv6Addr::parse(text)).to_string(); };
    CHECK(print("2001:0DB8::0001") == "2001:db8::1");
    CHECK(print("2001:db8:0:0:0:0:2:1") == "2001:db8::2:1");
    CHECK(print("2001:db8:0:1:1:1:1:1") == "2001:db8:0:1:1:1:1:1");  // one group is not shortened
    CHECK(print("2001:0:0:1:0:0:0:1") == "2001:0:0:1::1");           // the longest run
    CHECK(print("2001:db8:0:0:1:0:0:1") == "2001:db8::1:0:0:1");     // the first of equals
    CHECK(print("0:0:0:0:0:0:0:0") == "::");
    CHECK(print("1:0:0:0:0:0:0:0") == "1::");
    CHECK(print("0:0:0:0:0:0:0:1") == "::1");
    CHECK(print("::ffff:c000:201") == "::ffff:192.0.2.1");
    CHECK(print("1:2:3:4:5:6:7:8") == "1:2:3:4:5:6:7:8");
    CHECK(Ipv4Addr(192, 0, 2, 1).to_string() == "192.0.2.1");
    CHECK(IpAddr(Ipv4Addr::localhost()).to_string() == "127.0.0.1");
    CHECK(IpAddr(Ipv6Addr::localhost()).to_string() == "::1");
}

TEST_CASE("parse of text that is no address is InvalidInput") {
    for (const std::string_view text : {"",
                                        " ",
                                        "1",
                                        "1.2.3",
                                        "1.2.3.4.5",
                                        "1.2.3.256",
                                        "1.2.3.04",
                                        "0x7f.0.0.1",
                                        "1.2.3.4 ",
                                        " 1.2.3.4",
                                        ".1.2.3",
                                        "1..2.3",
                                        "1.2.3.",
                                        ":",
                                        ":::",
                                        "1:",
                                        ":1",
                                        "1::2::3",
                                        "12345::",
                                        "::g",
                                        "1:2:3:4:5:6:7",
                                        "1:2:3:4:5:6:7:8:9",
                                        "1:2:3:4::5:6:7:8",
                                        "::1.2.3",
                                        "::1.2.3.4:5",
                                        "1.2.3.4::",
                                        "::%1",
                                        "[::1]",
                                        "::1 "}) {
        INFO(text);
        CHECK(kind_of(IpAddr::parse(text)) == Kind::InvalidInput);
        CHECK(kind_of(Ipv4Addr::parse(text)) == Kind::InvalidInput);
        CHECK(kind_of(Ipv6Addr::parse(text)) == Kind::InvalidInput);
    }
    const auto with_nul = std::string_view("127.0.0.1\0", 10);
    CHECK(kind_of(IpAddr::parse(with_nul)) == Kind::InvalidInput);
    CHECK(must(IpAddr::parse(with_nul.substr(0, 9))) == IpAddr(Ipv4Addr::localhost()));
    CHECK(IpAddr::parse("x").error() == weld::Error("parse", weld::Fault::BadIpv4));
    CHECK(IpAddr::parse("1.2.3.256").error() == weld::Error("parse", weld::Fault::BadIpv4));
    CHECK(IpAddr::parse("x:").error() == weld::Error("parse", weld::Fault::BadIpv6));
    CHECK(Ipv6Addr::parse("x").error() == weld::Error("parse", weld::Fault::BadIpv6));
    CHECK(IpAddr::parse("x").error().at("x").message() ==
          "parse x: Not an IPv4 address, which is four numbers up to 255 such as 192.0.2.1 (BadIpv4)");
}

TEST_CASE("addresses are ordered as numbers, and different ones hash differently") {
    const std::set<IpAddr> ordered = {Ipv6Addr::localhost(), Ipv4Addr::broadcast(), Ipv6Addr(), Ipv4Addr::localhost()};
    const std::vector<IpAddr> expected = {Ipv4Addr::localhost(), Ipv4Addr::broadcast(), Ipv6Addr(),
                                          Ipv6Addr::localhost()};
    CHECK(std::vector(ordered.begin(), ordered.end()) == expected);
    std::unordered_set<std::size_t> hashes;
    for (std::uint32_t bits = 0; bits < 1000; ++bits) {
        hashes.insert(std::hash<Ipv4Addr>{}(Ipv4Addr::from_bits(bits)));
        hashes.insert(std::hash<Ipv6Addr>{}(Ipv6Addr::from_ipv4(Ipv4Addr::from_bits(bits))));
    }
    CHECK(hashes.size() == 2000);
    CHECK(std::unordered_set<IpAddr>{Ipv4Addr(), Ipv6Addr(), Ipv4Addr()}.size() == 2);
}
