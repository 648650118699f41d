// SPDX-License-Identifier: MIT
//
// rt_sigprocmask(2), rt_sigaction(2): signal masks and dispositions, by the raw system calls.
//
// glibc's functions leave out the two signals that glibc uses itself. A sanitizer replaces those functions by its own,
// which record each change in the memory of the process, also when a child that shares this memory calls them.
#pragma once

#include <weld/sys/posix/signal.hpp>

#include <cstdint>

namespace weld::sys {

/// A set of signals: bit 0 is signal 1, bit 63 is signal 64.
using SignalMask = std::uint64_t;

inline constexpr SignalMask no_signals = 0;
inline constexpr SignalMask all_signals = ~SignalMask{0};

/// How many signals there are; their numbers start at 1.
inline constexpr std::int32_t signal_count = 64;

/// rt_sigprocmask(2), SIG_SETMASK: sets the signal mask of the calling thread to `mask`; returns the previous mask.
[[nodiscard]] WELD_API Result<SignalMask> rt_sigprocmask(SignalMask mask) noexcept;

/// The disposition of a signal: SIG_DFL, SIG_IGN or a handler of the program.
enum class Disposition : std::uint8_t { Default, Ignore, Handler };

/// rt_sigaction(2): the disposition of signal `number`.
[[nodiscard]] WELD_API Result<Disposition> rt_sigaction(std::int32_t number) noexcept;

/// rt_sigaction(2): sets the disposition of signal `number` to the default, or to ignore; returns the previous one.
[[nodiscard]] WELD_API Result<Disposition> rt_sigaction_default(std::int32_t number) noexcept;
[[nodiscard]] WELD_API Result<Disposition> rt_sigaction_ignore(std::int32_t number) noexcept;

}  // namespace weld::sys
