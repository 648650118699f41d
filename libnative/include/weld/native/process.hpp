// SPDX-License-Identifier: MIT
//
// Process: a child process, owned.
//
// A pidfd identifies the child where the system has one: it never comes to mean another process. Where there is no
// pidfd, or the system refuses it, the process id is used, but never after the child was reaped. Any thread may wait
// and send signals. The destructor neither ends the child nor waits for it: a child that nobody waits for stays a
// zombie until this process ends. A moved-from Process owns no child: waiting for it is the error `Errno::Child`, a
// signal to it `Errno::Srch`.
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

/// The step of a plan that failed; `Spawn` stands for making the process and for running its program.
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

/// The result of `Process::wait_output`.
struct OutputReady {
    bool first;    ///< can be read
    bool second;   ///< can be read
    bool process;  ///< may have ended: `try_wait` tells
};

struct SpawnFailure {
    SpawnStep step;
    sys::Errno error;
};

class Process {
public:
    /// Starts a child that runs `plan`. When it returns, the program runs, or has already ended. A program that could
    /// not be run is an error, and leaves no child and no zombie. On Unix the child unblocks all signals, and resets
    /// the disposition of SIGPIPE and of signals that had a handler to the default; other ignored signals stay ignored.
    [[nodiscard]] static WELD_API std::expected<Process, SpawnFailure> spawn(SpawnPlan& plan) noexcept;

    Process(Process&& other) noexcept
        : handle_(std::exchange(other.handle_, no_process)),
          end_(other.end_.exchange(moved, std::memory_order_relaxed)) {}

    Process& operator=(Process&& other) noexcept {
        if (this != &other) {
            drop();
            handle_ = std::exchange(other.handle_, no_process);
            end_.store(other.end_.exchange(moved, std::memory_order_relaxed), std::memory_order_relaxed);
        }
        return *this;
    }

    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    ~Process() { drop(); }

    /// The process id; once the child was reaped, the system may give it to another process. Zero when moved from.
    [[nodiscard]] std::uint32_t id() const noexcept { return static_cast<std::uint32_t>(handle_.id); }

    [[nodiscard]] const ProcessHandle& as_handle() const noexcept { return handle_; }

    /// Gives up ownership: the caller has to wait for the process and to close its descriptor.
    [[nodiscard]] ProcessHandle release() && noexcept {
        end_.store(moved, std::memory_order_relaxed);
        return std::exchange(handle_, no_process);
    }

    /// Waits until the process has ended, and reaps it; later calls return the same status at once. `Errno::Child` when
    /// somebody else reaped it, or this process ignores SIGCHLD: then its exit status is lost.
    [[nodiscard]] WELD_API sys::Result<ExitStatus> wait() noexcept;

    /// The same without waiting, and until `deadline`: nothing when the process has not ended. Where the system has no
    /// pidfd, `wait_until` polls every 1 to 50 ms.
    [[nodiscard]] WELD_API sys::Answer<std::optional<ExitStatus>> try_wait() noexcept;
    [[nodiscard]] WELD_API sys::Answer<std::optional<ExitStatus>> wait_until(Instant deadline) noexcept;

    /// Waits until `first` or `second` (either may be null) can be read, the process has ended, or `deadline` has
    /// passed. Where the system has no pidfd it returns after at most 10 ms, so that the caller can poll the process.
    [[nodiscard]] WELD_API sys::Result<OutputReady> wait_output(const File* first, const File* second,
                                                                Instant deadline) const noexcept;

    /// Sends the signal `number` of Unix. Succeeds without a system call when the process was reaped.
    [[nodiscard]] WELD_API sys::Result<void> signal(std::int32_t number) const noexcept;

    /// Sends the signal `number` to each process of the process group that the child leads, also to those that outlived
    /// the child. `Errno::Srch` when there is none, or when the child does not lead a group. `Errno::Nosys` before
    /// Linux 6.9 when the child was reaped.
    [[nodiscard]] WELD_API sys::Result<void> signal_group(std::int32_t number) const noexcept;

    /// `kill` ends the process by SIGKILL, which it cannot handle, and `kill_group` its process group; `terminate` asks
    /// it to end, by SIGTERM.
    [[nodiscard]] WELD_API sys::Result<void> kill() const noexcept;
    [[nodiscard]] WELD_API sys::Result<void> kill_group() const noexcept;
    [[nodiscard]] WELD_API sys::Result<void> terminate() const noexcept;

private:
    // The values of `end_` that are not a status.
    static constexpr std::int64_t running = -1;
    static constexpr std::int64_t lost = -2;   // it has ended, and its status is lost
    static constexpr std::int64_t moved = -3;  // this object owns no process

    explicit Process(ProcessHandle handle) noexcept : handle_(handle), end_(running) {}

    [[nodiscard]] std::optional<sys::Answer<std::optional<ExitStatus>>> known_end() const noexcept;
    [[nodiscard]] sys::Answer<std::optional<ExitStatus>> reap(bool waits) noexcept;
    WELD_API void drop() noexcept;

    ProcessHandle handle_;
    std::atomic<std::int64_t> end_;
    mutable Mutex reaping_;  // held to reap the child, and to send a signal by its id: so the id is never reused
};

/// Replaces the program of this process by the one of `plan`. Returns only on failure, with the reason. The process
/// then continues in a mixed state: descriptors, directory, user and so on are those of the plan up to the step that
/// failed.
[[nodiscard]] WELD_API SpawnFailure replace_process(SpawnPlan& plan) noexcept;

/// The process ids of this process and of its parent.
[[nodiscard]] WELD_API std::uint32_t current_process_id() noexcept;
[[nodiscard]] WELD_API std::uint32_t parent_process_id() noexcept;

}  // namespace weld::native
