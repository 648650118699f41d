// SPDX-License-Identifier: MIT
//
// Carrier: a native thread that runs tasks while it holds a worker.
//
// The protocol of `enter`, `leave` and `take`, with its reasons, is in docs/scheduler.md. What is here
// belongs to the carrier's own thread, but for `worker` and `revoke`, which a taker changes under `mutex`
// while the thread is in user code.
#pragma once

#include "annotate.hpp"
#include "context/context.hpp"
#include "loop.hpp"

#include <green/api.hpp>

#include <weld/native/mutex.hpp>
#include <weld/native/parker.hpp>

#include <atomic>
#include <cstdint>

namespace green {

class Scheduler;
class Task;
struct Worker;

struct alignas(64) Carrier {
    std::atomic<std::uint64_t> seq{0};  // odd: in user code
    std::atomic<bool> revoke{false};
    weld::native::Mutex mutex;
    Worker* worker = nullptr;

    Scheduler* scheduler = nullptr;
    Task* running = nullptr;
    Context home{};  // of the thread's own stack, while a task runs
    void* exceptions[2] = {};
    void* globals = nullptr;
    annotate::Stack stack{};
    weld::native::Parker spare;  // where it waits to be given a worker
    Carrier* next_spare = nullptr;

    /// First act of a call that needs the worker.
    GREEN_API void enter() noexcept;

    /// Last act before user code.
    GREEN_API void leave() noexcept;

    /// Whether it is in user code.
    [[nodiscard]] bool is_outside() const noexcept { return (seq.load(std::memory_order_relaxed) & 1) != 0; }

    /// Takes the worker away from a carrier that stays in user code; null when it came into the runtime, or has
    /// none. Any thread but the carrier's.
    [[nodiscard]] Worker* take() noexcept;
};

/// The carrier that the calling thread is, or null. Never inlined, and asked anew after every suspension: the
/// task may have gone to another thread, and a compiler would keep the address of the thread-local.
[[nodiscard]] GREEN_API Carrier* this_carrier() noexcept;
void set_this_carrier(Carrier* carrier) noexcept;

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

}  // namespace green
