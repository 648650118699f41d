// SPDX-License-Identifier: MIT
#include "overflow.hpp"

#include "scheduler.hpp"

#include <weld/native/mutex.hpp>
#include <weld/sys/posix/io.hpp>
#include <weld/sys/posix/signal.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <mutex>
#include <new>
#include <string_view>

namespace green {

namespace {

using namespace weld::sys;

constinit weld::native::Mutex mutex;
constinit std::size_t watchers = 0;
// Written before the handlers are there, and not again before they are gone.
constinit SignalAction before_segv{};
constinit SignalAction before_bus{};

/// A line on the stack: a handler may not allocate, and stdio's lock may be held by the very code that faulted.
class Line {
public:
    void add(std::string_view text) noexcept {
        const std::size_t count = std::min(text.size(), text_.size() - size_);
        std::copy_n(text.begin(), count, text_.begin() + static_cast<std::ptrdiff_t>(size_));
        size_ += count;
    }
    void add(std::size_t number) noexcept {
        std::array<char, 24> digits;
        const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
        add(std::string_view(digits.data(), end));
    }
    void write() const noexcept { (void)weld::sys::write(BorrowedFd(2), std::as_bytes(std::span(text_).first(size_))); }

private:
    std::array<char, 512> text_{};
    std::size_t size_ = 0;
};

void report(const Task& task, std::size_t usable) noexcept {
    Line line;
    line.add("green: task '");
    line.add(task.name().substr(0, 128));
    line.add("' overflowed its stack of ");
    line.add(usable);
    line.add(" bytes: spawn it with a larger Options::stack_size, or make Runtime::stack_size larger\n");
    line.write();
}

void on_fault(std::int32_t signal, SignalInfo* info, void* context) {
    const SignalAction& before = static_cast<Signal>(signal) == Signal::Segv ? before_segv : before_bus;
    if (const Carrier* carrier = this_carrier(); carrier != nullptr && carrier->running != nullptr) {
        const Task& task = *carrier->running;
        const StackPool& pool = carrier->scheduler->stacks_of(task);
        const auto address = reinterpret_cast<std::uintptr_t>(fault_address(*info));
        if (const auto* stack = Scheduler::stack_of(task); stack != nullptr && pool.guards(stack, address)) {
            report(task, pool.usable());
            (void)sigaction_restore(static_cast<Signal>(signal), SignalAction{});  // the default: it ends the process
            return;
        }
    }
    if (!call_handler(before, signal, info, context)) {
        (void)sigaction_restore(static_cast<Signal>(signal), before);  // it faults again, and this time ends
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
    const std::lock_guard lock(mutex);
    if (watchers++ == 0) {
        before_segv = sigaction(Signal::Segv, &on_fault).value_or(SignalAction{});
        before_bus = sigaction(Signal::Bus, &on_fault).value_or(SignalAction{});
    }
}

OverflowWatch::~OverflowWatch() {
    const std::lock_guard lock(mutex);
    if (--watchers == 0) {
        (void)sigaction_restore(Signal::Segv, before_segv);
        (void)sigaction_restore(Signal::Bus, before_bus);
    }
}

}  // namespace green
