// SPDX-License-Identifier: MIT
//
// Converts socket addresses to and from the format of the system.
#pragma once

#include <weld/native/socket_addr.hpp>
#include <weld/sys/errno.hpp>
#include <weld/sys/posix/socket.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <iterator>

namespace weld::native {

/// Converts from the CPU's byte order to network byte order, or back.
template <class Number>
[[nodiscard]] constexpr Number swap_to_network(Number number) noexcept {
    return std::endian::native == std::endian::big ? number : std::byteswap(number);
}

/// An address in the system's storage, and how many of its bytes are used.
struct SystemAddress {
    sys::SocketAddress storage;
    std::size_t length;
};

template <class Form>
[[nodiscard]] inline SystemAddress in_storage(const Form& form) noexcept {
    SystemAddress address;
    std::memcpy(&address.storage, &form, sizeof form);
    address.length = sizeof form;
    return address;
}

[[nodiscard]] inline SystemAddress to_system(const SocketAddr& address) noexcept {
    if (address.family == IpFamily::V4) {
        sys::SocketAddressInet form{};
        form.family = sys::AddressFamily::Inet;
        form.port = swap_to_network(address.port);
        std::copy_n(address.ip.begin(), std::size(form.address), form.address);
        return in_storage(form);
    }
    sys::SocketAddressInet6 form{};
    form.family = sys::AddressFamily::Inet6;
    form.port = swap_to_network(address.port);
    form.flowinfo = swap_to_network(address.flowinfo);
    std::copy_n(address.ip.begin(), std::size(form.address), form.address);
    form.scope_id = address.scope_id;
    return in_storage(form);
}

/// Converts the `length` bytes that the system wrote to `storage`. `Errno::Afnosupport` if they are not an IP address.
[[nodiscard]] inline sys::Result<SocketAddr> from_system(const sys::SocketAddress& storage,
                                                         std::size_t length) noexcept {
    SocketAddr address;
    if (storage.family == sys::AddressFamily::Inet && length >= sizeof(sys::SocketAddressInet)) {
        sys::SocketAddressInet form;
        std::memcpy(&form, &storage, sizeof form);
        address.port = swap_to_network(form.port);
        std::copy_n(form.address, std::size(form.address), address.ip.begin());
        return address;
    }
    if (storage.family == sys::AddressFamily::Inet6 && length >= sizeof(sys::SocketAddressInet6)) {
        sys::SocketAddressInet6 form;
        std::memcpy(&form, &storage, sizeof form);
        address.family = IpFamily::V6;
        address.port = swap_to_network(form.port);
        address.flowinfo = swap_to_network(form.flowinfo);
        std::copy_n(form.address, std::size(form.address), address.ip.begin());
        address.scope_id = form.scope_id;
        return address;
    }
    return std::unexpected(sys::Errno::Afnosupport);
}

}  // namespace weld::native
