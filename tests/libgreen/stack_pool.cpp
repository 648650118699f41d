// SPDX-License-Identifier: MIT
//
// StackPool: its stacks, with each kind of guard, and its counts.
#include <support/words.hpp>

#include <stack_pool.hpp>

#include <weld/sys/posix/mman.hpp>

#include <sys/mman.h>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <set>
#include <span>
#include <vector>

using green::StackPool;
using Guard = StackPool::Guard;

namespace {

/// The kinds of guard that this kernel supports. Probe chooses one of the other two.
std::vector<Guard> guards() {
    const std::size_t page = weld::sys::page_size();
    void* trial = ::mmap(nullptr, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    const bool has_advice = ::madvise(trial, page, static_cast<int>(weld::sys::Advice::GuardInstall)) == 0;
    (void)::munmap(trial, page);
    return has_advice ? std::vector{Guard::Probe, Guard::Mprotect, Guard::Madvise}
                      : std::vector{Guard::Probe, Guard::Mprotect};
}

/// Takes `count` stacks from a pool, and gives them all back.
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
    // Otherwise a handler of the sanitizer would end the process.
    const auto end = test::in_child([&] {
        (void)::signal(SIGSEGV, SIG_DFL);
        *place = std::byte{1};
        return 0;
    });
    return end.died_of(SIGSEGV);
}

}  // namespace

TEST_CASE("all bytes of a stack can be written, and a write below it faults") {
    for (const Guard guard : guards()) {
        INFO("guard " << static_cast<int>(guard));
        StackPool pool(64 * 1024, guard);
        const Taken taken(pool, 65);  // more than one slab has
        for (const std::size_t i : {std::size_t{0}, std::size_t{1}, std::size_t{63}, std::size_t{64}}) {
            std::byte* lowest = taken.stacks[i];
            std::memset(lowest, 1, pool.usable());
            CHECK(lowest[pool.usable() - 1] == std::byte{1});
            CHECK(dies_of_writing(lowest - 1));
            CHECK(dies_of_writing(lowest - weld::sys::page_size()));
        }
    }
}

