// SPDX-License-Identifier: MIT
//
// locks: the locks race in C++, over the locks of a library.

#pragma once

#include <mutex>
#include <shared_mutex>
#include <string_view>

#include "locks/threads.hpp"

namespace bench {

/// Runs the race that the command line names. `Condition` has wait(std::unique_lock<Mutex>&) and notify_one().
template <class Mutex, class SharedMutex, class Condition>
int race_locks(int argc, char** argv) {
    static Mutex mutex;
    static SharedMutex shared;
    static Condition turned;
    static std::uint64_t value = 0;

    const work work = work_options(argc, argv);
    const std::string_view flag = work.flag;
    std::atomic<std::uint64_t> sum{0};
    std::atomic<std::uint64_t> index{0};
    const auto count_locked = [&] {
        for (std::uint64_t done = 0; done < work.ops; ++done) {
            const std::lock_guard lock(mutex);
            ++value;
        }
    };
    const auto sum_read = [&] {
        std::uint64_t mine = 0;
        for (std::uint64_t done = 0; done < work.ops; ++done) {
            const std::shared_lock lock(shared);
            mine += value + 1;
        }
        sum += mine;
    };
    const auto take_turns = [&] {
        const std::uint64_t parity = index.fetch_add(1) % 2;
        std::unique_lock lock(mutex);
        for (std::uint64_t done = 0; done < work.ops; ++done) {
            while (value % 2 != parity) {
                turned.wait(lock);
            }
            ++value;
            if constexpr (requires { turned.notify_one(lock); }) {
                turned.notify_one(lock);
            } else {
                turned.notify_one();
            }
        }
    };
    const std::uint64_t ns = flag == "read"      ? nanoseconds_of(work.workers, sum_read)
                             : flag == "condvar" ? nanoseconds_of(work.workers, take_turns)
                                                 : nanoseconds_of(work.workers, count_locked);
    work_print_sum(work.ops * work.workers, ns, value + sum);
    return 0;
}

}  // namespace bench
