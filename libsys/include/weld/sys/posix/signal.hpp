// SPDX-License-Identifier: MIT
//
// Signals: what is done when one comes, and on which stack.
#pragma once

#include <weld/sys/errno.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace weld::sys {

/// Signals by the name that signal(7) gives them; the numbers are those of every Linux that weld builds on.
enum class Signal : std::int32_t {
    None = 0,  ///< none: kill(2) looks only whether one could be sent
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

/// sigabbrev_np(3): the name without "SIG", `"KILL"`; empty for a number that has none, as those of real-time signals.
[[nodiscard]] WELD_API std::string_view abbreviation(Signal signal) noexcept;

/// siginfo_t, of which the functions below tell.
struct SignalInfo;

/// si_addr: the address that the access was to.
[[nodiscard]] WELD_API const void* fault_address(const SignalInfo& info) noexcept;

/// Whether a process sent the signal, by kill(2) or the like. Otherwise the kernel raised it, for what the thread did.
[[nodiscard]] WELD_API bool is_sent(const SignalInfo& info) noexcept;

/// What is called, with the number of the signal and the context of the interrupted code.
using SignalHandler = void (*)(std::int32_t signal, SignalInfo* info, void* context);

/// struct sigaction, filled by `sigaction` alone.
struct SignalAction {
    alignas(std::uint64_t) std::byte storage[152];
};

/// sigaction(2): from now on `handler` is called for `signal`, on the thread's signal stack if it has one, `signal`
/// itself being blocked meanwhile. Calls that it interrupts are begun again, those that signal(7) says can be. Returns
/// what was done before.
[[nodiscard]] WELD_API Result<SignalAction> sigaction(Signal signal, SignalHandler handler) noexcept;

/// sigaction(2): does again what `sigaction` returned.
[[nodiscard]] WELD_API Result<void> sigaction_restore(Signal signal, const SignalAction& action) noexcept;

/// Calls what `action` says, if it names a handler, with the signals blocked that it names; false when it is to ignore
/// the signal or to do the system's default. By SA_RESETHAND it is the default from then on.
[[nodiscard]] WELD_API bool call_handler(SignalAction& action, std::int32_t signal, SignalInfo* info,
                                         void* context) noexcept;

/// Whether `action` is to ignore the signal.
[[nodiscard]] WELD_API bool is_ignored(const SignalAction& action) noexcept;

/// sigset_t.
struct SignalSet {
    alignas(std::uint64_t) std::byte storage[128];
};

/// pthread_sigmask(3) with all signals blocked for the calling thread. Returns those that were before.
[[nodiscard]] WELD_API Result<SignalSet> pthread_sigmask_block_all() noexcept;

/// pthread_sigmask(3) with `signal` blocked for the calling thread, beside those that were. Returns those.
[[nodiscard]] WELD_API Result<SignalSet> pthread_sigmask_block(Signal signal) noexcept;

/// pthread_sigmask(3): those in `set` are blocked, and no others.
[[nodiscard]] WELD_API Result<void> pthread_sigmask_restore(const SignalSet& set) noexcept;

/// sigpending(2): whether `signal` waits for the calling thread, or the process, to unblock it.
[[nodiscard]] WELD_API bool is_pending(Signal signal) noexcept;

/// sigtimedwait(2) without waiting: takes a `signal` that is blocked and pending, of which nobody hears then.
/// `Errno::Again` when there is none.
[[nodiscard]] WELD_API Result<void> sigtimedwait(Signal signal) noexcept;

/// sigaltstack(2): the calling thread's signal handlers run on `stack`, which an empty span takes away. Returns what it
/// was before, empty if there was none.
[[nodiscard]] WELD_API Result<std::span<std::byte>> sigaltstack(std::span<std::byte> stack) noexcept;

/// sysconf(_SC_SIGSTKSZ): bytes that a handler's stack should have.
[[nodiscard]] WELD_API std::size_t signal_stack_size() noexcept;

}  // namespace weld::sys
