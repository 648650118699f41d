// SPDX-License-Identifier: MIT
//
// The parent's side of a spawn.
//
// The child is made by clone(CLONE_VM | CLONE_VFORK): it runs in this process's memory, on a stack of its own, while
// this thread waits until it has run its program or ended. So the cost does not grow with what the process holds, and
// what the child could not do stands in `Launch` when clone returns.
//
// Emulators and debuggers may make a fork of that, and a plan with code of the caller's is one: then the child has a
// copy of `Launch`, which is seen by its `has_begun` being false here, and a pipe that exec closes carries the failure.
// It is made for the first spawn of a process, and no more once memory was seen to be shared; and read only where it
// was not, since another process that was forked meanwhile would keep its writing end open.
#include "retry.hpp"
#include "spawn_child.hpp"

#include <weld/sys/linux/clone.hpp>
#include <weld/sys/linux/pidfd.hpp>
#include <weld/sys/linux/prctl.hpp>
#include <weld/sys/linux/signal.hpp>
#include <weld/sys/posix/fcntl.hpp>
#include <weld/sys/posix/io.hpp>
#include <weld/sys/posix/mman.hpp>
#include <weld/sys/posix/pipe.hpp>
#include <weld/sys/try.hpp>

#include <atomic>
#include <optional>
#include <utility>

namespace weld::native {

namespace {

using sys::CloneFlags;
using sys::Errno;

/// What is known of clone: until a child was seen to share memory a pipe is made for each.
constinit std::atomic<bool> shares_memory{false};

/// The stack of a child, with a page below it that is no memory.
class ChildStack {
public:
    ChildStack() noexcept = default;
    ChildStack(const ChildStack&) = delete;
    ChildStack& operator=(const ChildStack&) = delete;

    ~ChildStack() {
        if (base_ != nullptr) {
            (void)sys::munmap(base_, guard_ + size);
        }
    }

    sys::Result<void> make() noexcept {
        guard_ = sys::page_size();
        const auto flags = sys::MapFlags::Private | sys::MapFlags::Anonymous | sys::MapFlags::Stack;
        base_ = static_cast<std::byte*>(WELD_TRY(
            sys::mmap(nullptr, guard_ + size, sys::Protection::Read | sys::Protection::Write, flags, sys::no_fd, 0)));
        return sys::mprotect(base_, guard_, sys::Protection::None);
    }

    [[nodiscard]] std::span<std::byte> get() const noexcept { return {base_ + guard_, size}; }

private:
    // The child's frames take 2 KiB; a function that is called for the first time may be looked up on it, with all
    // registers of the processor put aside.
    static constexpr std::size_t size = 64 * 1024;

