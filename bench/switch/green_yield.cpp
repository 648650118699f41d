// SPDX-License-Identifier: MIT
//
// green_yield: the switch race as a program has it: two tasks on one worker, each giving way to the other.

#include <green/runtime.hpp>
#include <green/thread.hpp>

#include "must.hpp"
#include "work.h"

static std::uint64_t race(std::uint64_t each) {
    const auto yield = [each] {
        for (std::uint64_t done = 0; done < each; ++done) {
            green::thread::yield_now();
        }
    };
    const auto start = contender_now();
    auto other = must(green::thread::spawn(yield));
    yield();
    std::move(other).join();
    return contender_now() - start;
}

int main(int argc, char** argv) {
    const auto work = work_options(argc, argv);
    const std::uint64_t each = (work.ops + 1) / 2;
    const auto ns = must(green::run({.workers = 1}, [each] { return race(each); }));
    work_print(2 * each, ns);
}
