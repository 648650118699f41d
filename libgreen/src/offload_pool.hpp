// SPDX-License-Identifier: MIT
//
// OffloadPool: the threads of a runtime that run offloaded calls.
//
// A thread is started when a call finds no thread free, up to the limit. It stays until the runtime ends, so no thread
// of the pool outlives `run`, and a child of fork(2) has none to end. libuv's own pool lives as long as the
// process does: in a child, its end joins threads that are not there, and it ends the process where it cannot start all
// its threads.
#pragma once

#include "loop.hpp"
#include "starter.hpp"

#include <weld/native/mutex.hpp>
#include <weld/native/parker.hpp>
#include <weld/native/thread.hpp>
#include <weld/sys/errno.hpp>

#include <chrono>
#include <cstddef>
#include <vector>

namespace green {

class Task;

class OffloadPool {
public:
    /// A call, in the frame of the task that waits for it.
    struct Call {
        void (*function)(void* argument) noexcept;
        void* argument;
        Task& task;
        Instant since{};  // when it was queued; later, when it began
        Call* next = nullptr;
    };

    explicit OffloadPool(Starter& starter) noexcept : starter_(starter) {}

    /// Makes sure that there is a thread for one more call, which is pushed then. An error when there is no thread, and
    /// none can be started. Any thread.
    [[nodiscard]] weld::sys::Result<void> reserve() noexcept;

    /// Runs `call` on a thread of the pool and schedules its task. Any thread, after `reserve`.
    void push(Call& call) noexcept;

    /// Reports on standard error that all threads are in calls while others wait, if nothing changed since the previous
    /// look. Returns whether calls wait. The starter only.
    [[nodiscard]] bool look() noexcept;

    /// Ends the threads, when no thread calls any more.
    void stop() noexcept;

private:
    struct Idle {
        weld::native::Parker parker;
        Idle* next = nullptr;
    };

    static void* thread_main(void* argument);
    void serve() noexcept;
    [[nodiscard]] Call* take(Idle& self) noexcept;
    void run(Call& call) noexcept;
    [[nodiscard]] bool needs_thread() const noexcept;
    [[nodiscard]] weld::sys::Result<void> start_thread() noexcept;
    void say_limit(Instant present) const noexcept;

    Starter& starter_;
    weld::native::Mutex start_mutex_;  // the outer one of the two
    std::vector<weld::native::Thread> threads_;
    std::size_t limit_ = 0;  // zero: not known yet

    weld::native::Mutex mutex_;
    std::size_t count_ = 0;        // of threads
    std::size_t outstanding_ = 0;  // calls that were reserved for and have not returned
    std::size_t queued_ = 0;
    std::size_t finished_ = 0;
    Call* first_ = nullptr;
    Call* last_ = nullptr;
    Call* running_ = nullptr;  // a list: the one that began last
    Idle* idle_ = nullptr;     // LIFO: the one that came last
    bool stops_ = false;

    // For the starter alone.
    std::size_t finished_before_ = 0;
    Instant said_;  // when the limit was last reported
};

}  // namespace green
