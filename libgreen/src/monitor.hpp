// SPDX-License-Identifier: MIT
//
// Monitor: the thread of a runtime that takes the worker from a carrier which does not come back.
//
// What counts as stuck, how often it looks and when it sleeps for good, with the reasons, is in docs/scheduler.md.
// Nothing is done for it where tasks switch: it reads what they leave behind.
#pragma once

#include "backtrace.hpp"
#include "carrier.hpp"
#include "loop.hpp"
#include "worker.hpp"

#include <weld/native/parker.hpp>
#include <weld/native/thread.hpp>
#include <weld/sys/errno.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

namespace green {

/// For tests: monitors take workers whether they are stuck or not, from half of the carriers that they see in user
/// code.
extern GREEN_API std::atomic<bool> monitor_fires_at_random;

class Monitor {
public:
    explicit Monitor(Scheduler& scheduler) noexcept : scheduler_(scheduler) {}

    /// Starts the thread, unless there is one or nobody is to be watched. With the mutex of the carriers held.
    [[nodiscard]] weld::sys::Result<void> start() noexcept;

    /// Ends it.
    void stop() noexcept;

    /// Ends its deep sleep. Any thread, after a full fence behind what it wrote.
    void ring() noexcept {
        if (deep_.load(std::memory_order_seq_cst)) [[unlikely]] {
            ring_slowly();
        }
    }

private:
    /// What a look at a worker has found.
    enum class Found : std::uint8_t {
        Quiet,    ///< it sleeps, or is in one stretch for long, and nothing waits
        GoesOn,   ///< nothing to be done now
        Suspect,  ///< to be looked at again soon
        Took,     ///< it was taken
    };

    static void* thread_main(void* argument);
    void GREEN_API ring_slowly() noexcept;
    void watch() noexcept;
    [[nodiscard]] Found look() noexcept;
    [[nodiscard]] Found look_at(Worker& worker) noexcept;
    [[nodiscard]] Found judge(Worker& worker, Carrier& carrier) noexcept;
    [[nodiscard]] Found take(Carrier& carrier) noexcept;
    [[nodiscard]] Found take_running(Worker& worker, Carrier& carrier) noexcept;
    [[nodiscard]] bool seems_blocked(Watch& watch, weld::sys::ThreadId thread, std::chrono::nanoseconds cpu) noexcept;
    [[nodiscard]] bool anything_waits(const Worker& worker) const noexcept;
    void keep_spare() noexcept;
    [[nodiscard]] Carrier* start_spare() noexcept;
    [[nodiscard]] bool report_all() noexcept;
    void report(Carrier& carrier) noexcept;
    void say_limit() noexcept;
    void sleep_deeply() noexcept;
    [[nodiscard]] bool may_sleep(Instant& until) const noexcept;

    Scheduler& scheduler_;
    std::optional<weld::native::Thread> thread_;
    std::optional<Asking> asking_;  // while there is an on_stuck
    weld::native::Parker parker_;
    std::atomic<bool> stops_{false};
    alignas(64) std::atomic<bool> deep_{false};  // sleeps until it is rung, or a timer that it knows of is due

    // Its own.
    Instant now_;                     // of the present look
    std::chrono::nanoseconds cpu_{};  // that it had used at the look before
    std::uint32_t slack_ = 0;         // of timers, before it had its own
    bool refused_ = false;            // a spare, in the present look, that there may not be
    Instant said_limit_;              // when it last said that there are no more spares; never, at first
    Instant failed_;                  // when it last could not have a thread
    std::uint32_t random_ = 1;
};

}  // namespace green
