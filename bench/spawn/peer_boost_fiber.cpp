// SPDX-License-Identifier: MIT
//
// peer_boost_fiber: the spawn race on Boost.Fiber with its default fibers: each has a stack from malloc, no guard page.

#include <algorithm>
#include <boost/fiber/all.hpp>
#include <vector>

#include "work.h"

static void one_at_a_time(std::uint64_t ops) {
    for (std::uint64_t done = 0; done < ops; ++done) {
        boost::fibers::fiber([] {}).join();
    }
}

static void in_batches(std::uint64_t ops, std::size_t tasks) {
    std::vector<boost::fibers::fiber> fibers;
    for (std::uint64_t done = 0; done < ops;) {
        const auto end = std::min<std::uint64_t>(ops, done + tasks);
        for (; done < end; ++done) {
            fibers.emplace_back([] { boost::this_fiber::yield(); });
        }
        for (auto& fiber : fibers) {
            fiber.join();
        }
        fibers.clear();
    }
}

int main(int argc, char** argv) {
    const auto work = work_options(argc, argv);
    if (*work.flag != '\0') {
        in_batches(work.tasks, work.tasks);  // --warm
    }
    const auto start = contender_now();
    if (work.tasks == 1) {
        one_at_a_time(work.ops);
    } else {
        in_batches(work.ops, work.tasks);
    }
    work_print(work.ops, contender_now() - start);
}
