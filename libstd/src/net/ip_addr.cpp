// SPDX-License-Identifier: MIT
#include <weld/net/ip_addr.hpp>

#include <weld/net/socket_addr.hpp>
#include <weld/sys/try.hpp>

#include <charconv>
#include <span>
#include <system_error>

namespace weld::net {

namespace {

/// Parses all of `text` as a number in `base`, with at most `digits` digits.
template <class Number>
std::optional<Number> read_number(std::string_view text, int base, std::size_t digits) noexcept {
    Number number = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number, base);
    if (text.size() > digits || read.ec != std::errc{} || read.ptr != end) {
        return std::nullopt;
    }
    return number;
}

std::optional<std::uint8_t> read_octet(std::string_view text) noexcept {
    if (text.size() > 1 && text.front() == '0') {
        return std::nullopt;  // some programs would read it as octal
    }
    return read_number<std::uint8_t>(text, 10, 3);
}

/// Parses four octets into the front of `target`.
bool read_ipv4(std::string_view text, std::span<std::uint8_t> target) noexcept {
    for (std::size_t place = 0; place < 4; ++place) {
        const std::size_t dot = text.find('.');
        if ((dot == std::string_view::npos) != (place == 3)) {
            return false;
        }
        const auto octet = read_octet(text.substr(0, dot));
        if (!octet) {
            return false;
        }
        target[place] = *octet;
        text.remove_prefix(place == 3 ? text.size() : dot + 1);
    }
    return true;
}

enum class Ending : bool { Group, GroupOrIpv4 };

/// Parses groups with single colons between them, the last one perhaps an IPv4 address, into the front of `target`;
/// returns how many octets they are.
std::optional<std::size_t> read_groups(std::string_view text, Ending ending, std::span<std::uint8_t> target) noexcept {
    std::size_t size = 0;
    while (!text.empty()) {
        const std::size_t colon = text.find(':');
        const bool last = colon == std::string_view::npos;
        if (last && ending == Ending::GroupOrIpv4 && text.find('.') != std::string_view::npos) {
            const bool read = target.size() - size >= 4 && read_ipv4(text, target.subspan(size));
            return read ? std::optional(size + 4) : std::nullopt;
        }
        const auto group = read_number<std::uint16_t>(text.substr(0, colon), 16, 4);
        if (!group || target.size() - size < 2 || colon == text.size() - 1) {
            return std::nullopt;
        }
        target[size++] = static_cast<std::uint8_t>(*group >> 8);
        target[size++] = static_cast<std::uint8_t>(*group);
        text.remove_prefix(last ? text.size() : colon + 1);
    }
    return size;
}

bool read_ipv6(std::string_view text, Ipv6Addr::Octets& target) noexcept {
    const std::size_t gap = text.find("::");
    if (gap == std::string_view::npos) {
        return read_groups(text, Ending::GroupOrIpv4, target) == target.size();
    }
    Ipv6Addr::Octets after{};
    const auto left = read_groups(text.substr(0, gap), Ending::Group, target);
    const auto right = read_groups(text.substr(gap + 2), Ending::GroupOrIpv4, after);
    if (!left || !right || *left + *right > target.size() - 2) {  // a gap replaces at least one group
        return false;
    }
    std::ranges::fill(std::span(target).subspan(*left), std::uint8_t{0});
    std::copy_n(after.begin(), *right, target.end() - static_cast<std::ptrdiff_t>(*right));
    return true;
}

template <class Number>
void append(std::string& text, Number number, int base) {
    std::array<char, 8> digits;
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), number, base);
    text.append(digits.data(), written.ptr);
}

void append(std::string& text, Ipv4Addr address) {
    for (const std::uint8_t octet : address.octets()) {
        append(text, octet, 10);
        text += '.';
    }
    text.pop_back();
}

struct Run {
    std::size_t first = 0;
    std::size_t size = 0;
};

/// The longest run of zero groups, the first of several; none where it is one group.
Run longest_zeros(const Ipv6Addr::Segments& segments) noexcept {
    Run longest;
    Run run;
    for (std::size_t place = 0; place < segments.size(); ++place) {
        run = segments[place] == 0 ? Run{.first = place - run.size, .size = run.size + 1} : Run{};
        if (run.size > longest.size) {
            longest = run;
        }
    }
    return longest.size > 1 ? longest : Run{};
}

void append(std::string& text, const Ipv6Addr::Segments& segments, std::size_t from, std::size_t to) {
    for (std::size_t place = from; place < to; ++place) {
        append(text, segments[place], 16);
        text += place + 1 < to ? ":" : "";
    }
}

/// Whether the last four octets are an IPv4 address: ::ffff:a.b.c.d, and the deprecated ::a.b.c.d.
bool embeds_ipv4(const Ipv6Addr::Segments& segments, Run zeros) noexcept {
    return zeros.first == 0 && (zeros.size == 6 || (zeros.size == 5 && segments[5] == 0xffff));
}

}  // namespace

Result<Ipv4Addr> Ipv4Addr::parse(std::string_view text) noexcept {
    Octets octets{};
    if (!read_ipv4(text, octets)) {
        return std::unexpected(Error("parse", Fault::BadIpv4));
    }
    return from_octets(octets);
}

Result<Ipv6Addr> Ipv6Addr::parse(std::string_view text) noexcept {
    Octets octets{};
    if (!read_ipv6(text, octets)) {
        return std::unexpected(Error("parse", Fault::BadIpv6));
    }
    return from_octets(octets);
}

Result<IpAddr> IpAddr::parse(std::string_view text) noexcept {
    if (text.find(':') == std::string_view::npos) {
        return IpAddr(WELD_TRY(Ipv4Addr::parse(text)));
    }
    return IpAddr(WELD_TRY(Ipv6Addr::parse(text)));
}

std::string Ipv4Addr::to_string() const {
    std::string text;
    append(text, *this);
    return text;
}

std::string Ipv6Addr::to_string() const {
    const Segments parts = segments();
    const Run zeros = longest_zeros(parts);
    std::string text;
    if (zeros.size == 0) {
        append(text, parts, 0, parts.size());
        return text;
    }
    append(text, parts, 0, zeros.first);
    text += "::";
    if (embeds_ipv4(parts, zeros)) {
        text += zeros.size == 5 ? "ffff:" : "";
        append(text, Ipv4Addr(octets_[12], octets_[13], octets_[14], octets_[15]));
    } else {
        append(text, parts, zeros.first + zeros.size, parts.size());
    }
    return text;
}

std::string IpAddr::to_string() const { return is_ipv4() ? v4().to_string() : v6().to_string(); }

}  // namespace weld::net

std::size_t std::hash<weld::net::IpAddr>::operator()(const weld::net::IpAddr& address) const noexcept {
    return std::hash<weld::net::SocketAddr>{}(weld::net::SocketAddr(address, 0));
}
