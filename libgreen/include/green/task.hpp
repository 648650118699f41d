// SPDX-License-Identifier: MIT
//
// Task: what a green thread is known by.
//
// It is the head of the one block of memory that spawning takes (`weld/thread/packet.hpp`). The block is
// counted: the runtime until the task has finished, its handle, its scope and every `Thread` hold one
// reference each. The stack is not part of it: one is bound when the task first runs and goes to another
// task when it ends. For the implementation of `<green/thread.hpp>`; programs have no use for it.
#pragma once

#include <green/api.hpp>

#include <weld/error.hpp>
#include <weld/time.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <string_view>
#include <utility>

namespace green {

class Scheduler;

class Task {
public:
    /// What the block of a task can do.
    struct Operations {
        void (*run)(Task& self);                 ///< runs the closure and keeps its result
        void (*end_value)(Task& self) noexcept;  ///< ends the result, if there is one
        void (*destroy)(Task& self) noexcept;    ///< ends the block
    };

    explicit GREEN_API Task(const Operations& operations) noexcept;
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    void acquire() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }

    /// Gives up a reference; the last one ends the block.
    void release() noexcept {
        if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            operations_.destroy(*this);
        }
    }

    /// Makes the task one of the calling task's runtime and lets it run. The runtime holds a reference until
    /// it has finished.
    [[nodiscard]] GREEN_API weld::Result<void> start() noexcept;

    /// Waits until the task has finished. Parks. Several tasks may.
    GREEN_API void join() noexcept;

    /// Says that nobody will join. If the task threw, or will throw, that ends the process.
    GREEN_API void abandon() noexcept;

    /// Joins, and rethrows what the task threw, once: for whoever asks first. Parks.
    GREEN_API void await_value();

    /// Says that nobody will take the result, which then ends as soon as there is one.
    GREEN_API void disown() noexcept;

    /// What the task threw, if nobody has taken it. After `join`.
    [[nodiscard]] GREEN_API std::exception_ptr take_failure() noexcept;

    /// Whether there is a result. After `join`.
    [[nodiscard]] bool has_value() const noexcept { return has_value_; }
    void set_has_value(bool has) noexcept { has_value_ = has; }

    /// Leaves the token that `park` takes, and wakes the task if it is parked. Any thread may call.
    GREEN_API void unpark() noexcept;

    [[nodiscard]] bool is_finished() const noexcept { return (state_.load(std::memory_order_acquire) & finished) != 0; }

    [[nodiscard]] std::uint64_t id() const noexcept { return id_; }
    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    void set_name(std::string_view name) noexcept { name_ = name; }

    /// Takes the token if there is one. The calling task's own.
    [[nodiscard]] GREEN_API bool take_token() noexcept;

    /// Takes the token, suspended until there is one. The calling task's own, in the runtime.
    void park() noexcept;

    /// As `park`, at most until `deadline`; false when no token came.
    [[nodiscard]] bool park_until(weld::time::Instant deadline) noexcept;

    /// Suspends the calling task, which is this one, until `deadline`. In the runtime.
    void sleep_until(weld::time::Instant deadline) noexcept;

    /// Puts a task that is off its stack, and that nobody else can reach, back into a queue.
    GREEN_API void reschedule() noexcept;

    /// The next task of the same scope, in the order of their spawning.
    Task* next_in_scope = nullptr;

protected:
    ~Task() = default;

private:
    friend class Scheduler;
    friend class TaskList;
    struct Joiner;

    void run() noexcept;
    void finish() noexcept;
    static void commit_park(void* raw) noexcept;

    static constexpr std::uint32_t finished = 1;   // the closure has ended
    static constexpr std::uint32_t abandoned = 2;  // nobody will join
    static constexpr std::uint32_t claimed = 4;    // somebody took the failure
    static constexpr std::uint32_t disowned = 8;   // nobody will take the result

    // The word of park and unpark.
    static constexpr std::uint32_t empty = 0;
    static constexpr std::uint32_t token = 1;
    static constexpr std::uint32_t parked = 2;

    std::atomic<std::uint32_t> references_{1};
    std::atomic<std::uint32_t> state_{0};
    std::atomic<std::uint32_t> park_{empty};
    bool has_value_ = false;
    const Operations& operations_;
    std::uint64_t id_;
    std::string_view name_;
    std::exception_ptr failure_;
    std::atomic<void*> joiners_{nullptr};  // the last one to wait for the end, or this task once it ended

    // What a switch touches, together.
    Scheduler* scheduler_ = nullptr;
    Task* next_ = nullptr;      // in the list that the task is in
    void* stack_ = nullptr;     // the lowest byte above the guard; null before the first run
    void* context_[3] = {};     // where to go on: context/context.hpp
    void* exceptions_[2] = {};  // the C++ runtime's __cxa_eh_globals of this task

    void* sanitizer_[4] = {};  // annotate::Stack
};

/// Ends the process because `call` was made outside a task.
[[noreturn]] GREEN_API void die_outside_task(const char* call) noexcept;

}  // namespace green
