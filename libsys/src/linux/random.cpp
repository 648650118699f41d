// SPDX-License-Identifier: MIT
#include <weld/sys/linux/random.hpp>

#include "../posix/check.hpp"

#include <sys/random.h>

namespace weld::sys {

Result<std::size_t> getrandom(std::span<std::byte> target) noexcept {
    return check_count(::getrandom(target.data(), target.size(), 0));
}

}  // namespace weld::sys
