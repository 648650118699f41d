// SPDX-License-Identifier: MIT
//
// SocketAddr: an IP address and a port.
//
// The same 28 bytes on every platform, without padding, so that equal addresses have equal bytes. Numbers are in the
// CPU's byte order. The layer above converts an address from and to text.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <type_traits>

namespace weld::native {

enum class IpFamily : std::uint16_t { V4, V6 };

struct SocketAddr {
    std::array<std::uint8_t, 16> ip{};  ///< in network byte order; a V4 address uses the first four, the rest are zero
    std::uint32_t flowinfo = 0;         ///< V6: traffic class and flow label; zero for V4
    std::uint32_t scope_id = 0;         ///< V6: the interface of a link-local address; zero for V4
    std::uint16_t port = 0;
    IpFamily family = IpFamily::V4;

    friend constexpr bool operator==(const SocketAddr&, const SocketAddr&) noexcept = default;
};

static_assert(sizeof(SocketAddr) <= 32 && std::is_trivially_copyable_v<SocketAddr>);
static_assert(std::has_unique_object_representations_v<SocketAddr>);

}  // namespace weld::native
