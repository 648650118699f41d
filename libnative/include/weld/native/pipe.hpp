// SPDX-License-Identifier: MIT
//
// pipe: carries bytes from its writing end to its reading end, FIFO. The reading end is a File.
//
// A write to a pipe without a reader is the error Pipe, and raises no SIGPIPE: the kernel suppresses it where it can
// (Linux 6.18); otherwise the write blocks SIGPIPE for the thread and consumes the signal if it was raised.
#pragma once

#include <weld/native/clock.hpp>
#include <weld/native/file.hpp>

#include <utility>

namespace weld::native {

class PipeWriter {
public:
    /// Takes ownership of `handle`, the writing end of a pipe, or anything else that is written without an offset.
    [[nodiscard]] static PipeWriter from_handle(sys::OwnedHandle handle) noexcept {
        return PipeWriter(File::from_handle(std::move(handle)));
    }

    /// Waits until there is space, and writes; may write less than `source`. A write of at most 4096 bytes is atomic:
    /// it is not interleaved with the bytes of other writers. See pipe(7).
    [[nodiscard]] WELD_API sys::Result<std::size_t> write(std::span<const std::byte> source) const noexcept;
    [[nodiscard]] WELD_API sys::Result<std::size_t> write_vectored(
        std::span<const sys::IoSlice> sources) const noexcept;

    [[nodiscard]] sys::Result<PipeWriter> try_clone() const noexcept {
        auto file = file_.try_clone();
        if (!file) {
            return std::unexpected(file.error());
        }
        return PipeWriter(*std::move(file));
    }

    [[nodiscard]] sys::Result<void> close() && noexcept { return std::move(file_).close(); }

    [[nodiscard]] sys::BorrowedHandle as_handle() const noexcept { return file_.as_handle(); }
    [[nodiscard]] sys::OwnedHandle into_handle() && noexcept { return std::move(file_).into_handle(); }

private:
    explicit PipeWriter(File file) noexcept : file_(std::move(file)) {}

    File file_;
};

/// Both ends of a pipe.
struct Pipe {
    File reader;
    PipeWriter writer;
};

/// Makes a pipe, with close-on-exec set. pipe2(2).
[[nodiscard]] WELD_API sys::Result<Pipe> pipe() noexcept;

/// Whether `file` owns a handle: false when it was moved from.
[[nodiscard]] WELD_API bool is_open(const File& file) noexcept;

/// Which of two pipes can be read without waiting, or have no writer left.
struct Readable {
    bool first;
    bool second;
};

/// Waits until `first`, `second` or both can be read without waiting. See poll(2).
[[nodiscard]] WELD_API sys::Result<Readable> wait_readable(const File& first, const File& second) noexcept;

/// The same for `file` alone, until `deadline`: `Errno::Timedout` when it has passed.
[[nodiscard]] WELD_API sys::Result<void> wait_readable_until(const File& file, Instant deadline) noexcept;

}  // namespace weld::native
