// SPDX-License-Identifier: MIT
#include "carrier.hpp"

#include <weld/sys/linux/membarrier.hpp>

#include <mutex>

namespace green {

namespace {

constinit thread_local Carrier* carrier_of_thread = nullptr;

/// Whether the kernel makes the fence for both sides. Written before a thread becomes a carrier; where the
/// kernel says no, it always says no.
constinit std::atomic<bool> kernel_fences = false;

bool has_membarrier() noexcept { return kernel_fences.load(std::memory_order_relaxed); }

}  // namespace

[[gnu::noinline]] Carrier* this_carrier() noexcept {
    asm volatile("" ::: "memory");
    return carrier_of_thread;
}

[[gnu::noinline]] void set_this_carrier(Carrier* carrier) noexcept {
    if (weld::sys::membarrier_register()) {
        kernel_fences.store(true, std::memory_order_relaxed);
    }
    carrier_of_thread = carrier;
}

void Carrier::enter() noexcept {
    const std::uint64_t now = seq.load(std::memory_order_relaxed) + 1;
    if (has_membarrier()) [[likely]] {
        seq.store(now, std::memory_order_relaxed);
        std::atomic_signal_fence(std::memory_order_seq_cst);  // pairs with the membarrier in take
    } else {
        seq.store(now, std::memory_order_relaxed);
        std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with the fence in take
    }
    if (revoke.load(std::memory_order_relaxed)) [[unlikely]] {
        // The taker holds the mutex until it has the worker or has withdrawn.
        const std::lock_guard lock(mutex);
        revoke.store(false, std::memory_order_relaxed);
    }
}

void Carrier::leave() noexcept { seq.store(seq.load(std::memory_order_relaxed) + 1, std::memory_order_release); }

Worker* Carrier::take() noexcept {
    const std::lock_guard lock(mutex);
    const std::uint64_t before = seq.load(std::memory_order_acquire);
    if ((before & 1) == 0 || worker == nullptr) {
        return nullptr;
    }
    revoke.store(true, std::memory_order_relaxed);
    if (has_membarrier()) {
        weld::sys::membarrier();
    } else {
        std::atomic_thread_fence(std::memory_order_seq_cst);
    }
    if (seq.load(std::memory_order_acquire) != before) {
        revoke.store(false, std::memory_order_relaxed);
        return nullptr;
    }
    Worker* taken = worker;
    worker = nullptr;
    return taken;
}

}  // namespace green
