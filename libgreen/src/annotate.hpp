// SPDX-License-Identifier: MIT
//
// annotate: reports to ASan, TSan and valgrind that there are more stacks than threads.
//
// Otherwise ASan takes a task's frames for a stack overflow, TSan takes all tasks of a carrier for one thread, and
// valgrind takes a switch for the growth of one stack. Each switch is reported to the sanitizers, in their builds only.
// Valgrind learns of each stack when it is mapped, in every build that finds its header: a few instructions that do
// nothing outside valgrind, and none at a switch.
#pragma once

#include <cstddef>
#include <new>

#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#define GREEN_VALGRIND 1
#else
#define GREEN_VALGRIND 0
#endif

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
extern "C" void AnnotateIgnoreWritesBegin(const char* file, int line);
extern "C" void AnnotateIgnoreWritesEnd(const char* file, int line);
#else
#define GREEN_TSAN 0
#endif

namespace green::annotate {

/// A stack as the sanitizers know it: of a task, or of a carrier's own thread.
struct Stack {
    const void* lowest = nullptr;
    std::size_t size = 0;
    void* fake = nullptr;   // ASan's fake stack, while the stack is left
    void* fiber = nullptr;  // TSan's
};

inline constexpr bool on = GREEN_ASAN != 0 || GREEN_TSAN != 0;

/// Bytes above a task's stack that hold its `Stack`.
inline constexpr std::size_t room = on ? 64 : 0;
static_assert(sizeof(Stack) <= 64);

/// The annotation of the task whose stack has this top, below which it begins.
[[nodiscard]] inline Stack& at(std::byte* top) noexcept { return *std::launder(reinterpret_cast<Stack*>(top - room)); }

/// Registers `stack`, the calling thread's own, on which it is now.
inline void begin_thread([[maybe_unused]] Stack& stack) noexcept {
#if GREEN_TSAN
    stack.fiber = __tsan_get_current_fiber();
#endif
}

/// Registers a new stack.
inline void begin([[maybe_unused]] Stack& stack) noexcept {
#if GREEN_TSAN
    stack.fiber = __tsan_create_fiber(0);
#endif
}

/// Unregisters a stack that was left for good.
inline void end([[maybe_unused]] Stack& stack) noexcept {
#if GREEN_TSAN
    __tsan_destroy_fiber(stack.fiber);
#endif
}

/// To be called right before the switch from `from`, for good or not, to `to`.
[[gnu::always_inline]] inline void leave([[maybe_unused]] Stack& from, [[maybe_unused]] Stack& to,
                                         [[maybe_unused]] bool for_good) noexcept {
#if GREEN_ASAN
    __sanitizer_start_switch_fiber(for_good ? nullptr : &from.fake, to.lowest, to.size);
#endif
#if GREEN_TSAN
    __tsan_switch_to_fiber(to.fiber, 0);
#endif
}

/// To be called right after the switch, on `to`. Fills in where the stack `from` lies: for a thread's own stack that is
/// known from nowhere else.
inline void arrive([[maybe_unused]] Stack& from, [[maybe_unused]] Stack& to) noexcept {
#if GREEN_ASAN
    __sanitizer_finish_switch_fiber(to.fake, &from.lowest, &from.size);
#endif
}

/// A scope in which files are opened and closed. TSan sees neither openat nor libuv's close, which is a bare system
/// call. It would mistake a new file for the previous one of that number, for which another thread's loop waited.
class Files {
public:
    Files() noexcept {
#if GREEN_TSAN
        AnnotateIgnoreWritesBegin(__FILE__, __LINE__);
#endif
    }
    Files(const Files&) = delete;
    Files& operator=(const Files&) = delete;
    ~Files() {
#if GREEN_TSAN
        AnnotateIgnoreWritesEnd(__FILE__, __LINE__);
#endif
    }
};

/// Whether the program runs under valgrind.
[[nodiscard]] inline bool on_valgrind() noexcept {
#if GREEN_VALGRIND
    return RUNNING_ON_VALGRIND != 0;
#else
    return false;
#endif
}

/// Registers a stack with valgrind; returns valgrind's name for it.
[[nodiscard]] inline unsigned begin_stack([[maybe_unused]] const std::byte* lowest,
                                          [[maybe_unused]] std::size_t size) noexcept {
#if GREEN_VALGRIND
    return VALGRIND_STACK_REGISTER(lowest, lowest + size - 1);
#else
    return 0;
#endif
}

/// Unregisters the stack with that name, which will be unmapped.
inline void end_stack([[maybe_unused]] unsigned name) noexcept {
#if GREEN_VALGRIND
    VALGRIND_STACK_DEREGISTER(name);
#endif
}

}  // namespace green::annotate

#undef GREEN_HAS_FEATURE
