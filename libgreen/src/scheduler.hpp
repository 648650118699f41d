// SPDX-License-Identifier: MIT
//
// Scheduler: the workers, carriers and queues of one runtime. Everything that moves a task goes through here.
//
// docs/scheduler.md has the words, the protocols and their reasons. `suspend`, `resume`, `yield` and what else takes
// a Carrier is called inside the runtime, by a task on that carrier.
#pragma once

#include "attendants.hpp"
#include "carriers.hpp"
#include "context/float_control.hpp"
#include "injector.hpp"
#include "monitor.hpp"
#include "stack_pool.hpp"
#include "worker.hpp"

#include <green/metrics.hpp>
#include <green/runtime.hpp>
#include <green/task.hpp>
#include <green/thread/no_switch.hpp>

#include <weld/error.hpp>
#include <weld/sys/repr.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace green {

class Scheduler : public Attendants {
public:
    static constexpr std::size_t most_workers = 4096;

    /// `spares` carriers more than workers wait to be given one.
    Scheduler(const Runtime& options, std::size_t workers, std::size_t spares);
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;
    ~Scheduler();

    // ---- of the owner of the runtime ----
    /// Runs `first` and whatever it spawns, the calling thread as one of the carriers, until all have finished.
    [[nodiscard]] weld::Result<void> run(Task& first) noexcept;

    /// Begins, with a thread for each worker, or for each but the first where the host drives that one. Tasks may be
    /// started from then on, until `await_end`.
    [[nodiscard]] weld::Result<void> open(bool has_host) noexcept;

    /// The calling thread as carrier of the first worker: waits for tasks at most until `deadline`, and runs them. False
    /// when all tasks have finished and no more can be started.
    bool pump(Instant deadline) noexcept;

    /// Readable when `pump` would find something.
    [[nodiscard]] weld::sys::BorrowedFd host_descriptor() const noexcept;

    /// No more tasks are started from outside. False when at `deadline` some had not finished.
    [[nodiscard]] bool await_end(Instant deadline) noexcept;

    /// Makes it `count` workers, of those that do all.
    [[nodiscard]] weld::Result<void> set_workers(std::size_t count) noexcept;
    [[nodiscard]] std::size_t workers() const noexcept { return general_.load(std::memory_order_relaxed); }

    [[nodiscard]] Metrics metrics() const noexcept;
    [[nodiscard]] std::size_t metrics(std::span<WorkerMetrics> workers) const noexcept;

    // ---- of anyone ----

    /// What failed, for messages: string literals.
    struct Operation {
        const char* name;
        const char* mapping;  ///< the same, where there is no room for a stack
    };

    /// Makes `task` one of this runtime's and lets it run. `carrier` is the calling thread's, or null. An error is one
    /// of `operation`. With `options.run_now` a task's call lets it run before it returns.
    [[nodiscard]] weld::Result<void> start(Task& task, Carrier* carrier, const Operation& operation,
                                           const thread::Options& options) noexcept;

    /// Lets a task run that nobody else can reach. Any thread.
    void schedule(Task& task) noexcept;

    /// For tests: gives the worker of carrier `index`, if it is in user code, to a spare one. Any thread.
    bool hand_off(std::size_t index) noexcept;

    /// To be rung when there is something that it may sleep through. Any thread.
    [[nodiscard]] GREEN_API Monitor& monitor() noexcept { return monitor_; }

    /// The task that calls, or null.
    [[nodiscard]] static GREEN_API Task* current() noexcept;

    // ---- of a task ----

    /// Stops the calling task and calls `then(argument, carrier)`, which makes it reachable for whoever lets it go on.
    /// Returns the carrier that it goes on on.
    static GREEN_API Carrier& suspend(Carrier& carrier, Then then, void* argument) noexcept;

    /// As `schedule`, from inside the runtime, where this is cheaper.
    static GREEN_API void resume(Carrier& carrier, Task& task) noexcept;

    /// As `schedule`, for the holder of `worker`: the task does not wait for a whole round of the queue.
    static GREEN_API void resume_on(Worker& worker, Task& task) noexcept;

    /// Lets others run first. From a task's own code.
    static void yield_now() noexcept;
    static GREEN_API Carrier& yield(Carrier& carrier) noexcept;  ///< in the runtime

