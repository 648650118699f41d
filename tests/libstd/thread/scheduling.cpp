// SPDX-License-Identifier: MIT
//
// Affinity and priority: of the calling thread, and of a new one by its options. What an unprivileged user is refused
// is in scheduling_refused.cpp.
#include <support/words.hpp>

#include <weld/thread.hpp>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>
#include <array>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace thread = weld::thread;
using test::kind_of;
using test::must;
using thread::Priority;
using weld::Kind;

namespace {

using Cpus = std::vector<std::uint32_t>;

constexpr std::uint32_t nowhere = 8191;  // the last number that Linux can be built for

/// The CPUs of the calling thread as the C library says.
Cpus system_cpus() {
    cpu_set_t set;
    Cpus cpus;
    if (::sched_getaffinity(0, sizeof set, &set) == 0) {
        for (std::uint32_t cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
            if (CPU_ISSET(cpu, &set)) {
                cpus.push_back(cpu);
            }
        }
    }
    return cpus;
}

int own_nice() { return ::getpriority(PRIO_PROCESS, static_cast<id_t>(::gettid())); }

/// Whether this process may raise the priority of a thread.
bool may_raise() {
    return must(thread::spawn([] { return ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), -20) == 0; }))
        .join();
}

/// Says that it was destroyed, and that it ran.
struct Closure {
    struct Seen {
        int destroyed = 0;
        int ran = 0;
    };
    Seen* seen;

    explicit Closure(Seen& target) : seen(&target) {}
    Closure(Closure&& other) noexcept : seen(std::exchange(other.seen, nullptr)) {}
    ~Closure() {
        if (seen != nullptr) {
            ++seen->destroyed;
        }
    }
    void operator()() const { ++seen->ran; }
};

}  // namespace

TEST_CASE("affinity returns the system's CPUs in order") {
    const Cpus cpus = must(thread::affinity());
    CHECK_FALSE(cpus.empty());
    CHECK(cpus == system_cpus());
}

TEST_CASE("a thread with cpus runs on those, and available_parallelism counts them", "[promise:2.45]") {
    for (const std::uint32_t cpu : must(thread::affinity())) {
        const std::array one{cpu};
        must(thread::spawn(
                 [&] {
                     CHECK(system_cpus() == Cpus{cpu});
                     CHECK(must(thread::affinity()) == Cpus{cpu});
                     CHECK(thread::available_parallelism() == 1);
                     CHECK(::sched_getcpu() == static_cast<int>(cpu));
                     CHECK(must(thread::spawn([] { return system_cpus(); })).join() == Cpus{cpu});
                 },
                 {.cpus = one}))
            .join();
    }
    const Cpus all = must(thread::affinity());
    CHECK(must(thread::spawn([] { return system_cpus(); }, {.cpus = all})).join() == all);
    CHECK(system_cpus() == all);
}

