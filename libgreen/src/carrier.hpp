// SPDX-License-Identifier: MIT
//
// Carrier: a native thread that runs tasks while it holds a worker.
//
// The protocol of `enter`, `leave` and `take`, with its reasons, is in docs/scheduler.md. What is here
// belongs to the carrier's own thread, but for `worker`, `hindrance` and `lost`, which a taker changes under `mutex`
// while the thread is in user code, for the inbox, and for what the monitor remembers.
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

/// A task that kept its thread, of which it is known until the carrier holds a worker again.
struct Lost {
    std::array<char, 64> name{};  // cut, if it is longer
    Instant since;                // when its worker went

    void set_name(std::string_view text) noexcept;
};

/// What the monitor remembers of a carrier.
struct Watch {
    std::uint64_t stretch = 0;              // of user code: `seq` when it was looked at last
    Instant since;                          // when that was first seen
    Instant looked;                         // when the clock below was read
    std::chrono::nanoseconds cpu{};         // of its thread
    std::chrono::nanoseconds cpu_before;    // the same when the stretch was first seen
    std::chrono::nanoseconds allowed{};     // of it, that the stretch may take at least
    std::chrono::nanoseconds known_at{-1};  // what the clock showed when the state of the thread was read
    bool known_runnable = false;            // which it was in then
    bool waits = false;                     // something does, or did
    bool reported = false;
};

struct alignas(64) Carrier {
    // What `enter` looks at, so that it needs one look.
    static constexpr std::uint32_t revoked = 1;         // a taker is there
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
    bool claims = false;                         // waits with tasks that are pinned to it, in the list of spares
    bool is_new = false;                         // started as a spare, and not in their list yet
    std::optional<weld::native::Thread> thread;  // none for the thread of `run`, and a host's
    std::atomic<weld::sys::ThreadId> thread_id{weld::sys::ThreadId::Self};
    Watch watch;
    bool is_deaf = false;                    // to SIGURG: found by the monitor, of the present thread
    std::atomic<Backtrace*> asked{nullptr};  // what its thread is to fill in a handler

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

    static constexpr std::uint64_t any_stretch = 0;

    /// Calls `use()` while the carrier stays in user code and cannot come in, in `stretch` or in any; false when it
    /// came into the runtime. What `worker` and `running` say stays meanwhile. Any thread but the carrier's.
    template <class Use>
    [[nodiscard]] bool while_outside(std::uint64_t stretch, Use use) noexcept;

private:
    static bool registers_membarrier() noexcept;
    GREEN_API void enter_slowly() noexcept;
    [[nodiscard]] bool lock_out(std::uint64_t stretch) noexcept;
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
bool Carrier::while_outside(std::uint64_t stretch, Use use) noexcept {
    const std::lock_guard lock(mutex);
    if (!lock_out(stretch)) {
        return false;
    }
    use();  // it comes in by `mutex` now
    return true;
}

}  // namespace green
