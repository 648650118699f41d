// SPDX-License-Identifier: MIT
//
// Signals: dispositions, handlers, the signal mask of a thread, and the stack that handlers run on.
#pragma once

#include <weld/sys/errno.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace weld::sys {

/// The signals by their names in signal(7); the numbers are those of every Linux that weld builds on.
enum class Signal : std::int32_t {
    None = 0,  ///< no signal: kill(2) only checks whether one could be sent
    Hup = 1,
    Int = 2,
    Quit = 3,
    Ill = 4,
    Trap = 5,
    Abrt = 6,
    Bus = 7,
    Fpe = 8,
    Kill = 9,
    Usr1 = 10,
    Segv = 11,
    Usr2 = 12,
    Pipe = 13,
    Alrm = 14,
    Term = 15,
    Chld = 17,
    Cont = 18,
    Stop = 19,
    Tstp = 20,
    Ttin = 21,
    Ttou = 22,
    Urg = 23,
    Xcpu = 24,
    Xfsz = 25,
    Winch = 28,
    Sys = 31,
};

/// sigabbrev_np(3): the name without "SIG", `"KILL"`; empty for a number without a name, such as a real-time signal.
[[nodiscard]] WELD_API std::string_view abbreviation(Signal signal) noexcept;

/// siginfo_t, which the functions below read.
struct SignalInfo;

/// si_addr: the address whose access raised the signal.
[[nodiscard]] WELD_API const void* fault_address(const SignalInfo& info) noexcept;

/// Whether a process sent the signal, by kill(2) or the like. Otherwise the kernel raised it for what the thread did.
[[nodiscard]] WELD_API bool is_sent(const SignalInfo& info) noexcept;

/// A signal handler: gets the number of the signal and the context of the interrupted code.
using SignalHandler = void (*)(std::int32_t signal, SignalInfo* info, void* context);

/// struct sigaction. Only `sigaction` fills it.
struct SignalAction {
    alignas(std::uint64_t) std::byte storage[152];
};

/// sigaction(2): installs `handler` for `signal`. It runs on the thread's signal stack if there is one (SA_ONSTACK),
/// with `signal` blocked. The kernel restarts interrupted system calls where signal(7) says so (SA_RESTART). Returns
/// the previous action.
[[nodiscard]] WELD_API Result<SignalAction> sigaction(Signal signal, SignalHandler handler) noexcept;

/// sigaction(2): restores an action that `sigaction` returned.
[[nodiscard]] WELD_API Result<void> sigaction_restore(Signal signal, const SignalAction& action) noexcept;

/// Calls the handler of `action`, with the signals of its mask blocked. False, without a call, when `action` is to
/// ignore the signal or to take the default action. With SA_RESETHAND `action` becomes the default.
[[nodiscard]] WELD_API bool call_handler(SignalAction& action, std::int32_t signal, SignalInfo* info,
                                         void* context) noexcept;

/// Whether `action` ignores the signal.
[[nodiscard]] WELD_API bool is_ignored(const SignalAction& action) noexcept;

/// sigset_t.
struct SignalSet {
    alignas(std::uint64_t) std::byte storage[128];
};

/// pthread_sigmask(3): blocks all signals for the calling thread. Returns the previous signal mask.
[[nodiscard]] WELD_API Result<SignalSet> pthread_sigmask_block_all() noexcept;

/// pthread_sigmask(3): adds `signal` to the signal mask of the calling thread. Returns the previous signal mask.
[[nodiscard]] WELD_API Result<SignalSet> pthread_sigmask_block(Signal signal) noexcept;

/// pthread_sigmask(3): sets the signal mask of the calling thread to `set`.
[[nodiscard]] WELD_API Result<void> pthread_sigmask_restore(const SignalSet& set) noexcept;

/// sigpending(2): whether `signal` is pending for the calling thread or for the process.
[[nodiscard]] WELD_API bool is_pending(Signal signal) noexcept;

/// sigtimedwait(2) with a timeout of zero: consumes a `signal` that is blocked and pending, so that no handler runs.
/// `Errno::Again` when none is pending.
[[nodiscard]] WELD_API Result<void> sigtimedwait(Signal signal) noexcept;

/// sigaltstack(2): makes `stack` the signal stack of the calling thread; an empty span removes it. Returns the previous
/// one, empty if there was none.
[[nodiscard]] WELD_API Result<std::span<std::byte>> sigaltstack(std::span<std::byte> stack) noexcept;

/// sysconf(_SC_SIGSTKSZ): the recommended size of a signal stack, in bytes.
[[nodiscard]] WELD_API std::size_t signal_stack_size() noexcept;

}  // namespace weld::sys