TEST_CASE("a missing CPU is InvalidInput, also among existing ones: no thread starts, and the closure is destroyed") {
    const Cpus own = must(thread::affinity());
    for (const Cpus& cpus : {Cpus{nowhere}, Cpus{1024, 1025}, Cpus{nowhere + 1}, Cpus{~std::uint32_t{0}},
                             Cpus{own.front(), nowhere}, Cpus{own.front(), 100'000}}) {
        INFO(cpus.back());
        Closure::Seen seen;
        const auto handle = thread::spawn(Closure(seen), {.cpus = cpus});
        CHECK(kind_of(handle) == Kind::InvalidInput);
        CHECK(std::string_view(handle.error().operation()) == "spawn");
        CHECK(seen.ran == 0);
        CHECK(seen.destroyed == 1);
        thread::scope([&](thread::Scope& scope) {
            CHECK(kind_of(scope.spawn(Closure(seen), {.cpus = cpus})) == Kind::InvalidInput);
        });
        CHECK(seen.ran == 0);
        CHECK(seen.destroyed == 2);
    }
    CHECK(system_cpus() == own);
}

TEST_CASE("set_affinity sets the calling thread's affinity, and keeps the old one on failure") {
    must(thread::spawn([] {
        const Cpus own = must(thread::affinity());
        CHECK(kind_of(thread::set_affinity({})) == Kind::InvalidInput);
        CHECK(kind_of(thread::set_affinity(Cpus{nowhere})) == Kind::InvalidInput);
        CHECK(kind_of(thread::set_affinity(Cpus{own.front(), nowhere})) == Kind::InvalidInput);
        CHECK(kind_of(thread::set_affinity(Cpus{nowhere + 1})) == Kind::InvalidInput);
        CHECK(system_cpus() == own);
        must(thread::set_affinity(Cpus{own.back(), own.back()}));
        CHECK(system_cpus() == Cpus{own.back()});
        must(thread::set_affinity(own));
        CHECK(system_cpus() == own);
    })).join();
}

TEST_CASE("a thread starts with its priority option, or with its spawner's priority") {
    if (!test::has_normal_priority()) {
        WARN("begun with a nice value, and no privilege to change it: skipped");
        return;
    }
    REQUIRE(own_nice() == 0);
    CHECK(must(thread::priority()) == Priority::Normal);
    const auto nice_of = [](std::optional<Priority> priority) {
        auto handle = must(
            thread::spawn([] { return std::pair(own_nice(), thread::priority().value()); }, {.priority = priority}));
        return std::move(handle).join();
    };
    CHECK(nice_of(std::nullopt) == std::pair(0, Priority::Normal));
    CHECK(nice_of(Priority::Normal) == std::pair(0, Priority::Normal));
    CHECK(nice_of(Priority::BelowNormal) == std::pair(5, Priority::BelowNormal));
    CHECK(nice_of(Priority::Lowest) == std::pair(10, Priority::Lowest));
    CHECK(own_nice() == 0);
    const int inherited = must(thread::spawn([] { return must(thread::spawn([] { return own_nice(); })).join(); },
                                             {.priority = Priority::Lowest}))
                              .join();
    CHECK(inherited == 10);
}

TEST_CASE("a thread with the privilege can raise its priority") {
    if (!test::has_normal_priority()) {
        WARN("begun with a nice value, and no privilege to change it: skipped");
        return;
    }
    if (!may_raise()) {
        WARN("no privilege to raise a priority: skipped");
        return;
    }
    const auto nice_of = [](Priority priority) {
        return must(thread::spawn([] { return std::pair(own_nice(), thread::priority().value()); },
                                  {.priority = priority}))
            .join();
    };
    CHECK(nice_of(Priority::AboveNormal) == std::pair(-5, Priority::AboveNormal));
    CHECK(nice_of(Priority::Highest) == std::pair(-10, Priority::Highest));
    const int back = must(thread::spawn([] {
                         must(thread::set_priority(Priority::Lowest));
                         must(thread::set_priority(Priority::Normal));
                         return own_nice();
                     })).join();
    CHECK(back == 0);
    CHECK(own_nice() == 0);
}

TEST_CASE("a nice value between two priorities maps to the nearer one, also that of -1") {
    if (!test::has_normal_priority()) {
        WARN("begun with a nice value, and no privilege to change it: skipped");
        return;
    }
    if (!may_raise()) {
        WARN("no privilege to raise a priority: skipped");
        return;
    }
    const auto priority_at = [](int nice) {
        return must(thread::spawn([nice] {
                   (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), nice);
                   return thread::priority().value();
               }))
            .join();
    };
    CHECK(priority_at(-1) == Priority::Normal);
    CHECK(priority_at(19) == Priority::Lowest);
    CHECK(priority_at(6) == Priority::BelowNormal);
    CHECK(priority_at(-20) == Priority::Highest);
    CHECK(priority_at(-4) == Priority::AboveNormal);
}

TEST_CASE("all options work together, for many threads at the same time") {
    if (!test::has_normal_priority()) {
        WARN("begun with a nice value, and no privilege to change it: skipped");
        return;
    }
    const Cpus own = must(thread::affinity());
    const std::array one{own.back()};
    struct Seen {
        bool all;
    };
    for (int round = 0; round < 20; ++round) {
        thread::scope([&](thread::Scope& scope) {
            std::vector<thread::ScopedJoinHandle<Seen>> handles;
            for (int number = 0; number < 10; ++number) {
                handles.push_back(must(scope.spawn(
                    [&] {
                        return Seen{own_nice() == 5 && system_cpus() == Cpus{one[0]} &&
                                    thread::current().name() == "all of them"};
                    },
                    {.name = "all of them", .stack_size = 1, .cpus = one, .priority = Priority::BelowNormal})));
            }
            for (auto& handle : handles) {
                CHECK(std::move(handle).join().all);
            }
        });
    }
}
