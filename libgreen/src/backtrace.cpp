// SPDX-License-Identifier: MIT
#include "backtrace.hpp"

#include "context/call.hpp"
#include "loop.hpp"
#include "thread_state.hpp"

#include <weld/native/mutex.hpp>
#include <weld/sys/posix/signal.hpp>

#include <unwind.h>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <mutex>

namespace green {

using namespace std::chrono_literals;

namespace {

constexpr auto longest_answer = 200ms;       // for an answer, while the thread gets no processor
constexpr auto between_looks = 2ms;          // at whether it got one
constexpr auto least_time = 4ms;             // of processor time, in which a thread answers
constexpr std::ptrdiff_t most_words = 4096;  // of a stack

constinit weld::native::Mutex asking;
constinit std::size_t askers = 0;
constinit weld::sys::SignalAction former{};  // written before the handler is installed, and not again before it is gone

void on_signal(std::int32_t signal, weld::sys::SignalInfo* info, void* context) {
    Carrier* carrier = this_carrier();
    Backtrace* asked = carrier != nullptr ? carrier->asked.exchange(nullptr, std::memory_order_acquire) : nullptr;
    if (asked != nullptr) {
        asked->answer();
    } else {
        (void)weld::sys::call_handler(former, signal, info, context);  // the default is to ignore it
    }
}

/// Whether a word of a stack is a return address: behind a call instruction, in code that can be unwound.
bool is_return_address(std::uintptr_t word) noexcept {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): it may be one
    const auto* place = reinterpret_cast<const std::uint8_t*>(word);
    const auto* function =
        static_cast<const std::uint8_t*>(_Unwind_FindEnclosingFunction(const_cast<std::uint8_t*>(place)));
    return function != nullptr && follows_call(place, static_cast<std::size_t>(place - function));
}

}  // namespace

// Uninstrumented: this also reads between the variables of other frames.
GREEN_UNINSTRUMENTED void Backtrace::take_blocked(weld::sys::ThreadId thread,
                                                  std::span<const std::byte> stack) noexcept {
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel tells a number
    const auto* lowest = reinterpret_cast<const std::byte*>(blocked_stack_of(thread).value_or(0));
    const std::byte* top = stack.data() + stack.size();
    if (lowest < stack.data() || lowest >= top) {
        return;  // the thread runs by now, or is on a stack of the task's own
    }
    const std::ptrdiff_t words = (top - lowest) / static_cast<std::ptrdiff_t>(sizeof(std::uintptr_t));
    const auto* word = reinterpret_cast<const volatile std::uintptr_t*>(lowest);
    for (std::ptrdiff_t i = 0; i < std::min(words, most_words) && size_ < calls_.size(); ++i) {
        if (const std::uintptr_t found = word[i]; is_return_address(found)) {
            calls_[size_++] = reinterpret_cast<const void*>(found);  // NOLINT(performance-no-int-to-ptr)
        }
    }
}

void Backtrace::take_running(Carrier& carrier) noexcept {
    if (carrier.is_deaf) {
        return;
    }
    const auto thread = carrier.thread_id.load(std::memory_order_relaxed);
    const auto began = cpu_time_of(thread).value_or(0ns);
    const Instant last = now() + longest_answer;
    carrier.asked.store(this, std::memory_order_release);
    bool waits = weld::sys::tgkill(thread, weld::sys::Signal::Urg).has_value();
    while (waits) {
        if (answered_.park_until(now() + between_looks)) {
            return;
        }
        // A thread without a processor cannot answer; one that had a processor and did not answer blocks the signal.
        carrier.is_deaf = cpu_time_of(thread).value_or(began) - began >= least_time;
        waits = !carrier.is_deaf && now() < last;
    }
    if (carrier.asked.exchange(nullptr, std::memory_order_acquire) == nullptr) {
        answered_.park();  // the thread is about to answer
        carrier.is_deaf = false;
    }
}

void Backtrace::answer() noexcept {
    const auto add = [](_Unwind_Context* context, void* raw) noexcept {
        auto& self = *static_cast<Backtrace*>(raw);
        int is_interrupted = 0;
        const _Unwind_Ptr place = _Unwind_GetIPInfo(context, &is_interrupted);
        if (is_interrupted != 0) {
            self.size_ = 0;  // the frames above are the handler's alone
        }
        if (self.size_ == self.calls_.size() || place == 0) {
            return _URC_END_OF_STACK;
        }
        self.calls_[self.size_++] = reinterpret_cast<const void*>(place);  // NOLINT(performance-no-int-to-ptr)
        return _URC_NO_REASON;
    };
    (void)_Unwind_Backtrace(add, this);
    answered_.unpark();
}

Asking::Asking() noexcept {
    const std::lock_guard lock(asking);
    if (askers++ == 0) {
        former = weld::sys::sigaction(weld::sys::Signal::Urg, &on_signal).value_or(weld::sys::SignalAction{});
    }
}

Asking::~Asking() {
    const std::lock_guard lock(asking);
    if (--askers == 0) {
        (void)weld::sys::sigaction_restore(weld::sys::Signal::Urg, former);
    }
}

}  // namespace green
