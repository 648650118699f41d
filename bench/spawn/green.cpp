// SPDX-License-Identifier: MIT
//
// green: the spawn race with tasks and join handles.
//
// Without --tasks, or with --tasks 1, it spawns and joins one task after another. With --tasks N it runs batches of N:
// all are spawned, each yields once, so that all are alive with a stack, then all are joined. With --warm one batch
// runs before the clock starts, as in a server that was busy before.

#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <algorithm>
#include <utility>
#include <vector>

#include "must.hpp"
#include "work.h"

static void one_at_a_time(std::uint64_t ops) {
    for (std::uint64_t done = 0; done < ops; ++done) {
        must(green::thread::spawn([] {})).join();
    }
}

static void in_batches(std::uint64_t ops, std::size_t tasks) {
    std::vector<green::thread::JoinHandle<void>> handles;
    for (std::uint64_t done = 0; done < ops;) {
        const auto end = std::min<std::uint64_t>(ops, done + tasks);
        for (; done < end; ++done) {
            handles.push_back(must(green::thread::spawn([] { green::thread::yield_now(); })));
        }
        for (auto& handle : handles) {
            std::move(handle).join();
        }
        handles.clear();
    }
}

int main(int argc, char** argv) {
    const auto work = work_options(argc, argv);
    const auto ns = must(green::run({.workers = work.workers}, [&] {
        if (*work.flag != '\0') {
            in_batches(work.tasks, work.tasks);
        }
        const auto start = contender_now();
        if (work.tasks == 1) {
            one_at_a_time(work.ops);
        } else {
            in_batches(work.ops, work.tasks);
        }
        return contender_now() - start;
    }));
    work_print(work.ops, ns);
}
