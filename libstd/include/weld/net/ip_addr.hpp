// SPDX-License-Identifier: MIT
//
// Ipv4Addr, Ipv6Addr, IpAddr: IP addresses of version 4, of version 6, and of either.
//
// Values of a few bytes, usable in constant expressions, ordered as numbers (IPv4 before IPv6) and hashable. `parse`
// accepts the text that inet_pton(3) accepts, and `to_string` gives the text of inet_ntop(3), which is RFC 5952: no
// leading zeros, no octal, no shortened IPv4.
#pragma once

#include <weld/error.hpp>
#include <weld/native/socket_addr.hpp>

#include <algorithm>
#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

namespace weld::net {

using native::IpFamily;

class Ipv4Addr {
public:
    using Octets = std::array<std::uint8_t, 4>;

    /// 0.0.0.0.
    constexpr Ipv4Addr() noexcept = default;

    /// `Ipv4Addr(127, 0, 0, 1)`.
    constexpr Ipv4Addr(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) noexcept : octets_{a, b, c, d} {}

    [[nodiscard]] static constexpr Ipv4Addr from_octets(const Octets& octets) noexcept {
        return {octets[0], octets[1], octets[2], octets[3]};
    }

    /// The address whose first octet is the highest byte of `bits`.
    [[nodiscard]] static constexpr Ipv4Addr from_bits(std::uint32_t bits) noexcept {
        return {static_cast<std::uint8_t>(bits >> 24), static_cast<std::uint8_t>(bits >> 16),
                static_cast<std::uint8_t>(bits >> 8), static_cast<std::uint8_t>(bits)};
    }

    /// Parses `text`, as `"127.0.0.1"`. `Fault::BadIpv4` for text that inet_pton(3) refuses.
    [[nodiscard]] static WELD_API Result<Ipv4Addr> parse(std::string_view text) noexcept;

    [[nodiscard]] static constexpr Ipv4Addr unspecified() noexcept { return {}; }
    [[nodiscard]] static constexpr Ipv4Addr localhost() noexcept { return {127, 0, 0, 1}; }
    [[nodiscard]] static constexpr Ipv4Addr broadcast() noexcept { return {255, 255, 255, 255}; }

    [[nodiscard]] constexpr const Octets& octets() const noexcept { return octets_; }
    [[nodiscard]] constexpr std::uint32_t to_bits() const noexcept {
        return std::uint32_t{octets_[0]} << 24 | std::uint32_t{octets_[1]} << 16 | std::uint32_t{octets_[2]} << 8 |
               std::uint32_t{octets_[3]};
    }

    [[nodiscard]] constexpr bool is_unspecified() const noexcept { return *this == unspecified(); }
    [[nodiscard]] constexpr bool is_broadcast() const noexcept { return *this == broadcast(); }

    /// 127.0.0.0/8.
    [[nodiscard]] constexpr bool is_loopback() const noexcept { return octets_[0] == 127; }

    /// 224.0.0.0/4.
    [[nodiscard]] constexpr bool is_multicast() const noexcept { return octets_[0] >> 4 == 14; }

    /// 169.254.0.0/16.
    [[nodiscard]] constexpr bool is_link_local() const noexcept { return octets_[0] == 169 && octets_[1] == 254; }

    /// 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16.
    [[nodiscard]] constexpr bool is_private() const noexcept {
        return octets_[0] == 10 || (octets_[0] == 172 && octets_[1] >> 4 == 1) ||
               (octets_[0] == 192 && octets_[1] == 168);
    }

    /// `"127.0.0.1"`. Allocates: the result.
    [[nodiscard]] WELD_API std::string to_string() const;

    /// Prints `to_string()`.
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream, Ipv4Addr address) {
        return stream << address.to_string();
    }

    friend constexpr auto operator<=>(const Ipv4Addr&, const Ipv4Addr&) noexcept = default;

private:
    Octets octets_{};
};

class Ipv6Addr {
public:
    using Octets = std::array<std::uint8_t, 16>;
    using Segments = std::array<std::uint16_t, 8>;

    /// ::.
    constexpr Ipv6Addr() noexcept = default;

    [[nodiscard]] static constexpr Ipv6Addr from_octets(const Octets& octets) noexcept {
        Ipv6Addr made;
        made.octets_ = octets;
        return made;
    }

    /// The address with these eight 16-bit groups: `from_segments({0x2001, 0xdb8, 0, 0, 0, 0, 0, 1})`.
    [[nodiscard]] static constexpr Ipv6Addr from_segments(const Segments& segments) noexcept {
        Ipv6Addr made;
        for (std::size_t place = 0; place < segments.size(); ++place) {
            made.octets_[2 * place] = static_cast<std::uint8_t>(segments[place] >> 8);
            made.octets_[2 * place + 1] = static_cast<std::uint8_t>(segments[place]);
        }
        return made;
    }

    /// ::ffff:a.b.c.d, the IPv4-mapped form in which IPv6 sockets show the IPv4 address `mapped`.
    [[nodiscard]] static constexpr Ipv6Addr from_ipv4(Ipv4Addr mapped) noexcept {
        Ipv6Addr made;
        made.octets_[10] = made.octets_[11] = 0xff;
        std::ranges::copy(mapped.octets(), made.octets_.begin() + 12);
        return made;
    }

    /// Parses `text`, as `"2001:db8::1"`. `Fault::BadIpv6` for text that inet_pton(3) refuses, so also for a scope.
    [[nodiscard]] static WELD_API Result<Ipv6Addr> parse(std::string_view text) noexcept;

