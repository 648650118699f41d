// SPDX-License-Identifier: MIT
#include <weld/sys/posix/pipe.hpp>

#include "check.hpp"

#include <unistd.h>
#include <array>

namespace weld::sys {

Result<Pipe> pipe2(OpenFlags flags) noexcept {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), static_cast<int>(flags)) != 0) [[unlikely]] {
        return last_error();
    }
    return Pipe{.reader = OwnedFd(ends[0]), .writer = OwnedFd(ends[1])};
}

}  // namespace weld::sys
