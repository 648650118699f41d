// SPDX-License-Identifier: MIT
//
// addrinfo: the addresses of a host, by the system's resolver.

#include <netdb.h>
#include <sys/socket.h>

#include "runtime_2014/native/factory.hpp"
#include "runtime_2014/native/socket.hpp"

namespace runtime_2014::native {

IoResult<std::vector<AddrinfoInfo>> host_addresses(const CString* host, const CString* service,
                                                   std::optional<AddrinfoHint> hint) {
    addrinfo hints{};
    if (hint) {
        hints.ai_family = hint->family;
        hints.ai_socktype = hint->socktype;
        hints.ai_protocol = hint->protocol;
        hints.ai_flags = hint->flags;
    }
    addrinfo* list = nullptr;
    const int failed = ::getaddrinfo(host != nullptr ? host->as_ptr() : nullptr,
                                     service != nullptr ? service->as_ptr() : nullptr, hint ? &hints : nullptr, &list);
    if (failed == EAI_SYSTEM) {
        return last_error();
    }
    if (failed != 0) {
        return std::unexpected(IoError{
            .code = static_cast<std::size_t>(-failed), .extra = 0, .detail = std::string(gai_strerror(failed))});
    }
    std::vector<AddrinfoInfo> infos;
    for (const addrinfo* entry = list; entry != nullptr; entry = entry->ai_next) {
        Storage storage;
        std::memcpy(&storage.storage, entry->ai_addr, entry->ai_addrlen);
        if (const auto address = storage.address()) {
            infos.push_back({*address, entry->ai_family, entry->ai_socktype, entry->ai_protocol, entry->ai_flags});
        }
    }
    ::freeaddrinfo(list);
    return infos;
}

}  // namespace runtime_2014::native
