// SPDX-License-Identifier: MIT
#include "overflow.hpp"

#include "line.hpp"
#include "scheduler.hpp"

#include <weld/native/mutex.hpp>
#include <weld/sys/linux/sched.hpp>
#include <weld/sys/posix/signal.hpp>

#include <algorithm>
#include <cstdint>
#include <mutex>
#include <new>

namespace green {

namespace {

using namespace weld::sys;

constinit weld::native::Mutex watching;
constinit std::size_t watchers = 0;
// Written before the handlers are installed, and not again before they are gone.
constinit SignalAction before_segv{};
constinit SignalAction before_bus{};

void report(const Task& task, std::size_t usable) noexcept {
    (void)Line()
        .add("green: task '")
        .add(task.name().substr(0, 128))
        .add("' overflowed its stack of ")
        .add(usable)
        .add(" bytes: spawn it with a larger Options::stack_size, or make Runtime::stack_size larger\n")
        .say(last_words_patience);
}

/// Reports a stack overflow if `address` lies in the guard below the running task's stack; returns whether it does.
bool is_overflow(const Carrier& carrier, std::uintptr_t address) noexcept {
    const Task& task = *carrier.running;
    const StackPool& pool = carrier.scheduler->stacks_of(task);
    const auto* stack = Scheduler::stack_of(task);
    if (stack == nullptr || !pool.guards(stack, address)) {
        return false;
    }
    report(task, pool.usable());
    return true;
}

void on_fault(std::int32_t signal, SignalInfo* info, void* context) {
    const auto number = static_cast<Signal>(signal);
    SignalAction& before = number == Signal::Segv ? before_segv : before_bus;
    const bool was_sent = is_sent(*info);  // by kill(2) and its like: it has no address, and does not come again
    const Carrier* carrier = this_carrier();
    if (!was_sent && carrier != nullptr && carrier->running != nullptr &&
        is_overflow(*carrier, reinterpret_cast<std::uintptr_t>(fault_address(*info)))) {
        (void)sigaction_restore(number, SignalAction{});  // default: the access faults again, which ends the process
        return;
    }
    if (call_handler(before, signal, info, context) || (was_sent && is_ignored(before))) {
        return;
    }
    (void)sigaction_restore(number, before);
    if (was_sent) {
        (void)tgkill(weld::sys::gettid(), number);  // delivered when this handler returns
    }
}

}  // namespace

SignalStack::SignalStack() noexcept {
    const std::size_t size = std::max<std::size_t>(signal_stack_size(), 16 * 1024);
    if (auto* memory = new (std::nothrow) std::byte[size]; memory != nullptr) {
        stack_ = {memory, size};
        before_ = sigaltstack(stack_).value_or(std::span<std::byte>());
    }
}

SignalStack::~SignalStack() {
    if (is_there()) {
        (void)sigaltstack(before_);
        delete[] stack_.data();
    }
}

OverflowWatch::OverflowWatch() noexcept {
    const std::lock_guard lock(watching);
    if (watchers++ == 0) {
        before_segv = sigaction(Signal::Segv, &on_fault).value_or(SignalAction{});
        before_bus = sigaction(Signal::Bus, &on_fault).value_or(SignalAction{});
    }
}

OverflowWatch::~OverflowWatch() {
    const std::lock_guard lock(watching);
    if (--watchers == 0) {
        (void)sigaction_restore(Signal::Segv, before_segv);
        (void)sigaction_restore(Signal::Bus, before_bus);
    }
}

}  // namespace green
