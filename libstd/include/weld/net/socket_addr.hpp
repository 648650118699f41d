// SPDX-License-Identifier: MIT
//
// SocketAddr: an IP address and a port.
//
// A value of 28 bytes, usable in constant expressions, ordered by address and then port, and hashable. As text it is
// `192.0.2.1:80`, `[2001:db8::1]:80` or, with the number of an interface, `[fe80::1%2]:80`. It does no DNS: host names
// are not resolved here.
#pragma once

#include <weld/error.hpp>
#include <weld/native/socket_addr.hpp>
#include <weld/net/ip_addr.hpp>

#include <algorithm>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iosfwd>
#include <string>
#include <string_view>
#include <tuple>

namespace weld::net {

class SocketAddr {
public:
    /// `SocketAddr(Ipv4Addr::localhost(), 80)`. Binding to port zero takes any free port.
    constexpr SocketAddr(const IpAddr& ip, std::uint16_t port) noexcept {
        native_.port = port;
        native_.family = ip.family();
        if (const auto v4 = ip.ipv4()) {
            std::ranges::copy(v4->octets(), native_.ip.begin());
        } else if (const auto v6 = ip.ipv6()) {
            native_.ip = v6->octets();
        }
    }

    /// `flowinfo` is the traffic class and flow label, `scope_id` the number of the interface of a link-local address.
    constexpr SocketAddr(const Ipv6Addr& ip, std::uint16_t port, std::uint32_t flowinfo,
                         std::uint32_t scope_id) noexcept
        : SocketAddr(ip, port) {
        native_.flowinfo = flowinfo;
        native_.scope_id = scope_id;
    }

    /// Parses `text`: an address as `IpAddr::parse` reads it, version 6 in brackets and with `%` and a decimal scope if
    /// it has one; a colon; a port of one to five decimal digits. InvalidInput for anything else, with a `Fault` that
    /// says which part is wrong: NoPort, BadPort, NoBrackets, BadIpv4, BadIpv6, BadScope.
    [[nodiscard]] static WELD_API Result<SocketAddr> parse(std::string_view text) noexcept;

    [[nodiscard]] constexpr IpAddr ip() const noexcept {
        const Ipv6Addr::Octets& octets = native_.ip;
        return is_ipv4() ? IpAddr(Ipv4Addr(octets[0], octets[1], octets[2], octets[3]))
                         : IpAddr(Ipv6Addr::from_octets(octets));
    }
    [[nodiscard]] constexpr bool is_ipv4() const noexcept { return native_.family == IpFamily::V4; }
    [[nodiscard]] constexpr bool is_ipv6() const noexcept { return native_.family == IpFamily::V6; }
    [[nodiscard]] constexpr std::uint16_t port() const noexcept { return native_.port; }
    [[nodiscard]] constexpr std::uint32_t flowinfo() const noexcept { return native_.flowinfo; }
    [[nodiscard]] constexpr std::uint32_t scope_id() const noexcept { return native_.scope_id; }

    /// The text that `parse` reads back, without the flowinfo. Allocates: the result.
    [[nodiscard]] WELD_API std::string to_string() const;

    /// Prints `to_string()`.
    template <class Traits>
    friend std::basic_ostream<char, Traits>& operator<<(std::basic_ostream<char, Traits>& stream,
                                                        const SocketAddr& address) {
        return stream << address.to_string();
    }

    friend constexpr bool operator==(const SocketAddr&, const SocketAddr&) noexcept = default;

    friend constexpr std::strong_ordering operator<=>(const SocketAddr& left, const SocketAddr& right) noexcept {
        if (const auto by_ip = left.ip() <=> right.ip(); by_ip != 0) {
            return by_ip;
        }
        const native::SocketAddr& a = left.native_;
        const native::SocketAddr& b = right.native_;
        return std::tie(a.port, a.flowinfo, a.scope_id) <=> std::tie(b.port, b.flowinfo, b.scope_id);
    }

    /// Conversions to and from the layer below.
    [[nodiscard]] constexpr const native::SocketAddr& as_native() const noexcept { return native_; }
    [[nodiscard]] static constexpr SocketAddr from_native(const native::SocketAddr& native) noexcept {
        SocketAddr made(Ipv4Addr(), 0);
        made.native_ = native;
        return made;
    }

private:
    native::SocketAddr native_;
};

}  // namespace weld::net

template <>
struct std::hash<weld::net::SocketAddr> {
    [[nodiscard]] WELD_API std::size_t operator()(const weld::net::SocketAddr& address) const noexcept;
};
