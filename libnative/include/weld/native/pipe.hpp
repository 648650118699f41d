// SPDX-License-Identifier: MIT
//
// pipe: bytes from one end to the other. The reading end is a File.
//
// Writing to a pipe that nobody can read any more is the error Pipe, and no signal: by the kernel where it can (Linux
// 6.18), else SIGPIPE is blocked for the thread and taken if it comes.
#pragma once

#include <weld/native/clock.hpp>
#include <weld/native/file.hpp>

#include <utility>

namespace weld::native {

class PipeWriter {
public:
    /// Takes `handle`, the writing end of a pipe, or anything else that can be written at a position of its own.
    [[nodiscard]] static PipeWriter from_handle(sys::OwnedHandle handle) noexcept {
        return PipeWriter(File::from_handle(std::move(handle)));
    }

    /// Waits until there is room, and writes; may write less than `source`. No more than 4096 bytes are written at
    /// once, unmixed with what others write. pipe(7).
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

/// Both ends.
struct Pipe {
    File reader;
    PipeWriter writer;
};

/// A new pipe, which no child process inherits. pipe2(2).
[[nodiscard]] WELD_API sys::Result<Pipe> pipe() noexcept;

/// Whether `file` has a handle: false when it was moved from.
[[nodiscard]] WELD_API bool is_open(const File& file) noexcept;

/// Which of two ends can be read from without waiting, or have no writer left.
struct Readable {
    bool first;
    bool second;
};

/// Waits until one of them, or both, can be read. poll(2).
[[nodiscard]] WELD_API sys::Result<Readable> wait_readable(const File& first, const File& second) noexcept;

/// The same of `file` alone, until `deadline`: `Errno::Timedout` when it has passed.
[[nodiscard]] WELD_API sys::Result<void> wait_readable_until(const File& file, Instant deadline) noexcept;

}  // namespace weld::native
