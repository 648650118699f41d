// SPDX-License-Identifier: MIT
//
// StackPool: what a stack is, with each kind of guard, and what is counted.
#include <support/words.hpp>

#include <stack_pool.hpp>

#include <weld/sys/posix/mman.hpp>

#include <sys/mman.h>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <set>
#include <vector>

using green::StackPool;
using Guard = StackPool::Guard;

namespace {

/// The kinds of guard that this kernel has. Probe is one of the other two.
std::vector<Guard> guards() {
    const std::size_t page = weld::sys::page_size();
    void* trial = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const bool has_advice = ::madvise(trial, page, static_cast<int>(weld::sys::Advice::GuardInstall)) == 0;
    (void)::munmap(trial, page);
    return has_advice ? std::vector{Guard::Probe, Guard::Mprotect, Guard::Madvise}
                      : std::vector{Guard::Probe, Guard::Mprotect};
}

/// A pool that is asked for `count` stacks, all of which it gets back.
class Taken {
public:
    explicit Taken(StackPool& pool, std::size_t count) : pool_(pool) {
        for (std::size_t i = 0; i < count; ++i) {
            test::must(pool.reserve());
        }
        while (stacks.size() < count) {
            stacks.push_back(pool.take());
        }
    }
    Taken(const Taken&) = delete;
    Taken& operator=(const Taken&) = delete;
    ~Taken() {
        for (std::byte* stack : stacks) {
            pool_.give(stack);
            pool_.unreserve();
        }
    }

    std::vector<std::byte*> stacks;

private:
    StackPool& pool_;
};

bool dies_of_writing(volatile std::byte* place) {
    // A handler of the sanitizer's would end the process otherwise.
    const auto end = test::in_child([&] {
        (void)::signal(SIGSEGV, SIG_DFL);
        *place = std::byte{1};
        return 0;
    });
    return end.died_of(SIGSEGV);
}

}  // namespace

TEST_CASE("all of a stack can be written, and the byte below it ends the process") {
    for (const Guard guard : guards()) {
        INFO("guard " << static_cast<int>(guard));
        StackPool pool(64 * 1024, guard);
        const Taken taken(pool, 65);  // more than a slab
        for (const std::size_t i : {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}}) {
            std::byte* lowest = taken.stacks[i];
            std::memset(lowest, 1, pool.usable());
            CHECK(lowest[pool.usable() - 1] == std::byte{1});
            CHECK(dies_of_writing(lowest - 1));
            CHECK(dies_of_writing(lowest - weld::sys::page_size()));
        }
    }
}

TEST_CASE("a stack is as large as was asked for, its guard among it, in whole pages and at least four") {
    const std::size_t page = weld::sys::page_size();
    CHECK(StackPool(256 * 1024).usable() == 256 * 1024 - page);
    CHECK(StackPool(10 * page + 1).usable() == 10 * page);
    CHECK(StackPool(0).usable() == 3 * page);
    CHECK(StackPool(1).usable() == 3 * page);
}

TEST_CASE("a stack ends at a multiple of sixteen, and no two overlap") {
    StackPool pool(32 * 1024);
    const Taken taken(pool, 200);
    const std::set<std::byte*> sorted(taken.stacks.begin(), taken.stacks.end());
    REQUIRE(sorted.size() == 200);
    const std::byte* end = nullptr;
    for (const std::byte* stack : sorted) {
        CHECK(stack >= end);
        end = stack + pool.usable();
        CHECK(reinterpret_cast<std::uintptr_t>(end) % 16 == 0);
    }
}

TEST_CASE("what was given back last is taken first") {
    StackPool pool(16 * 1024);
    const Taken taken(pool, 10);
    pool.give(taken.stacks[3]);
    pool.give(taken.stacks[7]);
    pool.give(taken.stacks[5]);
    CHECK(pool.take() == taken.stacks[5]);
    CHECK(pool.take() == taken.stacks[7]);
    CHECK(pool.take() == taken.stacks[3]);
}

TEST_CASE("what a reservation does not take another one may have, without a mapping more") {
    StackPool pool(16 * 1024);
    std::set<std::byte*> seen;
    for (int round = 0; round < 1000; ++round) {
        for (int i = 0; i < 10; ++i) {
            test::must(pool.reserve());
        }
        std::byte* stack = pool.take();
        seen.insert(stack);
        pool.give(stack);
        for (int i = 0; i < 10; ++i) {
            pool.unreserve();
        }
    }
    CHECK(seen.size() == 1);
}

TEST_CASE("stacks that there are no addresses for are refused, and those there are stay") {
    for (const std::size_t size : {SIZE_MAX, SIZE_MAX - 4096, SIZE_MAX / 64 + 1, SIZE_MAX / 64 + 4097,
                                   std::size_t{1} << 58, (std::size_t{1} << 58) + 4096, std::size_t{1} << 47}) {
        INFO(size);
        StackPool pool(size);
        CHECK(pool.usable() > std::size_t{1} << 46);
        CHECK(test::errno_of(pool.reserve()) == weld::sys::Errno::Nomem);
    }
}

TEST_CASE("a large stack is mapped alone") {
    // Of 64 there would not be addresses enough. Sanitizers have taken most of them.
    StackPool pool(std::size_t{1} << (test::under_sanitizer ? 36 : 43));
    const Taken taken(pool, 1);
    taken.stacks[0][pool.usable() - 1] = std::byte{1};
    CHECK(taken.stacks[0][pool.usable() - 1] == std::byte{1});
}

TEST_CASE("guards that are mappings come to an end at vm.max_map_count, and the pool is whole afterwards") {
    long most = 0;
    std::ifstream("/proc/sys/vm/max_map_count") >> most;
    if (test::under_sanitizer || most > 200'000) {
        WARN("not tried: a sanitizer needs mappings of its own, and " << most << " are many");
        return;
    }
    // In a process of its own, since nothing else can map then either.
    const auto end = test::in_child([&] {
        StackPool pool(16 * 1024, Guard::Mprotect);
        long reserved = 0;
        while (const auto more = pool.reserve()) {
            if (++reserved > most) {
                return 1;
            }
        }
        if (pool.reserve().error() != weld::sys::Errno::Nomem || reserved < most / 3) {
            return 2;
        }
        std::byte* stack = pool.take();
        std::memset(stack, 1, pool.usable());
        pool.give(stack);
        while (reserved-- > 0) {
            pool.unreserve();
        }
        return 0;
    });
    INFO(end.said);
    CHECK(end.exited_with(0));
}

TEST_CASE("stack: stack_pool_caches_exact, and stack_pool_caches: another size is another pool's") {
    StackPool pool(10 * 4096);
    test::must(pool.reserve());
    std::byte* first = pool.take();
    pool.give(first);
    CHECK(pool.take() == first);
    pool.give(first);
    pool.unreserve();
}

TEST_CASE("trimming leaves what is reserved and the warmest, and what was written is gone") {
    StackPool pool(64 * 1024);
    {
        const Taken taken(pool, 200);
        for (std::byte* stack : taken.stacks) {
            std::memset(stack, 1, pool.usable());
        }
        CHECK(pool.high_water(taken.stacks[0]) == pool.usable());
    }
    CHECK(pool.needs_trim());
    CHECK(pool.trim());
    CHECK_FALSE(pool.needs_trim());
    const Taken again(pool, 200);
    std::size_t in_memory = 0;
    for (std::byte* stack : again.stacks) {
        const std::size_t used = pool.high_water(stack);
        CHECK(used <= weld::sys::page_size());
        in_memory += used != 0 ? 1 : 0;
    }
    CHECK(in_memory <= StackPool::most_warm);
}
