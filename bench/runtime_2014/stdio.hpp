// SPDX-License-Identifier: MIT
//
// stdio: the standard streams of 2014, and print.
//
// A stream is a terminal, or else a file, made by the current task's factory. `print` writes through a boxed writer
// that buffers lines and that is a value of the task: taken out of its local data, written to, and put back. A thread
// without a task writes to the descriptor.

#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "runtime_2014/io_error.hpp"
#include "runtime_2014/rtio.hpp"

namespace runtime_2014::stdio {

class Writer {
public:
    virtual ~Writer() = default;
    virtual IoResult<void> write(std::span<const std::byte> bytes) = 0;
    virtual IoResult<void> flush() = 0;
};

/// A standard stream of the process, without a buffer.
class Stream final : public Writer {
public:
    explicit Stream(int fd, bool readable);

    /// The end is an error, EndOfFile.
    IoResult<std::size_t> read(std::span<std::byte> buffer);
    IoResult<void> write(std::span<const std::byte> bytes) override;
    IoResult<void> flush() override { return {}; }

private:
    std::unique_ptr<rtio::RtioTTY> terminal_;
    std::unique_ptr<rtio::RtioFileStream> file_;
};

Stream stdin_raw();
Stream stdout_raw();
Stream stderr_raw();

/// Makes `writer` the current task's standard output; returns the one before, flushed, if there was one.
std::unique_ptr<Writer> set_stdout(std::unique_ptr<Writer> writer);

/// Writes `text` to the current task's standard output; fails the task if that fails.
void print(std::string_view text);
void println(std::string_view text);

/// Flushes the current task's standard output; fails the task if that fails.
void flush();

/// Writes `text` to standard error, and ignores errors.
void print_err(std::string_view text);

}  // namespace runtime_2014::stdio
