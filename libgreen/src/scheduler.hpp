// SPDX-License-Identifier: MIT
//
// Scheduler: the workers, carriers and queues of one runtime. Everything that moves a task goes through here.
//
// docs/scheduler.md has the words, the protocols and their reasons. A task calls `suspend`, `resume`, `yield` and
// everything else that takes a Carrier inside the runtime, on that carrier.
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

    /// `spares` more carriers than workers wait to be given a worker.
    Scheduler(const Runtime& options, std::size_t workers, std::size_t spares);
    Scheduler(const Scheduler&) = delete;
    Scheduler& operator=(const Scheduler&) = delete;
    ~Scheduler();

    // ---- for the owner of the runtime ----
    /// Runs `first` and the tasks that it spawns until all have finished. The calling thread becomes a carrier.
    [[nodiscard]] weld::Result<void> run(Task& first) noexcept;

    /// Starts a thread for each worker, or for each but the first where a host drives that one. Tasks may be
    /// started from then on, until `await_end`.
    [[nodiscard]] weld::Result<void> open(bool has_host) noexcept;

    /// Waits for tasks at most until `deadline` and runs them, with the calling thread as carrier of the first worker.
    /// Returns false when all tasks have finished and no more can be started.
    bool pump(Instant deadline) noexcept;

    /// The descriptor that is readable when `pump` would find something.
    [[nodiscard]] weld::sys::BorrowedFd host_descriptor() const noexcept;

    /// Starts no more tasks from outside and waits for all to finish. False when some had not finished at `deadline`.
    [[nodiscard]] bool await_end(Instant deadline) noexcept;

    /// Changes the number of workers with the duty `All` to `count`.
    [[nodiscard]] weld::Result<void> set_workers(std::size_t count) noexcept;
    [[nodiscard]] std::size_t workers() const noexcept { return general_.load(std::memory_order_relaxed); }

    [[nodiscard]] Metrics metrics() const noexcept;
    [[nodiscard]] std::size_t metrics(std::span<WorkerMetrics> workers) const noexcept;

    // ---- for any thread ----

    /// The operation that failed, for error messages: string literals.
    struct Operation {
        const char* name;
        const char* mapping;  ///< the same, where a stack cannot be mapped
    };

    /// Adds `task` to this runtime and schedules it. `carrier` is the calling thread's, or null. An error names
    /// `operation`. With `options.run_now`, a call by a task runs the new task before it returns.
    [[nodiscard]] weld::Result<void> start(Task& task, Carrier* carrier, const Operation& operation,
                                           const thread::Options& options) noexcept;

    /// Schedules a task that no other thread can reach. Any thread.
    void schedule(Task& task) noexcept;

    /// For tests: hands the worker of carrier `index`, if it is in user code, to a spare carrier. Any thread.
    bool hand_off(std::size_t index) noexcept;

    /// The monitor. Ring it about an event that it may sleep through. Any thread.
    [[nodiscard]] GREEN_API Monitor& monitor() noexcept { return monitor_; }

    /// The calling task, or null.
    [[nodiscard]] static GREEN_API Task* current() noexcept;

    // ---- for a task ----

    /// Suspends the calling task, and then calls `then(argument, carrier)` on another stack. Only `then` makes the task
    /// reachable for the thread that will resume it. Returns the carrier on which the task resumes.
    static GREEN_API Carrier& suspend(Carrier& carrier, Then then, void* argument) noexcept;

    /// As `schedule`, but cheaper, from inside the runtime.
    static GREEN_API void resume(Carrier& carrier, Task& task) noexcept;

    /// As `schedule`, for the holder of `worker`: the task does not wait for a whole round of the queue.
    static GREEN_API void resume_on(Worker& worker, Task& task) noexcept;

    /// Lets other tasks run first. For a task's own code.
    static void yield_now() noexcept;
    static GREEN_API Carrier& yield(Carrier& carrier) noexcept;  ///< inside the runtime

    /// Gives timers, the loop and other tasks a turn, for a task that could continue without end.
    static GREEN_API Carrier& yield_to_loop(Carrier& carrier) noexcept;

    /// Returns when the calling task's carrier holds a worker.
    static GREEN_API Carrier& with_worker(Carrier& carrier) noexcept;

    /// Hands the worker of the calling task's carrier to a spare carrier, if that is allowed. Waits for one if need be.
    static Carrier& give_worker_away(Carrier& carrier) noexcept;

    /// Pins the calling task to its carrier once more, or once less.
    static void pin(Carrier& carrier) noexcept;
    static void unpin(Task& task) noexcept;

    [[nodiscard]] StackPool& stacks_of(const Task& task) const noexcept;
    [[nodiscard]] static const std::byte* stack_of(const Task& task) noexcept;
    [[nodiscard]] static std::size_t stack_size_of(const Task& task) noexcept;
    [[nodiscard]] static std::size_t high_water_of(const Task& task) noexcept;
    [[nodiscard]] const Runtime& options() const noexcept { return options_; }
    [[nodiscard]] bool is_another_process() const noexcept;  ///< whether a parent process began it

private:
    friend class Carriers;
    friend class Monitor;
    /// The part of a finished task's state that is needed until the task is off its stack.
    struct Ending {
        std::byte* stack;
        StackPool& pool;
        bool is_usual;  // a stack of the runtime's default size
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

    // The idle word: the count of searching workers in the upper half, of sleeping ones in the lower.
    static constexpr std::uint64_t one_searching = std::uint64_t{1} << 32;
    static constexpr std::uint64_t one_sleeping = 1;
    static constexpr std::size_t stack_classes = 64;  // the runtime's own, then by powers of two

    const Runtime options_;
    const FloatControl float_control_;            // of a new task
    const std::uint32_t forks_;                   // fork_count() at the beginning
    std::vector<std::unique_ptr<Worker>> slots_;  // all workers ever made; never moves
    std::atomic<std::size_t> slot_count_{0};
    std::atomic<std::size_t> general_{0};  // workers with the duty All
    std::atomic<bool> shares_{false};      // whether there were ever two
    StackPool stacks_;
    std::array<std::atomic<StackPool*>, stack_classes> other_stacks_{};
    std::atomic<std::uint64_t> used_classes_{0};  // classes that have a pool
    std::atomic<Instant> next_trim_{Instant()};
    Injector injector_;
    alignas(64) std::atomic<std::uint64_t> idle_{0};
    alignas(64) std::atomic<bool> ended_{false};
    std::atomic<bool> held_{false};                  // the owner may still start tasks
    std::atomic<std::uint64_t> started_outside_{0};  // tasks, counted where there is no worker
    std::atomic<std::uint64_t> ended_outside_{0};
    std::atomic<std::size_t> outsiders_{0};  // threads in `schedule` that are not carriers of this runtime
    weld::native::Parker owner_;             // of the thread that awaits the end
    Carriers carriers_;
    bool closed_ = false;            // no more starts from outside; under the mutex of the carriers
    const std::size_t spare_count_;  // at the beginning
    Monitor monitor_{*this};
};

}  // namespace green
