// SPDX-License-Identifier: MIT
//
// rtio_error: the failure of an operation behind the interface of 2014.
//
// An errno, a second number where it helps, and an allocated text.

#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>

namespace runtime_2014::rtio {

/// The code of a read at the end of a file: outside errno's range.
inline constexpr std::size_t end_of_file = 4095;

struct IoError {
    std::size_t code = 0;
    std::size_t extra = 0;  // of a write that timed out, the number of bytes written
    std::optional<std::string> detail;
};

template <class T>
using IoResult = std::expected<T, IoError>;

}  // namespace runtime_2014::rtio
