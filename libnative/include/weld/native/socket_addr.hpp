// SPDX-License-Identifier: MIT
//
// SocketAddr: an IP address and a port, as libnative passes it around.
//
// The same 28 bytes on every platform, each of them meaningful, so that equal addresses are equal bytes.
// Numbers are in the CPU's byte order. What an address looks like as text is for the layer above.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <type_traits>

namespace weld::native {

enum class IpFamily : std::uint16_t { V4, V6 };

struct SocketAddr {
    std::array<std::uint8_t, 16> ip{};  ///< as it travels; of a V4 address the first four, the others zero
    std::uint32_t flowinfo = 0;         ///< V6: traffic class and flow label; zero for V4
    std::uint32_t scope_id = 0;         ///< V6: the interface that a link-local address is about; zero for V4
    std::uint16_t port = 0;
    IpFamily family = IpFamily::V4;

    friend constexpr bool operator==(const SocketAddr&, const SocketAddr&) noexcept = default;
};

static_assert(sizeof(SocketAddr) <= 32 && std::is_trivially_copyable_v<SocketAddr>);
static_assert(std::has_unique_object_representations_v<SocketAddr>);

}  // namespace weld::native
