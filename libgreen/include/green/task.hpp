// SPDX-License-Identifier: MIT
//
// Task: the record of a green thread, with the options that it is spawned with.
//
// It is the head of the one block of memory that a spawn allocates (`weld/thread/packet.hpp`). The block is
// reference-counted: the handle, the scope, every `Thread` and, until the task has finished, the runtime hold one
// reference each. The stack is not part of the block: a stack is bound when the task first runs, and goes to another
// task when it ends. The class is for the implementation of `<green/thread.hpp>`; programs have no use for it.
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
    None,  ///< anywhere: after each call that parks it may resume on another native thread
    Here,  ///< on the native thread of the task that spawns it, and on no other
    Own,   ///< on a native thread made for it, which runs this task and those spawned `Here` from it, and nothing else
};

namespace thread {

/// Options of a new task.
struct Options {
    /// The name that messages and debuggers show. No NUL inside.
    std::string_view name{};
    /// Bytes of address space of its stack, rounded up to a power of two. Zero means the runtime's `stack_size`.
    std::size_t stack_size = 0;
    /// Where it may run.
    Pin pin = Pin::None;
    /// If true, the task runs at once and the spawner goes to the end of the queue. If false, the task does.
    bool run_now = false;
};

}  // namespace thread

/// The type of `Runtime::on_uncaught`.
using OnUncaught = void (*)(std::string_view task, std::exception_ptr failure) noexcept;

struct Carrier;
class LocalValue;
class NoSwitch;
class Scheduler;

class Task {
public:
    /// The operations of a task's block, whose type depends on the closure.
    struct Operations {
        void (*run)(Task& self);                 ///< runs the closure and keeps its result
        void (*end_value)(Task& self) noexcept;  ///< destroys the result, if there is one
        void (*destroy)(Task& self) noexcept;    ///< destroys and frees the block
    };

    explicit Task(const Operations& operations) noexcept : operations_(operations) {}
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    void acquire() noexcept { references_.fetch_add(1, std::memory_order_relaxed); }

    /// Gives up a reference; giving up the last one destroys the block.
    void release() noexcept {
        // The holder of the only reference is alone with the block; acquire makes visible what the others did before.
        if (references_.load(std::memory_order_acquire) == 1 ||
            references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
            operations_.destroy(*this);
        }
    }

    /// Adds the task to the calling task's runtime and makes it runnable. The runtime holds a reference until the task
    /// has finished. Throws what copying the inherited values of the calling task throws.
    [[nodiscard]] GREEN_API weld::Result<void> start(const thread::Options& options);

    /// As `start`, in a runtime that is not the calling thread's.
    [[nodiscard]] GREEN_API weld::Result<void> start_in(Scheduler& scheduler, const thread::Options& options) noexcept;

    /// Waits until the task has finished. Several may wait at once. Parks; a native thread outside tasks blocks.
    GREEN_API void join() noexcept;

    /// Whether the caller's reference is the only one and the task has finished. The caller holds a reference.
    [[nodiscard]] bool is_over() const noexcept {
        // Acquire: makes visible what the former holders did before they released.
        return references_.load(std::memory_order_acquire) == 1 && is_finished();
    }

    /// Whether the task threw and nobody has taken the exception. Only after `is_over` returned true.
    [[nodiscard]] bool has_failure() const noexcept { return failure_ != nullptr; }

    /// Declares that nobody will join. If the task threw, or will throw, the exception goes to `on_uncaught`, or ends
    /// the process where that is not set.
    GREEN_API void abandon() noexcept;

    /// Joins, and rethrows what the task threw, once: only the first caller gets it. Parks.
    GREEN_API void await_value();

    /// Declares that nobody will take the result, which is then destroyed as soon as there is one.
    GREEN_API void disown() noexcept;

    /// Takes the exception that the task threw, if nobody has taken it. Only after `join`.
    [[nodiscard]] GREEN_API std::exception_ptr take_failure() noexcept;

    /// Whether there is a result. Only after `join`.
    [[nodiscard]] bool has_value() const noexcept { return has_value_; }
    void set_has_value(bool has) noexcept { has_value_ = has; }

    /// Stores the token that `park` takes, and wakes the task if it is parked. Any thread may call.
    GREEN_API void unpark() noexcept;

    [[nodiscard]] bool is_finished() const noexcept { return (end_.load(std::memory_order_acquire) & finished) != 0; }

    /// The id, which the first call assigns.
    [[nodiscard]] GREEN_API std::uint64_t id() const noexcept;

    [[nodiscard]] std::string_view name() const noexcept { return name_; }

    /// A NUL has to follow `name`, and its characters have to live as long as the block.
    void set_name(std::string_view name) noexcept { name_ = name.data(); }

    /// Takes the token if there is one. Only the calling task's own.
    [[nodiscard]] GREEN_API bool take_token() noexcept;

    /// Suspends the task until there is a token, and takes it. Only the calling task's own, inside the runtime.
    void park(Carrier& carrier) noexcept;

    /// As `park`, at most until `deadline`; false when no token came.
    [[nodiscard]] bool park_until(Carrier& carrier, weld::time::Instant deadline) noexcept;

    /// Suspends the calling task, which is this one, until `deadline`. Inside the runtime.
    GREEN_API void sleep_until(Carrier& carrier, weld::time::Instant deadline) noexcept;

    /// Puts a task into a queue that is off its stack and that nobody else can reach.
    GREEN_API void reschedule() noexcept;

    /// Whether the task is in `blocking`. Only the calling task's own.
    [[nodiscard]] bool says_that_it_blocks() const noexcept { return blocking_ != 0; }
    void begin_blocking() noexcept { ++blocking_; }
    void end_blocking() noexcept { --blocking_; }

    /// The next task of the same scope, in the order of spawning.
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

    // Flags of `end_`; the bits above them point to the joiner that came last.
    static constexpr std::uintptr_t finished = 1;   // the closure has ended
    static constexpr std::uintptr_t abandoned = 2;  // nobody will join
    static constexpr std::uintptr_t claimed = 4;    // somebody took the failure
    static constexpr std::uintptr_t disowned = 8;   // nobody will take the result
    static constexpr std::uintptr_t flags = 15;

    // States of `park_`, the word of park and unpark.
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
    LocalValue* locals_ = nullptr;  // the value that was made last
    const Task* parent_ = nullptr;  // the task that spawned it: may be dangling

    // The members that a switch touches, together.
    Scheduler* scheduler_ = nullptr;
    Task* next_ = nullptr;  // in the list that the task is in
    union {
        void* context_ = nullptr;  // where to resume: context/context.hpp; null before the first run
        OnUncaught on_uncaught_;   // the runtime's, once the task has finished: the runtime may be gone by then
    };
    void* stack_ = nullptr;                // the lowest byte above the guard
    Carrier* pinned_to_ = nullptr;         // the only one that may run it
    const NoSwitch* no_switch_ = nullptr;  // the innermost scope in which it must not be switched
    std::uint32_t stack_pages_ = 0;        // usable pages, of 4,096 bytes
    std::uint16_t pins_ = 0;               // reasons to stay pinned
    std::uint16_t blocking_ = 0;           // calls of `blocking` that it is in
    std::uint8_t stack_class_ = 0;         // index of the runtime's pool that the stack belongs to
    std::uint8_t local_generation_ = 0;    // of values that are made now: thread/local.hpp
    bool has_value_ = false;
    bool has_failed_ = false;
};

/// Ends the process because `call` was made outside a task.
[[noreturn]] GREEN_API void die_outside_task(const char* call) noexcept;

}  // namespace green
