// SPDX-License-Identifier: MIT
//
// native::Once: one thread initialises, the others wait, and after a failure another one tries.
#include <support/sleeper.hpp>
#include <support/words.hpp>

#include <weld/native/once.hpp>

#include <atomic>
#include <type_traits>
#include <vector>

namespace thread = weld::thread;
using test::must;
using test::Sleeper;
using weld::native::Once;

namespace {

constinit Once at_start;

}  // namespace

static_assert(sizeof(Once) == 4 && std::is_trivially_destructible_v<Once>);
static_assert(!std::is_copy_constructible_v<Once> && !std::is_move_constructible_v<Once>);

TEST_CASE("begin is true for the first caller, and false once completed") {
    CHECK_FALSE(at_start.is_completed());
    CHECK(at_start.begin());
    CHECK_FALSE(at_start.is_completed());
    at_start.complete();
    CHECK(at_start.is_completed());
    CHECK_FALSE(at_start.begin());
    at_start.wait();
}

TEST_CASE("a caller during initialisation waits and sees its effects") {
    Once once;
    int plain = 0;
    REQUIRE(once.begin());
    Sleeper beginner([&] { return once.begin() ? -1 : plain; });
    Sleeper waiter([&] {
        once.wait();
        return plain;
    });
    CHECK(beginner.is_asleep());
    CHECK(waiter.is_asleep());
    plain = 7;
    once.complete();
    CHECK(beginner.join() == 7);
    CHECK(waiter.join() == 7);
}

TEST_CASE("after abandon one waiter of begin tries, and waiters of wait keep waiting") {
    Once once;
    REQUIRE(once.begin());
    const auto begin = [&] {
        const bool is_first = once.begin();
        if (is_first) {
            once.complete();
        }
        return is_first ? 1 : 0;
    };
    Sleeper one(begin);
    Sleeper two(begin);
    Sleeper waiter([&] { once.wait(); });
    CHECK(one.is_asleep());
    CHECK(two.is_asleep());
    CHECK(waiter.is_asleep());
    once.abandon();
    CHECK(one.join() + two.join() == 1);
    waiter.join();
    CHECK(once.is_completed());
}

TEST_CASE("wait before the first begin returns at completion") {
    Once once;
    Sleeper waiter([&] { once.wait(); });
    CHECK(waiter.is_asleep());
    REQUIRE(once.begin());
    once.abandon();
    CHECK(waiter.is_asleep());
    CHECK_FALSE(waiter.is_finished());
    REQUIRE(once.begin());
    once.complete();
    waiter.join();
}

TEST_CASE("of many concurrent callers, some of which abandon, exactly one completes") {
    constexpr int rounds = test::is_slow ? 200 : 2'000;
    int wrong = 0;
    for (int round = 0; round < rounds; ++round) {
        struct Shared {
            Once once;
            std::atomic<int> attempts{0};
            int done = 0;
        } shared;
        std::vector<thread::JoinHandle<int>> threads;
        for (int index = 0; index < 4; ++index) {
            threads.push_back(must(thread::spawn([&] {
                if (shared.once.begin()) {
                    if (shared.attempts++ < 2) {
                        shared.once.abandon();
                        shared.once.wait();
                    } else {
                        ++shared.done;
                        shared.once.complete();
                    }
                }
                return shared.done;
            })));
        }
        for (auto& handle : threads) {
            wrong += std::move(handle).join() == 1 ? 0 : 1;
        }
    }
    CHECK(wrong == 0);
}
