// SPDX-License-Identifier: MIT
//
// weld: the local race in a thread that weld started: its thread-locals are the language's, as before.

#include <weld/thread.hpp>

#include <utility>

#include "local/access.h"
#include "must.hpp"

int main(int argc, char** argv) {
    const work work = work_options(argc, argv);
    auto thread = must(weld::thread::spawn([&work] {
        const auto ns = local_race(&work);
        return std::pair(ns, local_sum());
    }));
    const auto [ns, sum] = std::move(thread).join();
    work_print_sum(local_rounds_of(&work) * LOCAL_ACCESSES, ns, sum);
}