TEST_CASE("a stack has the size asked for, guard included, in whole pages and at least four") {
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

TEST_CASE("the stack given back last is taken first (LIFO)") {
    StackPool pool(16 * 1024);
    const Taken taken(pool, 10);
    pool.give(taken.stacks[3]);
    pool.give(taken.stacks[7]);
    pool.give(taken.stacks[5]);
    CHECK(pool.take() == taken.stacks[5]);
    CHECK(pool.take() == taken.stacks[7]);
    CHECK(pool.take() == taken.stacks[3]);
}

TEST_CASE("a reservation that is not used serves the next one without a new mapping") {
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

TEST_CASE("reserve fails when the address space is exhausted, and existing stacks stay usable") {
    for (const std::size_t size : {SIZE_MAX, SIZE_MAX - 4096, SIZE_MAX / 64 + 1, SIZE_MAX / 64 + 4097,
                                   std::size_t{1} << 58, (std::size_t{1} << 58) + 4096, std::size_t{1} << 47}) {
        INFO(size);
        StackPool pool(size);
        CHECK(pool.usable() > std::size_t{1} << 46);
        CHECK(test::errno_of(pool.reserve()) == weld::sys::Errno::Nomem);
    }
}

TEST_CASE("a large stack is mapped alone") {
    // There are not enough addresses for 64. Sanitizers have taken most of them.
    StackPool pool(std::size_t{1} << (test::under_sanitizer ? 36 : 43));
    const Taken taken(pool, 1);
    taken.stacks[0][pool.usable() - 1] = std::byte{1};
    CHECK(taken.stacks[0][pool.usable() - 1] == std::byte{1});
}

TEST_CASE("reserve fails at vm.max_map_count when guards are mappings, and the pool stays usable") {
    long most = 0;
    std::ifstream("/proc/sys/vm/max_map_count") >> most;
    if (test::under_sanitizer || most > 200'000) {
        WARN("not tried: a sanitizer needs mappings of its own, and " << most << " are many");
        return;
    }
    // In a child process, since nothing else can map memory then.
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

TEST_CASE("a stack that was given back is taken again",
          "[green_rs:stack.stack_pool_caches_exact][green_rs:stack.stack_pool_caches]") {
    StackPool pool(10 * 4096);
    test::must(pool.reserve());
    std::byte* first = pool.take();
    pool.give(first);
    CHECK(pool.take() == first);
    pool.give(first);
    pool.unreserve();
}

TEST_CASE("trim keeps reserved stacks and the warmest ones, and discards the contents of the others") {
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

namespace {

/// Trims until there is nothing left to trim, and returns how many calls that took.
int trim_all(StackPool& pool) {
    int calls = 1;
    while (!pool.trim()) {
        CHECK(pool.needs_trim());
        ++calls;
    }
    CHECK_FALSE(pool.needs_trim());
    return calls;
}

/// Takes and touches the stacks of `count` reservations, and gives them back.
void use_at_once(StackPool& pool, std::size_t count) {
    const Taken taken(pool, count);
    for (std::byte* stack : taken.stacks) {
        std::memset(stack + pool.usable() - 2 * weld::sys::page_size(), 1, 2 * weld::sys::page_size());
    }
}

}  // namespace

TEST_CASE("trim returns that there is more until only the warmest stacks have memory") {
    for (const Guard guard : guards()) {
        INFO("guard " << static_cast<int>(guard));
        StackPool pool(16 * 1024, guard);
        use_at_once(pool, 5000);
        CHECK(trim_all(pool) >= 9);  // 512 of them at a time
        const Taken again(pool, 5000);
        std::size_t deep = 0;  // stacks with more memory than the page that a warm or a fresh one may have
        for (std::byte* stack : again.stacks) {
            deep += pool.high_water(stack) > weld::sys::page_size() ? 1U : 0U;
        }
        CHECK(deep == 0);
    }
}

TEST_CASE("trim unmaps slabs without a used, reserved or warm stack") {
    for (const Guard guard : guards()) {
        INFO("guard " << static_cast<int>(guard));
        StackPool pool(16 * 1024, guard);
        use_at_once(pool, 2048);
        CHECK(pool.mapped() == 2048);
        (void)trim_all(pool);
        CHECK(pool.mapped() == 64);  // the warmest
        use_at_once(pool, 300);
        CHECK(pool.mapped() == 320);
        (void)trim_all(pool);
        CHECK(pool.mapped() == 128);  // the warmest are of two slabs
    }
}

TEST_CASE("trim keeps the slab and the contents of a stack in use, and what is reserved") {
    StackPool pool(16 * 1024);
    std::vector<std::byte*> kept;
    {
        const Taken taken(pool, 1024);
        for (std::size_t i = 0; i < 1024; i += 128) {
            test::must(pool.reserve());
            kept.push_back(pool.take());
            std::memset(kept.back(), static_cast<int>(i / 128 + 1), pool.usable());
        }
    }
    CHECK(test::must(pool.reserve(500)) == 500);
    (void)trim_all(pool);
    CHECK(pool.mapped() >= 508);
    CHECK(pool.mapped() <= 576 + 64);
    for (std::size_t i = 0; i < kept.size(); ++i) {
        CHECK(kept[i][0] == static_cast<std::byte>(i + 1));
        CHECK(kept[i][pool.usable() - 1] == static_cast<std::byte>(i + 1));
        CHECK(dies_of_writing(kept[i] - 1));
    }
    for (std::size_t i = 0; i < 500; ++i) {
        kept.push_back(pool.take());
        kept.back()[0] = std::byte{7};
    }
    CHECK(std::set<std::byte*>(kept.begin(), kept.end()).size() == 508);
    CHECK(dies_of_writing(kept.back() - 1));
    pool.give(kept);
    pool.unreserve(508);
    (void)trim_all(pool);
    CHECK(pool.mapped() == 128);
}

TEST_CASE("stacks that were reserved during a trim are trimmed once they are no longer reserved") {
    StackPool pool(16 * 1024);
    CHECK(test::must(pool.reserve(64)) == 64);
    std::array<std::byte*, 64> stacks{};
    std::size_t taken = 0;
    while (taken < 64) {
        taken += pool.take(std::span(stacks).subspan(taken));
    }
    for (std::byte* stack : stacks) {
        std::memset(stack, 1, pool.usable());
    }
    pool.give(stacks);
    (void)trim_all(pool);
    CHECK(pool.high_water(stacks[0]) == pool.usable());
    pool.unreserve(64);
    CHECK(pool.needs_trim());
    (void)trim_all(pool);
    for (std::byte* stack : stacks) {
        CHECK(pool.high_water(stack) <= weld::sys::page_size());
    }
}

TEST_CASE("trim unmaps large stacks, each a slab of its own, except the warmest") {
    StackPool pool(32 << 20);
    use_at_once(pool, 100);
    CHECK(pool.mapped() == 100);
    (void)trim_all(pool);
    CHECK(pool.mapped() == StackPool::most_warm);
}
