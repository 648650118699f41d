// SPDX-License-Identifier: MIT
#include <weld/net/socket_addr.hpp>

#include <weld/sys/try.hpp>

#include <charconv>
#include <optional>
#include <system_error>

namespace weld::net {

namespace {

Error cannot_parse(Fault part) noexcept { return {"parse", part}; }

/// Parses all of `text` as a decimal number; `wrong` if it is none.
template <class Number>
Result<Number> read_decimal(std::string_view text, std::size_t digits, Fault wrong) noexcept {
    Number number = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number);
    if (text.size() > digits || read.ec != std::errc{} || read.ptr != end) {
        return std::unexpected(cannot_parse(wrong));
    }
    return number;
}

/// Parses the text between the brackets: `2001:db8::1` or `fe80::1%2`.
Result<SocketAddr> read_ipv6(std::string_view text, std::uint16_t port) noexcept {
    const std::size_t percent = text.find('%');
    const Ipv6Addr ip = WELD_TRY(Ipv6Addr::parse(text.substr(0, percent)));
    if (percent == std::string_view::npos) {
        return SocketAddr(ip, port);
    }
    const auto scope = WELD_TRY(read_decimal<std::uint32_t>(text.substr(percent + 1), 10, Fault::BadScope));
    return SocketAddr(ip, port, 0, scope);
}

}  // namespace

Result<SocketAddr> SocketAddr::parse(std::string_view text) noexcept {
    const std::size_t colon = text.rfind(':');
    if (colon == std::string_view::npos || text.back() == ']') {
        return std::unexpected(cannot_parse(Fault::NoPort));
    }
    const std::string_view host = text.substr(0, colon);
    const bool in_brackets = host.size() >= 2 && host.front() == '[' && host.back() == ']';
    if (!in_brackets && host.find(':') != std::string_view::npos) {
        return std::unexpected(cannot_parse(Fault::NoBrackets));
    }
    const auto port = WELD_TRY(read_decimal<std::uint16_t>(text.substr(colon + 1), 5, Fault::BadPort));
    if (in_brackets) {
        return read_ipv6(host.substr(1, host.size() - 2), port);
    }
    return SocketAddr(WELD_TRY(Ipv4Addr::parse(host)), port);
}

std::string SocketAddr::to_string() const {
    std::string text = is_ipv6() ? "[" : "";
    text += ip().to_string();
    if (scope_id() != 0) {
        text.append("%").append(std::to_string(scope_id()));
    }
    text += is_ipv6() ? "]:" : ":";
    return text.append(std::to_string(port()));
}

}  // namespace weld::net

std::size_t std::hash<weld::net::SocketAddr>::operator()(const weld::net::SocketAddr& address) const noexcept {
    const auto& bytes = address.as_native();  // equal addresses are equal bytes
    return std::hash<std::string_view>{}({reinterpret_cast<const char*>(&bytes), sizeof bytes});
}
