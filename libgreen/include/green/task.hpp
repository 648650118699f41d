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

/// Where a task may run.
enum class Pin : std::uint8_t {
    None,  ///< anywhere: it may go on on another native thread after every call that parks
    Here,  ///< on the native thread of the task that spawns it, and on no other
    Own,   ///< on a native thread made for it, which runs it and what is spawned `Here` from there, and nothing else
};

namespace thread {

/// Options of a new task.
struct Options {
    /// Seen in messages and by debuggers. No NUL inside.
    std::string_view name{};
    /// Bytes of address space of its stack, rounded up to a power of two; zero for the runtime's.
    std::size_t stack_size = 0;
    /// Where it may run.
    Pin pin = Pin::None;
    /// Whether it runs at once, and the spawner after what is queued; else it is the task that waits.
    bool run_now = false;
};

}  // namespace thread

/// What `Runtime::on_uncaught` is.
using OnUncaught = void (*)(std::string_view task, std::exception_ptr failure) noexcept;

struct Carrier;
class LocalValue;
class NoSwitch;
class Scheduler;

class Task {
public:
    /// What the block of a task can do.
    struct Operations {
        void (*run)(Task& self);                 ///< runs the closure and keeps its result
        void (*end_value)(Task& self) noexcept;  ///< ends the result, if there is one
        void (*destroy)(Task& self) noexcept;    ///< ends the block
    };

    explicit Task(const Operations& operations) noexcept : operations_(operations) {}
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    void acquire() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }

    /// Gives up a reference; the last one ends the block.
    void release() noexcept {
        // Whoever holds the only one is alone with it; acquire sees what the others did before.
        if (references_.load(std::memory_order_acquire) == 1 ||
            references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            operations_.destroy(*this);
        }
    }

    /// Makes the task one of the calling task's runtime and lets it run. The runtime holds a reference until it has
    /// finished. Throws what copying the inherited values of
    /// the calling task throws.
    [[nodiscard]] GREEN_API weld::Result<void> start(const thread::Options& options);

    /// As `start`, in a runtime that is not the calling thread's.
    [[nodiscard]] GREEN_API weld::Result<void> start_in(Scheduler& scheduler, const thread::Options& options) noexcept;

    /// Waits until the task has finished. Several may. Parks; a native thread that is in no task blocks.
    GREEN_API void join() noexcept;

    /// By the holder of a reference: whether it is the only one and the task has finished.
    [[nodiscard]] bool is_over() const noexcept {
        // Acquire: the others are done with it.
        return references_.load(std::memory_order_acquire) == 1 && is_finished();
    }

    /// Whether the task threw and nobody has taken it. After `is_over`.
    [[nodiscard]] bool has_failure() const noexcept { return failure_ != nullptr; }

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

    [[nodiscard]] bool is_finished() const noexcept { return (end_.load(std::memory_order_acquire) & finished) != 0; }

    /// Given when it is first asked for.
    [[nodiscard]] GREEN_API std::uint64_t id() const noexcept;

    [[nodiscard]] std::string_view name() const noexcept { return name_; }

    /// A NUL follows `name`, which lives as long as the block.
    void set_name(std::string_view name) noexcept { name_ = name.data(); }

    /// Takes the token if there is one. The calling task's own.
    [[nodiscard]] GREEN_API bool take_token() noexcept;

    /// Takes the token, suspended until there is one. The calling task's own, in the runtime.
    void park(Carrier& carrier) noexcept;

    /// As `park`, at most until `deadline`; false when no token came.
    [[nodiscard]] bool park_until(Carrier& carrier, weld::time::Instant deadline) noexcept;

    /// Suspends the calling task, which is this one, until `deadline`. In the runtime.
    GREEN_API void sleep_until(Carrier& carrier, weld::time::Instant deadline) noexcept;

    /// Puts a task that is off its stack, and that nobody else can reach, back into a queue.
    GREEN_API void reschedule() noexcept;

    /// Whether it is in `blocking`. The calling task's own.
    [[nodiscard]] bool says_that_it_blocks() const noexcept { return blocking_ != 0; }
    void begin_blocking() noexcept { ++blocking_; }
    void end_blocking() noexcept { --blocking_; }

    /// The next task of the same scope, in the order of their spawning.
    Task* next_in_scope = nullptr;

protected:
    ~Task() = default;

private:
    friend class Joins;
    friend class LocalValue;
    friend class NoSwitch;
    friend class Scheduler;
    friend class TaskList;
    struct Joiner;

    [[nodiscard]] weld::Result<void> start_on(Carrier* carrier, Scheduler& scheduler,
                                              const thread::Options& options) noexcept;
    void join_natively() noexcept;
    void check_joinable() const noexcept;
    void run() noexcept;
    void end_locals() noexcept;
    void settle() noexcept;
    [[nodiscard]] bool finish(Carrier& carrier) noexcept;
    void lose_failure(OnUncaught on_uncaught) noexcept;
    static void commit_park(void* raw, Carrier& carrier) noexcept;

    // Flags of the word of the end; above them the last one of those who wait for it.
    static constexpr std::uintptr_t finished = 1;   // the closure has ended
    static constexpr std::uintptr_t abandoned = 2;  // nobody will join
    static constexpr std::uintptr_t claimed = 4;    // somebody took the failure
    static constexpr std::uintptr_t disowned = 8;   // nobody will take the result
    static constexpr std::uintptr_t flags = 15;

    // The word of park and unpark.
    static constexpr std::uint32_t empty = 0;
    static constexpr std::uint32_t token = 1;
    static constexpr std::uint32_t parked = 2;

    std::atomic<std::uint32_t> references_{1};
    std::atomic<std::uint32_t> park_{empty};
    std::atomic<std::uintptr_t> end_{0};
    const Operations& operations_;
    mutable std::atomic<std::uint64_t> id_{0};
    const char* name_ = "";
    std::exception_ptr failure_;
    LocalValue* locals_ = nullptr;  // the one that was made last
    const Task* parent_ = nullptr;  // which spawned it, and may be gone

    // What a switch touches, together.
    Scheduler* scheduler_ = nullptr;
    Task* next_ = nullptr;  // in the list that the task is in
    union {
        void* context_ = nullptr;  // where to go on: context/context.hpp; null before the first run
        OnUncaught on_uncaught_;   // the runtime's, once the task has finished: it may be gone by then
    };
    void* stack_ = nullptr;                // the lowest byte above the guard
    Carrier* pinned_to_ = nullptr;         // the only one that may run it
    const NoSwitch* no_switch_ = nullptr;  // the innermost scope in which it must not be switched
    std::uint32_t stack_pages_ = 0;        // usable ones, of 4,096 bytes
    std::uint16_t pins_ = 0;               // reasons to stay pinned
    std::uint16_t blocking_ = 0;           // calls of `blocking` that it is in
    std::uint8_t stack_class_ = 0;         // which of the runtime's pools the stack is of
    std::uint8_t local_generation_ = 0;    // of values that are made now: thread/local.hpp
    bool has_value_ = false;
    bool has_failed_ = false;
};

/// Ends the process because `call` was made outside a task.
[[noreturn]] GREEN_API void die_outside_task(const char* call) noexcept;

}  // namespace green
