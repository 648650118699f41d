// SPDX-License-Identifier: MIT
//
// weld: the process race with weld::process::Command, as a user would write it.

#include <weld/process.hpp>

#include "heap.h"
#include "must.hpp"

int main(int argc, char** argv) {
    const work work = work_options(argc, argv);
    heap_touch(&work);
    const weld::process::Command command(work.dir);

    std::uint64_t failed = 0;
    const std::uint64_t start = contender_now();
    for (std::uint64_t done = 0; done < work.ops; ++done) {
        failed += must(command.status()).success() ? 0 : 1;
    }
    work_print_sum(work.ops, contender_now() - start, failed);
}
