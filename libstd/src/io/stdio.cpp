// SPDX-License-Identifier: MIT
#include <weld/io/stdio.hpp>

#include "../during.hpp"

#include <weld/sys/posix/poll.hpp>
#include <weld/sys/posix/signal.hpp>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace weld::io {

namespace {

bool is_closed(sys::Errno error) noexcept { return error == sys::Errno::Badf; }

/// The error that libc left in errno, for `operation`. A closed stream accepts everything.
Result<void> refusal(const char* operation) noexcept {
    if (errno == 0) {
        return std::unexpected(Error(operation, Fault::WriteZero));
    }
    const auto error = static_cast<sys::Errno>(errno);
    return is_closed(error) ? Result<void>() : std::unexpected(Error(operation, error));
}

/// Calls `operation` of libc, which writes to `handle`, with errno as libc left it and no SIGPIPE. All signals are
/// blocked during the call, since libc drops its buffer when a signal interrupts its write. Signals are delivered in
/// the wait for a full pipe before it, so that a reader that does not read cannot delay a signal that ends the process.
template <class Operation>
auto undisturbed(sys::BorrowedHandle handle, Operation operation) noexcept {
    sys::PollFd writable{.fd = handle.raw(), .wanted = sys::PollEvents::Out, .found = {}};
    for (sys::Result<std::size_t> ready = std::unexpected(sys::Errno::Intr);
         !ready && ready.error() == sys::Errno::Intr;) {
        ready = sys::poll({&writable, 1}, -1);
    }
    const auto mask = sys::pthread_sigmask_block_all();
    const bool was_pending = sys::is_pending(sys::Signal::Pipe);
    errno = 0;
    const auto result = operation();
    const int error = errno;
    if (error == EPIPE && mask && !was_pending) {
        (void)sys::sigtimedwait(sys::Signal::Pipe);
    }
    if (mask) {
        (void)sys::pthread_sigmask_restore(*mask);
    }
    errno = error;
    return result;
}

/// Less than libc's buffer for a pipe, whose size is also the amount that fits without waiting into a pipe that poll
/// reports as writable. libc would make two writes of a piece as large as its buffer.
constexpr std::size_t piece = 2048;

/// The caller holds the lock of `stream`.
Result<std::size_t> put_unlocked(std::FILE* stream, sys::BorrowedHandle handle,
                                 std::span<const std::byte> source) noexcept {
    for (std::size_t done = 0; done < source.size();) {
        const auto part = source.subspan(done, std::min(piece, source.size() - done));
        const std::size_t count =
            undisturbed(handle, [&] { return ::fwrite_unlocked(part.data(), 1, part.size(), stream); });
        done += part.size();
        if (count != part.size()) {
            // An error also where some bytes were accepted: libc has dropped its buffer, and stores the next bytes into
            // it.
            if (const auto refused = refusal("write"); !refused) {
                return std::unexpected(refused.error());
            }
            break;
        }
    }
    return source.size();
}

Result<std::size_t> put(std::FILE* stream, sys::BorrowedHandle handle, std::span<const std::byte> source) noexcept {
    ::flockfile(stream);
    const auto count = put_unlocked(stream, handle, source);
    ::funlockfile(stream);
    return count;
}

}  // namespace

Result<std::size_t> Stdin::read(std::span<std::byte> target) const noexcept {
    auto count = native::read_standard_input(target);
    if (!count && is_closed(count.error())) {
        return std::size_t{0};
    }
    return during("read", count);
}

StdoutLock::StdoutLock() noexcept { ::flockfile(stdout); }

StdoutLock::~StdoutLock() { ::funlockfile(stdout); }

Result<std::size_t> StdoutLock::write(std::span<const std::byte> source) noexcept {
    return put_unlocked(stdout, Stdout().as_handle(), source);
}

Result<void> StdoutLock::flush() noexcept { return Stdout().flush(); }

Result<std::size_t> Stdout::write(std::span<const std::byte> source) const noexcept {
    return put(stdout, as_handle(), source);
}

Result<void> Stdout::flush() const noexcept {
    return undisturbed(as_handle(), [] { return std::fflush(stdout); }) == 0 ? Result<void>() : refusal("flush");
}

Result<std::size_t> Stderr::write(std::span<const std::byte> source) const noexcept {
    return put(stderr, as_handle(), source);
}

Result<std::size_t> StdoutRaw::write(std::span<const std::byte> source) const noexcept {
    auto count = native::write_standard_output(source);
    if (!count && is_closed(count.error())) {
        return source.size();
    }
    return during("write", count);
}

Result<void> fill_standard_handles() noexcept {
    return during("fill_standard_handles", native::fill_standard_handles());
}

}  // namespace weld::io
