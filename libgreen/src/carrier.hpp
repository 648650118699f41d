// SPDX-License-Identifier: MIT
//
// Carrier: a native thread that runs tasks while it holds a worker.
//
// The protocol of `enter`, `leave` and `take`, with its reasons, is in docs/scheduler.md. What is here
// belongs to the carrier's own thread, but for `worker` and `hindrance`, which a taker changes under `mutex`
// while the thread is in user code, and for the inbox.
#pragma once

#include "annotate.hpp"
#include "context/context.hpp"
#include "loop.hpp"
#include "task_list.hpp"

#include <green/task.hpp>

#include <weld/native/mutex.hpp>
#include <weld/native/parker.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>

namespace green {

class Scheduler;
struct Worker;

struct alignas(64) Carrier {
    // What `enter` looks at, so that it needs one look.
    static constexpr std::uint32_t revoked = 1;         // a taker is there
    static constexpr std::uint32_t without_kernel = 2;  // the kernel makes no fence, so both sides make one

    std::atomic<std::uint64_t> seq{0};  // odd: in user code
    std::atomic<std::uint32_t> hindrance{registers_membarrier() ? 0 : without_kernel};
    weld::native::Mutex mutex;
    Worker* worker = nullptr;

    Scheduler* scheduler = nullptr;
    Task* running = nullptr;
    Context home{};           // of the thread's own stack, while a task runs
    void* globals = nullptr;  // the thread's exception_globals()
    bool switches_float_control = false;
    bool in_blocking = false;  // the running task declared that it blocks: lint.cpp reports none of its calls then
    annotate::Stack stack{};
    weld::native::Parker spare;  // where it waits to be given a worker
    Carrier* next_spare = nullptr;
    bool claims = false;  // waits with tasks that are pinned to it, in the list of spares

    // Tasks that no other carrier may run.
    std::size_t pinned = 0;      // how many there are
    bool pinned_before = false;  // whether the last turn was one of theirs
    TaskList pinned_queue;       // those that can run
    TaskList inbox;              // those that others let run, under `mutex`
    std::atomic<std::size_t> inbox_size{0};

    /// First act of a call that needs the worker.
    void enter() noexcept {
        seq.store(seq.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        std::atomic_signal_fence(std::memory_order_seq_cst);  // pairs with the membarrier in lock_out
        if (hindrance.load(std::memory_order_relaxed) != 0) [[unlikely]] {
            enter_slowly();
        }
    }

    /// Last act before user code.
    void leave() noexcept { seq.store(seq.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

    /// Whether it is in user code.
    [[nodiscard]] bool is_outside() const noexcept { return (seq.load(std::memory_order_relaxed) & 1) != 0; }

    /// Takes the worker away from a carrier that stays in user code; null when it came into the runtime, or has
    /// none. Any thread but the carrier's.
    [[nodiscard]] Worker* take() noexcept;

    /// Calls `use(worker)` while the carrier, which has one, stays in user code and cannot come in; false when it came
    /// into the runtime, or has none. Any thread but the carrier's.
    template <class Use>
    [[nodiscard]] bool while_outside(Use use) noexcept;

private:
    static bool registers_membarrier() noexcept;
    GREEN_API void enter_slowly() noexcept;
    [[nodiscard]] bool lock_out() noexcept;
};

/// The carrier that the calling thread is, or null. Never inlined, and asked anew after every suspension: the
/// task may have gone to another thread, and a compiler would keep the address of the thread-local.
[[nodiscard]] GREEN_API Carrier* this_carrier() noexcept;

/// The same, for a function that is never inlined, once and before anything may have been suspended. Initial-exec: one
/// load, also in a shared library, for which the system keeps room.
extern constinit thread_local Carrier* carrier_of_thread [[gnu::tls_model("initial-exec"), gnu::visibility("hidden")]];
void set_this_carrier(Carrier* carrier) noexcept;

/// The calling task's carrier. Outside a task it ends the process, naming `call`.
[[nodiscard]] inline Carrier& calling_carrier(const char* call) noexcept {
    Carrier* carrier = this_carrier();
    if (carrier == nullptr || carrier->running == nullptr) {
        die_outside_task(call);
    }
    return *carrier;
}

/// In the runtime, from a task or from outside, for the life of a scope. Within the runtime already, it does
/// nothing.
class Inside {
public:
    Inside() noexcept : Inside(this_carrier()) {}

    /// With the calling thread's carrier.
    explicit Inside(Carrier* carrier) noexcept {
        if (carrier != nullptr && carrier->is_outside()) {
            carrier->enter();
            entered_ = true;
        }
    }
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;

    ~Inside() {
        if (entered_) {
            this_carrier()->leave();  // maybe another than the one that was entered by
        }
    }

private:
    bool entered_ = false;
};

template <class Use>
bool Carrier::while_outside(Use use) noexcept {
    const std::lock_guard lock(mutex);
    if (!lock_out()) {
        return false;
    }
    // It comes in by `mutex` now.
    use(*worker);
    return true;
}

}  // namespace green