    /// Lets timers, the loop and others have their turn, for a task that could go on without end.
    static GREEN_API Carrier& yield_to_loop(Carrier& carrier) noexcept;

    /// Goes on when the calling task's carrier holds a worker.
    static GREEN_API Carrier& with_worker(Carrier& carrier) noexcept;

    /// The calling task's carrier gives its worker to a spare one, if it may. Waits for one if need be.
    static Carrier& give_worker_away(Carrier& carrier) noexcept;

    /// The calling task stays where it is, once more or once less.
    static void pin(Carrier& carrier) noexcept;
    static void unpin(Task& task) noexcept;

    [[nodiscard]] StackPool& stacks_of(const Task& task) const noexcept;
    [[nodiscard]] static const std::byte* stack_of(const Task& task) noexcept;
    [[nodiscard]] static std::size_t stack_size_of(const Task& task) noexcept;
    [[nodiscard]] static std::size_t high_water_of(const Task& task) noexcept;
    [[nodiscard]] const Runtime& options() const noexcept { return options_; }
    [[nodiscard]] bool is_another_process() const noexcept;  ///< a parent, that is

private:
    friend class Carriers;
    friend class Monitor;
    /// What is kept of a task that has finished, until it is off its stack.
    struct Ending {
        std::byte* stack;
        StackPool& pool;
        bool is_usual;  // a stack of the runtime's size
        bool is_pinned;
    };

    static void* carrier_main(void* argument);
    void carry(Carrier& carrier) noexcept;
    [[nodiscard]] bool may_have_spare() const noexcept;
    void end_wait_for_spare() noexcept;
    void await_worker(Carrier& carrier) noexcept;
    [[nodiscard]] bool has_own_worker(Carrier& carrier) noexcept;
    bool retire_carrier(Carrier& carrier) noexcept;
    bool give_to_claimant(Carrier& carrier, Worker& worker) noexcept;
    [[nodiscard]] Worker* make_worker(Duty duty) noexcept;
    [[nodiscard]] weld::sys::Result<Carrier*> employ(Worker& worker, std::size_t pinned) noexcept;
    [[nodiscard]] weld::sys::Result<void> add_worker() noexcept;
    [[nodiscard]] weld::sys::Result<void> pin_to_own(Task& task) noexcept;
    void share_queues() noexcept;
    bool retire(Carrier& carrier, Worker& worker) noexcept;
    [[nodiscard]] weld::Result<void> begin(const char* operation, bool has_host, std::size_t without_thread) noexcept;
    [[nodiscard]] weld::sys::Result<void> host_first_worker() noexcept;
    void close() noexcept;
    void end_threads() noexcept;
    [[nodiscard]] weld::sys::Result<void> reserve_stack(Worker* worker, Task& task, std::size_t size) noexcept;
    [[nodiscard]] weld::Result<void> enlist(Task& task, Carrier* carrier, const Operation& operation,
                                            const thread::Options& options) noexcept;
    [[nodiscard]] weld::Result<void> start_outside(Task& task, const Operation& operation,
                                                   const thread::Options& options) noexcept;
    static void task_main(void* raw, Carrier& carrier) noexcept;
    static void end_task(void* raw, Carrier& carrier) noexcept;
    static void bind_stack(Carrier& carrier, Task& task) noexcept;
    static void count_pinned(Carrier& carrier) noexcept;
    static Carrier& yield_quickly(Carrier& carrier) noexcept;
    static Carrier& yield_slowly(Carrier& carrier) noexcept;
    struct Left;
    static Left left_of(Carrier& carrier, Task* task) noexcept;
    static annotate::Stack& annotation_of(Carrier& carrier, const Task* task) noexcept;
    static void free_stack(Worker* worker, StackPool& pool, std::byte* stack, bool is_usual) noexcept;
    static void run_task(Carrier& carrier, Task& task) noexcept;
    static Carrier& run_before(Carrier& carrier, Task& task) noexcept;
    static Carrier& go(Carrier& carrier, const Left& left, Task* to, Then then, void* argument) noexcept;
    static Carrier& cross(Carrier& carrier, const Left& left, Task* to, Then then, void* argument) noexcept;
    static Carrier& cross_with_float_control(Carrier& carrier, const Left& left, Task* to, Then then,
                                             void* argument) noexcept;
    static Task* next_in_turn(Carrier& carrier) noexcept;
    static Task* pop_in_turn(Carrier& carrier, Worker& worker) noexcept;
    static Task* pop_any(Carrier& carrier, Worker& worker) noexcept;
    Task* find(Carrier& carrier) noexcept;
    Task* find_now(Carrier& carrier, Worker& worker) noexcept;
    Task* next(Carrier& carrier, Worker& worker) noexcept;
    static Task* pop(Worker& worker) noexcept;
    static Task* pop_quickly(Worker& worker) noexcept;
    static Task* pop_rest(Worker& worker) noexcept;
    static void look_around(Carrier& carrier, Worker& worker) noexcept;
    static bool take_injected(Worker& worker) noexcept;
    static void begin_budget(const Carrier& carrier, Worker& worker, bool has_more) noexcept;
    struct Last;
    Task* steal(Worker& worker, Last& last) noexcept;
    [[nodiscard]] bool others_are_idle() const noexcept;
    [[nodiscard]] bool is_anything_queued() const noexcept;
    [[nodiscard]] bool anything_wants_a_worker() const noexcept;
    Task* search(Carrier& carrier, Worker& worker) noexcept;
    Task* stop_searching(Worker& worker, Task* found) noexcept;
    static void put(Worker& worker, Task* task) noexcept;
    static void put_quickly(Worker& worker, Task* task) noexcept;
    static void put_urgent(Worker& worker, Task* task) noexcept;
    static void resume_quickly(Worker& worker, Task& task, bool is_urgent) noexcept;
    void hand_over(Task& task) noexcept;
    static void deliver(Task& task) noexcept;
    static void take_inbox(Carrier& carrier) noexcept;
    [[nodiscard]] Instant trim_before_sleep(Worker& worker) noexcept;
    [[nodiscard]] bool fall_asleep(Carrier& carrier, Worker& worker) noexcept;
    static void wake_up(Worker& worker) noexcept;
    void sleep(Carrier& carrier, Worker& worker, Instant deadline) noexcept;
    [[nodiscard]] bool anything_to_do(const Carrier& carrier, const Worker& worker) const noexcept;
    void end_if_all_ended() noexcept;
    static bool wake(Worker& worker) noexcept;
    void notify() noexcept;
    void wake_all() noexcept;
    [[nodiscard]] std::span<const std::unique_ptr<Worker>> slots() const noexcept {
        return {slots_.data(), slot_count_.load(std::memory_order_acquire)};
    }

