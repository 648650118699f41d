// SPDX-License-Identifier: MIT
//
// Backtrace: where another carrier's task is, for `Runtime::on_stuck`.
//
// A task that computes is asked by SIGURG and unwinds itself. A task that blocks is not asked: a signal would end calls
// that the kernel never restarts (signal(7)). There the kernel reports the stack pointer, and a word above it that lies
// behind a call instruction is taken for a return address; some of those calls may have returned. In both cases the
// carrier is kept out of the runtime, so that its task stays.
#pragma once

#include "carrier.hpp"
#include "context/context.hpp"

#include <weld/native/parker.hpp>

#include <array>
#include <cstddef>
#include <span>

namespace green {

class Backtrace {
public:
    /// Takes the backtrace of a thread that blocks, if its stack pointer is on `stack`.
    void take_blocked(weld::sys::ThreadId thread, std::span<const std::byte> stack) noexcept;

    /// Takes the backtrace of `carrier`, which computes, if it answers soon; otherwise it is not asked again. Needs an
    /// Asking.
    void take_running(Carrier& carrier) noexcept;

    /// Answers, in a signal handler on the thread that was asked.
    void answer() noexcept;

    [[nodiscard]] std::span<const void* const> calls() const noexcept { return std::span(calls_).first(size_); }

private:
    std::array<const void*, 64> calls_{};
    std::size_t size_ = 0;
    weld::native::Parker answered_;
};

/// Handles SIGURG for the life of a scope: a signal from elsewhere is passed to the handler that was there before.
class Asking {
public:
    Asking() noexcept;
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;
    ~Asking();
};

}  // namespace green
