// SPDX-License-Identifier: MIT
//
// peer_boost_fiber: the switch race on Boost.Fiber: two fibers on one thread, each calling this_fiber::yield.

#include <boost/fiber/all.hpp>

#include "work.h"

int main(int argc, char** argv) {
    const auto work = work_options(argc, argv);
    const std::uint64_t each = (work.ops + 1) / 2;
    const auto yield = [each] {
        for (std::uint64_t done = 0; done < each; ++done) {
            boost::this_fiber::yield();
        }
    };

    const auto start = contender_now();
    boost::fibers::fiber other(yield);
    yield();
    other.join();
    work_print(2 * each, contender_now() - start);
}
