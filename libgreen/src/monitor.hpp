// SPDX-License-Identifier: MIT
//
// Monitor: the thread of a runtime that takes the worker from a carrier that blocks, or computes for too long.
//
// docs/scheduler.md says, with reasons, when a carrier counts as stuck, how often the monitor looks and when it sleeps
// deeply.
//
// A switch between tasks does no work for the monitor, which only reads what switches write anyway.
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
#include <cstddef>
#include <cstdint>
#include <optional>

namespace green {

/// For tests: monitors take workers whether they are stuck or not, from half of the carriers that they see in user
/// code.
extern GREEN_API std::atomic<bool> monitor_fires_at_random;

class Monitor {
public:
    explicit Monitor(Scheduler& scheduler) noexcept : scheduler_(scheduler) {}

    /// Starts the thread, unless it exists or there is no worker to watch. With the mutex of the carriers held.
    [[nodiscard]] weld::sys::Result<void> start() noexcept;

    /// Ends the thread, if there is one. Without the mutex, when the runtime has ended.
    void stop() noexcept;

    [[nodiscard]] bool is_there() const noexcept { return is_there_.load(std::memory_order_relaxed); }

    /// Whether starting the thread of a spare carrier failed lately.
    [[nodiscard]] bool has_failed() const noexcept { return has_failed_.load(std::memory_order_relaxed); }

    /// Something may wait: ends the deep sleep, and long pauses. Any thread, after its writes and a full fence.
    void ring() noexcept {
        if (sleep_.load(std::memory_order_seq_cst) != alert) [[unlikely]] {
            ring_slowly();
        }
    }

    /// There is something to see: ends the deep sleep. Any thread, likewise.
    void ring_if_deep() noexcept {
        if (sleep_.load(std::memory_order_seq_cst) == deep) [[unlikely]] {
            ring_slowly();
        }
    }

    /// Makes the monitor look now. Any thread.
    void poke() noexcept { parker_.unpark(); }

private:
    static constexpr std::chrono::seconds recent{1};

    /// The result of a look at a worker.
    enum class Found : std::uint8_t {
        Quiet,    ///< the worker sleeps, or is in one stretch for a while, and nothing waits
        GoesOn,   ///< the worker makes progress: nothing to do now
        Began,    ///< the same, but it is in a stretch that is new to the monitor
        Suspect,  ///< look at it again soon
        Took,     ///< the worker was taken
    };

    static void* thread_main(void* argument);
    void GREEN_API ring_slowly() noexcept;
    void watch() noexcept;
    [[nodiscard]] Found look() noexcept;
    void end_long_budget(Worker& worker, std::uint64_t ran) noexcept;
    [[nodiscard]] Found look_at(const Worker& worker) noexcept;
    [[nodiscard]] Found judge(const Worker& worker, Carrier& carrier) noexcept;
    [[nodiscard]] bool has_run_too_long(const Worker& worker, Watch& watch) noexcept;
    [[nodiscard]] Found take(Carrier& carrier) noexcept;
    [[nodiscard]] bool seems_blocked(Carrier& carrier, std::chrono::nanoseconds cpu) noexcept;
    [[nodiscard]] std::size_t running_without_worker() noexcept;
    [[nodiscard]] bool anything_waits(const Worker& worker) const noexcept;
    [[nodiscard]] bool anything_is_due(const Worker& worker) const noexcept;
    [[nodiscard]] std::chrono::nanoseconds most_pause() noexcept;
    void be_alert(std::chrono::nanoseconds time) noexcept;
    void keep_spare() noexcept;
    void say_limit(bool nothing_waits) noexcept;
    [[nodiscard]] bool is_anybody_left() const noexcept;
    [[nodiscard]] Instant report_all() noexcept;
    [[nodiscard]] bool report(Carrier& carrier) noexcept;
    void sleep_deeply(Instant until) noexcept;
    [[nodiscard]] bool may_sleep(Instant& until) const noexcept;

    Scheduler& scheduler_;
    std::optional<weld::native::Thread> thread_;  // under the mutex of the carriers
    std::optional<Asking> asking_;                // while there is an on_stuck
    weld::native::Parker parker_;
    std::atomic<bool> stops_{false};
    std::atomic<bool> is_there_{false};
    std::atomic<bool> has_failed_{false};
    std::atomic<std::uint64_t> thread_id_{0};

    static constexpr std::uint32_t alert = 0;
    static constexpr std::uint32_t calm = 1;  // the monitor makes long pauses
    static constexpr std::uint32_t deep = 2;  // it sleeps until it is rung, or until a deadline that it knows of
    alignas(64) std::atomic<std::uint32_t> sleep_{alert};

    // Of the monitor's thread alone.
    Instant now_;                     // the time of the present look
    Instant alert_until_;             // a stretch was long lately
    Instant busy_until_;              // tasks waited for others lately
    Instant first_timer_;             // of all workers
    std::chrono::nanoseconds cpu_{};  // CPU time that the monitor had used at the previous look
    bool refused_ = false;            // whether the limit refused a spare in the present look
    Instant limit_until_;             // no spare is asked for before this
    Instant said_limit_;              // when it last reported that there are no more spares; never, at first
    Instant failed_;                  // when starting a thread last failed
    std::uint32_t random_ = 1;
};

}  // namespace green
