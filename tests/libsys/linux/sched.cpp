// SPDX-License-Identifier: MIT
//
// gettid, getpid, CPU affinity, nice values.
#include <support/words.hpp>

#include <weld/sys/linux/sched.hpp>

#include <sched.h>
#include <unistd.h>
#include <array>
#include <bit>
#include <span>
#include <utility>

namespace sys = weld::sys;
using sys::Errno;
using enum sys::ThreadId;
using test::errno_of;
using test::must;

TEST_CASE("the thread id of the first thread is the process id") {
    CHECK(sys::getpid() == ::getpid());
    CHECK(std::to_underlying(sys::gettid()) == sys::getpid());
    const auto other = must(weld::thread::spawn([] { return sys::gettid(); })).join();
    CHECK(other != sys::gettid());
}

TEST_CASE("sched_getaffinity returns the mask that the C library returns") {
    cpu_set_t expected;
    REQUIRE(::sched_getaffinity(0, sizeof expected, &expected) == 0);
    std::array<std::uint64_t, 1024> mask{};
    const std::size_t words = must(sys::sched_getaffinity(Self, mask));
    int count = 0;
    for (const std::uint64_t word : std::span(mask).first(words)) {
        count += std::popcount(word);
    }
    CHECK(count == CPU_COUNT(&expected));
}

TEST_CASE("sched_setaffinity restricts the calling thread") {
    sys::Result<void> set;
    std::array<std::uint64_t, 1024> mask{};
    std::uint64_t wanted = 0;
    must(weld::thread::spawn([&] {
        (void)sys::sched_getaffinity(Self, mask);
        wanted = mask[0] & (~mask[0] + 1);
        mask = {wanted};
        set = sys::sched_setaffinity(Self, mask);
        mask = {};
        (void)sys::sched_getaffinity(Self, mask);
    })).join();
    if (wanted == 0) {
        WARN("none of the first 64 CPUs is ours: skipped");
        return;
    }
    CHECK(set);
    CHECK(mask[0] == wanted);
}

TEST_CASE("setpriority sets and getpriority returns the nice value, also -1") {
    if (!test::has_normal_priority()) {
        WARN("begun with a nice value, and no privilege to change it: skipped");
        return;
    }
    CHECK(must(sys::getpriority(Self)) == 0);
    struct Seen {
        sys::Result<void> set;
        sys::Result<std::int32_t> nice;
        sys::Result<std::int32_t> by_id;
        sys::Result<void> raised;
        sys::Result<std::int32_t> minus_one;
    };
    Seen seen;
    must(weld::thread::spawn([&seen] {
        seen.set = sys::setpriority(Self, 3);
        seen.nice = sys::getpriority(Self);
        seen.by_id = sys::getpriority(sys::gettid());
        seen.raised = sys::setpriority(Self, -1);
        seen.minus_one = sys::getpriority(Self);
    })).join();
    CHECK(seen.set);
    CHECK(must(seen.nice) == 3);
    CHECK(must(seen.by_id) == 3);
    CHECK(must(seen.minus_one) == (seen.raised ? -1 : 3));
    CHECK(must(sys::getpriority(Self)) == 0);
    constexpr auto nobody = static_cast<sys::ThreadId>(0x7fffffff);
    CHECK(errno_of(sys::getpriority(nobody)) == Errno::Srch);
    CHECK(errno_of(sys::setpriority(nobody, 0)) == Errno::Srch);
}

TEST_CASE("the affinity calls return the system's errors") {
    CHECK(errno_of(sys::sched_getaffinity(Self, {})) == Errno::Inval);
    const std::array<std::uint64_t, 1024> none{};
    CHECK(errno_of(sys::sched_setaffinity(Self, none)) == Errno::Inval);
    std::array<std::uint64_t, 1024> mask{};
    CHECK(errno_of(sys::sched_getaffinity(static_cast<sys::ThreadId>(0x3fffffff), mask)) == Errno::Srch);
}
