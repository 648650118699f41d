// SPDX-License-Identifier: MIT
//
// Child: a process that this one started. Output: what a child wrote, and how it ended.
//
// Only one thread at a time may wait for a child; any thread may send it signals meanwhile. Dropping a Child neither
// ends the process nor waits for it. A child that has ended stays in the system's table as a zombie until it is reaped
// by a wait, or this process ends. Waiting for a Child that was moved from fails with ECHILD, killing it with ESRCH.
#pragma once

#include <weld/answer.hpp>
#include <weld/error.hpp>
#include <weld/io/pipe.hpp>
#include <weld/native/process.hpp>
#include <weld/time.hpp>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace weld::process {

using native::ExitStatus;

/// What a child wrote, and how it ended.
struct Output {
    ExitStatus status;
    std::string out;
    std::string err;
};

/// How long `stop` waits for a child in each stage. A stage without a time is left out.
struct StopOptions {
    time::Duration wait = {};                                           ///< time to end by itself
    std::optional<time::Duration> terminate = std::chrono::seconds(5);  ///< time to end after SIGTERM
    std::optional<time::Duration> kill = time::Duration::max();         ///< time to end after SIGKILL
};

/// How long the output of a child is read.
struct OutputOptions {
    /// Time for the process to end. After it the process is killed, and the call fails with TimedOut.
    time::Duration wait = time::Duration::max();

    /// Time to read the rest once the process has ended: other processes that it started may keep the streams open.
    /// After it the output is what was read until then.
    time::Duration rest = time::Duration::max();
};

class Child {
public:
    /// The other ends of the streams that are pipes. They may be moved out, to read or write them elsewhere.
    std::optional<io::PipeWriter> in;
    std::optional<io::PipeReader> out;
    std::optional<io::PipeReader> err;

    explicit Child(native::Process native) noexcept : native_(std::move(native)) {}

    /// The process ID. Another process may get it once this one was reaped.
    [[nodiscard]] std::uint32_t id() const noexcept { return native_.id(); }

    /// Kills the process, which cannot prevent it. Does nothing if the process was waited for; never hits another
    /// process that got its ID.
    [[nodiscard]] WELD_API Result<void> kill() const noexcept;

    /// Kills each process of the process group that this child leads, also those that outlived it. On Unix a child
    /// leads a group if it was started with `os::process_group(command, 0)` or `os::setsid`; see `os::signal_group`.
    [[nodiscard]] WELD_API Result<void> kill_group() const noexcept;

    /// Closes `in` and waits until the process has ended. Later calls return the same at once. ECHILD if the child was
    /// reaped elsewhere, or this process ignores SIGCHLD: then its status is lost. Something has to read `out` and
    /// `err` meanwhile, or the child may block for ever on a full pipe: `wait_with_output` reads them.
    [[nodiscard]] WELD_API Result<ExitStatus> wait() noexcept;

    /// How the process ended; nullopt if it has not ended. Does not wait.
    [[nodiscard]] WELD_API Answer<std::optional<ExitStatus>> try_wait() noexcept;

    /// As `wait`, at most until `deadline`; nullopt if the process has not ended by then.
    [[nodiscard]] WELD_API Answer<std::optional<ExitStatus>> wait_until(time::Instant deadline) noexcept;

    /// As `wait`, at most for `longest`.
    template <class Rep, class Period>
    [[nodiscard]] Answer<std::optional<ExitStatus>> wait_for(std::chrono::duration<Rep, Period> longest) noexcept {
        return wait_until(time::deadline_after(longest));
    }

    /// Closes `in`, reads all that the process and its own children write to `out` and `err`, both at the same time,
    /// and waits. A stream that was moved out is left to its new owner. If memory runs out for the output, the child is
    /// killed. Allocates: the result.
    [[nodiscard]] WELD_API Result<Output> wait_with_output() && noexcept {
        return std::move(*this).wait_with_output({});
    }

    /// The same, for no longer than `options` allow.
    [[nodiscard]] WELD_API Result<Output> wait_with_output(const OutputOptions& options) && noexcept;
    void wait_with_output() const& = delete;                      // consumes: std::move(object).wait_with_output()
    void wait_with_output(const OutputOptions&) const& = delete;  // as above

    /// Graceful shutdown: closes `in` and waits, then asks the process to end and waits, then kills it and waits, each
    /// for as long as `options` say. TimedOut if it has not ended even then.
    [[nodiscard]] WELD_API Result<ExitStatus> stop(const StopOptions& options = {}) noexcept;

    /// The native process below.
    [[nodiscard]] const native::Process& as_native() const noexcept { return native_; }
    [[nodiscard]] native::Process into_native() && noexcept { return std::move(native_); }

private:
    native::Process native_;
};

}  // namespace weld::process
