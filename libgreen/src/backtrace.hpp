// SPDX-License-Identifier: MIT
//
// Backtrace: where another carrier's task is, for `Runtime::on_stuck`.
//
// A task that computes is asked by SIGURG and unwinds itself. One that blocks is not: a signal would end calls that
// signal(7) never begins again. The kernel tells its stack pointer, and what lies above it behind a call instruction
// was called; some of it may have returned. Both while the carrier is kept out of the runtime, so that its task stays.
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
    /// Takes that of a thread that blocks, if it does on `stack`.
    void take_blocked(weld::sys::ThreadId thread, std::span<const std::byte> stack) noexcept;

    /// Takes that of `carrier`, which computes, if it answers soon; it is not asked again if not. There has to be an
    /// Asking.
    void take_running(Carrier& carrier) noexcept;

    /// Answers, in a handler on the thread that was asked.
    void answer() noexcept;

    [[nodiscard]] std::span<const void* const> calls() const noexcept { return std::span(calls_).first(size_); }

private:
    std::array<const void*, 64> calls_{};
    std::size_t size_ = 0;
    weld::native::Parker answered_;
};

/// Handles SIGURG for the life of a scope: what others sent is handed to the handler that was there before.
class Asking {
public:
    Asking() noexcept;
    Asking(const Asking&) = delete;
    Asking& operator=(const Asking&) = delete;
    ~Asking();
};

}  // namespace green
