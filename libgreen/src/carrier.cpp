// SPDX-License-Identifier: MIT
#include "carrier.hpp"

#include "lint.hpp"
#include "scheduler.hpp"

#include <weld/sys/linux/membarrier.hpp>

#include <algorithm>
#include <mutex>
#include <utility>

namespace green {

constinit thread_local Carrier* carrier_of_thread = nullptr;

[[gnu::noinline]] Carrier* this_carrier() noexcept {
    asm volatile("" ::: "memory");
    return carrier_of_thread;
}

[[gnu::noinline]] void set_this_carrier(Carrier* carrier) noexcept {
    carrier_of_thread = carrier;
    tell_lint(carrier);
}

// Where the kernel refuses once, it always refuses.
bool Carrier::registers_membarrier() noexcept { return weld::sys::membarrier_register().has_value(); }

void Carrier::enter_slowly() noexcept {
    std::uint32_t hindered = hindrance.load(std::memory_order_relaxed);
    if ((hindered & without_kernel) != 0) {
        std::atomic_thread_fence(std::memory_order_seq_cst);  // pairs with the fences in lock_out and sleep_deeply
        hindered = hindrance.load(std::memory_order_relaxed);
    }
    if ((hindered & watched) != 0) {
        hindrance.fetch_and(~watched, std::memory_order_relaxed);
        scheduler->monitor().ring_if_deep();
    }
    if ((hindered & revoked) != 0) {
        // The taker holds the mutex until it has the worker or has withdrawn.
        const std::lock_guard lock(mutex);
        hindrance.fetch_and(~revoked, std::memory_order_relaxed);
    }
}

void Discards::empty_outside(Carrier& carrier) noexcept {
    Discarded* all = std::exchange(first_, nullptr);
    carrier.leave();
    delete_all(all);
    carrier.enter();
}

/// Whether the carrier is in user code, where it now stays until the mutex is free. With the mutex held.
bool Carrier::lock_out(std::uint64_t stretch) noexcept {
    const std::uint64_t before = seq.load(std::memory_order_acquire);
    if ((before & 1) == 0 || (stretch != any_stretch && before != stretch)) {
        return false;
    }
    const std::uint32_t hindered = hindrance.fetch_or(revoked, std::memory_order_relaxed);
    if ((hindered & without_kernel) == 0) {
        weld::sys::membarrier();
    } else {
        std::atomic_thread_fence(std::memory_order_seq_cst);
    }
    if (seq.load(std::memory_order_acquire) != before) {
        // A flag that an earlier taker has set stays: the carrier has yet to learn, by the mutex, that its worker is
        // gone.
        if ((hindered & revoked) == 0) {
            hindrance.fetch_and(~revoked, std::memory_order_relaxed);
        }
        return false;
    }
    return true;
}

void Lost::set_name(std::string_view text) noexcept {
    const std::size_t length = std::min(text.size(), name.size() - 1);
    std::copy_n(text.begin(), length, name.begin());
    name[length] = '\0';
}

}  // namespace green
