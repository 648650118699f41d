// SPDX-License-Identifier: MIT
//
// green_yield: the switch race as in a program: two tasks on one worker, each yields to the other.
//
// Both run the same code, as a server's tasks do. With --apart they run two copies of it, so that the processor
// mispredicts the returns out of the library. With --unwatched there is no monitor.

#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <cstdint>
#include <string_view>
#include <utility>

#include "must.hpp"
#include "work.h"

/// Its number keeps the compiler from merging two instances.
template <int Place>
[[gnu::noinline, gnu::no_icf]] static void yield(std::uint64_t times) {
    for (std::uint64_t done = 0; done < times; ++done) {
        green::thread::yield_now();
    }
}

static std::uint64_t race(std::uint64_t each, bool apart) {
    const auto start = contender_now();
    auto other = must(green::thread::spawn([each] { yield<0>(each); }));
    (apart ? &yield<1> : &yield<0>)(each);
    std::move(other).join();
    return contender_now() - start;
}

int main(int argc, char** argv) {
    const auto work = work_options(argc, argv);
    const std::uint64_t each = (work.ops + 1) / 2;
    const std::string_view flag = work.flag;
    green::Runtime runtime{.workers = 1};
    if (flag == "unwatched") {
        runtime.spare_carriers = 0;
    }
    const auto ns = must(green::run(runtime, [=] { return race(each, flag == "apart"); }));
    work_print(2 * each, ns);
}
