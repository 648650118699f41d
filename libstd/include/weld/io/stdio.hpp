// SPDX-License-Identifier: MIT
//
// Stdin, Stdout, Stderr, StdoutRaw: the standard streams as a reader and as writers.
//
// They are names for the process's streams: copied freely, never closed. Stdout and Stderr write through libc's
// streams, so the order with printf and `print` is kept, and buffered text is written at exit. Stdin and StdoutRaw use
// the handle directly; to read lines, make one `BufReader reader{io::Stdin()}` for the whole program. Where a stream is
// closed, reading returns the end and writing succeeds. Any thread may call; the bytes of one call stay together.
//
// Unlike printf and `print`, Stdout and Stderr block signals while libc writes: a signal handler loses no bytes, and
// there is no SIGPIPE. Before that they wait for a full pipe, with signals unblocked. For this each call makes some
// system calls, so many small writes should go through a BufWriter.
#pragma once

#include <weld/error.hpp>
#include <weld/native/stdio.hpp>

#include <cstddef>
#include <span>

namespace weld::io {

class Stdin {
public:
    /// Waits until there are bytes, and reads them into the front of `target`; zero at the end.
    [[nodiscard]] WELD_API Result<std::size_t> read(std::span<std::byte> target) const noexcept;

    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept {
        return native::standard_handle(native::StandardHandle::Input);
    }
};

/// Locks standard output for the calling thread, also against printf of other threads, until it is destroyed.
class StdoutLock {
public:
    WELD_API StdoutLock() noexcept;
    WELD_API ~StdoutLock();
    StdoutLock(const StdoutLock&) = delete;
    StdoutLock& operator=(const StdoutLock&) = delete;

    /// As the members of Stdout, without locking for each call.
    [[nodiscard]] WELD_API Result<std::size_t> write(std::span<const std::byte> source) noexcept;
    [[nodiscard]] WELD_API Result<void> flush() noexcept;
};

class Stdout {
public:
    /// Writes all of `source` to libc's buffer, which libc writes out by lines on a terminal and when it is full
    /// otherwise. After an error the number of bytes written is unknown, and the buffered bytes are dropped.
    [[nodiscard]] WELD_API Result<std::size_t> write(std::span<const std::byte> source) const noexcept;

    /// Writes out the buffer.
    [[nodiscard]] WELD_API Result<void> flush() const noexcept;

    [[nodiscard]] StdoutLock lock() const noexcept { return {}; }

    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept {
        return native::standard_handle(native::StandardHandle::Output);
    }
};

class Stderr {
public:
    /// Writes all of `source` at once. After an error the number of bytes written is unknown.
    [[nodiscard]] WELD_API Result<std::size_t> write(std::span<const std::byte> source) const noexcept;

    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept {
        return native::standard_handle(native::StandardHandle::Error);
    }
};

/// Standard output without libc's buffer: its bytes appear before everything that libc has buffered.
class StdoutRaw {
public:
    /// Writes from the front of `source` and returns how many bytes. It waits for room, also where the handle is
    /// non-blocking.
    [[nodiscard]] WELD_API Result<std::size_t> write(std::span<const std::byte> source) const noexcept;

    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept { return Stdout().as_handle(); }
};

/// Whether `object`, a standard stream or a file, is a terminal. isatty(3).
template <class T>
    requires requires(const T& object) { object.as_handle(); }
[[nodiscard]] bool is_terminal(const T& object) noexcept {
    return native::is_terminal(object.as_handle());
}

/// Opens the null device for each standard stream that is closed, so that a file opened later does not get its number.
/// Call it at the start of a program, before other threads open files.
[[nodiscard]] WELD_API Result<void> fill_standard_handles() noexcept;

}  // namespace weld::io
