// SPDX-License-Identifier: MIT
//
// Starter: the thread that starts the other threads of a runtime, and searches for deadlocks.
//
// A thread inherits from the one that starts it: signal mask, affinity, nice value, policy, and more that no
// call can put right. A task changes these of its own thread as it likes. So no thread is started from a task's:
// the starter begins with the runtime, has what the thread that began it had, and never runs a task.
#pragma once

#include <weld/native/mutex.hpp>
#include <weld/native/parker.hpp>
#include <weld/native/thread.hpp>
#include <weld/sys/errno.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace green {

class Joins;
class OffloadPool;

class Starter {
public:
    Starter(OffloadPool& pool, Joins& joins) noexcept : pool_(pool), joins_(joins) {}

    /// Begins the starter, from the thread whose attributes all others are to have.
    [[nodiscard]] weld::sys::Result<void> start() noexcept;

    /// Ends the starter, when no thread calls `spawn` any more.
    void stop() noexcept;

    /// A thread that runs `entry(argument)`, started by the starter; before `start`, by the caller. Any thread. Blocks
    /// until the thread exists.
    [[nodiscard]] weld::sys::Result<weld::native::Thread> spawn(weld::native::Thread::Entry entry,
                                                                void* argument) noexcept;

    /// Makes the starter call `OffloadPool::look` and `Joins::look` in a second. Any thread.
    void look_soon() noexcept;

    static constexpr auto between_looks = std::chrono::seconds(1);

private:
    struct Request {
        weld::native::Thread::Entry entry;
        void* argument;
        weld::sys::Result<weld::native::Thread> thread;
        weld::native::Parker done;
    };

    static void* thread_main(void* argument);
    void serve() noexcept;

    OffloadPool& pool_;
    Joins& joins_;
    std::optional<weld::native::Thread> thread_;
    weld::native::Parker parker_;
    weld::native::Mutex one_at_a_time_;
    std::atomic<Request*> request_{nullptr};
    std::atomic<std::uint32_t> is_asked_{0};
    std::atomic<bool> stops_{false};
};

}  // namespace green
