// SPDX-License-Identifier: MIT
//
// format: std::formatter for weld's own types, for std::format and std::print.
//
// If the standard library has no std::format, as that of g++ 12, this header declares nothing; <weld/fmt.hpp> does the
// same for the fmt library, with any compiler. Width, fill and precision work as for text.
#pragma once

#include <weld/error.hpp>
#include <weld/native/repr.hpp>
#include <weld/net/ip_addr.hpp>
#include <weld/net/socket_addr.hpp>

#include <version>

#if defined(__cpp_lib_format)

#include <concepts>
#include <format>
#include <string_view>

/// `{}` prints `message()`.
template <class T>
    requires std::same_as<T, weld::Error> || std::same_as<T, weld::ErrorAt> || std::same_as<T, weld::native::ExitStatus>
struct std::formatter<T> : std::formatter<std::string_view> {
    template <class Context>
    auto format(const T& value, Context& context) const {
        return std::formatter<std::string_view>::format(value.message(), context);
    }
};

/// `{}` prints the name of the enumerator.
template <>
struct std::formatter<weld::Kind> : std::formatter<std::string_view> {
    template <class Context>
    auto format(weld::Kind kind, Context& context) const {
        return std::formatter<std::string_view>::format(weld::name(kind), context);
    }
};

/// `{}` prints `to_string()`.
template <class Address>
    requires std::same_as<Address, weld::net::Ipv4Addr> || std::same_as<Address, weld::net::Ipv6Addr> ||
             std::same_as<Address, weld::net::IpAddr> || std::same_as<Address, weld::net::SocketAddr>
struct std::formatter<Address> : std::formatter<std::string_view> {
    template <class Context>
    auto format(const Address& address, Context& context) const {
        return std::formatter<std::string_view>::format(address.to_string(), context);
    }
};

#endif
