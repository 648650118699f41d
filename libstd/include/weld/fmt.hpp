// SPDX-License-Identifier: MIT
//
// fmt: formatters for weld's own types. The one header that needs the fmt library: link `weld::fmt`. <weld/format.hpp>
// has them for std::format.
#pragma once

#include <weld/error.hpp>
#include <weld/native/repr.hpp>
#include <weld/net/ip_addr.hpp>
#include <weld/net/socket_addr.hpp>

#include <fmt/format.h>

#include <concepts>

/// `{}` prints `message()`.
template <class T>
    requires std::same_as<T, weld::Error> || std::same_as<T, weld::ErrorAt> || std::same_as<T, weld::native::ExitStatus>
struct fmt::formatter<T> : fmt::formatter<fmt::string_view> {
    template <class Context>
    auto format(const T& value, Context& context) const {
        return fmt::formatter<fmt::string_view>::format(value.message(), context);
    }
};

/// `{}` prints the name of the enumerator.
template <>
struct fmt::formatter<weld::Kind> : fmt::formatter<fmt::string_view> {
    template <class Context>
    auto format(weld::Kind kind, Context& context) const {
        const std::string_view text = weld::name(kind);
        return fmt::formatter<fmt::string_view>::format({text.data(), text.size()}, context);
    }
};

/// `{}` prints `to_string()`.
template <class Address>
    requires std::same_as<Address, weld::net::Ipv4Addr> || std::same_as<Address, weld::net::Ipv6Addr> ||
             std::same_as<Address, weld::net::IpAddr> || std::same_as<Address, weld::net::SocketAddr>
struct fmt::formatter<Address> : fmt::formatter<fmt::string_view> {
    template <class Context>
    auto format(const Address& address, Context& context) const {
        return fmt::formatter<fmt::string_view>::format(address.to_string(), context);
    }
};
