// SPDX-License-Identifier: MIT
//
// rt_sigprocmask(2), rt_sigaction(2): signals as the kernel has them.
//
// The system calls themselves. glibc's functions leave out the two signals that it keeps for itself, and a sanitizer
// has functions of those names that note in the memory of the process what is done in a child that shares it.
#pragma once

#include <weld/sys/posix/signal.hpp>

#include <cstdint>

namespace weld::sys {

/// Signals 1 to 64, from the lowest bit on.
using SignalMask = std::uint64_t;

inline constexpr SignalMask no_signals = 0;
inline constexpr SignalMask all_signals = ~SignalMask{0};

/// How many signals there are; the numbers are from 1 on.
inline constexpr std::int32_t signal_count = 64;

/// rt_sigprocmask(2), SIG_SETMASK: the calling thread blocks those in `mask` and no others; returns those before.
[[nodiscard]] WELD_API Result<SignalMask> rt_sigprocmask(SignalMask mask) noexcept;

/// What is done when a signal comes: SIG_DFL, SIG_IGN or a handler of the program's.
enum class Disposition : std::uint8_t { Default, Ignore, Handler };

/// rt_sigaction(2): what is done for signal `number`.
[[nodiscard]] WELD_API Result<Disposition> rt_sigaction(std::int32_t number) noexcept;

/// rt_sigaction(2): from now on the system's default is done for signal `number`, or nothing; returns what was before.
[[nodiscard]] WELD_API Result<Disposition> rt_sigaction_default(std::int32_t number) noexcept;
[[nodiscard]] WELD_API Result<Disposition> rt_sigaction_ignore(std::int32_t number) noexcept;

}  // namespace weld::sys
