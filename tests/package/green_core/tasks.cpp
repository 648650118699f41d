// SPDX-License-Identifier: MIT
//
// Ten thousand tasks that sleep concurrently.
#include <green/runtime.hpp>
#include <green/thread.hpp>
#include <green/weld.hpp>

#include <atomic>
#include <chrono>
#include <string>

int main() {
    std::atomic<int> slept = 0;
    const auto done = green::run([&]() -> green::Result<void> {
        return green::thread::scope([&](green::thread::Scope& scope) -> green::Result<void> {
            for (int task = 0; task < 10'000; ++task) {
                const auto started = scope.spawn([&] {
                    if (green::thread::sleep(std::chrono::milliseconds(20))) {
                        ++slept;
                    }
                });
                if (!started) {
                    return std::unexpected(started.error());
                }
            }
            return {};
        });
    });
    return green::print((done ? std::to_string(slept) : done.error().message()) + " tasks slept\n") ? 0 : 1;
}
