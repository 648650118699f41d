// SPDX-License-Identifier: MIT
//
// OffloadPool: the threads of a runtime that run offloaded calls.
//
// A thread is started when a call finds none free, up to the limit. It stays until the runtime ends, so nothing of the
// pool is left behind `run`, and a child of fork(2) has none of it to end. libuv's own pool lives as long as the
// process does: in a child its end joins threads that are not there, and it ends the process where it has not all its
// threads.
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
        Instant since{};  // when it was queued, and then when it began
        Call* next = nullptr;
    };

    explicit OffloadPool(Starter& starter) noexcept : starter_(starter) {}

    /// Makes sure that there is a thread for one call more, which is pushed then. An error when there is none, and none
    /// is to be had. Any thread.
    [[nodiscard]] weld::sys::Result<void> reserve() noexcept;

    /// Has `call` called, and its task scheduled. Any thread, after `reserve`.
    void push(Call& call) noexcept;

    /// Says on standard error that all threads are in calls while others wait, if nothing changed since the look
    /// before. Whether calls wait. The starter only.
    [[nodiscard]] bool look() noexcept;

    /// Ends the threads. Nobody calls any more.
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
    weld::native::Mutex start_mutex_;  // outside the other
    std::vector<weld::native::Thread> threads_;
    std::size_t limit_ = 0;  // not known yet

    weld::native::Mutex mutex_;
    std::size_t count_ = 0;        // of threads
    std::size_t outstanding_ = 0;  // calls that were reserved for and have not come back
    std::size_t queued_ = 0;
    std::size_t finished_ = 0;
    Call* first_ = nullptr;
    Call* last_ = nullptr;
    Call* running_ = nullptr;  // the one that began last
    Idle* idle_ = nullptr;     // the one that came last
    bool stops_ = false;

    // The starter's.
    std::size_t finished_before_ = 0;
    Instant said_;  // when the limit was last told of
};

}  // namespace green
