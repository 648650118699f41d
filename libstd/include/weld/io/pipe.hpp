// SPDX-License-Identifier: MIT
//
// pipe: a one-way stream of bytes, within a process or between two.
//
// Each end is a handle that any thread may use; it is close-on-exec, so no child process inherits it. Reading ends when
// no writer is left. Writing fails with BrokenPipe when no reader is left, and never raises SIGPIPE, whatever the
// process's signal disposition.
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
    /// Waits until there are bytes, and reads them into the front of `target`. Zero means that no writer is left,
    /// unless `target` is empty.
    [[nodiscard]] WELD_API Result<std::size_t> read(std::span<std::byte> target) const noexcept;
    [[nodiscard]] WELD_API Result<std::size_t> read_vectored(std::span<const sys::IoSliceMut> targets) const noexcept;

    /// As `read`, until `deadline`: TimedOut when no byte came by then. It does not wait for an empty `target`. When
    /// two threads read from one pipe, both may see the same bytes arrive; then the second one continues to wait,
    /// beyond `deadline` if need be.
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
    /// Waits until there is room, and writes from the front of `source`. At most 4096 bytes are written whole, never
    /// interleaved with those of other writers. BrokenPipe when no reader is left.
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

/// Creates a pipe. pipe2(2).
[[nodiscard]] WELD_API Result<Pipe> pipe() noexcept;

}  // namespace weld::io
