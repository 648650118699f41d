// SPDX-License-Identifier: MIT
//
// retry: a call made again for as long as signals interrupt it.
//
// For calls that were interrupted before they did anything, which is what EINTR means for all that
// libnative retries. Never for close(2), whose descriptor is gone all the same.
#pragma once

#include <weld/sys/errno.hpp>

namespace weld::native {

template <class Call>
[[nodiscard]] inline auto retry(Call call) noexcept {
    for (;;) {
        auto result = call();
        if (result || result.error() != sys::Errno::Intr) [[likely]] {
            return result;
        }
    }
}

}  // namespace weld::native
