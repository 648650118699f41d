// SPDX-License-Identifier: MIT
//
// io_error: the failure of a call of 2014, as its caller saw it.

#pragma once

#include <expected>
#include <optional>
#include <string>

#include "runtime_2014/c_str.hpp"
#include "runtime_2014/rtio_error.hpp"

namespace runtime_2014 {

enum class IoErrorKind {
    Other,
    EndOfFile,
    FileNotFound,
    PermissionDenied,
    ConnectionRefused,
    ConnectionReset,
    BrokenPipe,
    PathAlreadyExists,
    InvalidInput,
    TimedOut,
    IoUnavailable,
};

struct IoError {
    IoErrorKind kind;
    const char* desc;
    std::optional<std::string> detail;
};

template <class T>
using IoResult = std::expected<T, IoError>;

/// The kind of a failure below, and a description of it.
IoError from_rtio_error(rtio::IoError error);

/// A failure has the operation and its path.
IoError update_err(rtio::IoError error, const char* desc, const Path& path);

/// The message: `couldn't stat path (no such file or directory; path=/nowhere)`.
std::string to_string(const IoError& error);

}  // namespace runtime_2014
