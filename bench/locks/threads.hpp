// SPDX-License-Identifier: MIT
//
// threads: starts a number of threads together, and measures the time until the last has ended.

#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <thread>
#include <vector>

#include "work.h"

namespace bench {

/// Nanoseconds from the moment when all `threads` run to the end of the last one; each runs `body()`.
template <class Body>
std::uint64_t nanoseconds_of(std::size_t threads, const Body& body) {
    std::atomic<std::size_t> ready{0};
    std::atomic<bool> go{false};
    std::atomic<std::uint64_t> last{0};
    std::vector<std::thread> running;
    for (std::size_t index = 0; index < threads; ++index) {
        running.emplace_back([&] {
            ready.fetch_add(1);
            while (!go.load(std::memory_order_acquire)) {
            }
            body();
            const std::uint64_t end = contender_now();
            for (std::uint64_t seen = last.load(); seen < end && !last.compare_exchange_weak(seen, end);) {
            }
        });
    }
    while (ready.load() != threads) {
        std::this_thread::yield();
    }
    const std::uint64_t start = contender_now();
    go.store(true, std::memory_order_release);
    for (auto& thread : running) {
        thread.join();
    }
    return last.load() - start;
}

}  // namespace bench
