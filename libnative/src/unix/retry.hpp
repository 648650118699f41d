// SPDX-License-Identifier: MIT
//
// retry: repeats a call as long as signals interrupt it.
//
// Only for calls that were interrupted before they did anything: EINTR means that for all calls that libnative retries.
// Never for close(2), which has closed the descriptor even when it returns EINTR.
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
