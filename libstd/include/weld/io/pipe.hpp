// SPDX-License-Identifier: MIT
//
// pipe: bytes from one end to the other, within a process or between two.
//
// Each end is a handle that any thread may use and no child process inherits. Reading ends when no writer is left;
// writing when no reader is, with BrokenPipe and never with a signal, whatever the process does about SIGPIPE.
#pragma once

#include <weld/error.hpp>
#include <weld/native/pipe.hpp>
#include <weld/time.hpp>

#include <chrono>
#include <cstddef>
#include <span>
#include <utility>

namespace weld::io {

struct Pipe;

class PipeReader {
public:
    /// Waits until there is something, and reads it into the front of `target`. Zero means that no writer is left,
    /// unless `target` is empty.
    [[nodiscard]] WELD_API Result<std::size_t> read(std::span<std::byte> target) const noexcept;
    [[nodiscard]] WELD_API Result<std::size_t> read_vectored(std::span<const sys::IoSliceMut> targets) const noexcept;

    /// As `read`, until `deadline`: TimedOut when nothing came by then. Two threads that read from one pipe may both
    /// find that there is something, and then the second waits on.
    [[nodiscard]] WELD_API Result<std::size_t> read_until(std::span<std::byte> target,
                                                          time::Instant deadline) const noexcept;

    /// As `read_until`, for `longest` at most.
    template <class Rep, class Period>
    [[nodiscard]] Result<std::size_t> read_for(std::span<std::byte> target,
                                               std::chrono::duration<Rep, Period> longest) const noexcept {
        return read_until(target, time::deadline_after(longest));
    }

    [[nodiscard]] WELD_API Result<PipeReader> try_clone() const noexcept;
    [[nodiscard]] WELD_API Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

    [[nodiscard]] const native::File& as_native() const noexcept { return native_; }
    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept { return native_.as_handle(); }
    [[nodiscard]] sys::OwnedHandle into_handle() && noexcept { return std::move(native_).into_handle(); }
    [[nodiscard]] static PipeReader from_handle(sys::OwnedHandle handle) noexcept {
        return PipeReader(native::File::from_handle(std::move(handle)));
    }

private:
    friend Result<Pipe> pipe() noexcept;
    explicit PipeReader(native::File native) noexcept : native_(std::move(native)) {}

    native::File native_;
};

class PipeWriter {
public:
    /// Waits until there is room, and writes from the front of `source`. What is no longer than 4096 bytes is written
    /// whole, unmixed with what others write. BrokenPipe when no reader is left.
    [[nodiscard]] WELD_API Result<std::size_t> write(std::span<const std::byte> source) const noexcept;
    [[nodiscard]] WELD_API Result<std::size_t> write_vectored(std::span<const sys::IoSlice> sources) const noexcept;

    [[nodiscard]] WELD_API Result<PipeWriter> try_clone() const noexcept;
    [[nodiscard]] WELD_API Result<void> close() && noexcept;
    void close() const& = delete;  // consumes: std::move(object).close()

    [[nodiscard]] const native::PipeWriter& as_native() const noexcept { return native_; }
    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept { return native_.as_handle(); }
    [[nodiscard]] sys::OwnedHandle into_handle() && noexcept { return std::move(native_).into_handle(); }
    [[nodiscard]] static PipeWriter from_handle(sys::OwnedHandle handle) noexcept {
        return PipeWriter(native::PipeWriter::from_handle(std::move(handle)));
    }

private:
    friend Result<Pipe> pipe() noexcept;
    explicit PipeWriter(native::PipeWriter native) noexcept : native_(std::move(native)) {}

    native::PipeWriter native_;
};

/// Both ends.
struct Pipe {
    PipeReader reader;
    PipeWriter writer;
};

/// A new pipe. pipe2(2).
[[nodiscard]] WELD_API Result<Pipe> pipe() noexcept;

}  // namespace weld::io
