// SPDX-License-Identifier: MIT
//
// Scheduler: the workers, carriers and queues of one runtime. Everything that moves a task goes through here.
//
// docs/scheduler.md has the words, the protocols and their reasons.
#pragma once

#include "carrier.hpp"
#include "injector.hpp"
#include "stack_pool.hpp"
#include "worker.hpp"

#include <green/task.hpp>

#include <weld/error.hpp>
#include <weld/native/thread.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace green {

class Scheduler {
public:
    /// `spares` carriers more than workers wait to be given one.
    Scheduler(std::size_t workers, std::size_t stack_size, std::size_t spares);
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;
    ~Scheduler();

    /// Runs `first` and whatever it spawns, the calling thread as one of the carriers, until all have finished.
    [[nodiscard]] weld::Result<void> run(Task& first) noexcept;

    /// Makes `task` one of this runtime's; it takes a reference until the task has finished. An error is one of
    /// `operation`.
    [[nodiscard]] weld::Result<void> adopt(Task& task, const char* operation) noexcept;

    /// Lets a task run that nobody else can reach. Any thread.
    void schedule(Task& task) noexcept;

    /// Gives the worker of carrier `index`, in user code, to a spare one. False when the carrier came into the runtime
    /// meanwhile. Any thread.
    bool hand_off(std::size_t index) noexcept;

    /// The task that calls, or null.
    [[nodiscard]] static GREEN_API Task* current() noexcept;

    /// Stops the calling task and calls `then(argument)`, which makes it reachable for whoever lets it go on.
    /// Inside the runtime, from a task.
    static GREEN_API void suspend(Then then, void* argument) noexcept;

    /// As `suspend`, for whoever knows the calling thread's carrier.
    static GREEN_API void suspend(Carrier& carrier, Then then, void* argument) noexcept;

    /// Lets a task run that nobody else can reach. The holder of `worker`, for whom this is cheaper than `schedule`.
    GREEN_API static void schedule_on(Worker& worker, Task& task) noexcept;

    /// Lets others run first.
    static GREEN_API void yield() noexcept;

    /// Lets timers, the loop and others have their turn, for a task that could go on without end. Inside the runtime.
    static GREEN_API void yield_to_loop() noexcept;

    /// Goes on when the calling task's carrier holds a worker. Inside the runtime.
    static GREEN_API Worker& with_worker() noexcept;

    [[nodiscard]] std::size_t workers() const noexcept { return workers_.size(); }
    [[nodiscard]] StackPool& stacks() noexcept { return stacks_; }

private:
    static void* carrier_main(void* argument);
    void carry(Carrier& carrier) noexcept;
    void await_worker(Carrier& carrier) noexcept;

    static void task_main(void* raw) noexcept;
    static void end_task(void* raw) noexcept;
    void bind_stack(Task& task) noexcept;
    static void go(Carrier& carrier, Task* from, Task* to, Then then, void* argument, bool for_good) noexcept;

    static Task* next_in_turn(Worker* worker) noexcept;
    Task* find(Worker& worker) noexcept;
    Task* next(Worker& worker) noexcept;
    static Task* pop(Worker& worker) noexcept;
    static void set_budget(Worker& worker) noexcept;
    Task* search(Worker& worker) noexcept;
    Task* stop_searching(Worker& worker, Task* found) noexcept;
    [[nodiscard]] static bool push(Worker& worker, Task* task) noexcept;
    static void put(Worker& worker, Task* task) noexcept;
    static bool take_due(Worker& worker) noexcept;
    void sleep(Worker& worker) noexcept;
    bool anything_to_do() const noexcept;
    void notify() noexcept;
    void wake_all() noexcept;

    // The word of sleeping and searching: searching workers in the upper half, sleeping ones in the lower.
    static constexpr std::uint64_t one_searching = std::uint64_t{1} << 32;
    static constexpr std::uint64_t one_sleeping = 1;

    std::vector<std::unique_ptr<Worker>> workers_;
    StackPool stacks_;
    const std::size_t spare_count_;
    Injector injector_;
    alignas(64) std::atomic<std::uint64_t> idle_{0};
    alignas(64) std::atomic<std::size_t> tasks_{0};
    std::atomic<bool> ended_{false};
    std::atomic<std::size_t> outsiders_{0};  // threads that are in `schedule` and no carriers of this runtime

    weld::native::Mutex carriers_mutex_;
    std::vector<std::unique_ptr<Carrier>> carriers_;
    std::vector<weld::native::Thread> threads_;
    Carrier* spares_ = nullptr;
};

}  // namespace green
