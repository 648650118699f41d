// SPDX-License-Identifier: MIT
//
// A task with a frame larger than its stack: the guard page below the stack ends the process before memory is
// overwritten.
#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <utility>

namespace {

[[gnu::noinline]] int use_large_frame() {
    volatile char frame[300 * 1024];
    frame[0] = 1;
    return frame[0];
}

}  // namespace

int main() {
    const auto done = green::run({.stack_size = 64 * 1024, .overflow_report = true}, []() -> weld::Result<void> {
        auto task = green::thread::spawn([] { return use_large_frame(); }, {.name = "large"});
        if (!task) {
            return std::unexpected(task.error());
        }
        (void)std::move(*task).join();
        return {};
    });
    return done ? 0 : 1;
}