    [[nodiscard]] static constexpr Ipv6Addr unspecified() noexcept { return {}; }
    [[nodiscard]] static constexpr Ipv6Addr localhost() noexcept { return from_segments({0, 0, 0, 0, 0, 0, 0, 1}); }

    [[nodiscard]] constexpr const Octets& octets() const noexcept { return octets_; }
    [[nodiscard]] constexpr Segments segments() const noexcept {
        Segments segments{};
        for (std::size_t place = 0; place < segments.size(); ++place) {
            segments[place] = static_cast<std::uint16_t>(octets_[2 * place] << 8 | octets_[2 * place + 1]);
        }
        return segments;
    }

    [[nodiscard]] constexpr bool is_unspecified() const noexcept { return *this == unspecified(); }
    [[nodiscard]] constexpr bool is_loopback() const noexcept { return *this == localhost(); }

    /// ff00::/8.
    [[nodiscard]] constexpr bool is_multicast() const noexcept { return octets_[0] == 0xff; }

    /// fe80::/10.
    [[nodiscard]] constexpr bool is_link_local() const noexcept { return octets_[0] == 0xfe && octets_[1] >> 6 == 2; }

    /// fc00::/7.
    [[nodiscard]] constexpr bool is_unique_local() const noexcept { return octets_[0] >> 1 == 0x7e; }

    /// The IPv4 address of an IPv4-mapped address, ::ffff:a.b.c.d.
    [[nodiscard]] constexpr std::optional<Ipv4Addr> to_ipv4() const noexcept {
        const Ipv4Addr last(octets_[12], octets_[13], octets_[14], octets_[15]);
        return *this == from_ipv4(last) ? std::optional(last) : std::nullopt;
    }

    /// `"2001:db8::1"`. Allocates: the result.
    [[nodiscard]] WELD_API std::string to_string() const;

    /// Prints `to_string()`.
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream,
                                                        const Ipv6Addr& address) {
        return stream << address.to_string();
    }

    friend constexpr auto operator<=>(const Ipv6Addr&, const Ipv6Addr&) noexcept = default;

private:
    Octets octets_{};
};

class IpAddr {
public:
    constexpr IpAddr(Ipv4Addr address) noexcept { std::ranges::copy(address.octets(), octets_.begin()); }
    constexpr IpAddr(const Ipv6Addr& address) noexcept : family_(IpFamily::V6), octets_(address.octets()) {}

    /// Parses `text`, as version 6 if it has a colon, else as version 4. `Fault::BadIpv6` or `Fault::BadIpv4` for text
    /// that inet_pton(3) refuses.
    [[nodiscard]] static WELD_API Result<IpAddr> parse(std::string_view text) noexcept;

    [[nodiscard]] constexpr IpFamily family() const noexcept { return family_; }
    [[nodiscard]] constexpr bool is_ipv4() const noexcept { return family_ == IpFamily::V4; }
    [[nodiscard]] constexpr bool is_ipv6() const noexcept { return family_ == IpFamily::V6; }

    /// The address, if it is of this version.
    [[nodiscard]] constexpr std::optional<Ipv4Addr> ipv4() const noexcept {
        return is_ipv4() ? std::optional(v4()) : std::nullopt;
    }
    [[nodiscard]] constexpr std::optional<Ipv6Addr> ipv6() const noexcept {
        return is_ipv6() ? std::optional(v6()) : std::nullopt;
    }

    [[nodiscard]] constexpr bool is_unspecified() const noexcept {
        return is_ipv4() ? v4().is_unspecified() : v6().is_unspecified();
    }
    [[nodiscard]] constexpr bool is_loopback() const noexcept {
        return is_ipv4() ? v4().is_loopback() : v6().is_loopback();
    }
    [[nodiscard]] constexpr bool is_multicast() const noexcept {
        return is_ipv4() ? v4().is_multicast() : v6().is_multicast();
    }

    /// As `Ipv4Addr::to_string` or `Ipv6Addr::to_string`. Allocates: the result.
    [[nodiscard]] WELD_API std::string to_string() const;

    /// Prints `to_string()`.
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream,
                                                        const IpAddr& address) {
        return stream << address.to_string();
    }

    friend constexpr auto operator<=>(const IpAddr&, const IpAddr&) noexcept = default;

private:
    [[nodiscard]] constexpr Ipv4Addr v4() const noexcept { return {octets_[0], octets_[1], octets_[2], octets_[3]}; }
    [[nodiscard]] constexpr Ipv6Addr v6() const noexcept { return Ipv6Addr::from_octets(octets_); }

    IpFamily family_ = IpFamily::V4;
    Ipv6Addr::Octets octets_{};  // version 4 uses the first four, the others are zero
};

}  // namespace weld::net

template <>
struct std::hash<weld::net::IpAddr> {
    [[nodiscard]] WELD_API std::size_t operator()(const weld::net::IpAddr& address) const noexcept;
};

template <>
struct std::hash<weld::net::Ipv4Addr> {
    [[nodiscard]] std::size_t operator()(weld::net::Ipv4Addr address) const noexcept {
        return std::hash<weld::net::IpAddr>{}(address);
    }
};

template <>
struct std::hash<weld::net::Ipv6Addr> {
    [[nodiscard]] std::size_t operator()(const weld::net::Ipv6Addr& address) const noexcept {
        return std::hash<weld::net::IpAddr>{}(address);
    }
};
