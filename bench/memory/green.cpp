// SPDX-License-Identifier: MIT
//
// green: the memory race with tasks on default stacks, each parked in its first call.
//
// The handles, a pointer each, are counted too.

#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <utility>
#include <vector>

#include "must.hpp"
#include "resident.h"
#include "work.h"

static void race(std::size_t tasks) {
    const auto before = resident_bytes();
    const auto start = contender_now();
    std::size_t parked = 0;  // one worker: no two tasks run concurrently
    std::vector<green::thread::JoinHandle<void>> handles;
    handles.reserve(tasks);
    for (std::size_t i = 0; i < tasks; ++i) {
        handles.push_back(must(green::thread::spawn([&parked] {
            ++parked;
            green::thread::park();
        })));
    }
    while (parked < tasks) {
        green::thread::yield_now();
    }
    resident_print(tasks, contender_now() - start, before);

    for (auto& handle : handles) {
        handle.thread().unpark();
        std::move(handle).join();
    }
}

int main(int argc, char** argv) {
    const auto work = work_options(argc, argv);
    must(green::run({.workers = 1}, [&work] { race(work.tasks); }));
}
