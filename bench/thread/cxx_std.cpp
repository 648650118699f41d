// SPDX-License-Identifier: MIT
//
// cxx_std: the thread race with std::thread.

#include <thread>

#include "work.h"

int main(int argc, char** argv) {
    const work work = work_options(argc, argv);
    std::uint64_t sum = 0;
    const std::uint64_t start = contender_now();
    for (std::uint64_t done = 0; done < work.ops; ++done) {
        std::thread([&sum] { ++sum; }).join();
    }
    work_print_sum(work.ops, contender_now() - start, sum);
    return 0;
}