    // The word of sleeping and searching: searching workers in the upper half, sleeping ones in the lower.
    static constexpr std::uint64_t one_searching = std::uint64_t{1} << 32;
    static constexpr std::uint64_t one_sleeping = 1;
    static constexpr std::size_t stack_classes = 64;  // the runtime's own, then by powers of two

    const Runtime options_;
    const FloatControl float_control_;            // of a task that begins
    const std::uint32_t forks_;                   // as many as there were when it was made
    std::vector<std::unique_ptr<Worker>> slots_;  // of all workers there were; never moves
    std::atomic<std::size_t> slot_count_{0};
    std::atomic<std::size_t> general_{0};  // workers that do all
    std::atomic<bool> shares_{false};      // whether there ever were two
    StackPool stacks_;
    std::array<std::atomic<StackPool*>, stack_classes> other_stacks_{};
    std::atomic<std::uint64_t> used_classes_{0};  // of which there is a pool
    std::atomic<Instant> next_trim_{Instant()};
    Injector injector_;
    alignas(64) std::atomic<std::uint64_t> idle_{0};
    alignas(64) std::atomic<bool> ended_{false};
    std::atomic<bool> held_{false};                  // its owner may still start tasks
    std::atomic<std::uint64_t> started_outside_{0};  // tasks, counted where there is no worker
    std::atomic<std::uint64_t> ended_outside_{0};
    std::atomic<std::size_t> outsiders_{0};  // threads that are in `schedule` and no carriers of this runtime
    weld::native::Parker owner_;             // of whoever awaits the end
    Carriers carriers_;
    bool closed_ = false;            // nothing more is started from outside; under the mutex of the carriers
    const std::size_t spare_count_;  // at the beginning
    Monitor monitor_{*this};
};

}  // namespace green
