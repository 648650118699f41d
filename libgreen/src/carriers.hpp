// SPDX-License-Identifier: MIT
//
// Carriers: the native threads of a runtime, those that hold a worker and the spares.
//
// A record is made once and stays until the runtime ends, so whoever has a pointer to one may look at it at any time;
// the thread of one may end, and another begin on the same record. What is not marked otherwise is called with `mutex`
// held.
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

    /// Gives the worker of `carrier`, if it is in user code, in `stretch` or in any, to a spare one.
    [[nodiscard]] HandOff hand_off(Carrier& carrier, std::uint64_t stretch) noexcept;

    /// Takes the worker from `carrier`, which is in the runtime, or is kept out of it and its mutex held.
    [[nodiscard]] Worker* take_worker(Carrier& carrier) noexcept;

    /// One that holds `worker`, or a spare to be; null without the memory.
    [[nodiscard]] Carrier* make(Worker* worker) noexcept;

    /// One more, and its thread, which comes to the spares by itself; false when it cannot be had.
    [[nodiscard]] bool start_spare() noexcept;

    /// Starts the thread of one that was just made; if that fails, it is none any more.
    [[nodiscard]] weld::sys::Result<void> start_thread(Carrier& carrier) noexcept;

    /// One that waits for a worker, `any` or one to which nothing is pinned; or null.
    [[nodiscard]] Carrier* take_spare(bool any) noexcept;

    /// One that waits for a worker because it has tasks to run that are pinned to it; or null.
    [[nodiscard]] Carrier* take_claimant() noexcept;

    /// Lets a spare that was taken go on with `worker`. The mutex is not needed.
    static void give(Carrier& spare, Worker& worker) noexcept;

    /// `carrier` holds `worker`. The mutex is not needed.
    static void set_worker(Carrier& carrier, Worker& worker) noexcept;

    /// `carrier`, which has no worker, waits for one. A task that waited for a spare is to go on, if there is one.
    [[nodiscard]] Task* add_spare(Carrier& carrier) noexcept;

    /// A spare has tasks to run that are pinned to it. False when it said so before, or a worker is on its way.
    [[nodiscard]] bool claim(Carrier& carrier) noexcept;

    /// Lets spares that claim look again whether anybody serves them.
    void wake_claimants() noexcept;

    /// `carrier` is no spare any more; false when it was none, a worker being on its way.
    [[nodiscard]] bool leave(const Carrier& carrier) noexcept;

    /// The calling thread, a spare's, is to end; false when it has to stay.
    [[nodiscard]] bool retire(Carrier& carrier) noexcept;

    /// Waits for all threads to end. Without the mutex, when nobody starts any more.
    void join_all() noexcept;

    /// Joins threads that have ended, so that their records serve again; what their thread-locals still do is not
    /// waited for. Without the mutex. The monitor only.
    void join_retired() noexcept;

    TaskList waiting;  // tasks that wait for a spare, to which their worker could go

    /// Spares that wait, and those whose threads were started and have not come yet.
    [[nodiscard]] std::size_t coming_spares() const noexcept { return spare_count_ + starting_; }

    [[nodiscard]] std::size_t size() const noexcept { return records_.size(); }
    [[nodiscard]] Carrier& operator[](std::size_t index) const noexcept { return *records_[index]; }

    // Without the mutex.

    /// How many there are, at work or spare.
    [[nodiscard]] std::size_t count() const noexcept { return count_.load(std::memory_order_relaxed); }

    [[nodiscard]] bool has_spare() const noexcept { return spare_count_.load(std::memory_order_relaxed) != 0; }

    [[nodiscard]] bool has_retired() const noexcept { return has_retired_.load(std::memory_order_seq_cst); }

    [[nodiscard]] bool has_claims(std::memory_order order = std::memory_order_relaxed) const noexcept {
        return claims_.load(order) != 0;
    }

    /// The one that was made first, once the runtime has begun.
    [[nodiscard]] Carrier& first() const noexcept { return *first_; }

    /// Times that a worker was taken, or was given away.
    [[nodiscard]] std::uint64_t handoffs() const noexcept { return handoffs_.load(std::memory_order_relaxed); }

private:
    [[nodiscard]] Carrier** find(const Carrier& spare) noexcept;
    Carrier* take(Carrier** place) noexcept;

    Scheduler& scheduler_;
    const bool switches_float_control_;
    std::vector<std::unique_ptr<Carrier>> records_;
    Carrier* first_ = nullptr;
    Carrier* spares_ = nullptr;   // the one that came last
    Carrier* retired_ = nullptr;  // whose threads end, or have ended
    Carrier* free_ = nullptr;     // without a thread
    std::atomic<bool> has_retired_{false};
    std::atomic<std::size_t> spare_count_{0};
    std::size_t starting_ = 0;
    std::atomic<std::size_t> count_{0};
    std::atomic<std::uint64_t> handoffs_{0};
    std::atomic<std::size_t> claims_{0};  // spares that have something to run which is pinned to them
};

}  // namespace green
