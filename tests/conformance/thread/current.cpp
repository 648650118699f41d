// SPDX-License-Identifier: MIT
//
// Thread, and the calls for the current thread: identity, park, sleep, yield.
#include <support/model.hpp>
#include <support/words.hpp>

#include <atomic>
#include <chrono>
#include <optional>
#include <set>
#include <type_traits>

namespace thread = rt::thread;
using namespace std::chrono_literals;
using rt::time::Duration;
using rt::time::Instant;
using test::must;
using thread::Thread;

static_assert(!std::is_constructible_v<bool, decltype(thread::park_for(1ms))>);
static_assert(!std::is_constructible_v<bool, decltype(thread::park_until({}))>);
static_assert(std::is_nothrow_copy_constructible_v<Thread> && sizeof(Thread) == sizeof(void*));

namespace {

Instant now() { return Instant(std::chrono::steady_clock::now()); }

}  // namespace

CONFORMANCE_TEST("the first thread is called main") {
    CHECK(thread::current().name() == "main");
    CHECK(thread::current().id() == thread::current().id());
}

CONFORMANCE_TEST("a spawned thread has the same name and id from inside and outside",
                 "[rust:test_named_thread][rust:test_unnamed_thread][rust:test_thread_id_equal]") {
    auto handle = must(thread::spawn([] { return thread::current(); }, {.name = "worker"}));
    const Thread outside = handle.thread();
    const Thread inside = std::move(handle).join();
    CHECK(inside.id() == outside.id());
    CHECK(inside.name() == "worker");
    CHECK(outside.name() == "worker");
    CHECK(inside.id() != thread::current().id());
    CHECK(must(thread::spawn([] { return thread::current().name().empty(); })).join());
}

CONFORMANCE_TEST("no two threads have one id", "[rust:test_thread_id_not_equal]") {
    std::set<thread::ThreadId> ids = {thread::current().id()};
    for (int number = 0; number < 100; ++number) {
        CHECK(ids.insert(must(thread::spawn([] { return thread::current().id(); })).join()).second);
    }
}

CONFORMANCE_TEST("a copy of a Thread outlives the thread") {
    std::optional<Thread> kept;
    {
        auto handle = must(thread::spawn([] {}, {.name = "a name that is longer than the system has room for"}));
        kept = handle.thread();
        std::move(handle).join();
    }
    const Thread copy = *kept;
    kept.reset();
    CHECK(copy.name() == "a name that is longer than the system has room for");
    copy.unpark();
    Thread assigned = thread::current();
    assigned = copy;
    CHECK(assigned.id() == copy.id());
}

CONFORMANCE_TEST("park returns at once when unpark came before",
                 "[promise:2.42][rust:test_park_unpark_before][rust:test_park_timeout_unpark_before]") {
    thread::current().unpark();
    thread::park();
    thread::current().unpark();
    CHECK(must(thread::park_for(1h)));
    CHECK_FALSE(must(thread::park_for(0ns)));
}

CONFORMANCE_TEST("park_for reports a timeout, and not too early",
                 "[promise:2.42][rust:test_park_timeout_unpark_not_called]") {
    const Instant start = now();
    CHECK_FALSE(must(thread::park_for(20ms)));
    CHECK(now() - start >= 20ms);
    CHECK_FALSE(must(thread::park_until(start)));
    CHECK_FALSE(must(thread::park_until(Instant::min())));
    CHECK_FALSE(must(thread::park_for(-1s)));
    CHECK_FALSE(must(thread::park_for(Duration::min())));
    CHECK_FALSE(must(thread::park_for(std::chrono::hours::min())));
    CHECK_FALSE(must(thread::park_for(std::chrono::duration<double, std::milli>(0.5))));
}

CONFORMANCE_TEST(
    "unpark by another thread wakes a parked thread, with and without a deadline",
    "[promise:2.42][rust:test_park_unpark_called_other_thread][rust:test_park_timeout_unpark_called_other_thread]") {
    auto sleeper = must(thread::spawn([] {
        thread::park();
        return thread::park_for(Duration::max()).value();
    }));
    const Thread other = sleeper.thread();
    while (!sleeper.is_finished()) {
        other.unpark();
        thread::yield_now();
    }
    CHECK(std::move(sleeper).join());
}

CONFORMANCE_TEST("a hundred thousand unpark tokens pass between two threads and none is lost", "[promise:2.42]") {
    constexpr int rounds = 100'000;
    const Thread first = thread::current();
    std::atomic<int> turn{0};
    auto handle = must(thread::spawn([&turn, first] {
        for (int round = 0; round < rounds; ++round) {
            while (turn.load(std::memory_order_relaxed) != 2 * round + 1) {
                thread::park();
            }
            turn.store(2 * round + 2, std::memory_order_relaxed);
            first.unpark();
        }
    }));
    const Thread second = handle.thread();
    for (int round = 0; round < rounds; ++round) {
        turn.store(2 * round + 1, std::memory_order_relaxed);
        second.unpark();
        while (turn.load(std::memory_order_relaxed) != 2 * round + 2) {
            thread::park();
        }
    }
    std::move(handle).join();
    CHECK(turn.load() == 2 * rounds);
    (void)must(thread::park_for(0ns));
}

CONFORMANCE_TEST("a sleep lasts its whole duration", "[promise:2.28][rust:sleep_ms_smoke]") {
    const Instant start = now();
    must(thread::sleep(20ms));
    CHECK(now() - start >= 20ms);
    must(thread::sleep_until(start + 40ms));
    CHECK(now() - start >= 40ms);
    must(thread::sleep(std::chrono::duration<double, std::micro>(0.5)));
}

CONFORMANCE_TEST("sleep_until a past deadline returns at once") {
    const Instant start = now();
    must(thread::sleep(0ns));
    must(thread::sleep(-1h));
    must(thread::sleep(Duration::min()));
    must(thread::sleep(std::chrono::hours::min()));
    must(thread::sleep_until(start - 1s));
    must(thread::sleep_until(Instant::min()));
    thread::yield_now();
    CHECK(now() - start < 5s);
}
