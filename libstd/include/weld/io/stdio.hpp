// SPDX-License-Identifier: MIT
//
// Stdin, Stdout, Stderr, StdoutRaw: the standard streams as reader and writers.
//
// Names for what the process has: copied freely, never closed. Stdout and Stderr write through libc's streams, so the
// order with printf and `print` holds, and what is buffered is written at exit. Stdin and StdoutRaw go to the handle at
// once; for lines there is `BufReader reader{io::Stdin()}`, of which a program has one. Where a stream is closed,
// reading is at the end and writing succeeds. Any thread may call; one call's bytes stay together.
//
// Unlike printf and `print`, Stdout and Stderr block signals while libc writes: a handler costs no bytes, and there is
// no SIGPIPE. They wait for a full pipe before, where signals come. Each call is some system calls for that, so much
// that is little goes through a BufWriter.
#pragma once

#include <weld/error.hpp>
#include <weld/native/stdio.hpp>

#include <cstddef>
#include <span>

namespace weld::io {

class Stdin {
public:
    /// Waits until there is something, and reads it into the front of `target`; zero at the end.
    [[nodiscard]] WELD_API Result<std::size_t> read(std::span<std::byte> target) const noexcept;

    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept {
        return native::standard_handle(native::StandardHandle::Input);
    }
};

/// Has standard output for the calling thread alone, printf of other threads included, until it is destroyed.
class StdoutLock {
public:
    WELD_API StdoutLock() noexcept;
    WELD_API ~StdoutLock();
    StdoutLock(const StdoutLock&) = delete;
    StdoutLock& operator=(const StdoutLock&) = delete;

    /// As of Stdout, without locking for each call.
    [[nodiscard]] WELD_API Result<std::size_t> write(std::span<const std::byte> source) noexcept;
    [[nodiscard]] WELD_API Result<void> flush() noexcept;
};

class Stdout {
public:
    /// Writes all of `source` to the buffer, which libc writes by lines on a terminal and when it is full otherwise.
    /// After an error nobody knows how much went out, and what was buffered is dropped.
    [[nodiscard]] WELD_API Result<std::size_t> write(std::span<const std::byte> source) const noexcept;

    /// Writes what is buffered.
    [[nodiscard]] WELD_API Result<void> flush() const noexcept;

    [[nodiscard]] StdoutLock lock() const noexcept { return {}; }

    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept {
        return native::standard_handle(native::StandardHandle::Output);
    }
};

class Stderr {
public:
    /// Writes all of `source` at once. After an error nobody knows how much went out.
    [[nodiscard]] WELD_API Result<std::size_t> write(std::span<const std::byte> source) const noexcept;

    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept {
        return native::standard_handle(native::StandardHandle::Error);
    }
};

/// Standard output without libc: what is written comes before all that libc has buffered.
class StdoutRaw {
public:
    /// Writes from the front of `source` and returns how many bytes; waits for room, also where the handle is
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

/// Opens the null device for each standard stream that is closed, so that no file which is opened later is taken for
/// one. For the start of a program, before other threads open files.
[[nodiscard]] WELD_API Result<void> fill_standard_handles() noexcept;

}  // namespace weld::io
