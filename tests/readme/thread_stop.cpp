// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/thread.md: a thread that ticks until it is asked to stop.
#include <weld/print.hpp>

#include <atomic>
#include <chrono>
#include <stop_token>
#include <utility>
// [readme]
#include <weld/thread.hpp>

/// Calls `tick` each `period` until it is asked to stop. Dropping the handle requests the stop and does not wait.
template <class Tick, class Period>
[[nodiscard]] auto every(Period period, Tick tick) {
    return weld::thread::spawn_stoppable([=](std::stop_token stop) {
        while (weld::thread::sleep(period, stop)) {  // Cancelled as soon as a stop is requested
            tick();
        }
    });
}
// [/readme]

int main() {
    std::atomic<int> ticks{0};
    auto ticking = every(std::chrono::milliseconds(1), [&ticks] { ++ticks; });
    if (!ticking) {
        return 1;
    }
    while (ticks < 3) {
        weld::thread::yield_now();
    }
    ticking->request_stop();
    std::move(*ticking).join();
    weld::print("ticked\n");
}
