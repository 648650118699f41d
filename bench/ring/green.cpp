// SPDX-License-Identifier: MIT
//
// green: the ring race with tasks that park until the one before them unparks them.

#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <utility>
#include <vector>

#include "must.hpp"
#include "work.h"

namespace {

struct Ring {
    std::vector<green::thread::Thread> threads;
    std::uint64_t left;  // hops; only the task that was unparked last accesses it
    std::uint64_t end = 0;
};

/// After the last hop the token passes round once more, and each task ends when it has passed it on.
void pass(Ring& ring, std::size_t me) {
    for (bool last = false; !last;) {
        green::thread::park();
        last = ring.left == 0;
        if (!last && --ring.left == 0) {
            ring.end = contender_now();
        }
        ring.threads[(me + 1) % ring.threads.size()].unpark();
    }
}

std::uint64_t race(std::size_t tasks, std::uint64_t hops) {
    Ring ring{.threads = {}, .left = hops};
    std::vector<green::thread::JoinHandle<void>> handles;
    for (std::size_t i = 0; i < tasks; ++i) {
        handles.push_back(must(green::thread::spawn([&ring, i] { pass(ring, i); })));
        ring.threads.push_back(handles.back().thread());
    }
    green::thread::yield_now();  // all run until they park

    const auto start = contender_now();
    ring.threads[0].unpark();
    for (auto& handle : handles) {
        std::move(handle).join();
    }
    return ring.end - start;
}

}  // namespace

int main(int argc, char** argv) {
    const auto work = work_options(argc, argv);
    const auto ns = must(green::run({.workers = work.workers}, [&work] { return race(work.tasks, work.ops); }));
    work_print(work.ops, ns);
}
