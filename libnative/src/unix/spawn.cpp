// SPDX-License-Identifier: MIT
//
// The parent's side of a spawn.
//
// clone(CLONE_VM | CLONE_VFORK) makes the child: it runs in this process's memory, on a stack of its own, while this
// thread waits until the child has called exec or ended. So the cost does not grow with the memory of the process, and
// a failure of the child stands in `Launch` when clone returns.
//
// A plan with code of the caller (`before_exec`) uses clone(CLONE_VFORK): the child has a copy of the memory, and
// reports a failure through a close-on-exec pipe. This thread waits in clone, not for the end of the pipe: a process
// that another thread forks meanwhile also holds the writing end, for as long as it likes. So the pipe is read without
// waiting.
//
// Emulators and debuggers may turn either into a fork that does not wait. `Launch::has_begun` is then false in the
// parent, which waits for the end of the pipe instead. So each spawn makes a pipe until one has shown that memory is
// shared.
#include "refusal.hpp"
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
#include <weld/sys/posix/thread.hpp>
#include <weld/sys/try.hpp>

#include <atomic>
#include <cstdint>
#include <optional>
#include <utility>

namespace weld::native {

namespace {

using sys::CloneFlags;
using sys::Errno;

/// Whether a child of clone shares this process's memory while the thread waits for it.
enum class Sharing : std::uint8_t { Unknown, Seen, Missing };
constinit std::atomic<Sharing> sharing{Sharing::Unknown};

/// The stack of a child, with a guard page below it.
class ChildStack {
public:
    ChildStack() noexcept = default;
    ChildStack(const ChildStack&) = delete;
    ChildStack& operator=(const ChildStack&) = delete;

    ~ChildStack() {
        if (base_ != nullptr) {
            (void)sys::munmap(base_, guard_ + size_);
        }
    }

    sys::Result<void> make(std::size_t size) noexcept {
        guard_ = sys::page_size();
        size_ = size;
        const auto flags = sys::MapFlags::Private | sys::MapFlags::Anonymous | sys::MapFlags::Stack;
        base_ = static_cast<std::byte*>(WELD_TRY(
            sys::mmap(nullptr, guard_ + size, sys::Protection::Read | sys::Protection::Write, flags, sys::no_fd, 0)));
        return sys::mprotect(base_, guard_, sys::Protection::None);
    }

    [[nodiscard]] std::span<std::byte> get() const noexcept { return {base_ + guard_, size_}; }

private:
    std::byte* base_ = nullptr;
    std::size_t guard_ = 0;
    std::size_t size_ = 0;
};

// The child's frames take 2 KiB. The dynamic linker may resolve a function on its first call, on this stack, and saves
// all registers of the CPU to do so.
constexpr std::size_t own_stack = 64 * 1024;

// The caller's code may need more. Only pages that are touched take memory.
constexpr std::size_t callers_stack = 1024 * 1024;

/// Blocks all signals during its lifetime, so that no handler runs in a child that shares memory.
class SignalsBlocked {
public:
    SignalsBlocked() noexcept : before_(sys::rt_sigprocmask(sys::all_signals).value_or(sys::no_signals)) {}
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    ~SignalsBlocked() { (void)sys::rt_sigprocmask(before_); }

private:
    sys::SignalMask before_;
};

/// Keeps the process dumpable. The kernel clears the dumpable flag of memory that a process of another user shares.
/// That is right until the other process has called exec; after that the memory belongs to this process alone again.
///
/// Several threads may make such children at once: the first one reads the flag, the last one restores it. `state`
/// holds their process id, whether one of them is reading or writing the flag, the value of the flag, and their number.
/// A forked process inherits a copy with another process id, and ignores it.
class Dumpable {
public:
    explicit Dumpable(sys::ProcessId self) noexcept : self_(std::uint64_t{static_cast<std::uint32_t>(self)} << 32) {
        const std::uint64_t before = change([&](std::uint64_t seen) {
            const bool is_ours = (seen & process_bits) == self_;
            return is_ours && (seen & count_bits) != 0 ? seen + 1 : self_ | busy | 1;
        });
        if ((before & process_bits) != self_ || (before & count_bits) == 0) {
            const bool was_set = sys::prctl_get_dumpable() == 1;
            state.store(self_ | (was_set ? flag : 0) | 1, std::memory_order_release);
        }
    }
    Dumpable(const Dumpable&) = delete;
    Dumpable& operator=(const Dumpable&) = delete;
    ~Dumpable() {
        const std::uint64_t before =
            change([&](std::uint64_t seen) { return (seen & count_bits) == 1 ? self_ | busy : seen - 1; });
        if ((before & count_bits) == 1) {
            if ((before & flag) != 0) {
                (void)sys::prctl_set_dumpable(1);
            }
            state.store(self_, std::memory_order_release);
        }
    }

private:
    static constexpr std::uint64_t process_bits = ~std::uint64_t{0} << 32;
    static constexpr std::uint64_t busy = std::uint64_t{1} << 31;
    static constexpr std::uint64_t flag = std::uint64_t{1} << 30;
    static constexpr std::uint64_t count_bits = flag - 1;

    static constinit std::atomic<std::uint64_t> state;

    /// Changes `state` to `next(state)` once no other thread of this process reads or writes the flag; returns the
    /// previous value.
    template <class Next>
    [[nodiscard]] std::uint64_t change(Next next) const noexcept {
        for (std::uint64_t seen = state.load(std::memory_order_acquire);;) {
            if ((seen & process_bits) == self_ && (seen & busy) != 0) {
                sys::sched_yield();  // the other thread only makes one system call
                seen = state.load(std::memory_order_acquire);
            } else if (state.compare_exchange_weak(seen, next(seen), std::memory_order_acq_rel,
                                                   std::memory_order_acquire)) {
                return seen;
            }
        }
    }

