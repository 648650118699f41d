// SPDX-License-Identifier: MIT
//
// Carrier: a native thread that runs tasks while it holds a worker.
//
// The protocol of `enter`, `leave` and `take`, with its reasons, is in docs/scheduler.md. The members
// belong to the carrier's own thread, except: a taker changes `worker`, `hindrance` and `lost` under `mutex`
// while the thread is in user code; other threads use the inbox; the monitor uses its `Watch`.
#pragma once

#include "annotate.hpp"
#include "context/context.hpp"
#include "loop.hpp"
#include "task_list.hpp"

#include <green/task.hpp>

#include <weld/native/mutex.hpp>
#include <weld/native/parker.hpp>
#include <weld/native/thread.hpp>
#include <weld/sys/linux/sched.hpp>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string_view>

namespace green {

class Backtrace;
class Scheduler;
struct Worker;

/// A task that kept its thread; recorded until the carrier holds a worker again.
struct Lost {
    std::array<char, 64> name{};  // truncated if it is longer
    Instant since;                // when it lost its worker

    void set_name(std::string_view text) noexcept;
};

/// The monitor's memory of a carrier.
struct Watch {
    std::uint64_t stretch = 0;              // of user code: `seq` at the last look
    Instant since;                          // when that was first seen
    Instant looked;                         // when the clock below was read
    std::chrono::nanoseconds cpu{};         // of its thread
    std::chrono::nanoseconds cpu_before;    // the same when the stretch was first seen
    std::chrono::nanoseconds allowed{};     // of it: the least that the stretch may use
    std::chrono::nanoseconds known_at{-1};  // what the clock showed when the state of the thread was read
    bool known_runnable = false;            // whether it was runnable then
    bool waits = false;                     // something waits, or waited
    bool reported = false;
};

struct alignas(64) Carrier {
    // The flags that `enter` checks in one load.
    static constexpr std::uint32_t revoked = 1;         // a taker is at work
    static constexpr std::uint32_t without_kernel = 2;  // the kernel makes no fence, so both sides make one
    static constexpr std::uint32_t watched = 4;         // the monitor sleeps until this stretch of user code ends

    std::atomic<std::uint64_t> seq{0};  // odd: in user code
    std::atomic<std::uint32_t> hindrance{registers_membarrier() ? 0 : without_kernel};
    weld::native::Mutex mutex;
    Worker* worker = nullptr;
    Lost lost;

    Scheduler* scheduler = nullptr;
    Task* running = nullptr;
    Context home{};           // of the thread's own stack, while a task runs
    void* globals = nullptr;  // the thread's exception_globals()
    bool switches_float_control = false;
    annotate::Stack stack{};
    weld::native::Parker spare;  // where it waits to be given a worker
    Carrier* next_spare = nullptr;
    bool claims = false;                         // in the list of spares, waits with tasks that are pinned to it
    bool is_new = false;                         // started as a spare, not in the list of spares yet
    std::optional<weld::native::Thread> thread;  // none for the thread of `run`, and for a host's
    std::atomic<weld::sys::ThreadId> thread_id{weld::sys::ThreadId::Self};
    Watch watch;
    bool is_deaf = false;                    // to SIGURG: found by the monitor, for the present thread
    std::atomic<Backtrace*> asked{nullptr};  // the backtrace that a handler on its thread is to fill in

    // Tasks that no other carrier may run.
    std::size_t pinned = 0;      // how many there are
    bool pinned_before = false;  // whether the last turn was one of theirs
    TaskList pinned_queue;       // the runnable ones
    TaskList inbox;              // those that other threads made runnable, under `mutex`
    std::atomic<std::size_t> inbox_size{0};

    /// The first act of a call that needs the worker.
    void enter() noexcept {
        seq.store(seq.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
        std::atomic_signal_fence(std::memory_order_seq_cst);  // pairs with the membarrier in lock_out
        if (hindrance.load(std::memory_order_relaxed) != 0) [[unlikely]] {
            enter_slowly();
        }
    }

    /// The last act before user code.
    void leave() noexcept { seq.store(seq.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

    /// Whether the carrier is in user code.
    [[nodiscard]] bool is_outside() const noexcept { return (seq.load(std::memory_order_relaxed) & 1) != 0; }

    static constexpr std::uint64_t any_stretch = 0;

    /// Calls `use()` while the carrier is in user code, in `stretch` or in any, and keeps it from entering the runtime.
    /// False when it had entered. `worker` and `running` do not change meanwhile. Any thread but the carrier's.
    template <class Use>
    [[nodiscard]] bool while_outside(std::uint64_t stretch, Use use) noexcept;

private:
    static bool registers_membarrier() noexcept;
    GREEN_API void enter_slowly() noexcept;
    [[nodiscard]] bool lock_out(std::uint64_t stretch) noexcept;
};

/// The carrier of the calling thread, or null. Never inlined, and to be called anew after every suspension: the
/// task may be on another thread, and a compiler would keep the address of the thread-local.
[[nodiscard]] GREEN_API Carrier* this_carrier() noexcept;

/// The same, for a function that is never inlined and reads it once, before anything may suspend. Initial-exec: one
/// load, also in a shared library, for which the system reserves room.
extern constinit thread_local Carrier* carrier_of_thread [[gnu::tls_model("initial-exec"), gnu::visibility("hidden")]];
void set_this_carrier(Carrier* carrier) noexcept;

/// The calling task's carrier. Called outside a task, it ends the process with a message that names `call`.
[[nodiscard]] inline Carrier& calling_carrier(const char* call) noexcept {
    Carrier* carrier = this_carrier();
    if (carrier == nullptr || carrier->running == nullptr) {
        die_outside_task(call);
    }
    return *carrier;
}

/// Keeps a task, or a thread outside, in the runtime for the life of a scope. Does nothing if it is there
/// already.
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
            this_carrier()->leave();  // maybe another carrier than the one that entered
        }
    }

private:
    bool entered_ = false;
};

template <class Use>
bool Carrier::while_outside(std::uint64_t stretch, Use use) noexcept {
    const std::lock_guard lock(mutex);
    if (!lock_out(stretch)) {
        return false;
    }
    use();  // the carrier has to lock `mutex` to enter now
    return true;
}

}  // namespace green
