// SPDX-License-Identifier: MIT
#include <weld/sys/posix/stdio.hpp>

#include <stdio_ext.h>

namespace weld::sys {

bool stdio_has_room(std::FILE* stream, std::size_t size) noexcept {
    const std::size_t all = ::__fbufsize(stream);
    const std::size_t used = ::__fpending(stream);
    return ::__flbf(stream) == 0 && used < all && size < all - used;
}

}  // namespace weld::sys
