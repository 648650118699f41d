// SPDX-License-Identifier: MIT
//
// Carriers: the native threads of a runtime: those that hold a worker, and the spares.
//
// A record is made once and stays until the runtime ends, so a thread with a pointer to a record may look at it at any
// time; the thread of a record may end, and another begin on the same record. Members are called with `mutex` held
// unless they say otherwise.
#pragma once

#include "carrier.hpp"
#include "task_list.hpp"

#include <weld/native/mutex.hpp>
#include <weld/sys/errno.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace green {

class Carriers {
public:
    Carriers(Scheduler& scheduler, bool switches_float_control) noexcept
        : scheduler_(scheduler), switches_float_control_(switches_float_control) {}

    mutable weld::native::Mutex mutex;  // also of the duty of workers

    enum class HandOff : std::uint8_t { Done, CameIn, NoSpare };

    /// Hands the worker of `carrier` to a spare carrier, if `carrier` is in user code: in `stretch`, or in any stretch
    /// for `Carrier::any_stretch`.
    [[nodiscard]] HandOff hand_off(Carrier& carrier, std::uint64_t stretch) noexcept;

    /// Takes the worker from `carrier`. The mutex of `carrier` is held. Either `carrier` itself calls, inside the
    /// runtime, or the caller keeps it out of the runtime.
    [[nodiscard]] Worker* take_worker(Carrier& carrier) noexcept;

    /// Makes a carrier that holds `worker`, or a future spare; null without the memory.
    [[nodiscard]] Carrier* make(Worker* worker) noexcept;

    /// Starts one more spare; its thread joins the spares by itself. False when no thread can be started.
    [[nodiscard]] bool start_spare() noexcept;

    /// Starts the thread of a carrier that was just made; if that fails, the carrier is unmade.
    [[nodiscard]] weld::sys::Result<void> start_thread(Carrier& carrier) noexcept;

    /// A spare that waits for a worker: `any`, or one to which nothing is pinned; or null.
    [[nodiscard]] Carrier* take_spare(bool any) noexcept;

    /// The oldest spare that waits for a worker because it has tasks to run that are pinned to it; or null.
    [[nodiscard]] Carrier* take_claimant() noexcept;

    /// Resumes a spare that was taken, with `worker`. The mutex is not needed.
    static void give(Carrier& spare, Worker& worker) noexcept;

    /// Lets `carrier` hold `worker`. The mutex is not needed.
    static void set_worker(Carrier& carrier, Worker& worker) noexcept;

    /// Adds `carrier`, which has no worker, to the spares. Returns a task that waited for a spare, to resume, or null.
    [[nodiscard]] Task* add_spare(Carrier& carrier) noexcept;

    /// Marks `carrier`, a spare with runnable tasks that are pinned to it. False when it was marked before, or is just
    /// being given a worker.
    [[nodiscard]] bool claim(Carrier& carrier) noexcept;

    /// Wakes the spares that claim a worker, so that they check again whether a worker will come.
    void wake_claimants() noexcept;

    /// Removes `carrier` from the spares; false when it is not among them, because it is just being given a worker.
    [[nodiscard]] bool leave(const Carrier& carrier) noexcept;

    /// Called by the thread of `carrier`, a spare. True when the thread may end, false when it has to stay.
    [[nodiscard]] bool retire(Carrier& carrier) noexcept;

    /// Waits for all threads to end. Without the mutex, when no thread is started any more.
    void join_all() noexcept;

    /// Joins threads that have ended, so that their records can be used again. Does not wait for their thread-locals'
    /// destructors. Without the mutex. The monitor only.
    void join_retired() noexcept;

    TaskList waiting;  // tasks that wait for a spare, to hand their worker to

    /// Spares that wait, and those whose threads were started and have not arrived yet.
    [[nodiscard]] std::size_t coming_spares() const noexcept { return spare_count_ + starting_; }

    [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }
    [[nodiscard]] Carrier& operator[](std::size_t index) const noexcept { return *records_[index]; }

    // Without the mutex:

    /// How many carriers there are, at work or spare.
    [[nodiscard]] std::size_t count() const noexcept { return count_.load(std::memory_order_relaxed); }

    [[nodiscard]] bool has_spare() const noexcept { return spare_count_.load(std::memory_order_relaxed) != 0; }

    [[nodiscard]] bool has_retired() const noexcept { return has_retired_.load(std::memory_order_seq_cst); }

    [[nodiscard]] bool has_claims(std::memory_order order = std::memory_order_relaxed) const noexcept {
        return claims_.load(order) != 0;
    }

    /// The carrier that was made first, once the runtime has begun.
    [[nodiscard]] Carrier& first() const noexcept { return *first_; }

    /// How many times a worker was taken or given away.
    [[nodiscard]] std::uint64_t handoffs() const noexcept { return handoffs_.load(std::memory_order_relaxed); }

private:
    [[nodiscard]] Carrier** find(const Carrier& spare) noexcept;
    Carrier* take(Carrier** place) noexcept;

    Scheduler& scheduler_;
    const bool switches_float_control_;
    std::vector<std::unique_ptr<Carrier>> records_;
    Carrier* first_ = nullptr;
    Carrier* spares_ = nullptr;   // LIFO: the one that came last
    Carrier* retired_ = nullptr;  // whose threads are ending, or have ended
    Carrier* free_ = nullptr;     // without a thread
    std::atomic<bool> has_retired_{false};
    std::atomic<std::size_t> spare_count_{0};
    std::size_t starting_ = 0;
    std::atomic<std::size_t> count_{0};
    std::atomic<std::uint64_t> handoffs_{0};
    std::atomic<std::size_t> claims_{0};  // spares with runnable tasks that are pinned to them
};

}  // namespace green
