// SPDX-License-Identifier: MIT
//
// stdio_has_room: what the buffer of a stream of libc takes before libc writes.
#pragma once

#include <weld/sys/api.hpp>

#include <cstddef>
#include <cstdio>

namespace weld::sys {

/// Whether `stream` takes `size` bytes more without a system call; false for one that is buffered by lines or not at
/// all, or has no buffer yet. __fpending(3). The caller has the stream's lock, or lives with an answer that is old.
[[nodiscard]] WELD_API bool stdio_has_room(std::FILE* stream, std::size_t size) noexcept;

}  // namespace weld::sys
