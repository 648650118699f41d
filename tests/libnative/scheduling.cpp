// SPDX-License-Identifier: MIT
//
// Affinity and priority of libnative; the tests of libstd cover what programs use.
#include <support/words.hpp>

#include <weld/native/scheduling.hpp>
#include <weld/native/thread.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <vector>

namespace native = weld::native;
using test::errno_of;
using test::must;
using weld::sys::Errno;

namespace {

std::vector<std::uint32_t> own_cpus() {
    std::vector<std::uint32_t> cpus(must(native::affinity({})));
    CHECK(must(native::affinity(cpus)) == cpus.size());
    return cpus;
}

void* count_up(void* count) {
    ++*static_cast<int*>(count);
    return nullptr;
}

}  // namespace

TEST_CASE("affinity fills the buffer and returns how many CPUs there are") {
    const auto cpus = own_cpus();
    REQUIRE_FALSE(cpus.empty());
    std::array<std::uint32_t, 1> first{};
    CHECK(must(native::affinity(first)) == cpus.size());
    CHECK(first[0] == cpus[0]);
    std::vector<std::uint32_t> more(cpus.size() + 1, 77);
    CHECK(must(native::affinity(more)) == cpus.size());
    CHECK(more.back() == 77);
}

TEST_CASE("a thread whose options fail does not run its entry and is joined") {
    const std::array nowhere{8191U};
    const std::array unheard{8192U};
    for (int round = 0; round < 100; ++round) {
        int count = 0;
        CHECK(errno_of(native::Thread::spawn(count_up, &count, {.cpus = nowhere})) == Errno::Inval);
        CHECK(errno_of(native::Thread::spawn(count_up, &count, {.cpus = unheard})) == Errno::Inval);
        CHECK(count == 0);
    }
}

TEST_CASE("a thread starts with its affinity, its priority and its argument") {
    if (!test::has_normal_priority()) {
        WARN("begun with a nice value, and no privilege to change it: skipped");
        return;
    }
    struct Seen {
        std::uint32_t cpu = 0;
        weld::sys::Result<std::size_t> cpus;
        weld::sys::Result<native::Priority> priority;
    } seen;
    const std::array last{own_cpus().back()};
    must(must(native::Thread::spawn(
                  [](void* argument) -> void* {
                      auto& target = *static_cast<Seen*>(argument);
                      target.cpus = native::affinity(std::span(&target.cpu, 1));
                      target.priority = native::priority();
                      return nullptr;
                  },
                  &seen, {.stack_size = 1, .cpus = last, .priority = native::Priority::Lowest}))
             .join());
    CHECK(must(seen.cpus) == 1);
    CHECK(seen.cpu == last[0]);
    CHECK(must(seen.priority) == native::Priority::Lowest);
    CHECK(must(native::priority()) == native::Priority::Normal);
}
