// SPDX-License-Identifier: MIT
#include <weld/process/exit.hpp>

#include <weld/native/mutex.hpp>
#include <weld/native/process.hpp>
#include <weld/native/thread.hpp>

#include <atomic>
#include <cstdint>
#include <cstdlib>

namespace weld::process {

namespace {

constinit native::Mutex exiting;
constinit std::atomic<std::uint64_t> exiting_thread{0};

}  // namespace

void exit(std::int32_t code) noexcept {
    const std::uint64_t self = native::current_thread_id();
    if (exiting_thread.load(std::memory_order_relaxed) == self) {
        std::_Exit(code);
    }
    exiting.lock();  // and never unlocked
    exiting_thread.store(self, std::memory_order_relaxed);
    std::exit(code);
}

void abort() noexcept { std::abort(); }

std::uint32_t id() noexcept { return native::current_process_id(); }

}  // namespace weld::process
