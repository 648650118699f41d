// SPDX-License-Identifier: MIT
//
// Many tasks, and many wake-ups from native threads, none of them lost.
#include <support/soak.hpp>
#include <support/words.hpp>

#include <green/runtime.hpp>
#include <green/thread.hpp>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

using namespace std::chrono_literals;
using test::must;
namespace thread = green::thread;

namespace {

/// Spawns `tasks` tasks before the first one runs, each of which yields ten times. Returns how many turns they had.
std::uint64_t turns_of(std::size_t tasks, std::size_t workers) {
    return must(green::run({.workers = workers, .stack_size = 32 * 1024}, [&] {
        std::atomic<std::uint64_t> turns{0};
        std::vector<thread::JoinHandle<int>> handles;
        handles.reserve(tasks);
        for (std::size_t i = 0; i < tasks; ++i) {
            handles.push_back(must(thread::spawn([&] {
                int mine = 0;
                for (; mine < 10; ++mine) {
                    turns.fetch_add(1, std::memory_order_relaxed);
                    thread::yield_now();
                }
                return mine;
            })));
        }
        std::uint64_t joined = 0;
        for (auto& handle : handles) {
            joined += static_cast<std::uint64_t>(std::move(handle).join());
        }
        return joined == turns ? joined : 0;
    }));
}

/// Two native threads each wake a task of their own, which parks for each wake-up; the workers sleep in between. After
/// a lost wake-up the test would wait for ever.
std::uint64_t wakes_of_sleepers(std::size_t workers, std::uint64_t wakes) {
    struct Pair {
        std::optional<thread::Thread> task;
        std::atomic<std::uint64_t> asked{0};
        std::uint64_t given = 0;  // not atomic: the waker writes it before the wake-up, the task reads it after
        bool last = false;
    };
    constexpr std::size_t pairs = 2;
    return must(green::run({.workers = workers}, [&] {
        std::vector<Pair> all(pairs);
        std::vector<thread::JoinHandle<std::uint64_t>> handles;
        std::vector<std::thread> natives;
        for (Pair& pair : all) {
            handles.push_back(must(thread::spawn([&pair] {
                pair.task = thread::current();
                std::uint64_t woken = 0;
                while (!pair.last) {
                    pair.asked.store(woken + 1, std::memory_order_release);
                    thread::park();
                    if (pair.given != ++woken) {
                        return std::uint64_t{0};
                    }
                }
                return woken;
            })));
            natives.emplace_back([&pair, most = wakes / pairs] {
                for (std::uint64_t round = 1; round <= most; ++round) {
                    while (pair.asked.load(std::memory_order_acquire) != round) {
                        std::this_thread::yield();
                    }
                    pair.given = round;
                    pair.last = round == most;
                    pair.task->unpark();
                }
            });
        }
        std::uint64_t woken = 0;
        for (auto& handle : handles) {
            woken += std::move(handle).join();
        }
        for (auto& native : natives) {
            native.join();
        }
        return woken;
    }));
}

/// Two tasks unpark each other and park, `rounds` times. Returns how many wake-ups they had.
std::uint64_t ping_pongs(std::size_t workers, std::uint64_t rounds, green::Pin pin = green::Pin::None) {
    return must(green::run({.workers = workers}, [&] {
        struct Player {
            std::optional<thread::Thread> task;
            std::atomic<std::uint64_t> ball{0};  // also read after a spurious wake-up
        };
        std::vector<Player> players(2);
        const auto play = [&](std::size_t self) {
            Player& mine = players[self];
            const Player& other = players[1 - self];
            std::uint64_t woken = 0;
            for (std::uint64_t round = 1; round <= rounds; ++round) {
                while (mine.ball != round) {
                    thread::park();  // may have a spurious wake-up
                }
                ++woken;
                players[1 - self].ball = self == 0 ? round : round + 1;
                other.task->unpark();
            }
            return woken;
        };
        std::vector<thread::JoinHandle<std::uint64_t>> handles;
        for (std::size_t self : {0U, 1U}) {
            handles.push_back(must(thread::spawn(
                [&, self] {
                    thread::park();  // until both are known
                    return play(self);
                },
                {.pin = pin})));
            players[self].task = handles[self].thread();
        }
        players[0].ball = 1;
        for (const auto& handle : handles) {
            handle.thread().unpark();
        }
        std::uint64_t woken = 0;
        for (auto& handle : handles) {
            woken += std::move(handle).join();
        }
        return woken;
    }));
}

}  // namespace

TEST_CASE("two tasks wake each other in turn, and no wake-up is lost") {
    constexpr std::uint64_t rounds = test::is_slow ? 5'000 : 100'000;
    for (const std::size_t workers : {std::size_t{1}, std::size_t{2}, std::size_t{4}}) {
        INFO("workers: " << workers);
        CHECK(ping_pongs(workers, rounds) == 2 * rounds);
    }
    CHECK(ping_pongs(1, rounds / 20, green::Pin::Own) == 2 * (rounds / 20));  // each on a native thread of its own
}

TEST_CASE("two tasks wake each other ten million times", "[.][soak]") {
    constexpr std::uint64_t rounds = 5'000'000;
    for (const std::size_t workers : {std::size_t{1}, std::size_t{2}}) {
        INFO("workers: " << workers);
        REQUIRE(ping_pongs(workers, rounds) == 2 * rounds);
    }
    REQUIRE(ping_pongs(1, rounds / 20, green::Pin::Own) == 2 * (rounds / 20));
}

TEST_CASE("a hundred thousand tasks yield ten times each and finish") {
    // TSan has 8128 fibers and threads, and keeps the ended ones for a while.
    constexpr std::size_t tasks = test::under_thread_sanitizer ? 2'000 : test::under_sanitizer ? 20'000 : 100'000;
    for (const std::size_t workers : {std::size_t{1}, std::size_t{2}}) {
        INFO("workers: " << workers);
        CHECK(turns_of(tasks, workers) == 10 * tasks);
    }
}

TEST_CASE("native threads wake tasks of sleeping workers, and no wake-up is lost") {
    constexpr std::uint64_t wakes = test::under_sanitizer ? 10'000 : 50'000;
    for (const std::size_t workers : {std::size_t{1}, std::size_t{2}}) {
        INFO("workers: " << workers);
        CHECK(wakes_of_sleepers(workers, wakes) == wakes);
    }
}

TEST_CASE("native threads wake tasks a million times, and more as long as there is time", "[.][soak]") {
    constexpr std::uint64_t half = 500'000;
    const auto end = std::chrono::steady_clock::now() + test::soak_time() / 2;
    do {
        for (const std::size_t workers : {std::size_t{1}, std::size_t{2}}) {
            INFO("workers: " << workers);
            REQUIRE(wakes_of_sleepers(workers, half) == half);
        }
    } while (std::chrono::steady_clock::now() < end);
}

TEST_CASE("a hundred thousand tasks yield and finish, again and again", "[.][soak]") {
    const auto end = std::chrono::steady_clock::now() + test::soak_time() / 2;
    do {
        for (const std::size_t workers : {std::size_t{1}, std::size_t{2}, std::size_t{4}}) {
            REQUIRE(turns_of(100'000, workers) == 1'000'000);
        }
    } while (std::chrono::steady_clock::now() < end);
}
