// SPDX-License-Identifier: MIT
//
// Process: a child process, owned.
//
// A child is known by a descriptor of it where the system has one, which never means another process. Its number is
// used where there is no descriptor, or where it is refused, and then never after somebody has waited for the child.
// Any thread may wait and send signals. Dropping it neither ends the child nor waits for it: a child that nobody waits
// for stays in the system's table, as a zombie, until this process ends. A moved-from Process owns no child: waiting
// for it is the error `Errno::Child`, a signal to it `Errno::Srch`.
#pragma once

#include <weld/native/clock.hpp>
#include <weld/native/file.hpp>
#include <weld/native/mutex.hpp>
#include <weld/native/repr.hpp>
#include <weld/native/spawn_plan.hpp>
#include <weld/sys/answer.hpp>
#include <weld/sys/errno.hpp>

#include <atomic>
#include <cstdint>
#include <expected>
#include <optional>
#include <utility>

namespace weld::native {

/// What could not be done of a plan; `Spawn` is making the process, or running its program.
enum class SpawnStep : std::uint8_t {
    Spawn,
    CloseOthers,
    Descriptors,
    Session,
    ProcessGroup,
    Root,
    Groups,
    Group,
    User,
    Directory,
    DeathSignal,
    BeforeExec,
};

/// What `Process::wait_output` found.
struct OutputReady {
    bool first;    ///< can be read
    bool second;   ///< can be read
    bool process;  ///< may have ended: `try_wait` says it
};

struct SpawnFailure {
    SpawnStep step;
    sys::Errno error;
};

class Process {
public:
    /// A child that runs what `plan` says. When it returns, the program runs, or has ended; one that could not be run
    /// is an error, and nothing is left of the child. On Unix all signals of the child are unblocked, those that had a
    /// handler do the system's default, and so does SIGPIPE; others that were ignored still are.
    [[nodiscard]] static WELD_API std::expected<Process, SpawnFailure> spawn(SpawnPlan& plan) noexcept;

    Process(Process&& other) noexcept
        : handle_(std::exchange(other.handle_, nothing)), end_(other.end_.exchange(moved, std::memory_order_relaxed)) {}

    Process& operator=(Process&& other) noexcept {
        if (this != &other) {
            drop();
            handle_ = std::exchange(other.handle_, nothing);
            end_.store(other.end_.exchange(moved, std::memory_order_relaxed), std::memory_order_relaxed);
        }
        return *this;
    }

    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    ~Process() { drop(); }

    /// The number of the process, which another may have once this one was waited for; zero when moved from.
    [[nodiscard]] std::uint32_t id() const noexcept { return static_cast<std::uint32_t>(handle_.id); }

    [[nodiscard]] const ProcessHandle& as_handle() const noexcept { return handle_; }

    /// Gives the process away: whoever calls waits for it, and closes its descriptor.
    [[nodiscard]] ProcessHandle release() && noexcept {
        end_.store(moved, std::memory_order_relaxed);
        return std::exchange(handle_, nothing);
    }

    /// Waits until the process has ended; the same again at once from then on. `Errno::Child` when somebody else waited
    /// for it, or this process ignores SIGCHLD: then nobody knows how it ended.
    [[nodiscard]] WELD_API sys::Result<ExitStatus> wait() noexcept;

    /// The same without waiting, and until `deadline`: nothing when it has not ended. Where the system has no
    /// descriptors of processes it is asked for again every 1 to 50 ms.
    [[nodiscard]] WELD_API sys::Answer<std::optional<ExitStatus>> try_wait() noexcept;
    [[nodiscard]] WELD_API sys::Answer<std::optional<ExitStatus>> wait_until(Instant deadline) noexcept;

    /// Waits until `first` or `second` can be read, either of which may be null, the process has ended, or `deadline`
    /// has passed. Where the system has no descriptor of the process it is asked for every 10 ms.
    [[nodiscard]] WELD_API sys::Result<OutputReady> wait_output(const File* first, const File* second,
                                                                Instant deadline) const noexcept;

    /// Sends the signal `number`, which is Unix's; nothing where the process was waited for, and no system call then.
    [[nodiscard]] WELD_API sys::Result<void> signal(std::int32_t number) const noexcept;

    /// Sends the signal `number` to each process of the group that the child leads, those that outlived the child
    /// included. `Errno::Srch` when there is none, or when the child does not lead a group. `Errno::Nosys` before Linux
    /// 6.9 when the child was waited for.
    [[nodiscard]] WELD_API sys::Result<void> signal_group(std::int32_t number) const noexcept;

    /// Ends the process, whatever it does about it (SIGKILL), or asks it to end (SIGTERM).
    [[nodiscard]] WELD_API sys::Result<void> kill() const noexcept;
    [[nodiscard]] WELD_API sys::Result<void> kill_group() const noexcept;
    [[nodiscard]] WELD_API sys::Result<void> terminate() const noexcept;

private:
    // What `end_` is when it is no status.
    static constexpr std::int64_t running = -1;
    static constexpr std::int64_t lost = -2;   // it has ended, and nobody knows how
    static constexpr std::int64_t moved = -3;  // this one owns no process

    static constexpr ProcessHandle nothing{.id = 0, .pidfd = -1};

    explicit Process(ProcessHandle handle) noexcept : handle_(handle), end_(running) {}

    [[nodiscard]] std::optional<sys::Answer<std::optional<ExitStatus>>> known_end() const noexcept;
    [[nodiscard]] sys::Answer<std::optional<ExitStatus>> reap(bool waits) noexcept;
    WELD_API void drop() noexcept;

    ProcessHandle handle_;
    std::atomic<std::int64_t> end_;
    mutable Mutex reaping_;  // no signal goes to a number while the child is taken from the system's table
};

/// Runs what `plan` says in this process, whose program it is from then on; what it returns is why not. Then the
/// process goes on, in a state that is part of both: descriptors, directory, user and so on are those of the plan up to
/// the step that failed.
[[nodiscard]] WELD_API SpawnFailure replace_process(SpawnPlan& plan) noexcept;

/// The numbers of this process and of its parent.
[[nodiscard]] WELD_API std::uint32_t current_process_id() noexcept;
[[nodiscard]] WELD_API std::uint32_t parent_process_id() noexcept;

}  // namespace weld::native
