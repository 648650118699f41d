// SPDX-License-Identifier: MIT
#include <weld/print.hpp>

#include <weld/native/stdio.hpp>
#include <weld/sys/posix/stdio.hpp>

#include <cerrno>
#include <cstdio>

namespace weld {

namespace {

Error last_error(const char* operation) noexcept {
    return errno != 0 ? Error(operation, static_cast<sys::Errno>(errno)) : Error(operation, Fault::WriteZero);
}

/// A size that a pipe with room takes without blocking, together with what libc has buffered before.
constexpr std::size_t piece = 2048;

/// Not retried after a signal or a failed write: libc has dropped its buffer by then, and a retry would hide the loss.
/// So on a descriptor whose writes do not block, this waits for room first.
Result<void> put_unlocked(const char* operation, std::FILE* stream, native::StandardHandle handle,
                          std::string_view text) noexcept {
    while (!text.empty()) {
        const bool may_fail_full =
            !sys::stdio_has_room(stream, text.size()) && native::wait_if_nonblocking(native::standard_handle(handle));
        const std::string_view part = may_fail_full ? text.substr(0, piece) : text;
        errno = 0;
        if (::fwrite_unlocked(part.data(), 1, part.size(), stream) != part.size()) {
            return std::unexpected(last_error(operation));
        }
        text.remove_prefix(part.size());
    }
    return {};
}

/// Locks the stream, so that the caller's text stays together.
Result<void> put(const char* operation, std::FILE* stream, native::StandardHandle handle,
                 std::string_view text) noexcept {
    if (text.empty()) {
        return {};  // its pointer may be null, which fwrite does not allow
    }
    ::flockfile(stream);
    auto done = put_unlocked(operation, stream, handle, text);
    ::funlockfile(stream);
    return done;
}

}  // namespace

Result<void> print(std::string_view text) noexcept {
    return put("print", stdout, native::StandardHandle::Output, text);
}

Result<void> eprint(std::string_view text) noexcept {
    return put("eprint", stderr, native::StandardHandle::Error, text);
}

Result<void> flush() noexcept {
    (void)native::wait_if_nonblocking(native::standard_handle(native::StandardHandle::Output));
    errno = 0;
    if (std::fflush(stdout) != 0) {
        return std::unexpected(last_error("flush"));
    }
    return {};
}

}  // namespace weld