    std::byte* base_ = nullptr;
    std::size_t guard_ = 0;
};

/// All signals are blocked while it lives: no handler runs in a child that shares memory.
class SignalsBlocked {
public:
    SignalsBlocked() noexcept : before_(sys::rt_sigprocmask(sys::all_signals).value_or(sys::no_signals)) {}
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    ~SignalsBlocked() { (void)sys::rt_sigprocmask(before_); }

private:
    sys::SignalMask before_;
};

/// The kernel lets nobody look into memory that a process of another user has shared, which is right until that one has
/// run its program; then the memory is this process's alone again.
class Dumpable {
public:
    explicit Dumpable(const SpawnPlan& plan) noexcept
        : before_(plan.user || plan.group ? sys::prctl_get_dumpable().value_or(0) : 0) {}
    Dumpable(const Dumpable&) = delete;
    Dumpable& operator=(const Dumpable&) = delete;
    ~Dumpable() {
        if (before_ == 1) {
            (void)sys::prctl_set_dumpable(before_);
        }
    }

private:
    std::int32_t before_;
};

struct Made {
    sys::ProcessId id;
    sys::RawHandle pidfd = -1;
};

sys::Result<Made> make_by_clone(Launch& launch) noexcept {
    ChildStack stack;
    WELD_TRY(stack.make());
    Made made{.id = sys::ProcessId::Self};
    const Dumpable dumpable(*launch.plan);
    const SignalsBlocked blocked;
    constexpr CloneFlags flags = CloneFlags::Memory | CloneFlags::Vfork;
    auto id = sys::clone(run_child, &launch, stack.get(), flags | CloneFlags::Pidfd, made.pidfd);
    if (!id && id.error() == Errno::Inval) {  // emulators that do not know of such descriptors
        id = sys::clone(run_child, &launch, stack.get(), flags, made.pidfd);
    }
    made.id = WELD_TRY(id);
    return made;
}

sys::Result<Made> make_by_fork(Launch& launch) noexcept {
    sys::ProcessId id{};
    {
        const SignalsBlocked blocked;
        id = WELD_TRY(sys::fork());
        if (id == sys::ProcessId::Self) {
            run_child(&launch);
        }
    }
    // Until somebody waits for it the number is the child's.
    auto pidfd = sys::pidfd_open(id);
    return Made{.id = id, .pidfd = pidfd ? std::move(*pidfd).release() : -1};
}

/// What the child wrote before it ended; nothing when exec closed the pipe.
std::optional<SpawnFailure> read_report(sys::BorrowedFd reader) noexcept {
    SpawnFailure failure{};
    const auto count = retry([&] { return sys::read(reader, std::as_writable_bytes(std::span(&failure, 1))); });
    return count == sizeof failure ? std::optional(failure) : std::nullopt;
}

std::optional<SpawnFailure> failure_of(const Launch& launch, std::optional<sys::Pipe> pipe) noexcept {
    if (launch.has_begun) {
        shares_memory.store(true, std::memory_order_relaxed);
        return launch.has_failed ? std::optional(launch.failure) : std::nullopt;
    }
    if (!pipe) {
        return std::nullopt;
    }
    (void)std::move(pipe->writer).close();
    return read_report(pipe->reader.borrow());
}

std::unexpected<SpawnFailure> not_made(Errno error) noexcept {
    return std::unexpected(SpawnFailure{.step = SpawnStep::Spawn, .error = error});
}

}  // namespace

std::expected<Process, SpawnFailure> Process::spawn(SpawnPlan& plan) noexcept {
    const bool forks = !plan.before_exec.empty();
    Launch launch{.plan = &plan, .parent = static_cast<sys::ProcessId>(current_process_id())};
    std::optional<sys::Pipe> pipe;
    if (forks || !shares_memory.load(std::memory_order_relaxed)) {
        auto report = sys::pipe2(sys::OpenFlags::CloseOnExec);
        if (!report) {
            return not_made(report.error());
        }
        launch.report = report->writer.borrow().raw();
        pipe = *std::move(report);
    }
    const auto made = forks ? make_by_fork(launch) : make_by_clone(launch);
    if (!made) {
        return not_made(made.error());
    }
    Process child(ProcessHandle{.id = std::to_underlying(made->id), .pidfd = made->pidfd});
    if (const auto failure = failure_of(launch, std::move(pipe))) {
        (void)child.wait();
        return std::unexpected(*failure);
    }
    return child;
}

SpawnFailure replace_process(SpawnPlan& plan) noexcept {
    constexpr auto pipe_signal = std::to_underlying(sys::Signal::Pipe);
    Launch launch{.plan = &plan, .parent = sys::getppid()};
    if (const auto taken = take_steps(launch); !taken) {
        launch.failure.error = taken.error();
        return launch.failure;
    }
    for (const BeforeExec& call : plan.before_exec) {
        if (const auto called = call.function(call.argument); !called) {
            return {.step = SpawnStep::BeforeExec, .error = called.error()};
        }
    }
    // Handlers go by themselves when the program is another one.
    const auto pipe_was = sys::rt_sigaction(pipe_signal);
    if (pipe_was == sys::Disposition::Ignore) {
        (void)sys::rt_sigaction_default(pipe_signal);
    }
    const auto mask = sys::rt_sigprocmask(sys::no_signals);
    const Errno error = run_program(plan);
    (void)sys::rt_sigprocmask(mask.value_or(sys::no_signals));
    if (pipe_was == sys::Disposition::Ignore) {
        (void)sys::rt_sigaction_ignore(pipe_signal);
    }
    return {.step = SpawnStep::Spawn, .error = error};
}

}  // namespace weld::native
