// SPDX-License-Identifier: MIT
//
// A task that calls the native sleep, which blocks its carrier.
#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <chrono>
#include <thread>
#include <utility>

int main() {
    const auto done = green::run([]() -> weld::Result<void> {
        auto task = green::thread::spawn([] { std::this_thread::sleep_for(std::chrono::milliseconds(1)); },
                                         {.name = "sleeper"});
        if (!task) {
            return std::unexpected(task.error());
        }
        std::move(*task).join();
        return {};
    });
    return done ? 0 : 1;
}
