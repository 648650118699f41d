// SPDX-License-Identifier: MIT
//
// stdio_has_room: whether the buffer of a libc stream has free space.
#pragma once

#include <weld/sys/api.hpp>

#include <cstddef>
#include <cstdio>

namespace weld::sys {

/// Whether `stream` can buffer `size` more bytes without a system call, by __fpending(3). False for a stream that is
/// line-buffered or unbuffered, or that has no buffer yet. A caller that does not hold the stream's lock may get an
/// outdated answer.
[[nodiscard]] WELD_API bool stdio_has_room(std::FILE* stream, std::size_t size) noexcept;

}  // namespace weld::sys
