// SPDX-License-Identifier: MIT
//
// annotate: telling ASan and TSan that a stack is left for another.
//
// Without it ASan takes a task's frames for a stack overflow, and TSan takes all tasks of a carrier for
// one thread. In other builds there is nothing here.
#pragma once

#include <cstddef>

#if defined(__has_feature)
#define GREEN_HAS_FEATURE(x) __has_feature(x)
#else
#define GREEN_HAS_FEATURE(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || GREEN_HAS_FEATURE(address_sanitizer)
#define GREEN_ASAN 1
#include <sanitizer/common_interface_defs.h>
#else
#define GREEN_ASAN 0
#endif
#if defined(__SANITIZE_THREAD__) || GREEN_HAS_FEATURE(thread_sanitizer)
#define GREEN_TSAN 1
#include <sanitizer/tsan_interface.h>
#else
#define GREEN_TSAN 0
#endif

namespace green::annotate {

/// What the sanitizers know a stack by: of a task, or of a carrier's own.
struct Stack {
    const void* lowest = nullptr;
    std::size_t size = 0;
    void* fake = nullptr;   // ASan's, while the stack is left
    void* fiber = nullptr;  // TSan's
};

inline constexpr bool on = GREEN_ASAN != 0 || GREEN_TSAN != 0;

/// `stack` is a thread's own, and the thread is on it.
inline void begin_thread([[maybe_unused]] Stack& stack) noexcept {
#if GREEN_TSAN
    stack.fiber = __tsan_get_current_fiber();
#endif
}

/// `stack` is a new one.
inline void begin([[maybe_unused]] Stack& stack) noexcept {
#if GREEN_TSAN
    stack.fiber = __tsan_create_fiber(0);
#endif
}

/// `stack` was left for good.
inline void end([[maybe_unused]] Stack& stack) noexcept {
#if GREEN_TSAN
    __tsan_destroy_fiber(stack.fiber);
#endif
}

/// Right before the switch from `from`, for good or not, to `to`.
[[gnu::always_inline]] inline void leave([[maybe_unused]] Stack& from, [[maybe_unused]] Stack& to,
                                         [[maybe_unused]] bool for_good) noexcept {
#if GREEN_ASAN
    __sanitizer_start_switch_fiber(for_good ? nullptr : &from.fake, to.lowest, to.size);
#endif
#if GREEN_TSAN
    __tsan_switch_to_fiber(to.fiber, 0);
#endif
}

/// Right after it, on `to`. Learns where `from` is, which of a thread's own stack nobody knew.
inline void arrive([[maybe_unused]] Stack& from, [[maybe_unused]] Stack& to) noexcept {
#if GREEN_ASAN
    __sanitizer_finish_switch_fiber(to.fake, &from.lowest, &from.size);
#endif
}

}  // namespace green::annotate

#undef GREEN_HAS_FEATURE
