// SPDX-License-Identifier: MIT
//
// Example of libstd/docs/process.md: a child with a deadline of a second, and two children that need less and more.
#include <weld/print.hpp>

#include <chrono>
// [readme]
#include <weld/process.hpp>

/// Runs `command` for at most a second; then asks it to end, and kills it if it does not.
weld::Result<weld::process::ExitStatus> run_briefly(const weld::process::Command& command) {
    using namespace std::chrono_literals;
    auto child = command.spawn();
    if (!child) {
        return std::unexpected(child.error());
    }
    return child->stop({.wait = 1s, .terminate = 100ms});
}
// [/readme]

int main() {
    weld::process::Command quick("/bin/true");
    weld::process::Command slow("/bin/sh");
    slow.arg("-c").arg("trap '' TERM; while :; do sleep 1; done").err(weld::process::Stdio::null());
    const auto first = run_briefly(quick);
    const auto second = run_briefly(slow);
    weld::print(first && first->success() ? "ended\n" : "failed\n");
    weld::print(second && !second->code() ? "was ended\n" : "failed\n");
}
