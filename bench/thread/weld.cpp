// SPDX-License-Identifier: MIT
//
// weld: the thread race with weld::thread.

#include <weld/thread.hpp>

#include "must.hpp"
#include "work.h"

int main(int argc, char** argv) {
    const work work = work_options(argc, argv);
    std::uint64_t sum = 0;
    const std::uint64_t start = contender_now();
    for (std::uint64_t done = 0; done < work.ops; ++done) {
        must(weld::thread::spawn([&sum] { ++sum; })).join();
    }
    work_print_sum(work.ops, contender_now() - start, sum);
    return 0;
}
