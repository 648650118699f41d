// SPDX-License-Identifier: MIT
//
// io_error: the kinds and texts of the system's error numbers.

#include "runtime_2014/io_error.hpp"

#include <cerrno>
#include <utility>

namespace runtime_2014 {

IoError from_rtio_error(rtio::IoError error) {
    const auto as = [&](IoErrorKind kind, const char* desc) { return IoError{kind, desc, std::move(error.detail)}; };
    switch (error.code) {
        case rtio::end_of_file: return as(IoErrorKind::EndOfFile, "end of file");
        case ENOENT: return as(IoErrorKind::FileNotFound, "no such file or directory");
        case EACCES:
        case EPERM: return as(IoErrorKind::PermissionDenied, "permission denied");
        case ECONNREFUSED: return as(IoErrorKind::ConnectionRefused, "connection refused");
        case ECONNRESET: return as(IoErrorKind::ConnectionReset, "connection reset");
        case EPIPE: return as(IoErrorKind::BrokenPipe, "the pipe has ended");
        case EEXIST: return as(IoErrorKind::PathAlreadyExists, "path already exists");
        case EINVAL: return as(IoErrorKind::InvalidInput, "invalid argument");
        case ETIMEDOUT: return as(IoErrorKind::TimedOut, "operation timed out");
        case ENOSYS: return as(IoErrorKind::IoUnavailable, "unavailable");
        default: return as(IoErrorKind::Other, "unknown error");
    }
}

IoError update_err(rtio::IoError error, const char* desc, const Path& path) {
    auto result = from_rtio_error(std::move(error));
    result.detail = std::string(result.desc) + "; path=" + path.display();
    result.desc = desc;
    return result;
}

std::string to_string(const IoError& error) {
    return error.detail ? std::string(error.desc) + " (" + *error.detail + ')' : error.desc;
}

}  // namespace runtime_2014
