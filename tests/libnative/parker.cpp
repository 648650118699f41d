// SPDX-License-Identifier: MIT
//
// native::Parker: one token, one parked thread, any number of threads that unpark it.
#include <support/words.hpp>

#include <weld/native/parker.hpp>
#include <weld/native/thread.hpp>

#include <atomic>
#include <chrono>
#include <type_traits>

namespace native = weld::native;
using namespace std::chrono_literals;
using native::Instant;
using native::Parker;
using test::must;

namespace {

Instant now() { return Instant(native::now(native::Clock::Monotonic)); }

constinit Parker at_start;

}  // namespace

static_assert(sizeof(Parker) == 4 && std::is_trivially_destructible_v<Parker>);

TEST_CASE("park takes a token that was stored before and returns at once") {
    Parker parker;
    parker.unpark();
    parker.park();
    CHECK_FALSE(parker.park_until(now()));
    at_start.unpark();
    CHECK(at_start.park_until(now()));
}

TEST_CASE("a parker holds at most one token") {
    Parker parker;
    parker.unpark();
    parker.unpark();
    parker.unpark();
    CHECK(parker.park_until(now()));
    CHECK_FALSE(parker.park_until(now()));
}

TEST_CASE("park_until without a token returns at its deadline and not before") {
    Parker parker;
    const Instant deadline = now() + 20ms;
    CHECK_FALSE(parker.park_until(deadline));
    CHECK(now() >= deadline);
    parker.unpark();
    CHECK(parker.park_until(now() + 60s));
}

TEST_CASE("park_until returns at once for a deadline in the past, even before the clock's zero") {
    Parker parker;
    CHECK_FALSE(parker.park_until(now() - 1h));
    CHECK_FALSE(parker.park_until(Instant(-5ns)));
    CHECK_FALSE(parker.park_until(Instant::min()));
    parker.unpark();
    CHECK(parker.park_until(Instant::min()));
}

TEST_CASE("unpark wakes the parked thread, which sees everything before the unpark") {
    struct Shared {
        Parker parker;
        int plain = 0;
        int seen = 0;
        bool by_deadline = false;
    } shared;
    auto sleeper = must(weld::thread::spawn([&] {
        shared.parker.park();
        const int first = shared.plain;
        const bool woken = shared.parker.park_until(Instant::max());
        return woken ? first : -1;
    }));
    shared.plain = 42;
    shared.parker.unpark();
    // The second token must not merge with the first.
    while (!sleeper.is_finished()) {
        shared.parker.unpark();
        weld::thread::yield_now();
    }
    CHECK(std::move(sleeper).join() == 42);
}

TEST_CASE("of a hundred thousand tokens sent back and forth none is lost") {
    constexpr int rounds = 100'000;
    struct Shared {
        Parker ping;
        Parker pong;
        int turn = 0;  // only the tokens guard it
    } shared;
    auto other = must(weld::thread::spawn([&] {
        int wrong = 0;
        for (int round = 0; round < rounds; ++round) {
            shared.ping.park();
            wrong += shared.turn == 2 * round + 1 ? 0 : 1;
            ++shared.turn;
            shared.pong.unpark();
        }
        return wrong;
    }));
    int wrong = 0;
    for (int round = 0; round < rounds; ++round) {
        wrong += shared.turn == 2 * round ? 0 : 1;
        ++shared.turn;
        shared.ping.unpark();
        shared.pong.park();
    }
    CHECK(std::move(other).join() == 0);
    CHECK(wrong == 0);
    CHECK(shared.turn == 2 * rounds);
}

TEST_CASE("a token that arrives at the deadline is taken or stays, and is never lost") {
    constexpr int rounds = 5'000;
    Parker parker;
    std::atomic<int> given{0};
    std::atomic<int> asked{0};
    auto giver = must(weld::thread::spawn([&] {
        for (int round = 1; round <= rounds; ++round) {
            while (asked.load(std::memory_order_acquire) < round) {
                native::yield_now();
            }
            parker.unpark();
            given.store(round, std::memory_order_release);
        }
    }));
    int lost = 0;
    for (int round = 1; round <= rounds; ++round) {
        asked.store(round, std::memory_order_release);
        bool taken = parker.park_until(now() + 1us);
        while (given.load(std::memory_order_acquire) < round) {
            native::yield_now();
        }
        taken = taken || parker.park_until(now());
        lost += taken ? 0 : 1;
        lost += parker.park_until(Instant::min()) ? 1 : 0;
    }
    std::move(giver).join();
    CHECK(lost == 0);
}
