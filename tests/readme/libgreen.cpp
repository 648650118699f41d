// SPDX-License-Identifier: MIT
//
// Example of libgreen/README.md.
#include <utility>
// [readme]
#include <green/runtime.hpp>
#include <green/thread.hpp>

weld::Result<int> answer() {
    return green::run([]() -> weld::Result<int> {  // the first task; returns when all have finished
        auto half = green::thread::spawn([] { return 21; });
        if (!half) {
            return std::unexpected(half.error());
        }
        return 2 * std::move(*half).join();  // parks this task, not the thread that it is on
    });
}
// [/readme]

int main() { return answer() == 42 ? 0 : 1; }