    std::uint64_t self_;
};

constinit std::atomic<std::uint64_t> Dumpable::state{0};

struct MadeChild {
    sys::ProcessId id;
    sys::RawHandle pidfd = -1;
};

/// `memory` is `CloneFlags::Memory`, or `None` for a child with a copy of the memory.
sys::Result<MadeChild> make_by_clone(Launch& launch, CloneFlags memory) noexcept {
    const bool shares = memory == CloneFlags::Memory;
    ChildStack stack;
    WELD_TRY(stack.make(shares ? own_stack : callers_stack));
    MadeChild made{.id = sys::ProcessId::Self};
    const SignalsBlocked blocked;
    std::optional<Dumpable> dumpable;
    if (shares && (launch.plan->user || launch.plan->group)) {
        dumpable.emplace(launch.parent);
    }
    const CloneFlags flags = memory | CloneFlags::Vfork;
    auto id = sys::clone(run_child, &launch, stack.get(), flags | CloneFlags::Pidfd, made.pidfd);
    if (!id && may_refuse_flag(id.error())) {  // CLONE_PIDFD
        id = sys::clone(run_child, &launch, stack.get(), flags, made.pidfd);
    }
    made.id = WELD_TRY(id);
    return made;
}

/// Whether CLONE_VFORK makes this thread wait for the child. If no spawn has shown it yet, a child that does nothing is
/// made to find out.
bool waits_in_clone() noexcept {
    if (const Sharing known = sharing.load(std::memory_order_relaxed); known != Sharing::Unknown) {
        return known == Sharing::Seen;
    }
    ChildStack stack;
    if (!stack.make(own_stack)) {
        return false;
    }
    bool has_run = false;
    sys::RawHandle pidfd = -1;
    const SignalsBlocked blocked;
    const auto id = sys::clone(run_nothing, &has_run, stack.get(), CloneFlags::Memory | CloneFlags::Vfork, pidfd);
    if (!id) {
        return false;
    }
    (void)retry([&] { return sys::waitid(sys::WaitFor::Process, std::to_underlying(*id), sys::WaitOptions::Exited); });
    sharing.store(has_run ? Sharing::Seen : Sharing::Missing, std::memory_order_relaxed);
    return has_run;
}

sys::Result<MadeChild> make_by_fork(Launch& launch) noexcept {
    sys::ProcessId id{};
    {
        const SignalsBlocked blocked;
        id = WELD_TRY(sys::fork());
        if (id == sys::ProcessId::Self) {
            run_child(&launch);
        }
    }
    // The process id belongs to the child until somebody reaps it.
    auto pidfd = sys::pidfd_open(id);
    return MadeChild{.id = id, .pidfd = pidfd ? std::move(*pidfd).release() : -1};
}

/// The failure that the child wrote before it ended; nothing when exec closed the pipe.
std::optional<SpawnFailure> read_report(sys::BorrowedFd reader) noexcept {
    SpawnFailure failure{};
    const auto count = retry([&] { return sys::read(reader, std::as_writable_bytes(std::span(&failure, 1))); });
    return count == sizeof failure ? std::optional(failure) : std::nullopt;
}

std::optional<SpawnFailure> failure_of(const Launch& launch, std::optional<sys::Pipe> pipe) noexcept {
    if (launch.has_begun) {
        return launch.has_failed ? std::optional(launch.failure) : std::nullopt;
    }
    if (!pipe) {
        return std::nullopt;
    }
    (void)std::move(pipe->writer).close();
    return read_report(pipe->reader.borrow());
}

/// How a child is made.
enum class Making : std::uint8_t {
    Shared,  ///< it runs in this process's memory
    Copied,  ///< it has a copy of the memory, and the parent waits for it in clone
    Forked,  ///< it has a copy of the memory, and the parent does not wait for it in clone
};

sys::Result<MadeChild> make(Making making, Launch& launch) noexcept {
    switch (making) {
        case Making::Copied: return make_by_clone(launch, CloneFlags::None);
        case Making::Forked: return make_by_fork(launch);
        case Making::Shared: break;
    }
    auto made = make_by_clone(launch, CloneFlags::Memory);
    if (made) {
        sharing.store(launch.has_begun ? Sharing::Seen : Sharing::Missing, std::memory_order_relaxed);
    }
    return made;
}

std::unexpected<SpawnFailure> not_made(Errno error) noexcept {
    return std::unexpected(SpawnFailure{.step = SpawnStep::Spawn, .error = error});
}

}  // namespace

std::expected<Process, SpawnFailure> Process::spawn(SpawnPlan& plan) noexcept {
    const Making making = plan.before_exec.empty() ? Making::Shared
                          : waits_in_clone()       ? Making::Copied
                                                   : Making::Forked;
    Launch launch{.plan = &plan, .parent = static_cast<sys::ProcessId>(current_process_id())};
    std::optional<sys::Pipe> pipe;
    if (making != Making::Shared || sharing.load(std::memory_order_relaxed) != Sharing::Seen) {
        const auto waiting = making == Making::Copied ? sys::OpenFlags::Nonblock : sys::OpenFlags::ReadOnly;
        auto report = sys::pipe2(sys::OpenFlags::CloseOnExec | waiting);
        if (!report) {
            return not_made(report.error());
        }
        launch.report = report->writer.borrow().raw();
        pipe = *std::move(report);
    }
    const auto made = make(making, launch);
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
    // Exec itself resets signals that have a handler.
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
