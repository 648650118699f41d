// SPDX-License-Identifier: MIT
//
// Child: a process that this one started; Output: what one said, and how it ended.
//
// One thread at a time waits for a child; any thread may send it signals meanwhile. Dropping it neither ends the child
// nor waits for it, and what is left of a child that ended, a zombie, stays in the system's table until somebody waits
// for it, or this process ends. Waiting for a Child that was moved from is the error ECHILD, killing it ESRCH.
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

/// How long a child is waited for, stage by stage. A stage without a time is left out.
struct StopOptions {
    time::Duration wait = {};                                           ///< for it to end by itself
    std::optional<time::Duration> terminate = std::chrono::seconds(5);  ///< once it was asked to (SIGTERM)
    std::optional<time::Duration> kill = time::Duration::max();         ///< once it was made to (SIGKILL)
};

/// How long the output of a child is taken.
struct OutputOptions {
    /// For the process to end. Then it is killed, and the call is TimedOut.
    time::Duration wait = time::Duration::max();

    /// For the rest once the process has ended: other processes that it started may hold the streams open. What came
    /// until then is the output.
    time::Duration rest = time::Duration::max();
};

class Child {
public:
    /// The other ends of the streams that are pipes. Whoever wants to read one elsewhere may move it out.
    std::optional<io::PipeWriter> in;
    std::optional<io::PipeReader> out;
    std::optional<io::PipeReader> err;

    explicit Child(native::Process native) noexcept : native_(std::move(native)) {}

    /// The system's number of the process, which another may have once this one was waited for.
    [[nodiscard]] std::uint32_t id() const noexcept { return native_.id(); }

    /// Ends the process, whatever it does about it. Nothing happens to one that was waited for, or to another that has
    /// its number.
    [[nodiscard]] WELD_API Result<void> kill() const noexcept;

    /// Ends each process of the group that this one leads, those that outlived it included. On Unix a child leads a
    /// group because of `os::process_group(command, 0)` or `os::setsid`; `os::signal_group` says more.
    [[nodiscard]] WELD_API Result<void> kill_group() const noexcept;

    /// Closes `in`, and waits until the process has ended; the same again at once from then on. ECHILD when somebody
    /// else waited for it, or this process ignores SIGCHLD: then nobody knows how it ended. What a child writes to
    /// `out` and `err` has to be read meanwhile, or it may wait for that for ever: `wait_with_output` does.
    [[nodiscard]] WELD_API Result<ExitStatus> wait() noexcept;

    /// How the process ended; nothing when it has not.
    [[nodiscard]] WELD_API Answer<std::optional<ExitStatus>> try_wait() noexcept;

    /// As `wait`, until `deadline` at most: nothing when the process has not ended by then.
    [[nodiscard]] WELD_API Answer<std::optional<ExitStatus>> wait_until(time::Instant deadline) noexcept;

    /// As `wait`, for `longest` at most.
    template <class Rep, class Period>
    [[nodiscard]] Answer<std::optional<ExitStatus>> wait_for(std::chrono::duration<Rep, Period> longest) noexcept {
        return wait_until(time::deadline_after(longest));
    }

    /// Closes `in`, takes all that the process and its own children write to `out` and `err`, both at once, and waits.
    /// A stream that was moved out is left to whoever has it. A child whose output cannot be taken, since memory ran
    /// out, is killed. Allocates: the result.
    [[nodiscard]] WELD_API Result<Output> wait_with_output() && noexcept {
        return std::move(*this).wait_with_output({});
    }

    /// The same, for no longer than `options` say.
    [[nodiscard]] WELD_API Result<Output> wait_with_output(const OutputOptions& options) && noexcept;
    void wait_with_output() const& = delete;                      // consumes: std::move(object).wait_with_output()
    void wait_with_output(const OutputOptions&) const& = delete;  // as above

    /// Closes `in` and waits, then asks the process to end and waits, then ends it and waits, for as long as `options`
    /// say. TimedOut when it has not ended even so.
    [[nodiscard]] WELD_API Result<ExitStatus> stop(const StopOptions& options = {}) noexcept;

    /// The layer below, and the way to it.
    [[nodiscard]] const native::Process& as_native() const noexcept { return native_; }
    [[nodiscard]] native::Process into_native() && noexcept { return std::move(native_); }

private:
    native::Process native_;
};

}  // namespace weld::process
